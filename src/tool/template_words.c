/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_words.h"

#include <stdarg.h>

bool template_refuse(struct template *t, const char *at, const char *format, ...)
{
    if (t->failed)
        return false;
    t->failed = true;
    t->error.line = template_line(t, at);
    const char *line = at;
    while (line > t->source.ptr && line[-1] != '\n')
        line--;
    t->error.column = (unsigned)(at - line) + 1;
    va_list args;
    va_start(args, format);
    vsnprintf(t->error.text, sizeof t->error.text, format, args);
    va_end(args);
    return false;
}

unsigned template_line(const struct template *t, const char *at)
{
    unsigned line = 1;
    for (const char *p = t->source.ptr; p < at; p++)
        line += *p == '\n';
    return line;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool words_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The C name at the beginning of *s; empty when there is none. */
struct str words_name(struct str *s)
{
    size_t n = 0;
    while (n < s->len && (is_letter(s->ptr[n]) || (n && is_digit(s->ptr[n]))))
        n++;
    struct str name = str_slice(*s, 0, n);
    *s = str_slice(*s, n, s->len);
    return name;
}

struct str words_word(struct str *s)
{
    size_t n = 0;
    while (n < s->len && !words_is_blank(s->ptr[n]))
        n++;
    struct str word = str_slice(*s, 0, n);
    *s = str_slice(*s, n, s->len);
    return word;
}

bool words_blanks(struct str *s, size_t least)
{
    size_t n = 0;
    while (n < s->len && words_is_blank(s->ptr[n]))
        n++;
    *s = str_slice(*s, n, s->len);
    return n >= least;
}

bool words_take(struct str *s, struct str word)
{
    if (!str_starts(*s, word))
        return false;
    *s = str_slice(*s, word.len, s->len);
    return true;
}

static const struct scope *scope_find(const struct scope *scope, struct str name)
{
    while (scope && !str_eq(scope->name, name))
        scope = scope->outer;
    return scope;
}

bool scope_check(struct template *t, const char *at, struct str name, const struct scope *scope)
{
    if (name.len == 0)
        return template_refuse(t, at, "a name is missing");
    if (str_eq(name, STR("h")) || str_starts(name, STR("h_")))
        return template_refuse(t, at, "\"%.*s\" is taken: h and h_… belong to the generated code",
                               STR_ARG(name));
    if (scope_find(scope, name))
        return template_refuse(t, at, "\"%.*s\" already names something here", STR_ARG(name));
    return true;
}

bool words_path(struct template *t, struct str words, const struct scope *scope, bool bare_allowed,
                struct node *node)
{
    const char *at = words.len ? words.ptr : node->at;
    struct str rest = words;
    node->root = words_name(&rest);
    if (node->root.len == 0)
        return template_refuse(t, at, "unknown directive {{%.*s}}", STR_ARG(words));
    if (!scope_find(scope, node->root))
        return template_refuse(t, at, "unknown name \"%.*s\": a path begins with %s%.*s%s",
                               STR_ARG(node->root), "\"", STR_ARG(scope->name),
                               scope->outer ? "\" or another name in reach" : "\"");
    if (rest.len == 0) {
        if (!bare_allowed)
            return template_refuse(t, at, "\"%.*s\" is a whole thing: name a member of it",
                                   STR_ARG(node->root));
        node->rest = STR_EMPTY;
        return true;
    }
    const char *members = rest.ptr + 1;
    while (rest.len) {
        if (!words_take(&rest, STR(".")) || words_name(&rest).len == 0)
            return template_refuse(t, at, "a path is names with dots between them: \"%.*s\" is not",
                                   STR_ARG(words));
    }
    node->rest = str_of(members, (size_t)(words.ptr + words.len - members));
    return true;
}

bool words_begin(struct str words, struct str word)
{
    return str_starts(words, word) &&
           (words.len == word.len || words_is_blank(words.ptr[word.len]));
}
