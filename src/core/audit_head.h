/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signed head of the audit: which event was the newest at a moment, and its hash. A chain that
 * was rewritten as a whole, or cut off at its end, is right in itself; it shows against a head that
 * somebody kept elsewhere.
 *
 *     base64url({"alg":"ES256"}) "." base64url(payload) "." base64url(signature)     (RFC 7515)
 *     payload {"audit":1,"seq":1234,"hash":"64 hexadecimal digits","at":"2026-11-21T09:30:00.000Z"}
 *
 * Pure: signing and checking the signature is net/signature.h's. Memory: the arena.
 */
#ifndef CORE_AUDIT_HEAD_H
#define CORE_AUDIT_HEAD_H

#include "base/arena.h"
#include "core/audit.h"

/* {"alg":"ES256"} */
extern const struct str audit_head_header;

struct str audit_head_payload(struct arena *a, const struct audit_head *head, struct str at);

/* False when it is no such payload. */
bool audit_head_read(struct arena *a, struct str payload, struct audit_head *out, struct str *at);

/* The next thing in a text (a log, a file of heads) that may be a signed head; *at moves on behind
 * it. False: there are no more. */
bool audit_head_next(struct str text, size_t *at, struct str *token);

#endif
