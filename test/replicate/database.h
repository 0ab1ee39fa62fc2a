/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database as a replica sees it: numbered pages. It changes at random, and each change becomes an
 * LTX file; files are applied as a restore does it.
 */
#ifndef REPLICATE_DATABASE_H
#define REPLICATE_DATABASE_H

#include "base/buf.h"
#include "lib/expect.h"
#include "replicate/ltx_checksum.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"

enum { DATABASE_PAGES_MAX = 64, FILE_MAX = 16 << 20 };

struct database {
    uint32_t page_size;
    uint32_t commit;
    uint64_t txid;
    unsigned char *pages; /* DATABASE_PAGES_MAX of them */
};

/* The same numbers in every run: xorshift64*. */
uint32_t chance(uint32_t below);

void database_init(struct database *d, uint32_t page_size, uint32_t commit);
void database_copy(struct database *to, const struct database *from);
void database_release(struct database *d);
unsigned char *database_page(const struct database *d, uint32_t pgno);
uint64_t database_checksum(const struct database *d);
void expect_same(const struct database *a, const struct database *b);

/* A transaction: some pages change, and perhaps the size. */
void database_change(struct database *d);

/* The file from before (NULL: a snapshot) to after, with flags; made by the encoder under test. */
struct buf database_file(const struct database *before, const struct database *after,
                         uint32_t flags);

/* Decodes file into d. */
enum err database_apply(struct database *d, struct str file, struct why *why);

/* Fails the test with what why says. */
void expect_fine(enum err err, const struct why *why);

/* A source that gives at most `portion` bytes at a time. */
struct portions {
    struct str rest;
    size_t portion;
};
struct ltx_source portions_source(struct portions *p);

#endif
