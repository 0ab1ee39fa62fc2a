/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry of the ledger of erasures: what was erased, so that a database from before is rid of it
 * again. Text of five lines, each ended by a line feed, nothing else:
 *
 *     anteroom erasure 1
 *     number 17
 *     at 1795253400125                          milliseconds since 1970
 *     submission CL-7KQ4M-X2PHM
 *     before 64 hexadecimal digits              SHA-256 of entry 16's text; of zeros for number 1
 *
 * The chain ties each entry to all before it: one that was changed, removed or put between shows.
 * A Client ID is random and says nothing of a person; the audit names it too.
 *
 * Pure. Threads: safe anywhere.
 */
#ifndef CORE_ERASURE_H
#define CORE_ERASURE_H

#include "core/audit.h"
#include "core/client_id.h"

/* How far a ledger has come: number 0 and zeros when it is empty. */
struct erasure_head {
    uint64_t number;
    struct audit_hash hash; /* of the newest entry's text */
};

struct erasure {
    uint64_t number; /* 1, 2, 3, … */
    int64_t at_ms;
    struct client_id client_id;
    struct audit_hash before;
};

enum { ERASURE_SIZE = 192 }; /* of an entry's text at most */

/* The text, in out. */
struct str erasure_write(const struct erasure *e, char out[ERASURE_SIZE]);

/* False when it is not exactly what erasure_write writes. */
bool erasure_read(struct str text, struct erasure *out);

/* The head of a ledger whose newest entry is e. */
struct erasure_head erasure_head(const struct erasure *e);

/* Does e come right behind that head? */
bool erasure_follows(const struct erasure *e, const struct erasure_head *head);

bool erasure_head_eq(const struct erasure_head *a, const struct erasure_head *b);

#endif
