/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roles and what each may do, from the one table access.def. Pure.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "base/str.h"

enum role { ROLE_VIEWER, ROLE_AGENT, ROLE_PRIVACY, ROLE_AUDITOR, ROLE_ADMINISTRATOR, ROLE_COUNT };

enum action {
    ACTION_none, /* anybody, signed in or not */
#define ACTION(id, ...) ACTION_##id,
#include "core/access.def"
#undef ACTION
    ACTION_COUNT
};

bool access_may(enum role role, enum action action);

/* "administrator"; as stored and configured. */
struct str role_name(enum role role);
bool role_find(struct str name, enum role *out);

/* "agent, administrator" as bits, 1 << role; false, and the piece that is none. */
bool roles_read(struct str list, unsigned *out, struct str *wrong);

/* "read_records", and the sentence about it. */
struct str action_name(enum action action);
struct str action_text(enum action action);

#endif
