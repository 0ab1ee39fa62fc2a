/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"
#include "web/asset.h"
#include "web/html.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/shell.h"
#include "web/state.h"

#include "assets.h"
#include "pages.h"

/*
 * What is the same for everyone: the compiled-in assets, whose names carry their content's hash and
 * which browsers therefore keep for ever; robots.txt; the two pages of plain text.
 */

static void respond_asset(struct request *r, const struct asset *asset)
{
    struct str encoding;
    struct str body = asset_pick(asset, request_header(r, STR("accept-encoding")), &encoding);
    respond_header(r, STR("cache-control"), STR("public, max-age=31536000, immutable"));
    respond_header(r, STR("vary"), STR("accept-encoding"));
    respond_header(r, STR("etag"), asset->etag);
    if (encoding.len)
        respond_header(r, STR("content-encoding"), encoding);
    respond_bytes(r, 200, asset->type, body);
}

void handle_static_file(struct request *r)
{
    const struct asset *brand = brand_find(&r->web->brand, r->param);
    const struct asset *asset = brand ? brand : asset_find(r->param);
    if (r->web->assets_dir && !brand) {
        struct str body, type;
        if (asset_load(r->web->assets_dir, r->param, &r->arena, &body, &type)) {
            respond_header(r, STR("cache-control"), STR("no-store"));
            respond_bytes(r, 200, type, body);
            return;
        }
    }
    if (asset)
        respond_asset(r, asset);
    else
        respond_problem(r, 404, STR("This file does not exist"),
                        STR("Reload the page: it may have been updated."));
}

void handle_favicon(struct request *r)
{
    struct str own = r->web->brand.urls[BRAND_ICON];
    respond_header(r, STR("location"), own.len ? own : STR(ASSET_URL_IMG_MARK_SVG));
    respond_bytes(r, 308, STR_EMPTY, STR_EMPTY);
}

void handle_robots(struct request *r)
{
    respond_bytes(r, 200, STR("text/plain; charset=utf-8"),
                  STR("User-agent: *\nAllow: /$\nDisallow: /apply/\nDisallow: /staff\n"));
}

/* The longest unit that says it exactly: "7 days", "36 hours", "10 minutes". */
static struct str duration(struct arena *a, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *one;
    } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}, {1000, "second"}};
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && ms % units[i].ms)
        i++;
    int64_t n = ms / units[i].ms;
    return arena_fmt(a, "%lld %s%s", (long long)n, units[i].one, n == 1 ? "" : "s");
}

void handle_privacy_page(struct request *r)
{
    struct view_text v = {
        .draft_time = duration(&r->arena, r->web->config->form_draft_time),
    };
    shell_fill(&v.shell, r, STR("Privacy"));
    v.shell.plain = true;
    page_privacy(respond_html(r), &v);
    respond_page(r, 200);
}

void handle_accessibility_page(struct request *r)
{
    struct view_text v = {0};
    shell_fill(&v.shell, r, STR("Accessibility"));
    v.shell.plain = true;
    page_accessibility(respond_html(r), &v);
    respond_page(r, 200);
}
