/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a signed token (JWT, RFC 7519) is taken or not: one reason, one name for the log, one
 * sentence for the operator who has to find out. Nobody else is told more than that it was refused.
 *
 * Threads: constant data.
 */
#ifndef CORE_TOKEN_VERDICT_H
#define CORE_TOKEN_VERDICT_H

#include "base/str.h"

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_TOO_BIG,
    TOKEN_SHAPE,       /* not three parts of canonical base64url with JSON objects in them */
    TOKEN_TWICE,       /* a member stands there twice */
    TOKEN_TYPE,        /* another kind of token */
    TOKEN_CRITICAL,    /* it demands an extension that we do not know */
    TOKEN_ALGORITHM,   /* neither RS256 nor ES256 */
    TOKEN_KEY_UNKNOWN, /* no key of the issuer has that name and algorithm */
    TOKEN_SIGNATURE,
    TOKEN_ISSUER,
    TOKEN_AUDIENCE,
    TOKEN_PARTY,    /* azp is somebody else, or missing among several audiences */
    TOKEN_NO_TIMES, /* exp or iat is missing or no time */
    TOKEN_EXPIRED,
    TOKEN_NOT_YET, /* nbf or iat is in the future */
    TOKEN_NONCE,
    TOKEN_SUBJECT,
    TOKEN_SCOPE,            /* an access token without the scope that is asked for */
    TOKEN_MFA,              /* a second factor is demanded and not vouched for */
    TOKEN_GROUPS_ELSEWHERE, /* Entra ID left the groups out because there are too many */
    TOKEN_NO_ROLE,
    TOKEN_VERDICTS
};

const char *token_verdict_name(enum token_verdict v); /* "expired" */

/* What it means and what to do, for an operator. */
const char *token_verdict_text(enum token_verdict v);

#endif
