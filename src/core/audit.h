/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit chain: each event carries the SHA-256 over itself and its predecessor's hash, so that
 * a changed, removed or inserted event shows. Verifying needs no secret.
 *
 *     hash(n) = SHA-256( "anteroom-audit-1" ‖ hash(n-1) ‖ u64 seq ‖ u64 at_ms ‖
 *                        field(actor) ‖ field(action) ‖ field(subject) ‖ field(detail) )
 *
 * u64 big-endian; field(x) = u32 big-endian length ‖ bytes. hash(0), before the first event, is 32
 * zero bytes. Sequence numbers start at 1 and have no gap.
 *
 * Pure: the store keeps the events and hands them over.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "base/str.h"

enum { AUDIT_HASH_SIZE = 32 };

struct audit_hash {
    unsigned char bytes[AUDIT_HASH_SIZE];
};

struct audit_event {
    uint64_t seq;
    int64_t at_ms;      /* wall time */
    struct str actor;   /* "visitor", "api", "system", later a user's id */
    struct str action;  /* "submission.created" */
    struct str subject; /* the Client ID, or "" */
    struct str detail;  /* JSON without personal data, or "" */
};

/* The newest event: seq 0 and 32 zero bytes when there is none. */
struct audit_head {
    uint64_t seq;
    struct audit_hash hash;
};

void audit_chain(const struct audit_hash *previous, const struct audit_event *event,
                 struct audit_hash *out);

#endif
