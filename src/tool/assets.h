/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asset packer's parts: one file of assets/static with its content's hash in its name, and the
 * content as it is, by gzip (RFC 1952) and by brotli (RFC 7932). A compressed form that is not
 * smaller is not kept. The same input gives the same output, byte for byte, whatever the clock.
 *
 * Memory: the caller's arena. Errors: a message on stderr and false.
 */
#ifndef TOOL_ASSETS_H
#define TOOL_ASSETS_H

#include "base/arena.h"
#include "base/buf.h"

enum { PACKED_HASH_LEN = 10, PACKED_FILE_MAX = 4 << 20 };

struct packed {
    struct str name;   /* "css/app.css": below the folder */
    struct str hashed; /* "css/app.0123456789.css" */
    struct str type;   /* "text/css; charset=utf-8" */
    struct str hash;   /* the first hexadecimal digits of SHA-256 */
    struct str plain, gzip, brotli;
};

struct packed_list {
    struct packed *items;
    size_t n;
};

/* The content type of a file name; empty when its extension is unknown. */
struct str packed_type(struct str name);

/* Whether a name is fit for a URL and a C file: a–z 0–9 . _ - and /, no part begins with a dot. */
bool packed_name_ok(struct str name);

/*
 * The CSS with each url(/static/NAME) naming the hashed file instead. Others must be hashed before;
 * a NAME that is not among them, or has no hash yet (CSS in CSS), is refused.
 */
bool packed_rewrite_css(struct arena *a, const struct packed_list *others, struct packed *css);

/* From plain: hash and hashed name. */
bool packed_hash(struct arena *a, struct packed *p);

bool packed_gzip(struct arena *a, struct packed *p);

/*
 * By the program of that name on PATH, with files in scratch (a folder). *there becomes false when
 * there is no such program; that is no error.
 */
bool packed_brotli(struct arena *a, const char *scratch, struct packed *p, bool *there);

/* A whole file of at most PACKED_FILE_MAX bytes. */
bool packed_read(struct arena *a, const char *path, struct str *out);

/* The files assets.c, assets.h and assets.index, from a list sorted by hashed name. */
void packed_write_source(const struct packed_list *list, struct buf *out);
void packed_write_header(const struct packed_list *list, struct buf *out);
void packed_write_index(const struct packed_list *list, struct buf *out);

#endif
