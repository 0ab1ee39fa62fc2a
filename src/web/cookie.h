/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cookies (RFC 6265): finding one in a Cookie header, writing Set-Cookie.
 * Pure text; no libh2o here, so that it can be fuzzed.
 */
#ifndef WEB_COOKIE_H
#define WEB_COOKIE_H

#include "base/arena.h"

/* The value of the cookie called name in one Cookie header; empty when it is not there. */
struct str cookie_find(struct str header, struct str name);

/*
 * A Set-Cookie value for a __Host- cookie: Path=/, Secure, HttpOnly, SameSite=Lax. max_age_s 0
 * deletes it.
 */
struct str cookie_set(struct arena *a, struct str name, struct str value, int64_t max_age_s);

#endif
