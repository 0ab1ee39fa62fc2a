/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char notice[] = "/* Made by src/tool/texts.c from assets/texts: do not edit. */\n";

static const struct entry *find(const struct catalogue *c, struct str key)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->entries[i].key, key))
            return &c->entries[i];
    return NULL;
}

static bool same_names(const struct entry *a, const struct entry *b)
{
    bool same = a->names_n == b->names_n;
    for (size_t i = 0; same && i < a->names_n; i++)
        same = str_eq(a->names[i], b->names[i]);
    return same;
}

bool texts_compare(const struct catalogue *reference, const struct catalogue *other)
{
    bool ok = true;
    for (size_t i = 0; i < other->n; i++) {
        const struct entry *e = &other->entries[i], *wanted = find(reference, e->key);
        const char *wrong = !wanted                       ? "is not a key of"
                            : e->plural != wanted->plural ? "has plural forms, or has none, unlike"
                            : !same_names(e, wanted)      ? "has other placeholders than"
                                                          : NULL;
        if (wrong)
            fprintf(stderr, "%s:%u:%u: %.*s %s %s\n", other->file, e->line, e->column,
                    STR_ARG(e->key), wrong, reference->file);
        ok = ok && !wrong;
    }
    for (size_t i = 0; i < reference->n; i++)
        if (!find(other, reference->entries[i].key)) {
            fprintf(stderr, "%s: %.*s is missing\n", other->file,
                    STR_ARG(reference->entries[i].key));
            ok = false;
        }
    return ok;
}

struct str texts_enumerator(struct arena *a, struct str key)
{
    struct str name = arena_fmt(a, "TEXT_%.*s", STR_ARG(key));
    char *p = arena_alloc(a, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        p[i] = c == '.' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return str_of(p, name.len);
}

void texts_write_header(struct arena *a, const struct catalogue *all, size_t n, struct buf *out)
{
    buf_str(out, str_from(notice));
    buf_str(out, STR("#ifndef GEN_TEXTS_H\n#define GEN_TEXTS_H\n\nenum text {\n"));
    for (size_t i = 0; i < all[0].n; i++)
        buf_fmt(out, "    %.*s,\n", STR_ARG(texts_enumerator(a, all[0].entries[i].key)));
    buf_str(out, STR("    TEXT_COUNT\n};\n\nenum language {\n"));
    for (size_t i = 0; i < n; i++) {
        struct str name = texts_enumerator(a, all[i].code);
        buf_fmt(out, "    LANGUAGE_%.*s,\n", STR_ARG(str_slice(name, 5, name.len)));
    }
    buf_str(out, STR("    LANGUAGE_COUNT\n};\n\n#endif\n"));
}

static void write_literal(struct buf *out, struct str s)
{
    buf_str(out, STR("STR_INIT(\""));
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '?')
            buf_fmt(out, "\\%03o", c);
        else
            buf_byte(out, (char)c);
    }
    buf_str(out, STR("\")"));
}

static void write_catalogue(const struct catalogue *c, size_t at, struct buf *out)
{
    for (size_t i = 0; i < c->n; i++) {
        if (!c->entries[i].plural)
            continue;
        buf_fmt(out, "static const struct str plural_%zu_%zu[PLURALS] = {", at, i);
        for (enum plural form = 0; form < PLURALS; form++) {
            if (!c->entries[i].forms[form].ptr)
                continue;
            buf_fmt(out, "[%d] = ", (int)form);
            write_literal(out, c->entries[i].forms[form]);
            buf_str(out, STR(", "));
        }
        buf_str(out, STR("};\n"));
    }
}

void texts_write_source(const struct catalogue *all, size_t n, struct buf *out)
{
    buf_str(out, str_from(notice));
    buf_str(out, STR("#include \"core/words.h\"\n\n"));
    buf_str(out, STR("const struct str language_codes[LANGUAGE_COUNT] = {\n"));
    for (size_t k = 0; k < n; k++)
        buf_fmt(out, "    STR_INIT(\"%.*s\"),\n", STR_ARG(all[k].code));
    buf_str(out, STR("};\n\nconst struct text_info text_infos[TEXT_COUNT] = {\n"));
    for (size_t i = 0; i < all[0].n; i++) {
        const struct entry *e = &all[0].entries[i];
        buf_fmt(out, "    {STR_INIT(\"%.*s\"), STR_INIT(\"", STR_ARG(e->key));
        for (size_t k = 0; k < e->names_n; k++)
            buf_fmt(out, "%s%.*s", k ? " " : "", STR_ARG(e->names[k]));
        buf_fmt(out, "\"), %s},\n", e->plural ? "true" : "false");
    }
    buf_str(out, STR("};\n\n"));
    for (size_t k = 0; k < n; k++)
        write_catalogue(&all[k], k, out);
    buf_str(out, STR("\nconst struct wording text_catalogue[LANGUAGE_COUNT][TEXT_COUNT] = {\n"));
    for (size_t k = 0; k < n; k++) {
        buf_str(out, STR("    {\n"));
        for (size_t i = 0; i < all[k].n; i++) {
            const struct entry *e = &all[k].entries[i];
            buf_str(out, STR("        {"));
            write_literal(out, e->forms[PLURAL_OTHER]);
            if (e->plural)
                buf_fmt(out, ", plural_%zu_%zu},\n", k, i);
            else
                buf_str(out, STR(", NULL},\n"));
        }
        buf_str(out, STR("    },\n"));
    }
    buf_str(out, STR("};\n"));
}

void texts_write_index(struct arena *a, const struct catalogue *reference, struct buf *out)
{
    for (size_t i = 0; i < reference->n; i++) {
        const struct entry *e = &reference->entries[i];
        buf_fmt(out, "%.*s %.*s %s", STR_ARG(e->key), STR_ARG(texts_enumerator(a, e->key)),
                e->plural ? "plural" : "plain");
        for (size_t k = 0; k < e->names_n; k++)
            buf_fmt(out, " %.*s", STR_ARG(e->names[k]));
        buf_byte(out, '\n');
    }
}

/* ---- what is used ------------------------------------------------------------------------------
 */

/* Looked up by a name that is made at run time; unit tests hold that each is somebody's. */
static const struct str by_name[] = {STR_INIT("field."), STR_INIT("choice.")};

static bool is_part_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

static bool has_word(struct str text, struct str word)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at && (at = memmem(at, (size_t)(end - at), word.ptr, word.len))) {
        bool begins = at == text.ptr || !is_part_of_word(at[-1]);
        at += word.len;
        if (begins && (at == end || !is_part_of_word(*at)))
            return true;
    }
    return false;
}

static bool read_all(const char *path, struct buf *out)
{
    char block[65536];
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_bytes(out, block, n);
    buf_byte(out, '\n');
    fclose(f);
    return true;
}

bool texts_unused(struct arena *a, const struct catalogue *reference, char **files, size_t n)
{
    enum { SOURCES_MAX = 64 << 20 };
    struct buf all;
    bool ok = true;
    buf_init(&all, SOURCES_MAX);
    for (size_t i = 0; i < n; i++)
        ok = read_all(files[i], &all) && ok;
    for (size_t i = 0; ok && i < reference->n; i++) {
        const struct entry *e = &reference->entries[i];
        bool named = str_starts(e->key, by_name[0]) || str_starts(e->key, by_name[1]);
        struct str text = buf_view(&all);
        if (named || has_word(text, arena_fmt(a, "t %.*s", STR_ARG(e->key))) ||
            has_word(text, texts_enumerator(a, e->key)))
            continue;
        fprintf(stderr, "%s:%u:%u: nobody uses %.*s\n", reference->file, e->line, e->column,
                STR_ARG(e->key));
        ok = false;
    }
    buf_release(&all);
    return ok;
}
