/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"
#include "web/asset.h"
#include "web/html.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
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
        respond_problem(r, 404, say(r, TEXT_PROBLEM_FILE), say(r, TEXT_PROBLEM_FILE_TEXT));
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

void handle_privacy_page(struct request *r)
{
    struct view_text v = {
        .draft_time = words_duration(&r->arena, &r->web->config->words[r->language],
                                     r->web->config->form_draft_time),
    };
    shell_fill(&v.shell, r, say(r, TEXT_SHELL_PRIVACY));
    v.shell.plain = true;
    page_privacy(respond_html(r), &v);
    respond_page(r, 200);
}

void handle_accessibility_page(struct request *r)
{
    struct view_text v = {0};
    shell_fill(&v.shell, r, say(r, TEXT_SHELL_ACCESSIBILITY));
    v.shell.plain = true;
    page_accessibility(respond_html(r), &v);
    respond_page(r, 200);
}
