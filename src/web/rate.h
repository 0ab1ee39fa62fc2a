/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much one client may ask for: a token bucket per client and class, in memory of fixed size.
 *
 * All loops share one table a class, so the limit is the client's own however its connections are
 * spread; a stripe of locks is held for a few loads and stores. A slot holds a keyed hash of the
 * client (peer_key) and a bucket; no address is kept. A hash belongs to one set of RATE_WAYS slots,
 * and nobody outside can tell which.
 *
 * When a set is full, a client that is not in it takes over the slot whose bucket is the fullest,
 * with what is missing in it. So a bucket is never forgotten before it is full again, and an
 * attacker with many addresses gains nothing by pushing his own out: over all addresses together a
 * class lets through at most RATE_SLOTS rates. The error is on the strict side and small: with more
 * than RATE_SLOTS clients at a time that all have used some of their tokens, a new one starts with
 * as many missing as the least of eight of them.
 *
 * Who has an IPv6 network of 48 bits has 65536 clients of 64 bits, so the network has a bucket too,
 * of RATE_SITE times the rate (many phones of one operator may stand in one such network).
 *
 * Threads: rate_take from any thread.
 */
#ifndef WEB_RATE_H
#define WEB_RATE_H

#include "core/bucket.h"
#include "core/network.h"

enum rate_class {
    RATE_PAGE,    /* reading pages, and addresses that do not exist */
    RATE_SUBMIT,  /* sending forms */
    RATE_API,     /* calls of the API */
    RATE_SIGNIN,  /* passwords and codes that are tried */
    RATE_WAIT,    /* waits that count as a proof of work (proof.h) */
    RATE_CONNECT, /* connections, each of which costs a handshake */
    RATE_CLASSES,
    RATE_FREE = RATE_CLASSES /* never counted: what is served from memory as it is */
};

enum { RATE_SETS = 2048, RATE_WAYS = 8, RATE_SLOTS = RATE_SETS * RATE_WAYS, RATE_SITE = 64 };

struct rate;

struct rate *rate_new(const struct bucket_rate rates[RATE_CLASSES]);
void rate_free(struct rate *rate); /* NULL is fine */

/* Takes one of the client's tokens: 0; or the microseconds until there is one. */
int64_t rate_take(struct rate *rate, enum rate_class class, const struct ip *client,
                  int64_t now_us);

#endif
