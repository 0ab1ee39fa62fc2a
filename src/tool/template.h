/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The template compiler: HTML files in, C functions out (the language: docs/how-to/add-a-page.md).
 *
 * Four steps, each of which may refuse with file:line:column and a reason:
 *   parse  text → a tree of nodes           template_parse.c, texts by key template_say.c
 *   place  which context each value is in   template_place.c, with the tokenizer template_html.c
 *   link   partials exist, no cycle         template_link.c
 *   write  C and header                     template_write.c
 * Reading and writing files is template.c's alone, so that tests and the fuzzer do without.
 *
 * Memory: everything lives in the caller's arena; texts are views into the template's source.
 * Errors: data (struct template_error), the first one of a file. Threads: one at a time.
 */
#ifndef TOOL_TEMPLATE_H
#define TOOL_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"

enum { TEMPLATE_DEPTH_MAX = 32 }; /* {{#if}} and {{#each}} inside each other */

enum node_kind {
    NODE_TEXT,   /* the template's own bytes */
    NODE_ASSET,  /* {{asset NAME}}; place turns it into text */
    NODE_VALUE,  /* {{v.x}} */
    NODE_MARKUP, /* {{&v.x}} */
    NODE_NUMBER, /* {{@number}} */
    NODE_IF,
    NODE_EACH,
    NODE_PART, /* {{> NAME path}} */
    NODE_SAY,  /* {{t KEY …}}: its body is a NODE_SLOT for each placeholder that is filled */
    NODE_SLOT
};

/* How a value is written: place decides. */
enum node_escape { ESCAPE_TEXT, ESCAPE_URL, ESCAPE_URL_PART, ESCAPE_URL_ADDRESS };

/* What {{#if}} asks. */
enum node_test { TEST_PATH, TEST_FIRST, TEST_LAST };

struct node {
    enum node_kind kind;
    const char *at;     /* in the source: where it begins */
    struct node *next;  /* what follows at the same level */
    struct str text;    /* TEXT: bytes; ASSET, PART, SLOT: name; SAY: key; EACH: variable */
    struct str root;    /* a path's first word: the parameter or a loop's variable */
    struct str rest;    /* its members, "shell.title"; may be empty for PART */
    struct node *body;  /* IF: when true; EACH: each time; SAY: its slots; SLOT: what is put in */
    struct node *other; /* IF: {{else}} */
    unsigned loop;      /* EACH, NUMBER, first/last: which loop of the function, from 1;
                           SAY: which text, from 1; SLOT: which placeholder, from 0 */
    const struct template_text *say; /* SAY */
    enum node_test test;             /* IF */
    bool negate;                     /* IF: {{#if !x}} */
    enum node_escape escape;         /* VALUE, NUMBER */
};

struct template_error {
    unsigned line, column; /* from 1; the column counts bytes */
    char text[200];
};

struct template
{
    const char *file; /* as it is named in messages and in #line */
    struct str source;
    struct arena *arena;
    bool is_page;
    struct str name, type, parameter;
    struct node *body;
    bool failed;
    struct template_error error;
    int mark; /* link: 0 not seen, 1 on the way, 2 done */
};

/* {{asset NAME}} → URL. */
struct template_asset {
    struct str name, url;
};

struct template_assets {
    const struct template_asset *items;
    size_t n;
};

/* {{t KEY}}: what texts.index says of a text. */
struct template_text {
    struct str key, enumerator;
    struct str placeholders; /* "brand n": each word is a slot */
    bool plural;
};

struct template_texts {
    const struct template_text *items;
    size_t n;
};

/* The lines "KEY ENUMERATOR plain|plural PLACEHOLDER…" that build/tool/texts writes. */
bool template_read_texts(struct arena *a, struct str index, struct template_texts *out);

/* The lines "NAME URL" that build/tool/assets writes. False when a line is not of that shape. */
bool template_read_assets(struct arena *a, struct str index, struct template_assets *out);

bool template_parse(struct arena *a, const char *file, struct str source, struct template *t);
bool template_place(struct template *t, const struct template_assets *assets,
                    const struct template_texts *texts);
/* Over all templates together; the error is in the template that is wrong. */
bool template_link(struct template *all, size_t n);

void template_write_header(const struct template *all, size_t n, const char *name, struct buf *out);
/* name and header are the files' names for #line and #include. */
void template_write_source(const struct template *all, size_t n, const char *name,
                           const char *header, struct buf *out);

/* Notes the first error, at a place in the source. Returns false: `return template_refuse(…)`. */
bool template_refuse(struct template *t, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The line (from 1) of a place in the source. */
unsigned template_line(const struct template *t, const char *at);

#endif
