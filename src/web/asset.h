/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled-in assets: style sheet, script, images. src/tool/assets.c packs assets/static into
 * generated code; each file's name carries the first ten hexadecimal digits of its content's
 * SHA-256, so an answer never changes and browsers may keep it for ever.
 *
 * A path here is what stands behind "/static/": "css/app.0123456789.css". In development the files
 * are read from a folder instead (asset_load), by the same names; only files that are compiled in
 * exist there, so no path from outside ever reaches the file system.
 *
 * Threads: constant data, safe anywhere. asset_load reads a file: never on a busy server.
 */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include "base/arena.h"

struct asset {
    struct str name; /* "css/app.css" */
    struct str path; /* "css/app.0123456789.css" */
    struct str type; /* "text/css; charset=utf-8" */
    struct str etag; /* W/"0123456789": weak, for it stands for all encodings */
    struct str identity;
    struct str gzip, brotli; /* empty when they would not be smaller */
};

/* Made by the packer; sorted by path. */
extern const struct asset asset_table[];
extern const size_t asset_count;

/* By path, hash included; NULL when there is none. */
const struct asset *asset_find(struct str path);

/* By name, or by a path with whatever hash; NULL when there is none. For development. */
const struct asset *asset_find_named(struct str path);

/*
 * The smallest body that the Accept-Encoding header (RFC 9110 §12.5.3; empty when absent) allows,
 * and its Content-Encoding ("gzip", "br", or empty). When it allows none, the plain one.
 */
struct str asset_pick(const struct asset *asset, struct str accept_encoding, struct str *encoding);

/*
 * The file of a path (as asset_find_named) below dir, as it is now, into the arena, and its type.
 * False when there is no such asset, or no plain file of its name that can be read.
 */
bool asset_load(const char *dir, struct str path, struct arena *a, struct str *body,
                struct str *type);

#endif
