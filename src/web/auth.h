/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pages of signing in share: forms, attempts, the session that begins.
 *
 *     /auth/login ─ password at DESK_HASH ─▶ /auth/code (who has an app) ─▶ session
 *                                       └──▶ /auth/app  (whose role needs one) …
 *     /auth/setup/<token> ─▶ session ─▶ /auth/app ─▶ /auth/codes
 *
 * Cookies beside the session's own (staff.h), sealed (sealed_cookie.h):
 *     __Host-sign-in  ten minutes between password and code: who, and where to go then
 *     __Host-device   half a year: this browser has signed in to that account, so its attempts are
 *                     counted by themselves (attempts.h), whoever else guesses meanwhile
 *     __Host-codes    ten minutes: recovery codes on their way to the page that shows them once
 *
 * Threads: the request's loop, but for auth_judge, which runs at DESK_HASH.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "base/password_hash.h"
#include "core/password_rules.h"
#include "store/people.h"
#include "web/attempts.h"
#include "web/view_auth.h"

struct job;
struct reader;
struct request;
struct ticket;

enum { AUTH_FIELDS = 8 };

/* ---- forms ---------------------------------------------------------------------------------- */

/* What was typed, by name; absent ones are empty. False: the body cannot be read, and the request
 * has been answered. */
struct auth_value {
    struct str name, value;
};

bool auth_read_form(struct request *r, struct auth_value *values, size_t n);

/* A line to type into, added to the fields; error may be empty, and then stands in errors too. */
struct auth_form {
    struct view_field fields[AUTH_FIELDS];
    struct view_error errors[AUTH_FIELDS];
    size_t fields_n, errors_n;
};

struct auth_line {
    struct str name, label, hint, value, error;
    struct str type, autocomplete, inputmode; /* "password", "current-password", … */
    bool short_one;
};

void auth_form_line(struct request *r, struct auth_form *form, const struct auth_line *line);
struct view_fields auth_form_fields(const struct auth_form *form);
struct view_errors auth_form_errors(const struct auth_form *form);

/* What is wrong with a password that somebody chose; empty: nothing. */
struct str auth_password_problem(struct request *r, struct str password, struct str login,
                                 struct str name);

/* ---- attempts ------------------------------------------------------------------------------- */

struct auth_attempt {
    struct attempts_key key;
    int64_t person; /* 0: no such account, which nobody is told */
    int pause_s;    /* that begins if it fails */
};

/*
 * Passwords are counted by account and address, so that nobody keeps the owner out. Who tries codes
 * has shown the password, and who gives his own password has a session: those are counted by
 * account alone, so that many addresses do not help. A browser that was here before is by itself in
 * each.
 */
enum auth_guess { GUESS_PASSWORD, GUESS_CODE, GUESS_OWN_PASSWORD };

/* Counts an attempt at an account: true, or false and the notice that says how long to wait. */
bool auth_attempt(struct request *r, enum auth_guess guess, struct str login, int64_t person,
                  struct auth_attempt *out, struct str *notice);
void auth_attempt_failed(struct request *r, const struct auth_attempt *attempt);

/* ---- passwords at their desk ------------------------------------------------------------------
 */

struct auth_check {
    struct str password; /* canonical; wiped when it was judged */
    struct str stored;   /* empty: nobody's */
    bool make;           /* hash it anew, whatever is stored */
    bool stale;
    void *caller;                  /* the request's, for its answer */
    char hash[PASSWORD_HASH_SIZE]; /* made anew; empty: not */
};

/* A check in the ticket's arena. False when the password cannot be anybody's; it is judged all the
 * same, as nobody's. */
struct auth_check *auth_check_new(struct ticket *t, struct str password, struct str stored);

/* The job's result: ERR_NONE right, ERR_REFUSED wrong. job->context must be the check. */
void auth_judge(struct reader *reader, struct ticket *t);

/* ---- the session that begins ------------------------------------------------------------------
 */

/* In the ticket's arena but for *token, which is the request's. */
void auth_fill_begin(struct request *r, struct ticket *t, int64_t person, bool strong,
                     struct session_begin *out, struct str *token);

/* The cookies of a session that has begun. */
void auth_set_session(struct request *r, int64_t person, struct str token);

/* Must they have a second step? */
bool auth_needs_app(const struct request *r, enum role role);

/* /auth/app, to come back to next from there. */
struct str auth_app_url(struct request *r, struct str next);

/* Ten codes, and their hashes; the codes go to /auth/codes by cookie with auth_keep_codes. */
struct auth_codes {
    struct recovery_code codes[RECOVERY_CODES];
    struct str next;
};

void auth_make_codes(struct auth_codes *out, unsigned char hashes[][RECOVERY_HASH_SIZE]);
void auth_keep_codes(struct request *r, const struct auth_codes *codes);

/* Somebody's TOTP secret, sealed for their row alone. */
struct str auth_seal_secret(struct request *r, struct ticket *t, int64_t person,
                            const struct totp_secret *secret);
bool auth_open_secret(struct request *r, int64_t person, struct str sealed,
                      struct totp_secret *out);

#endif
