/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/tokens: tokens.html, and token_made.html once for each.
 */
#ifndef WEB_VIEW_TOKENS_H
#define WEB_VIEW_TOKENS_H

#include "web/view_staff.h"

struct view_token_row {
    int64_t id;
    struct str name, role;
    struct str made, used, until;  /* days; empty: never */
    struct str state, state_label; /* "active", "disabled" */
    bool works;
};

struct view_token_rows {
    const struct view_token_row *items;
    size_t n;
};

struct view_tokens_page {
    struct view_staff staff;
    struct view_links tabs;
    struct view_token_rows rows;
    struct view_roles roles;
    struct str name, name_error, days, days_error;
};

struct view_token_made {
    struct view_staff staff;
    struct view_links tabs;
    struct str name, token, example;
};

#endif
