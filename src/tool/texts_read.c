/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/texts.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

struct reader {
    struct arena *arena;
    yaml_document_t document;
    struct catalogue *out;
    bool ok;
};

static void refuse(struct reader *r, const yaml_node_t *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse(struct reader *r, const yaml_node_t *at, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%zu:%zu: ", r->out->file, at->start_mark.line + 1,
            at->start_mark.column + 1);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    r->ok = false;
}

static struct str text_of(const yaml_node_t *node)
{
    return str_of(node->data.scalar.value, node->data.scalar.length);
}

static bool is_word(struct str s, bool digits)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((c < 'a' || c > 'z') && c != '_' && !(digits && c >= '0' && c <= '9'))
            return false;
    }
    return s.len > 0;
}

/* Sorted, each once: the order of the slots is the same in every language. */
static bool add_name(struct entry *e, struct str name)
{
    size_t at = 0;
    while (at < e->names_n && str_cmp(e->names[at], name) < 0)
        at++;
    if (at < e->names_n && str_eq(e->names[at], name))
        return true;
    if (e->names_n == TEXTS_PLACEHOLDERS_MAX)
        return false;
    memmove(&e->names[at + 1], &e->names[at], sizeof *e->names * (e->names_n - at));
    e->names[at] = name;
    e->names_n++;
    return true;
}

static void check_text(struct reader *r, const yaml_node_t *node, struct entry *e)
{
    struct str s = text_of(node);
    if (!utf8_valid(s) || utf8_has_control(s, false))
        refuse(r, node, "%.*s holds a control character", STR_ARG(e->key));
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '}')
            refuse(r, node, "%.*s has a } without {", STR_ARG(e->key));
        if (s.ptr[i] != '{')
            continue;
        size_t close = str_find(s, '}', i);
        struct str name = str_slice(s, i + 1, close);
        if (close == s.len || !is_word(name, false))
            refuse(r, node, "%.*s: a placeholder is {name}, of a–z and _", STR_ARG(e->key));
        else if (!add_name(e, arena_str(r->arena, name)))
            refuse(r, node, "%.*s has more than %d placeholders", STR_ARG(e->key),
                   TEXTS_PLACEHOLDERS_MAX);
        i = close;
    }
}

static void read_form(struct reader *r, const yaml_node_t *node, struct entry *e, enum plural form)
{
    if (node->type != YAML_SCALAR_NODE) {
        refuse(r, node, "%.*s: a plural form is a text", STR_ARG(e->key));
        return;
    }
    e->forms[form] = arena_str(r->arena, text_of(node));
    check_text(r, node, e);
    if (!e->forms[form].len)
        refuse(r, node, "%.*s is empty", STR_ARG(e->key));
}

static enum plural find_form(struct str name)
{
    enum plural form = 0;
    while (form < PLURALS && !str_eq(plural_names[form], name))
        form++;
    return form;
}

static void read_plural(struct reader *r, const yaml_node_t *map, struct entry *e)
{
    const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
    e->plural = true;
    for (; pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&r->document, pair->key);
        enum plural form = find_form(text_of(key));
        if (form == PLURALS || !(r->out->rule->has & (1u << form)))
            refuse(r, key, "%.*s: %.*s has no plural form “%.*s”", STR_ARG(e->key),
                   STR_ARG(r->out->code), STR_ARG(text_of(key)));
        else
            read_form(r, yaml_document_get_node(&r->document, pair->value), e, form);
    }
    for (enum plural form = 0; form < PLURALS; form++)
        if ((r->out->rule->has & (1u << form)) && !e->forms[form].ptr)
            refuse(r, map, "%.*s: the plural form “%.*s” is missing", STR_ARG(e->key),
                   STR_ARG(plural_names[form]));
    if (!e->names_n)
        refuse(r, map, "%.*s: a text with plural forms has {n}", STR_ARG(e->key));
}

static bool has_other(struct reader *r, const yaml_node_t *map)
{
    const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
    for (; pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&r->document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(&r->document, pair->value);
        if (key->type == YAML_SCALAR_NODE && str_eq(text_of(key), STR("other")) &&
            value->type == YAML_SCALAR_NODE && str_contains(text_of(value), STR("{n}")))
            return true;
    }
    return false;
}

static void read_map(struct reader *r, const yaml_node_t *map, struct str prefix);

static void read_value(struct reader *r, const yaml_node_t *key_node, struct str key,
                       const yaml_node_t *value)
{
    if (value->type == YAML_MAPPING_NODE && !has_other(r, value)) {
        read_map(r, value, key);
        return;
    }
    struct catalogue *c = r->out;
    if (c->n == TEXTS_MAX || key.len > TEXTS_KEY_MAX) {
        refuse(r, key_node, "more than %d texts, or a key over %d bytes", TEXTS_MAX, TEXTS_KEY_MAX);
        return;
    }
    struct entry *e = &c->entries[c->n++];
    e->key = key;
    e->line = (unsigned)key_node->start_mark.line + 1;
    e->column = (unsigned)key_node->start_mark.column + 1;
    if (value->type == YAML_SCALAR_NODE)
        read_form(r, value, e, PLURAL_OTHER);
    else if (value->type == YAML_MAPPING_NODE)
        read_plural(r, value, e);
    else
        refuse(r, value, "%.*s is a list: a text or a map is wanted", STR_ARG(key));
}

static void read_map(struct reader *r, const yaml_node_t *map, struct str prefix)
{
    const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
    for (; pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(&r->document, pair->key);
        if (key->type != YAML_SCALAR_NODE || !is_word(text_of(key), true)) {
            refuse(r, key, "a key is made of a–z, 0–9 and _");
            continue;
        }
        struct str whole =
            prefix.len ? arena_fmt(r->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(text_of(key)))
                       : arena_str(r->arena, text_of(key));
        read_value(r, key, whole, yaml_document_get_node(&r->document, pair->value));
    }
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void finish(struct reader *r)
{
    struct catalogue *c = r->out;
    qsort(c->entries, c->n, sizeof *c->entries, by_key);
    for (size_t i = 1; i < c->n; i++)
        if (str_eq(c->entries[i].key, c->entries[i - 1].key)) {
            fprintf(stderr, "%s:%u:%u: %.*s stands here twice\n", c->file, c->entries[i].line,
                    c->entries[i].column, STR_ARG(c->entries[i].key));
            r->ok = false;
        }
}

/* "assets/texts/de.yaml" → "de" */
static struct str code_of(struct arena *a, const char *file)
{
    const char *slash = strrchr(file, '/');
    struct str name = str_from(slash ? slash + 1 : file);
    return arena_str(a, str_slice(name, 0, str_find(name, '.', 0)));
}

bool texts_read(struct arena *a, const char *file, struct catalogue *out)
{
    struct reader r = {.arena = a, .out = out, .ok = true};
    yaml_parser_t parser;
    *out = (struct catalogue){.file = file, .code = code_of(a, file)};
    out->rule = plural_find(out->code);
    if (!out->rule) {
        fprintf(stderr, "%s: src/core/plural.c has no plural rule for “%.*s”\n", file,
                STR_ARG(out->code));
        return false;
    }
    out->entries = arena_new_array(a, struct entry, TEXTS_MAX);
    FILE *f = fopen(file, "rb");
    if (!f || !yaml_parser_initialize(&parser)) {
        perror(file);
        if (f)
            fclose(f);
        return false;
    }
    yaml_parser_set_input_file(&parser, f);
    if (!yaml_parser_load(&parser, &r.document)) {
        fprintf(stderr, "%s:%zu:%zu: %s\n", file, parser.problem_mark.line + 1,
                parser.problem_mark.column + 1, parser.problem ? parser.problem : "not YAML");
        r.ok = false;
    } else {
        const yaml_node_t *root = yaml_document_get_root_node(&r.document);
        if (root && root->type == YAML_MAPPING_NODE)
            read_map(&r, root, STR_EMPTY);
        finish(&r);
        yaml_document_delete(&r.document);
    }
    yaml_parser_delete(&parser);
    fclose(f);
    return r.ok;
}
