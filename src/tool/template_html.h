/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in an HTML document a place is: the tokenizer of WHATWG HTML §13.2.5, as far as a template
 * may go. It is fed the template's own text byte by byte and asked at each directive.
 *
 * It is stricter than a browser: what browsers repair (a missing quote, a stray "<", attributes
 * without a space between) is refused, so that everyone reads the page the same way. It also
 * refuses what our pages never hold: scripts and styles that are not files, on…= and style=, HTML
 * comments, frames, javascript: addresses.
 *
 * A struct context is a plain value: copied at {{#if}}, joined at {{/if}}. Internal to the template
 * compiler. Refusals go to the template (template_refuse).
 */
#ifndef TOOL_TEMPLATE_HTML_H
#define TOOL_TEMPLATE_HTML_H

#include "tool/template.h"

enum html_state {
    HTML_TEXT,
    HTML_TAG_OPEN,     /* behind "<" */
    HTML_TAG_NAME,     /* in "<div" */
    HTML_BEFORE_NAME,  /* behind a space in a tag: an attribute may begin */
    HTML_BETWEEN,      /* behind an attribute: a space, "/" or ">" must follow */
    HTML_NAME,         /* in an attribute's name */
    HTML_AFTER_NAME,   /* behind a name and a space: "=", another name or ">" */
    HTML_BEFORE_VALUE, /* behind "=" */
    HTML_DOUBLE,       /* in "…" */
    HTML_SINGLE,       /* in '…' */
    HTML_UNQUOTED,
    HTML_SLASH,       /* behind "/" in a tag */
    HTML_END_OPEN,    /* behind "</" */
    HTML_END_NAME,    /* in "</div" */
    HTML_END_SPACE,   /* behind "</div " */
    HTML_DECLARATION, /* behind "<!" */
};

/* Elements whose content is not made of tags. */
enum html_inside { INSIDE_NOTHING, INSIDE_TITLE, INSIDE_TEXTAREA, INSIDE_SCRIPT };

/* What an attribute's value means. */
enum html_attribute {
    ATTRIBUTE_PLAIN,
    ATTRIBUTE_URL,
    ATTRIBUTE_URLS,   /* a list of URLs: no values in it */
    ATTRIBUTE_REFUSED /* not even static */
};

/* How far a URL's value has come. */
enum html_url {
    URL_START,    /* nothing yet */
    URL_SCHEME,   /* letters that may become a scheme or a relative path */
    URL_SLASH,    /* "/": a second one would name another host */
    URL_PATH,     /* also a relative one */
    URL_QUERY,    /* behind "?" or "#" */
    URL_ADDRESS,  /* behind mailto: or tel: */
    URL_EXTERNAL, /* behind https: */
    URL_WHOLE     /* one expression was everything */
};

enum { HTML_NAME_MAX = 31 };

struct html_word {
    unsigned char n;
    char text[HTML_NAME_MAX];
};

struct context {
    enum html_state state;
    enum html_inside inside;
    enum html_attribute attribute;
    enum html_url url;
    struct html_word tag;    /* the tag we are in, lower case */
    struct html_word name;   /* the attribute, the end tag, the declaration, lower case */
    struct html_word scheme; /* URL_SCHEME: what stands there so far */
    bool reference;          /* in an unfinished "&…" */
    bool has_src;            /* the tag has a src attribute */
    bool opening;            /* right behind <textarea> or <pre>: browsers drop a line break */
    bool fresh;              /* at the beginning of a line of what is written */
    unsigned pre;            /* <pre> elements around */
    const char *opened;      /* where the tag began, for messages */
    const char *quoted;      /* where the value began */
};

void context_init(struct context *c);

/* One byte of the template's own text, at `at` in the source. */
bool context_feed(struct context *c, struct template *t, char byte, const char *at);

/* A value stands here: how to write it, and how the context goes on. */
bool context_value(struct context *c, struct template *t, const char *at, enum node_escape *escape);

/* A {{#if}}, {{else}}, {{/if}}, {{#each}} or {{/each}} stands here. */
bool context_boundary(struct context *c, struct template *t, const char *at);

/* The tag's name is complete. */
bool context_check_tag(const struct context *c, struct template *t);

/* The attribute's name, which began at `at`, is complete: what may its value be? */
bool context_check_attribute(struct context *c, struct template *t, const char *at);

/* A text by its key stands here: as a value, but never in a URL. */
bool context_say(struct context *c, struct template *t, const char *at);

/* One byte of the template's own text in a URL's value. */
bool context_feed_url(struct context *c, struct template *t, char byte, const char *at);

/* A word so far, and one byte more in lower case: false when it does not fit. */
struct str html_word_view(const struct html_word *w);
bool html_word_add(struct html_word *w, char byte);

/* The same place with the same things open? Then *a stands for both. */
bool context_join(struct context *a, const struct context *b);

/* Whether nothing has changed from a to b that the text behind could tell. */
bool context_same(const struct context *a, const struct context *b);

/* The text that a NODE_SAY names, and the number of each of its slots. */
bool template_find_text(struct template *t, struct node *node, const struct template_texts *texts);

/* "an attribute's name": for messages. */
const char *context_describe(const struct context *c);

#endif
