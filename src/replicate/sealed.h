/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted files of a replica: the format. Numbers are big-endian.
 *
 *     header, 56 bytes   0  "anteroom"
 *                        8  version: 1, and seven zero bytes
 *                       16  which key: 8 bytes
 *                       24  salt: 32 bytes, drawn anew for each file
 *     chunks             65,536 bytes of the file each, encrypted, and a tag of 16 bytes; the last
 *                        has what is left (an empty file: one chunk of 0 bytes)
 *
 *     the file's key     HKDF-SHA-256( key, salt, "anteroom replica file" 0 header[0..24) name )
 *     a chunk            AES-256-GCM under that; nonce: 1 byte, 1 in the last chunk and else 0;
 *                        3 zero bytes; the chunk's number, 8 bytes, from 0 on
 *     which key          HKDF-SHA-256( key, no salt, "anteroom replica key" ), 8 bytes
 *
 * So a chunk opens only in its file, under its name, at its place; a file that was cut or grown is
 * found by its last chunk. What a file's size is follows from what is stored, and where a chunk
 * lies from its number: any range is read without what lies before it but the header.
 *
 * Beside it, in its notes (notes.h), "litestreamtimestamp", "writer" and "epoch" stay readable; the
 * others, which are checksums of the content, are in one text, cut into as many notes as it needs:
 *
 *     sealed, sealed2, sealed3
 *              hexadecimal of which key, ".", base64url of: salt, 16 bytes; "key value\n" for each
 *              note, encrypted; tag. HKDF as above with "anteroom replica note" 0 name 0 and the
 *              readable notes as "key value\n"; a nonce of zeros
 *
 * Threads: a struct sealed_file one at a time; the keys are read only.
 */
#ifndef REPLICATE_SEALED_H
#define REPLICATE_SEALED_H

#include "base/aead.h"
#include "replicate/destination.h"

enum {
    SEALED_KEYS_MAX = 8,
    SEALED_ID_SIZE = 8,
    SEALED_SALT_SIZE = 32,
    SEALED_HEADER_SIZE = 56,
    SEALED_MARK_SIZE = 9, /* by so many bytes a file is known to be one of these */
    SEALED_CHUNK = 64 * 1024,
    SEALED_STORED_CHUNK = SEALED_CHUNK + AEAD_TAG_SIZE,
    SEALED_NOTE_SALT_SIZE = 16,
    SEALED_NOTES_MAX = 3,
};

/* The first encrypts; all of them decrypt. */
struct sealed_keys {
    struct sealed_key {
        unsigned char bytes[AEAD_KEY_SIZE], id[SEALED_ID_SIZE];
    } items[SEALED_KEYS_MAX];
    size_t n;
};

/* A key a line, the one that encrypts first: 64 hexadecimal digits, or base64 of 32 bytes. Empty
 * lines and those that begin with "#" are passed over. ERR_CONFIG with a remedy; never shows it. */
enum err sealed_keys_read(struct str text, struct sealed_keys *out, struct why *why);
void sealed_keys_wipe(struct sealed_keys *keys);

/* ---- sizes ----------------------------------------------------------------------------------- */

uint64_t sealed_size(uint64_t plain);
bool sealed_plain_size(uint64_t stored, uint64_t *plain); /* false: no file has that size */

/* ---- one file -------------------------------------------------------------------------------- */

struct sealed_file {
    struct aead *aead; /* NULL: none */
    unsigned char header[SEALED_HEADER_SIZE];
    size_t key; /* which of the keys */
};

/* The first SEALED_MARK_SIZE bytes say so. */
bool sealed_is(struct str head);

/* A file that is written: with the first of the keys. */
void sealed_file_new(struct sealed_file *f, const struct sealed_keys *keys, struct str name,
                     const unsigned char salt[SEALED_SALT_SIZE]);

/* A file that is read, by its header: ERR_CONFIG when its key is not among ours, ERR_DATA when it
 * is none of this version. */
enum err sealed_file_read(struct sealed_file *f, const struct sealed_keys *keys, struct str name,
                          const unsigned char header[SEALED_HEADER_SIZE], struct why *why);
void sealed_file_release(struct sealed_file *f);

/* out has room for it and its tag. */
void sealed_chunk(struct sealed_file *f, uint64_t number, bool last, struct str plain, void *out);
/* out has room for SEALED_CHUNK bytes. */
bool sealed_chunk_open(struct sealed_file *f, uint64_t number, bool last, struct str sealed,
                       void *out);

/* ---- its notes ------------------------------------------------------------------------------- */

/* Texts live in the arena. ERR_TOO_BIG: they do not fit, a defect of who wrote them. */
enum err sealed_notes(struct arena *a, const struct sealed_keys *keys, struct str name,
                      const struct destination_notes *notes,
                      const unsigned char salt[SEALED_NOTE_SALT_SIZE],
                      struct destination_notes *out, struct why *why);

/* The note "sealed" replaced by what is in it; *key says which of the keys. Without one: ERR_NONE
 * and *found false. Else errors as sealed_file_read, and ERR_DATA when they were changed. */
enum err sealed_notes_open(struct arena *a, const struct sealed_keys *keys, struct str name,
                           struct destination_notes *notes, bool *found, size_t *key,
                           struct why *why);

#endif
