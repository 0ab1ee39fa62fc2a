/* SPDX-License-Identifier: Apache-2.0 */
#include "core/access.h"

static const struct str roles[ROLE_COUNT] = {
    [ROLE_VIEWER] = STR_INIT("viewer"),
    [ROLE_AGENT] = STR_INIT("agent"),
    [ROLE_PRIVACY] = STR_INIT("privacy"),
    [ROLE_AUDITOR] = STR_INIT("auditor"),
    [ROLE_ADMINISTRATOR] = STR_INIT("administrator"),
};

static const struct {
    struct str name, text;
    bool may[ROLE_COUNT];
} actions[ACTION_COUNT] = {
    {STR_INIT("none"), STR_INIT("open to everybody"), {1, 1, 1, 1, 1}},
#define ACTION(id, text, ...) {STR_INIT(#id), STR_INIT(text), {__VA_ARGS__}},
#include "core/access.def"
#undef ACTION
};

bool access_may(enum role role, enum action action)
{
    return role < ROLE_COUNT && action < ACTION_COUNT && actions[action].may[role];
}

struct str role_name(enum role role)
{
    return roles[role];
}

bool role_find(struct str name, enum role *out)
{
    for (enum role r = 0; r < ROLE_COUNT; r++)
        if (str_eq(roles[r], name)) {
            *out = r;
            return true;
        }
    return false;
}

bool roles_read(struct str list, unsigned *out, struct str *wrong)
{
    struct str rest = list, part;
    *out = 0;
    while (str_cut(&rest, ',', &part)) {
        enum role role;
        part = str_trim(part);
        if (!part.len && !list.len)
            break;
        if (!role_find(part, &role)) {
            *wrong = part;
            return false;
        }
        *out |= 1U << role;
    }
    return true;
}

struct str action_name(enum action action)
{
    return actions[action].name;
}

struct str action_text(enum action action)
{
    return actions[action].text;
}
