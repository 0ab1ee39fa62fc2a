/* SPDX-License-Identifier: Apache-2.0 */
#include "web/shell.h"

#include "config/config.h"
#include "web/request.h"
#include "web/say.h"
#include "web/state.h"

#include "assets.h"

void shell_fill(struct view_shell *shell, struct request *r, struct str title)
{
    const struct config *c = r->web->config;
    const struct brand *b = &r->web->brand;
    *shell = (struct view_shell){
        .lang = say_language(r),
        .dir = say(r, TEXT_LANGUAGE_DIRECTION),
        .languages = say_languages(r),
        .title = title,
        .brand = c->brand_name,
        .contact_email = c->brand_contact_email,
        .contact_phone = c->brand_contact_phone,
        /* With --assets the sheet is the one on disk, without the operator's accent. */
        .sheet = r->web->assets_dir ? STR(ASSET_URL_CSS_APP_CSS) : b->urls[BRAND_SHEET],
        .logo = b->urls[BRAND_LOGO],
        .logo_dark = b->urls[BRAND_LOGO_DARK],
        .icon = b->urls[BRAND_ICON],
        .logo_width = b->logo_widths[BRAND_LOGO],
        .logo_dark_width = b->logo_widths[BRAND_LOGO_DARK],
        .logo_height = BRAND_LOGO_HEIGHT,
    };
}
