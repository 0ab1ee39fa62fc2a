/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/assets.h"

/*
 * The bytes become string literals: no assembler, no path to a file in the object, and with octal
 * escapes no dependence on the compiler's character set.
 */

enum { BYTES_A_LINE = 72 };

static const char notice[] = "/* Made by src/tool/assets.c from assets/static: do not edit. */\n";

static void write_literal(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len || i == 0; i++) {
        if (i % BYTES_A_LINE == 0)
            buf_str(out, i ? STR("\"\n    \"") : STR("    \""));
        if (i == s.len)
            break;
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= ' ' && c < 0x7F && c != '"' && c != '\\' && c != '?')
            buf_byte(out, (char)c);
        else
            buf_fmt(out, "\\%03o", c);
    }
    buf_byte(out, '"');
}

static void write_bytes(struct buf *out, const char *what, size_t i, struct str s)
{
    if (!s.len)
        return;
    buf_fmt(out, "static const char %s%zu[] =\n", what, i);
    write_literal(out, s);
    buf_str(out, STR(";\n"));
}

static void write_view(struct buf *out, const char *what, size_t i, struct str s)
{
    if (s.len)
        buf_fmt(out, "     .%s = {%s%zu, %zu},\n", what, what, i, s.len);
}

void packed_write_source(const struct packed_list *list, struct buf *out)
{
    buf_str(out, str_from(notice));
    buf_str(out, STR("#include \"web/asset.h\"\n\n"));
    for (size_t i = 0; i < list->n; i++) {
        write_bytes(out, "identity", i, list->items[i].plain);
        write_bytes(out, "gzip", i, list->items[i].gzip);
        write_bytes(out, "brotli", i, list->items[i].brotli);
    }
    buf_str(out, STR("\nconst struct asset asset_table[] = {\n"));
    for (size_t i = 0; i < list->n; i++) {
        const struct packed *p = &list->items[i];
        buf_fmt(out, "    {.name = STR_INIT(\"%.*s\"),\n", STR_ARG(p->name));
        buf_fmt(out, "     .path = STR_INIT(\"%.*s\"),\n", STR_ARG(p->hashed));
        buf_fmt(out, "     .type = STR_INIT(\"%.*s\"),\n", STR_ARG(p->type));
        buf_fmt(out, "     .etag = STR_INIT(\"W/\\\"%.*s\\\"\"),\n", STR_ARG(p->hash));
        write_view(out, "identity", i, p->plain);
        write_view(out, "gzip", i, p->gzip);
        write_view(out, "brotli", i, p->brotli);
        buf_str(out, STR("    },\n"));
    }
    buf_fmt(out, "};\n\nconst size_t asset_count = %zu;\n", list->n);
}

/* ASSET_URL_IMG_MARK_SVG: what C names, exists. */
void packed_write_header(const struct packed_list *list, struct buf *out)
{
    buf_str(out, str_from(notice));
    buf_str(out, STR("#ifndef GEN_ASSETS_H\n#define GEN_ASSETS_H\n\n"));
    for (size_t i = 0; i < list->n; i++) {
        const struct packed *p = &list->items[i];
        buf_str(out, STR("#define ASSET_URL_"));
        for (size_t k = 0; k < p->name.len; k++) {
            char c = p->name.ptr[k];
            if (c >= 'a' && c <= 'z')
                c = (char)(c - 'a' + 'A');
            buf_byte(out, (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
        }
        buf_fmt(out, " \"/static/%.*s\"\n", STR_ARG(p->hashed));
    }
    buf_str(out, STR("\n#endif\n"));
}

void packed_write_index(const struct packed_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->n; i++)
        buf_fmt(out, "%.*s /static/%.*s\n", STR_ARG(list->items[i].name),
                STR_ARG(list->items[i].hashed));
}
