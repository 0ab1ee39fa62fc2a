/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking the stored audit events and checking their hash chain (core/audit.h).
 *
 * Private to store/; other rooms ask reader_audit_verify (reader.h) or writer_start.
 */
#ifndef STORE_AUDIT_WALK_H
#define STORE_AUDIT_WALK_H

#include "core/audit.h"
#include "store/connection.h"

/* ERR_DATA names the first event whose hash, number or predecessor is wrong. */
struct audit_walk {
    struct audit_head head; /* after the last event that was right */
    uint64_t events;
};

enum err audit_read_head(struct connection *c, struct audit_head *out, struct why *why);

/* Checks the newest n events against each other (the oldest of them is taken as it is). */
enum err audit_check_tail(struct connection *c, unsigned n, struct why *why);

/* Checks everything, some hundred events at a time; walk starts zeroed. */
enum err audit_check_all(struct connection *c, struct audit_walk *walk, struct why *why);

/* Goes on behind a head that was right, by at most `most` events (to the next hundreds). */
enum err audit_check_some(struct connection *c, struct audit_head *head, uint64_t most, bool *more,
                          struct why *why);

#endif
