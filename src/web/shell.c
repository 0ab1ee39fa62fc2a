/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "config/config.h"
#include "web/request.h"
#include "web/state.h"

#include <time.h>

void shell_fill(struct view_shell *shell, const struct request *r, struct str title)
{
    const struct config *c = r->web->config;
    const struct brand *b = &r->web->brand;
    *shell = (struct view_shell){
        .lang = STR("en"),
        .dir = STR("ltr"),
        .title = title,
        .brand = c->brand_name,
        .contact_email = c->brand_contact_email,
        .contact_phone = c->brand_contact_phone,
        .sheet = b->urls[BRAND_SHEET],
        .logo = b->urls[BRAND_LOGO],
        .logo_dark = b->urls[BRAND_LOGO_DARK],
        .icon = b->urls[BRAND_ICON],
        .logo_width = b->logo_widths[BRAND_LOGO],
        .logo_dark_width = b->logo_widths[BRAND_LOGO_DARK],
        .logo_height = BRAND_LOGO_HEIGHT,
    };
}

struct str shell_time(struct arena *a, int64_t wall_ms)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&t, &tm);
    return arena_fmt(a, "%d %s %d at %02d:%02d UTC", tm.tm_mday, months[tm.tm_mon],
                     tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}
