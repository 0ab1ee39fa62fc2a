/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed cookies: what a browser keeps for us for a while and can neither read nor change.
 *
 *     NAME = base64url( seal( keys/staff.key, aad NAME, u64 big-endian expires, ms ‖ bytes ) )
 *
 * For steps of a sign-in: they cost the server nothing, survive its restart, and end by themselves.
 * Names begin with "__Host-" (cookie.h). At most SEALED_COOKIE_MAX bytes.
 *
 * Memory: the request's arena. Threads: the request's loop.
 */
#ifndef WEB_SEALED_COOKIE_H
#define WEB_SEALED_COOKIE_H

#include "base/str.h"

struct request;

enum { SEALED_COOKIE_MAX = 2700 }; /* browsers keep 4096 characters, name and attributes included */

/* Set with the answer to come. */
void sealed_cookie_set(struct request *r, struct str name, struct str bytes, int64_t seconds);

/* False when the browser brings none, or one that is not ours, or too late. */
bool sealed_cookie_get(struct request *r, struct str name, struct str *bytes);

void sealed_cookie_clear(struct request *r, struct str name);

#endif
