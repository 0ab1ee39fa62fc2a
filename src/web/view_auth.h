/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pages of signing in show, and one's own profile; the rules are view.h's.
 */
#ifndef WEB_VIEW_AUTH_H
#define WEB_VIEW_AUTH_H

#include "web/view_staff.h"

/* /auth/login: sign_in.html, and /auth/code: sign_in_code.html */
struct view_sign_in {
    struct view_shell shell;
    struct str notice;
    struct view_errors errors;
    struct view_fields fields;
    struct str next; /* where to go then; may be empty */
    struct view_issuers issuers;
    struct view_issuer leave; /* the session there goes on; href may be empty */
    bool local;               /* accounts with a password are there */
};

/* /auth/setup/<token>: setup.html */
struct view_setup {
    struct view_shell shell;
    struct str notice, lead, action;
    struct str login; /* of an account that is there; else it is asked for */
    struct view_errors errors;
    struct view_fields fields;
};

/* /auth/app: enrol.html */
struct view_enrol {
    struct view_shell shell;
    struct str notice;
    struct view_errors errors;
    struct view_fields fields;
    struct view_qr qr;
    struct str key;    /* the same, for typing */
    struct str sealed; /* the secret as the form brings it back */
    struct str csrf, login, next;
    struct str skip; /* where "Not now" leads; empty: it must be */
};

/* /auth/codes: codes.html */
struct view_codes {
    struct view_shell shell;
    struct view_steps codes;
    struct str csrf, login;
};

/* A form that was sent too late: kept.html */
struct view_control {
    struct str name, value;
};

struct view_controls {
    const struct view_control *items;
    size_t n;
};

struct view_kept {
    struct view_shell shell;
    struct str action, word; /* where it goes again, and with what instead of the csrf */
    struct str shown;        /* the longest text in it */
    struct view_controls controls;
};

struct view_session {
    struct str id, client;
    struct str since, since_iso, seen, seen_iso;
    bool here;
};

struct view_sessions {
    const struct view_session *items;
    size_t n;
};

/* /staff/profile: staff_profile.html */
struct view_profile {
    struct view_staff staff;
    struct view_links tabs;
    struct str notice;
    struct view_errors errors;
    struct str login;
    struct str issuer;           /* who looks after the password; empty: we do */
    struct view_fields password; /* none: there is no password here */
    struct view_fields recovery;
    uint64_t codes; /* that are left */
    bool has_app, others;
    struct view_sessions sessions;
};

#endif
