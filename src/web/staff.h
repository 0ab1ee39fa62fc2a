/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who of the team is behind a request, and whether the route is theirs.
 *
 *     __Host-staff = base64url(16 random bytes)         the browser; its SHA-256 is the row's key
 *     Authorization: Bearer art_<base64url>             a program (routes with ROUTE_API), or one
 *                                                       with a token of an issuer (bearer.h)
 *
 * A session ends when it was not used for auth.session_idle, and at auth.session_time whatever
 * happens. Every form of the team carries `csrf`, which only the session's own pages know; the
 * router refuses a POST without it, beside the check of the origin.
 *
 * staff_let_in runs before the handler of every route that names an action; what it refuses has
 * been answered: not signed in: pages 303 to /auth/login?next=…, programs 401; signed in without
 * the right: 403, which says who has it.
 *
 * Threads: the request's loop.
 */
#ifndef WEB_STAFF_H
#define WEB_STAFF_H

#include "store/sessions.h"

struct request;

struct staff {
    int64_t person; /* 0: a program */
    int64_t token;  /* 0: a person */
    enum role role;
    struct str login, name;
    struct actor actor;
    bool strong;                 /* signed in with more than a password */
    struct session_hash session; /* of a person */
    struct str csrf;             /* for the forms of this session */
    struct str method;           /* as in struct session */
    struct str scopes; /* of a program with an issuer's token: it may no more; ptr NULL: all */
    int64_t expires_ms;
};

/* Finds who it is: r->staff, or NULL. Fails only when the store does. */
enum err staff_find(struct request *r, struct why *why);

/* True when the route's action is allowed to who asks; else the request has been answered. */
bool staff_let_in(struct request *r);

/* For an answer that takes long: is who asked still signed in, and may still? Does not count as
 * using the session. */
bool staff_goes_on(struct request *r);

/* May they, on the page that is being made? */
bool staff_may(const struct request *r, enum action action);

/* "Agent", in the language of the request. */
struct str staff_role_name(const struct request *r, enum role role);

/* A new token for a session, and the cookie that carries it once the session has begun. */
struct str staff_new_token(struct request *r);
void staff_set_cookie(struct request *r, struct str token);
void staff_clear_cookie(struct request *r);

/* What the forms of a session carry; and whether one is that session's, and whose it was. */
struct str staff_csrf(struct request *r, const struct session_hash *session, int64_t person);
bool staff_csrf_of(struct request *r, const struct session_hash *session, struct str csrf,
                   int64_t *person);

/* The browser's session by its cookie; false when it brings none. */
bool staff_cookie(const struct request *r, struct session_hash *out);

/* "/auth/login?next=%2Fstaff%3Fstatus%3Dnew": back to this page after signing in. */
struct str staff_sign_in_url(struct request *r);

/* A path to come back to: one of ours under /staff, or empty. */
struct str staff_safe_next(struct str next);

#endif
