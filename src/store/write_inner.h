/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verb of write.h is written with. Private to store/; the writer's thread only.
 */
#ifndef STORE_WRITE_INNER_H
#define STORE_WRITE_INNER_H

#include "store/connection.h"
#include "store/group.h"
#include "store/write.h"

struct write {
    struct group *group;
    int64_t now_ms; /* wall time of the whole transaction */
    bool broken;    /* SQLite failed: the group is over */
};

/* The statement, or NULL (then answer write_failed). */
sqlite3_stmt *write_query(struct write *w, enum sql_query query);

/* Steps a statement that answers no row, and resets it; *changed rows (NULL: not asked). */
enum err write_run(struct write *w, sqlite3_stmt *s, const char *op, int64_t *changed,
                   struct why *why);

/* Steps one that answers a row at most: true when there is one. The caller resets it. */
bool write_row(struct write *w, sqlite3_stmt *s);

/* What SQLite said: a refusal of the schema, or the end of the group. */
enum err write_failed(struct write *w, const char *op, struct why *why);

int64_t write_last_id(const struct write *w);

/* Adds to the audit chain. detail is JSON without personal data, or empty. */
enum err write_audit(struct write *w, struct str actor, struct str action, struct str subject,
                     struct str detail, struct why *why);

#endif
