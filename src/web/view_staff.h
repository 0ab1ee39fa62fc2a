/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the team's pages show; the rules are view.h's.
 */
#ifndef WEB_VIEW_STAFF_H
#define WEB_VIEW_STAFF_H

#include "web/view.h"

struct view_link {
    struct str href, label;
    struct str icon; /* an SVG path in 20 × 20; may be empty */
    struct str n;    /* a count beside it; may be empty */
    bool current;
};

struct view_links {
    const struct view_link *items;
    size_t n;
};

/* The roles to choose from. */
struct view_role {
    struct str value, label;
    bool selected;
};

struct view_roles {
    const struct view_role *items;
    size_t n;
};

/* Around every page of the team: staff_head.html, staff_foot.html. */
struct view_staff {
    struct view_shell shell;
    struct view_links links; /* the rail: what this role may see */
    struct str name, role;   /* who is signed in; "Agent" */
    struct str csrf;         /* for every form: <input type="hidden" name="csrf"> */
    struct str query;        /* what stands in the search */
    bool may_search;
};

/* A sign-in elsewhere that came to nothing: elsewhere.html */
struct view_elsewhere {
    struct view_shell shell;
    struct str heading, text;
};

/* The buttons of the sign-in page: issuers.html */
struct view_issuer {
    struct str href, label; /* "Microsoft" */
};

struct view_issuers {
    const struct view_issuer *items;
    size_t n;
};

#endif
