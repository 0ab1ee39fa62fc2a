/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decrypts a range of a file of a replica (sealed.h) as its stored bytes come in, in any pieces;
 * what is not encrypted passes through. Nothing is given on before its chunk is authentic.
 *
 *     sealed_reader_init(&r, …, from, n, …)
 *     the place's bytes from sealed_reader_from(&r), sealed_reader_count(&r) of them:
 *         sealed_reader_feed(&r, bytes, n)
 *     sealed_reader_end(&r)               they came to their end
 *
 * From byte 0 on the header comes first, and fills in *file, which stays with aead NULL when the
 * file is not encrypted. From later on *file is what an earlier reading has found.
 *
 * Errors: those of sealed_file_read; ERR_DATA a chunk is not what was written there, or the file
 * was cut; what `take` returns. Memory: 128 KiB until sealed_reader_release. Pure.
 */
#ifndef REPLICATE_SEALED_READER_H
#define REPLICATE_SEALED_READER_H

#include "replicate/sealed.h"

struct sealed_reader {
    const struct sealed_keys *keys; /* NULL or empty: none, and what is encrypted is refused */
    struct str name;
    struct sealed_file *file;
    bool sealed_only;  /* what is not encrypted is refused */
    uint64_t from, to; /* plain bytes */
    uint64_t at;       /* the next plain byte: of a chunk, its first */
    enum { SEALED_READER_HEAD, SEALED_READER_PLAIN, SEALED_READER_CHUNKS } state;
    unsigned char *stored, *plain; /* a chunk */
    size_t n;                      /* bytes in `stored` */
    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why);
    void *context;
};

void sealed_reader_init(struct sealed_reader *r, const struct sealed_keys *keys, struct str name,
                        struct sealed_file *file, uint64_t from, uint64_t n);
void sealed_reader_release(struct sealed_reader *r);

/* Which stored bytes are needed; UINT64_MAX: to the end. The count is a byte more than the chunks
 * have, which tells whether the last of them is the file's. */
uint64_t sealed_reader_from(const struct sealed_reader *r);
uint64_t sealed_reader_count(const struct sealed_reader *r);

enum err sealed_reader_feed(struct sealed_reader *r, const void *bytes, size_t n, struct why *why);
enum err sealed_reader_end(struct sealed_reader *r, struct why *why);

#endif
