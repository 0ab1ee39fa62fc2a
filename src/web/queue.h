/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue, and the search: one page, /staff, whose address says what is shown (queue_url.h).
 *
 *     queue.c         asks the store, on a desk beside the loops: a page may take a fifth of a
 * second queue_view.c    makes the page of what was found queue_change.c  takes its forms: many
 * records at once, saved views
 *
 * A search for nothing but a Client ID that exists leads to its record. What of an address is not
 * understood is passed over and told; a cursor of another list begins this one anew, and says so.
 */
#ifndef WEB_QUEUE_H
#define WEB_QUEUE_H

#include "store/people.h"
#include "store/records_many.h"
#include "store/saved_views.h"
#include "store/search.h"
#include "web/queue_url.h"

struct request;

enum { QUEUE_PAGE = 50 };

/* What a form that was not taken leads back with. */
struct queue_again {
    int status;        /* of the answer; 200 at first */
    struct str notice; /* may be empty */
    struct str marks[RECORDS_MANY_MOST];
    size_t marks_n;
    struct str becomes, assign;
    struct str name, name_error; /* of a view */
    bool shared;
};

/* What a page is made of. Everything lies in the ticket's arena. */
struct queue {
    struct queue_url url;
    struct queue_again again;
    struct search_names names;
    /* What was found. */
    struct people people;
    struct saved_views views;
    struct search_tallies tallies;
    struct search_query query;
    struct search_page page;
    struct search_count count;
    int64_t *safe_ms;  /* of each hit; 0: not, or not known */
    bool cursor_wrong; /* of another list */
};

/* Asks, then answers with the page. */
void queue_show(struct request *r, const struct queue_url *url, const struct queue_again *again);

/* What values of an address mean, but for owners: those are added at the desk. In that arena. */
struct search_names queue_names(struct request *r, struct arena *a);
void queue_name_owners(struct arena *a, const struct people *people, struct search_names *names);

/* Answers with the page of what was found. */
void queue_write(struct request *r, const struct queue *q);

#endif
