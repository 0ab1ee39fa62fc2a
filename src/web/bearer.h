/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens of the issuers of auth.oidc (RFC 9068), for calls of the API: an issuer that says
 * api_audience takes them beside our own tokens (store/sessions.h).
 *
 * The issuer's table of roles says what the caller may, as at a sign-in. A token with scopes (scp
 * or scope) may no more than they name: a route needs the scope called like its action
 * (core/access.def). Who has signed in here before is that person, and stays out when disabled; who
 * has not is known in the audit by a digest: "access/" and 16 hexadecimal digits of the SHA-256 of
 * issuer, a line break and subject.
 *
 * Signatures are checked on the loop, by the keys at hand (net/oidc.h); when they are not here the
 * answer is 503, and they are fetched meanwhile. Threads: the request's loop.
 */
#ifndef WEB_BEARER_H
#define WEB_BEARER_H

#include "web/staff.h"

/* Could it be one? Ours begin otherwise. */
bool bearer_is(struct str token);

/* Who asks: r->staff, or NULL. ERR_BUSY: not to be said yet; or the store fails. */
enum err bearer_find(struct request *r, struct str token, struct why *why);

#endif
