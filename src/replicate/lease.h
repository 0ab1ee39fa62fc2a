/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of several servers leads: who holds the lease on the blob "leader" beside the replica.
 *
 * It elects and fences nothing: a leader that slept past its lease finds that out when the slot it
 * puts into is taken (shipper.h). Azure's shortest lease is 15 seconds, so that is how long one
 * lasts after a crash; who ends in order gives it back, and the next one has it at once.
 *
 * The holder's name is drawn once per data directory (<data>/replica/holder), so that a server that
 * starts again finds its own lease its own.
 *
 * Owner: lease_free. Threads: lease_try and lease_keep by one; the thread that renews is its own.
 */
#ifndef REPLICATE_LEASE_H
#define REPLICATE_LEASE_H

#include "replicate/destination.h"

enum { LEASE_SECONDS = 15, LEASE_RENEW_MS = 5000 };

struct lease;

enum err lease_open(const struct destination_options *at, const char *data, struct lease **out,
                    struct why *why);

/* One attempt. ERR_CONFLICT: another holds it. */
enum err lease_try(struct lease *l, struct why *why);

/* Has anybody ever held it? */
enum err lease_exists(struct lease *l, bool *out, struct why *why);

/*
 * For a server that takes no part in electing: does another one hold it now? It has been asked when
 * *taken is set; a place that does not answer within the time is an error. Nothing is kept.
 */
enum err lease_taken(const struct destination_options *at, const char *data, int64_t within_ms,
                     bool *taken, struct why *why);

/* From now on it is renewed, by a thread; also when it was lost meanwhile. Once. */
void lease_keep(struct lease *l);

/* Gives it back when it is ours, for which it takes two seconds at most, and ends the thread. NULL
 * is fine. */
void lease_free(struct lease *l);

#endif
