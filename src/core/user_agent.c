/* SPDX-License-Identifier: Apache-2.0 */
#include "core/user_agent.h"

struct row {
    struct str mark, name;
};

/* Browsers name those they want to be taken for, too, so the order decides. */
static const struct row browsers[] = {
    {STR_INIT("Edg"), STR_INIT("Edge")},
    {STR_INIT("OPR/"), STR_INIT("Opera")},
    {STR_INIT("SamsungBrowser/"), STR_INIT("Samsung Internet")},
    {STR_INIT("Firefox/"), STR_INIT("Firefox")},
    {STR_INIT("FxiOS/"), STR_INIT("Firefox")},
    {STR_INIT("CriOS/"), STR_INIT("Chrome")},
    {STR_INIT("Chrome/"), STR_INIT("Chrome")},
    {STR_INIT("Safari/"), STR_INIT("Safari")},
    {STR_INIT("curl/"), STR_INIT("curl")},
};

static const struct row systems[] = {
    {STR_INIT("iPhone"), STR_INIT("iPhone")},   {STR_INIT("iPad"), STR_INIT("iPad")},
    {STR_INIT("Android"), STR_INIT("Android")}, {STR_INIT("Windows"), STR_INIT("Windows")},
    {STR_INIT("CrOS"), STR_INIT("ChromeOS")},   {STR_INIT("Mac OS X"), STR_INIT("macOS")},
    {STR_INIT("Linux"), STR_INIT("Linux")},
};

static struct str find(const struct row *rows, size_t n, struct str header)
{
    for (size_t i = 0; i < n; i++)
        if (str_contains(header, rows[i].mark))
            return rows[i].name;
    return STR_EMPTY;
}

struct str user_agent_name(struct arena *a, struct str header)
{
    struct str browser = find(browsers, sizeof browsers / sizeof *browsers, header);
    struct str system = find(systems, sizeof systems / sizeof *systems, header);
    if (!browser.len || !system.len)
        return browser.len ? browser : system;
    return arena_fmt(a, "%.*s, %.*s", STR_ARG(browser), STR_ARG(system));
}
