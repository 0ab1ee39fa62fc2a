/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which state of a replica a database file is, beside that file: so that it can be followed on from
 * there, and need not be restored again.
 *
 *     from file:///replica
 *     txid 12
 *     page_size 4096
 *     pages 300
 *     dbsum 8123456789abcdef
 *
 * It is a hint and no proof: whoever reads it computes the checksum of the file's pages and
 * compares, and whoever goes on compares with the notes of the next file. Written by rename, not
 * synced: after a power loss it is missing or wrong, and that is found.
 *
 * Threads: safe anywhere, one at a time for a path.
 */
#ifndef REPLICATE_POSITION_H
#define REPLICATE_POSITION_H

#include "base/err.h"

struct position {
    uint64_t txid;
    uint32_t page_size, pages;
    uint64_t dbsum;
};

/* False: there is none, or it is of another replica. */
bool position_read(const char *path, struct str from, struct position *out);

/* The same of the file's text. */
bool position_parse(struct str text, struct str from, struct position *out);

enum err position_write(const char *path, struct str from, const struct position *p,
                        struct why *why);
void position_forget(const char *path);

#endif
