/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data directory that a restore fills, and what of an unfinished one lies in it:
 *
 *     anteroom.db.part       the pages so far
 *     anteroom.db.restore    text, one "key value" a line: from (the replica's URL), to and txid
 *                            (where it goes, how far it is), page_size and pages
 *     lock                   held meanwhile, so that no server starts there
 *
 * Private to restore.c. Owner: restore_place_close. Threads: one.
 */
#ifndef REPLICATE_RESTORE_PLACE_H
#define REPLICATE_RESTORE_PLACE_H

#include "base/err.h"

enum { RESTORE_PATH_MAX = 4096 };

struct restore_place {
    const char *directory;
    struct str url;
    char part[RESTORE_PATH_MAX], state[RESTORE_PATH_MAX], database[RESTORE_PATH_MAX];
    int fd, lock; /* of the pages; -1: none */
};

struct restore_state {
    uint64_t to, txid;
    uint32_t page_size, pages;
};

/* Takes the directory, which has to be empty but for the above. The texts stay the caller's. */
enum err restore_place_open(struct restore_place *p, const char *directory, struct str url,
                            struct why *why);
void restore_place_close(struct restore_place *p);

/* What an earlier try from the same URL left; false: nothing. */
bool restore_place_known(struct restore_place *p, struct restore_state *out);

/* The same of the file's text: false when it is not what restore_place_keep writes for `from`. */
bool restore_state_read(struct str text, struct str from, struct restore_state *out);

/* Remembers how far it is. */
enum err restore_place_keep(struct restore_place *p, const struct restore_state *state,
                            struct why *why);

/* The pages are about to be changed: a later try begins anew. */
void restore_place_forget(struct restore_place *p);

/* Forgets what is there. */
enum err restore_place_clear(struct restore_place *p, struct why *why);

/* ERR_IO when so many bytes more than the file has do not fit. */
enum err restore_place_room(struct restore_place *p, uint64_t size, struct why *why);

/* Nothing came of it: what a later try cannot go on with is taken away. */
void restore_place_leave(struct restore_place *p);

/* The pages are the database now. */
enum err restore_place_finish(struct restore_place *p, bool durable, struct why *why);

#endif
