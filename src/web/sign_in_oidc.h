/* SPDX-License-Identifier: Apache-2.0 */
/* The buttons that lead to an account elsewhere, for the sign-in page. */
#ifndef WEB_SIGN_IN_OIDC_H
#define WEB_SIGN_IN_OIDC_H

#include "web/view_staff.h"

struct request;

/* One for each issuer of auth.oidc; next: the page to come back to, or empty. */
struct view_issuers sign_in_issuers(struct request *r, struct str next);

/* Where the session at the issuer is ended, after somebody who had signed in by that method has
 * signed out here; empty when it was no issuer. */
struct view_issuer sign_in_leave(struct request *r, struct str method);

#endif
