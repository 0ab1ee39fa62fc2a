/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people read, by key and language. The catalogues are assets/texts/CODE.yaml; the build
 * (src/tool/texts.h) makes texts.h, the keys and languages as enums, and texts.c, the tables.
 *
 * A text may hold placeholders, {name}; the same ones in every language. {n} is a number: it is
 * written with the language's grouping, and a text that depends on it has a form for each plural
 * category of the language (plural.h). Texts are plain: whoever writes HTML escapes them.
 *
 * struct words is one language as it is in force: the catalogue, and in its place what the operator
 * wrote. Texts whose keys are made of other names (field.email.label, choice.industry.media) are
 * found by text_find, once, at start.
 *
 * Memory: constants and the caller's arena. Threads: constant data and pure functions.
 */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "base/arena.h"
#include "core/plural.h"

#include "texts.h"

struct wording {
    struct str all;           /* without plural forms */
    const struct str *plural; /* PLURALS of them, those that the language has; or NULL */
};

struct text_info {
    struct str key;          /* "form.continue" */
    struct str placeholders; /* "brand n", in the order of the slots; may be empty */
    bool plural;             /* it has a form for each category of {n} */
};

/* By key, in byte order. */
extern const struct text_info text_infos[TEXT_COUNT];
extern const struct wording text_catalogue[LANGUAGE_COUNT][TEXT_COUNT];
/* "en", … */
extern const struct str language_codes[LANGUAGE_COUNT];

struct words {
    enum language language;
    const struct plural_rule *rule;
    struct wording texts[TEXT_COUNT];
};

/* TEXT_COUNT when there is no such key. */
enum text text_find(struct str key);

/* LANGUAGE_COUNT when there is no such language. Case does not count. */
enum language language_find(struct str code);

/* The catalogue of a language as it was built. */
void words_init(struct words *words, enum language language);

/* A text without placeholders. */
struct str words_say(const struct words *words, enum text key);

/* The text of a key that is looked up by name; empty when there is none. */
struct str words_find(const struct words *words, struct str key);

/* A value for a placeholder. */
struct text_value {
    const char *name;
    struct str value;
};

/* A text with its placeholders filled; those without a value stay as they are. */
struct str words_fill(struct arena *a, const struct words *words, enum text key,
                      const struct text_value *values, size_t n);

/* The same of any text at hand. */
struct str text_fill(struct arena *a, struct str text, const struct text_value *values, size_t n);

/* The form of the text that goes with a number, with {n} filled in. */
struct str words_count(struct arena *a, const struct words *words, enum text key, uint64_t n);

/* The form itself, unfilled. */
struct str words_form(const struct words *words, enum text key, uint64_t n);

/* "10,000,000", "10.000.000" */
struct str words_number(struct arena *a, const struct words *words, uint64_t n);

/* "21 November 2026 at 09:30 UTC", in the words of the language. */
struct str words_time(struct arena *a, const struct words *words, int64_t wall_ms);

/* "21 November 2026" */
struct str words_day(struct arena *a, const struct words *words, int64_t wall_ms);

/* "21 November", "November 2026" */
struct str words_day_of_year(struct arena *a, const struct words *words, int64_t wall_ms);
struct str words_month(struct arena *a, const struct words *words, int64_t wall_ms);

/* "7 days", "36 hours": in the longest unit that says it exactly. */
struct str words_duration(struct arena *a, const struct words *words, int64_t ms);

/*
 * Takes the literal beginning off *rest and then the placeholder behind it: its name, or an empty
 * one at the end of the text. `while (*rest is not empty)`. A "{" that begins no placeholder is
 * literal.
 */
struct str text_cut(struct str *rest, struct str *name);

#endif
