/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live arrivals: pages of the team that are open learn how many submissions came since.
 *
 *     GET /staff/arrivals?since=N       text/event-stream (HTML Standard §9.2)
 *     event: arrivals                   when a commit brought some, once a second at most
 *     data: 2                           submissions with a higher row number than N
 *     :                                 every ARRIVALS_BEAT_MS: neither end gives up
 *     event: end
 *     data: over                        for good: the session ended, or has newer streams
 *     data: later                       the server stops
 *
 * N is what arrivals_now said when the page was made, so nothing is missed or counted twice between
 * the page and its stream. A stream does not count as using the session (ROUTE_UNUSED): a page that
 * is merely open lets it end. Who does not read is not written to, and the connection is cut like
 * any that is quiet (loop.c); one that has read everything may be quiet as long as it likes.
 *
 * At most ARRIVALS_MAX streams a loop and ARRIVALS_OWN of one session: that one's oldest ends for a
 * new one; without room for others the answer is 503.
 *
 * Threads: a loop's own; what the writer committed is an atomic (writer_newest).
 */
#ifndef WEB_ARRIVALS_H
#define WEB_ARRIVALS_H

#include "base/str.h"

struct loop;
struct request;

enum { ARRIVALS_MAX = 256, ARRIVALS_OWN = 6, ARRIVALS_BEAT_MS = 15000 };

/* The row number of the newest submission, for a page that is being made: "1042". */
struct str arrivals_now(struct request *r);

/* Ends every stream of the loop: it drains. */
void arrivals_end(struct loop *loop);

/* What is left of it in the loop's timers. */
void arrivals_take_down(struct loop *loop);

#endif
