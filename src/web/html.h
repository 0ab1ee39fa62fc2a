/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a page: the only place that turns values into HTML.
 *
 * Handlers fill a view and call page_NAME(h, &view); the generated code (pages.c, made from
 * assets/pages by src/tool/template.c) calls the verbs below, choosing the one that fits the place
 * where a value stands. There is nothing to choose by hand, and no way to write a value unescaped
 * but struct markup, which only trusted code makes.
 *
 * Values are bytes, meant to be UTF-8. The text goes out so that a browser reads back exactly what
 * was put in (WHATWG HTML, "Parsing"): & < > " ' and CR become character references, NUL, which
 * HTML cannot hold, becomes U+FFFD.
 *
 * Errors: the page has a maximum size; going over it is remembered and asked once, by html_ok.
 * Owner: html_init … html_release. Threads: one at a time.
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"
#include "core/words.h"

/* A text of the catalogue, escaped, up to where something is put in. */
struct html_piece {
    struct str html;
    int slot; /* which placeholder; -1: the end of the text */
};

/* One language, ready for pages: html_texts_prepare, once at start. */
struct html_texts {
    const struct words *words;
    const struct html_piece
        *pieces[TEXT_COUNT][PLURALS]; /* the same one where there is no plural */
};

struct html {
    struct buf out;
    const struct html_texts *texts; /* of the visitor's language */
};

/* HTML made by trusted code, written as it is by {{&v.x}}. */
struct markup {
    struct str html;
};

void html_init(struct html *h, size_t max);
void html_release(struct html *h);

/* Empty again, memory kept. */
void html_clear(struct html *h);

/* False when the page did not fit; then it must not be sent. */
bool html_ok(const struct html *h);

/* The page so far; valid until the next write. */
struct str html_view(const struct html *h);

/* ---- what templates compile to ---- */

/* The template's own text. */
void html_raw(struct html *h, const char *bytes, size_t n);

/* A text of the catalogue without placeholders. */
void html_say(struct html *h, enum text text);

/* The pieces of one with placeholders, in the plural form that goes with n. */
const struct html_piece *html_words(const struct html *h, enum text text, uint64_t n);

/* Writes a piece; whether something is put in behind it. */
bool html_piece(struct html *h, const struct html_piece *piece);

/* A number as the language groups it. */
void html_number(struct html *h, uint64_t n);

/* Cuts and escapes the texts of a language. */
void html_texts_prepare(struct arena *a, const struct words *words, struct html_texts *out);

/* A value in text, in a quoted attribute, in <title> or <textarea>. */
#define html_text(h, x)                                                                            \
    _Generic((x),                                                                                  \
        struct str: html_text_str,                                                                 \
        const char *: html_text_cstring,                                                           \
        char *: html_text_cstring,                                                                 \
        unsigned long: html_text_unsigned,                                                         \
        unsigned long long: html_text_unsigned,                                                    \
        long: html_text_signed,                                                                    \
        long long: html_text_signed)(h, x)

/*
 * A whole URL as an attribute's value. A path on this site, ?query, #fragment, https:, mailto: and
 * tel: pass; anything else (javascript:, //elsewhere, control characters, …) is written as "#".
 */
#define html_url(h, x)                                                                             \
    _Generic((x),                                                                                  \
        struct str: html_url_str,                                                                  \
        const char *: html_url_cstring,                                                            \
        char *: html_url_cstring)(h, x)

/* A piece of a path, query or fragment behind static text: everything but A–Z a–z 0–9 - . _ ~ is
 * percent-encoded (RFC 3986 §2). */
#define html_url_part(h, x)                                                                        \
    _Generic((x),                                                                                  \
        struct str: html_url_part_str,                                                             \
        const char *: html_url_part_cstring,                                                       \
        char *: html_url_part_cstring,                                                             \
        unsigned long: html_text_unsigned,                                                         \
        unsigned long long: html_text_unsigned,                                                    \
        long: html_text_signed,                                                                    \
        long long: html_text_signed)(h, x)

/* What follows mailto: or tel:. As a part, but @ and + stay and spaces are left out. */
#define html_url_address(h, x)                                                                     \
    _Generic((x),                                                                                  \
        struct str: html_url_address_str,                                                          \
        const char *: html_url_address_cstring,                                                    \
        char *: html_url_address_cstring)(h, x)

/* Trusted HTML between elements. */
void html_markup(struct html *h, struct markup m);

/* What {{#if}} asks: not empty, not zero, true. A list is asked by its n. */
#define html_true(x)                                                                               \
    _Generic((x),                                                                                  \
        bool: html_true_bool,                                                                      \
        struct str: html_true_str,                                                                 \
        const char *: html_true_cstring,                                                           \
        char *: html_true_cstring,                                                                 \
        unsigned long: html_true_unsigned,                                                         \
        unsigned long long: html_true_unsigned,                                                    \
        long: html_true_signed,                                                                    \
        long long: html_true_signed,                                                               \
        struct markup: html_true_markup)(x)

void html_text_str(struct html *h, struct str s);
void html_text_cstring(struct html *h, const char *s); /* NULL is "" */
void html_text_unsigned(struct html *h, unsigned long long n);
void html_text_signed(struct html *h, long long n);
void html_url_str(struct html *h, struct str s);
void html_url_cstring(struct html *h, const char *s);
void html_url_part_str(struct html *h, struct str s);
void html_url_part_cstring(struct html *h, const char *s);
void html_url_address_str(struct html *h, struct str s);
void html_url_address_cstring(struct html *h, const char *s);

/* Whether html_url would write s as it is. */
bool html_url_allowed(struct str s);

static inline bool html_true_bool(bool x)
{
    return x;
}

static inline bool html_true_str(struct str x)
{
    return x.len != 0;
}

static inline bool html_true_cstring(const char *x)
{
    return x && *x;
}

static inline bool html_true_unsigned(unsigned long long x)
{
    return x != 0;
}

static inline bool html_true_signed(long long x)
{
    return x != 0;
}

static inline bool html_true_markup(struct markup x)
{
    return x.html.len != 0;
}

#endif
