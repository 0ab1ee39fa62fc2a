/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved views: filters of the queue that somebody wants again, under a name. A view is one person's
 * own, or everybody's (person 0). Its query is what stands behind the "?" of the queue's address;
 * the page reads it as it reads any address, so an old one is never an error.
 *
 * Names are somebody's words and may name a client: the audit has the number only.
 */
#ifndef STORE_SAVED_VIEWS_H
#define STORE_SAVED_VIEWS_H

#include "base/arena.h"
#include "store/write.h"

struct reader;

enum { SAVED_VIEWS_MOST = 30, SAVED_VIEW_NAME_MOST = 40 /* code points */ };

struct saved_view {
    int64_t id;
    int64_t person; /* 0: everybody's */
    struct str name, query;
};

struct saved_views {
    const struct saved_view *items;
    size_t n;
};

/* Everybody's by name, then the person's own. A point read. */
enum err reader_saved_views(struct reader *reader, struct arena *a, int64_t person,
                            struct saved_views *out, struct why *why);

/* Keeps one; of the same name there is one then. ERR_CONFLICT: there are SAVED_VIEWS_MOST. */
struct saved_view_keep {
    struct actor actor;
    int64_t person; /* 0: everybody's */
    struct str name, query;
};
write_verb saved_view_keep;

/* ERR_MISSING: there is none of that number that is the person's, or everybody's with `shared`. */
struct saved_view_drop {
    struct actor actor;
    int64_t person, id;
    bool shared;
};
write_verb saved_view_drop;

#endif
