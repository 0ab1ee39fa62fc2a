/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's own looks: logo, a logo for the dark scheme, icon, accent colour.
 *
 * Read and checked once, before the sandbox is entered, and served from memory under /static with
 * the content's hash in the name, as compiled-in assets are (asset.h). The accent becomes the style
 * sheet's tokens for both schemes (core/colour.h); they are put behind the sheet, so that a page
 * still asks for one. Without options everything is what is compiled in.
 *
 * Errors: ERR_CONFIG with option, file, line and what to do. Owner: brand_release.
 * Threads: constant after brand_open.
 */
#ifndef WEB_BRAND_H
#define WEB_BRAND_H

#include "base/err.h"
#include "core/colour.h"
#include "web/asset.h"

struct config;

enum { BRAND_LOGO_HEIGHT = 40 }; /* CSS pixels: .logo of app.css */

enum brand_file { BRAND_SHEET, BRAND_LOGO, BRAND_LOGO_DARK, BRAND_ICON, BRAND_FILES };

struct brand {
    struct arena arena;
    struct asset assets[BRAND_FILES]; /* path empty: not the operator's own */
    struct str urls[BRAND_FILES];     /* BRAND_SHEET always; others empty when there is none */
    uint64_t logo_widths[BRAND_LOGO_DARK + 1]; /* at BRAND_LOGO_HEIGHT */
    struct colour_palette palette;             /* when has_accent */
    bool has_accent;
};

/* On failure *out is empty. */
enum err brand_open(const struct config *config, struct brand *out, struct why *why);
void brand_release(struct brand *brand);

/* By path behind "/static/"; NULL when it is none of these. */
const struct asset *brand_find(const struct brand *brand, struct str path);

#endif
