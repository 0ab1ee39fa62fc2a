/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed heads of the audit, from a running server: when events came, once a minute at most, one
 * line in the log ("audit head") and, with a replica, the blob audit-head beside it. Whoever keeps
 * log lines or blobs elsewhere can show a chain that was cut or rewritten: audit verify --head.
 *
 * The key lies in keys/audit.key; what checks a signature is public: anteroom audit head prints it.
 *
 * Owner: audit_heads_open … _close. Threads: the main one.
 */
#ifndef CMD_AUDIT_HEADS_H
#define CMD_AUDIT_HEADS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/exposition.h"
#include "core/audit.h"
#include "core/jwks.h"

struct keeper;
struct reader;
struct signing_key;
struct store;

struct audit_heads {
    struct reader *reader;
    struct signing_key *key;
    uint64_t said;           /* of the newest head that was said */
    int64_t next_ms;         /* monotonic */
    _Atomic int64_t sure_ms; /* monotonic: when the newest event was known to be said */
};

/* The key of a data directory, made when there is none. */
enum err audit_heads_key(const char *file, struct signing_key **out, struct why *why);

/* A head as its token. */
enum err audit_heads_sign(struct signing_key *key, struct arena *a, const struct audit_head *head,
                          int64_t wall_ms, struct str *token, struct why *why);

/* The key as a set that audit verify reads: {"keys":[{"kty":"EC",…}]}. */
struct str audit_heads_public(const struct signing_key *key, struct arena *a);

/* Before the sandbox: it reads files. */
enum err audit_heads_open(struct audit_heads *h, struct store *store, struct why *why);

/* Says what is due. keeper NULL: there is no replica. last: the server ends, whatever the time. */
void audit_heads_look(struct audit_heads *h, struct keeper *keeper, bool last);

/* anteroom_audit_head_age_seconds */
exposition_writer audit_heads_expose;

void audit_heads_close(struct audit_heads *h);

#endif
