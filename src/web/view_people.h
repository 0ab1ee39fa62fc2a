/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /staff/users: people.html; /staff/users/<id>: person.html; invited.html once for each link.
 */
#ifndef WEB_VIEW_PEOPLE_H
#define WEB_VIEW_PEOPLE_H

#include "web/view_tokens.h"

struct view_person_row {
    int64_t id;
    struct str name, login, role;
    struct str state, state_label; /* "active" */
    struct str seen;               /* a day; empty: never */
    bool has_totp, has_password;
    bool is_me;
};

struct view_person_rows {
    const struct view_person_row *items;
    size_t n;
};

struct view_people_page {
    struct view_staff staff;
    struct view_links tabs;
    struct view_person_rows rows;
    struct view_roles roles;
    struct str name, name_error, login, login_error, email;
};

struct view_session_row {
    struct str client, method, began, seen;
};

struct view_session_rows {
    const struct view_session_row *items;
    size_t n;
};

struct view_person_page {
    struct view_staff staff;
    struct view_links tabs;
    struct view_person_row person;
    struct str email, invited_until, notice, name, name_error;
    struct view_roles roles;
    struct view_session_rows sessions;
    struct str audit;
    bool disabled, invited;
};

struct view_invited {
    struct view_staff staff;
    struct view_links tabs;
    struct str name, link, until, back;
};

#endif
