/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address of the queue: everything that is shown follows from it, so that a list can be kept,
 * sent to somebody and come back to.
 *
 *     /staff?q=m%C3%BCller&status=new&owner=me&service=devops&from=7d&to=today&sort=oldest&cursor=…
 *
 * Values are what core/search.h reads; sort is newest (left out), oldest or company. Other names
 * are passed over, and so is what cannot be decoded: an address is never an error.
 */
#ifndef WEB_QUEUE_URL_H
#define WEB_QUEUE_URL_H

#include "base/arena.h"
#include "core/search.h"

struct queue_url {
    struct str q, status, owner, service, from, to, sort;
    struct str cursor;
    struct str done; /* "12-1-0-3": what a change came to (queue.h), told once */
    bool broken;     /* a part could not be decoded */
};

/* Views into query and the arena. */
void queue_url_read(struct arena *a, struct str query, struct queue_url *out);

/* "status=new&owner=me": without cursor and done; one filter has one way of writing it. */
struct str queue_url_filter(struct arena *a, const struct queue_url *url);

/* The address: "/staff?…", with cursor and done as they are. */
struct str queue_url_write(struct arena *a, const struct queue_url *url);

/* Is anything left out by it? Not the order. */
bool queue_url_is_filtered(const struct queue_url *url);

enum search_sort queue_url_sort(const struct queue_url *url);
struct str queue_sort_name(enum search_sort sort);

/* What it asks for. */
void queue_url_ask(struct arena *a, const struct search_names *names, const struct queue_url *url,
                   struct search_query *out);

#endif
