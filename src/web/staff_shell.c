/* SPDX-License-Identifier: Apache-2.0 */
#include "web/staff_shell.h"

#include "web/request.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/staff.h"

struct place {
    struct str href;
    enum text label;
    enum action action;
    struct str icon;
};

static const struct place sections[] = {
    [SECTION_QUEUE] = {STR_INIT("/staff"), TEXT_STAFF_QUEUE, ACTION_read_records,
                       STR_INIT("M3 5h14M3 10h14M3 15h9")},
    [SECTION_INSIGHTS] = {STR_INIT("/staff/insights"), TEXT_STAFF_INSIGHTS, ACTION_read_insights,
                          STR_INIT("M3 17V3M3 17h14M7 13v-3M11 13V6M15 13V8")},
    [SECTION_AUDIT] = {STR_INIT("/staff/audit"), TEXT_STAFF_AUDIT, ACTION_read_audit,
                       STR_INIT("M10 2.5 16 5v5c0 4-2.6 6.400-6 7.500C6.600 16.400 4 14 4 10V5z"
                                "M7.500 10l1.800 1.800L13 8")},
    [SECTION_SETTINGS] = {STR_INIT("/staff/profile"), TEXT_STAFF_SETTINGS, ACTION_own_profile,
                          STR_INIT("M3 6h8M15 6h2M3 14h2M9 14h8M11 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0"
                                   "M5 14a2 2 0 1 0 4 0 2 2 0 1 0-4 0")},
};

static const struct place settings[] = {
    {STR_INIT("/staff/profile"), TEXT_STAFF_PROFILE, ACTION_own_profile, STR_INIT("")},
    {STR_INIT("/staff/users"), TEXT_STAFF_PEOPLE, ACTION_manage_people, STR_INIT("")},
    {STR_INIT("/staff/tokens"), TEXT_STAFF_TOKENS, ACTION_manage_tokens, STR_INIT("")},
};

static struct view_links links_of(struct request *r, const struct place *places, size_t n,
                                  struct str current)
{
    struct view_link *items = arena_new_array(&r->arena, struct view_link, n);
    size_t shown = 0;
    for (size_t i = 0; i < n; i++)
        if (staff_may(r, places[i].action))
            items[shown++] = (struct view_link){
                .href = places[i].href,
                .label = say(r, places[i].label),
                .icon = places[i].icon,
                .current = str_eq(places[i].href, current),
            };
    return (struct view_links){items, shown};
}

void staff_shell_fill(struct view_staff *shell, struct request *r, struct str title,
                      enum staff_section section)
{
    *shell = (struct view_staff){
        .links = links_of(r, sections, sizeof sections / sizeof *sections, sections[section].href),
        .name = r->staff->name,
        .role = staff_role_name(r, r->staff->role),
        .csrf = r->staff->csrf,
        .may_search = staff_may(r, ACTION_read_records),
    };
    shell_fill(&shell->shell, r, title);
}

struct view_links staff_settings_tabs(struct request *r, struct str path)
{
    return links_of(r, settings, sizeof settings / sizeof *settings, path);
}

struct view_roles staff_roles(struct request *r, enum role selected)
{
    struct view_role *items = arena_new_array(&r->arena, struct view_role, ROLE_COUNT);
    for (enum role role = 0; role < ROLE_COUNT; role++)
        items[role] =
            (struct view_role){role_name(role), staff_role_name(r, role), role == selected};
    return (struct view_roles){items, ROLE_COUNT};
}
