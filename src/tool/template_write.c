/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template.h"

/*
 * Writes the C. Runs of static text become one html_raw; every statement that uses a value stands
 * on one line behind a #line of the template, so that the C compiler's errors point there.
 */

struct writer {
    const struct template *t;
    struct buf *out;
    unsigned indent;
    struct buf raw;   /* static text not yet written */
    bool at_template; /* #line says the template's file */
    const char *name;
};

static void write_list(struct writer *w, const struct node *list);

static unsigned lines_so_far(const struct buf *out)
{
    unsigned n = 1;
    for (size_t i = 0; i < out->len; i++)
        n += out->ptr[i] == '\n';
    return n;
}

static void write_indent(struct writer *w)
{
    for (unsigned i = 0; i < w->indent; i++)
        buf_str(w->out, STR("    "));
}

/* C source as a string literal: no byte depends on the compiler's character set. */
static void write_literal(struct buf *out, struct str s)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\n')
            buf_str(out, STR("\\n"));
        else if (c == '"' || c == '\\' || c == '?') /* "?": no trigraphs */
            buf_fmt(out, "\\%c", c);
        else if (c < ' ' || c >= 0x7F)
            buf_fmt(out, "\\%03o", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

/* Points the compiler's messages back at the generated file. */
static void leave_template(struct writer *w)
{
    if (!w->at_template)
        return;
    w->at_template = false;
    buf_fmt(w->out, "#line %u ", lines_so_far(w->out) + 1);
    write_literal(w->out, str_from(w->name));
    buf_byte(w->out, '\n');
}

static void flush(struct writer *w)
{
    struct str rest = buf_view(&w->raw);
    if (!rest.len)
        return;
    leave_template(w);
    size_t n = rest.len;
    write_indent(w);
    buf_str(w->out, STR("html_raw(h,\n"));
    while (rest.len) { /* a line of the page, a line of C */
        size_t end = str_find(rest, '\n', 0);
        end = end < rest.len ? end + 1 : end;
        write_indent(w);
        buf_str(w->out, STR("         "));
        write_literal(w->out, str_slice(rest, 0, end));
        rest = str_slice(rest, end, rest.len);
        buf_str(w->out, rest.len ? STR("\n") : STR(",\n"));
    }
    write_indent(w);
    buf_fmt(w->out, "         %zu);\n", n);
    buf_clear(&w->raw);
}

/* Begins a statement that belongs to a line of the template. */
static void begin(struct writer *w, const struct node *node)
{
    flush(w);
    w->at_template = true;
    buf_fmt(w->out, "#line %u ", template_line(w->t, node->at));
    write_literal(w->out, str_from(w->t->file));
    buf_byte(w->out, '\n');
    write_indent(w);
}

/* v->shell.title */
static void write_path(struct writer *w, const struct node *node)
{
    buf_str(w->out, node->root);
    if (node->rest.len) {
        buf_str(w->out, STR("->"));
        buf_str(w->out, node->rest);
    }
}

/* v->errors.n, or e->n when the parameter is the list itself. */
static void write_member(struct writer *w, const struct node *node, const char *member)
{
    write_path(w, node);
    buf_fmt(w->out, "%s%s", node->rest.len ? "." : "->", member);
}

static void write_value(struct writer *w, const struct node *node)
{
    static const char *const verbs[] = {
        [ESCAPE_TEXT] = "html_text",
        [ESCAPE_URL] = "html_url",
        [ESCAPE_URL_PART] = "html_url_part",
        [ESCAPE_URL_ADDRESS] = "html_url_address",
    };
    begin(w, node);
    if (node->kind == NODE_NUMBER) {
        buf_fmt(w->out, "html_text_unsigned(h, h_at%u + 1);\n", node->loop);
        return;
    }
    buf_fmt(w->out, "%s(h, ", node->kind == NODE_MARKUP ? "html_markup" : verbs[node->escape]);
    write_path(w, node);
    buf_str(w->out, STR(");\n"));
}

static void write_body(struct writer *w, const struct node *list)
{
    w->indent++;
    write_list(w, list);
    flush(w);
    w->indent--;
}

static void write_if(struct writer *w, const struct node *node)
{
    begin(w, node);
    unsigned k = node->loop;
    const char *is = node->negate ? "!=" : "==";
    buf_str(w->out, STR("if ("));
    if (node->test == TEST_FIRST) {
        buf_fmt(w->out, "h_at%u %s 0", k, is);
    } else if (node->test == TEST_LAST) {
        buf_fmt(w->out, "h_at%u + 1 %s h_n%u", k, is, k);
    } else {
        buf_str(w->out, node->negate ? STR("!html_true(") : STR("html_true("));
        write_path(w, node);
        buf_byte(w->out, ')');
    }
    buf_str(w->out, STR(") {\n"));
    write_body(w, node->body);
    write_indent(w);
    if (node->other) {
        buf_str(w->out, STR("} else {\n"));
        write_body(w, node->other);
        write_indent(w);
    }
    buf_str(w->out, STR("}\n"));
}

/* for (size_t h_at1 = 0, h_n1 = v->fields.n; …) with a pointer to each item. */
static void write_each(struct writer *w, const struct node *node)
{
    unsigned k = node->loop;
    begin(w, node);
    buf_fmt(w->out, "for (size_t h_at%u = 0, h_n%u = ", k, k);
    write_member(w, node, "n");
    buf_fmt(w->out, "; h_at%u < h_n%u; h_at%u++) { const __typeof__(*", k, k, k);
    write_member(w, node, "items");
    buf_fmt(w->out, ") *%.*s = &", STR_ARG(node->text));
    write_member(w, node, "items");
    buf_fmt(w->out, "[h_at%u]; (void)%.*s;\n", k, STR_ARG(node->text));
    write_body(w, node->body);
    write_indent(w);
    buf_str(w->out, STR("}\n"));
}

static void write_part(struct writer *w, const struct node *node)
{
    begin(w, node);
    buf_fmt(w->out, "part_%.*s(h, %s", STR_ARG(node->text), node->rest.len ? "&" : "");
    write_path(w, node);
    buf_str(w->out, STR(");\n"));
}

static const struct node *slot_named(const struct node *say, struct str name)
{
    const struct node *slot = say->body;
    while (slot && !str_eq(slot->text, name))
        slot = slot->next;
    return slot;
}

/* The text's pieces one after the other, and between them what is put in. */
static void write_say(struct writer *w, const struct node *node)
{
    const struct node *n = slot_named(node, STR("n"));
    begin(w, node);
    if (!node->body) {
        buf_fmt(w->out, "html_say(h, %.*s);\n", STR_ARG(node->say->enumerator));
        return;
    }
    buf_fmt(w->out, "for (const struct html_piece *h_t%u = html_words(h, %.*s, ", node->loop,
            STR_ARG(node->say->enumerator));
    if (node->say->plural && n)
        write_path(w, n->body);
    else
        buf_byte(w->out, '0');
    buf_fmt(w->out, "); html_piece(h, h_t%u); h_t%u++) {\n", node->loop, node->loop);
    w->indent++;
    for (const struct node *slot = node->body; slot; slot = slot->next) {
        begin(w, slot);
        buf_fmt(w->out, "if (h_t%u->slot == %u) {\n", node->loop, slot->loop);
        w->indent++;
        if (slot == n) {
            begin(w, slot);
            buf_str(w->out, STR("html_number(h, "));
            write_path(w, slot->body);
            buf_str(w->out, STR(");\n"));
        } else {
            write_list(w, slot->body);
            flush(w);
        }
        w->indent--;
        write_indent(w);
        buf_str(w->out, STR("}\n"));
    }
    w->indent--;
    write_indent(w);
    buf_str(w->out, STR("}\n"));
}

static void write_list(struct writer *w, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        switch (node->kind) {
        case NODE_TEXT:
        case NODE_ASSET:
            buf_str(&w->raw, node->text);
            break;
        case NODE_VALUE:
        case NODE_MARKUP:
        case NODE_NUMBER:
            write_value(w, node);
            break;
        case NODE_IF:
            write_if(w, node);
            break;
        case NODE_EACH:
            write_each(w, node);
            break;
        case NODE_PART:
            write_part(w, node);
            break;
        case NODE_SAY:
            write_say(w, node);
            break;
        case NODE_SLOT:
            break;
        }
    }
}

static void write_signature(const struct template *t, struct buf *out)
{
    buf_fmt(out, "void %s_%.*s(struct html *h, const struct %.*s *%.*s)",
            t->is_page ? "page" : "part", STR_ARG(t->name), STR_ARG(t->type),
            STR_ARG(t->parameter));
}

void template_write_header(const struct template *all, size_t n, const char *name, struct buf *out)
{
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    buf_str(
        out,
        STR("/* Made by src/tool/template.c from the templates: do not edit. */\n#ifndef GEN_"));
    size_t guard = out->len;
    for (const char *p = base; *p; p++) {
        char c = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
        buf_byte(out, (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
    }
    if (!buf_ok(out))
        return;
    char *word = strndup(out->ptr + guard, out->len - guard);
    buf_fmt(out, "\n#define GEN_%s\n\n", word ? word : "");
    free(word);
    buf_str(out, STR("#include \"web/html.h\"\n#include \"web/views.h\"\n\n"));
    for (size_t i = 0; i < n; i++) {
        write_signature(&all[i], out);
        buf_str(out, STR(";\n"));
    }
    buf_str(out, STR("\n#endif\n"));
}

void template_write_source(const struct template *all, size_t n, const char *name,
                           const char *header, struct buf *out)
{
    buf_str(out, STR("/* Made by src/tool/template.c from the templates: do not edit. */\n"));
    buf_fmt(out, "#include \"%s\"\n", header);
    for (size_t i = 0; i < n; i++) {
        struct writer w = {.t = &all[i], .out = out, .name = name};
        buf_init(&w.raw, out->max);
        buf_byte(out, '\n');
        write_signature(&all[i], out);
        buf_str(out, STR("\n{\n"));
        w.indent = 1;
        buf_fmt(out, "    (void)%.*s;\n", STR_ARG(all[i].parameter));
        write_list(&w, all[i].body);
        flush(&w);
        leave_template(&w);
        buf_str(out, STR("}\n"));
        if (!buf_ok(&w.raw))
            out->failed = true;
        buf_release(&w.raw);
    }
}
