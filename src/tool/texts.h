/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue compiler: assets/texts/CODE.yaml, one a language, become texts.h (keys and
 * languages as enums), texts.c (the tables of core/words.h) and texts.index (for the template
 * compiler, a line "KEY ENUMERATOR plain|plural PLACEHOLDER…" a text).
 *
 * A catalogue is a map of maps; the levels joined by "." are a text's key: [a-z0-9_] each. A text
 * is a scalar, or, when it depends on a number, a map of exactly the plural forms that the language
 * has (core/plural.h); a map that has "other" is such a one. Placeholders are {name}, [a-z_].
 *
 * The first catalogue is the reference. Refused, with file:line:column: what is not YAML, a key
 * twice, a key that the reference has not or that is missing, another kind, placeholders that
 * differ, a missing plural form, control characters, and (texts_unused) a key that nobody uses.
 *
 * Memory: the caller's arena. Errors: on stderr, and false; all of one run. Threads: one.
 */
#ifndef TOOL_TEXTS_H
#define TOOL_TEXTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "core/plural.h"

enum { TEXTS_MAX = 2000, TEXTS_KEY_MAX = 80, TEXTS_PLACEHOLDERS_MAX = 8 };

struct entry {
    struct str key;
    unsigned line, column;
    bool plural;
    struct str forms[PLURALS];                /* a plain text is PLURAL_OTHER alone */
    struct str names[TEXTS_PLACEHOLDERS_MAX]; /* placeholders, sorted, each once */
    size_t names_n;
};

struct catalogue {
    const char *file;
    struct str code; /* the file's name: "de" */
    const struct plural_rule *rule;
    struct entry *entries; /* by key, in byte order */
    size_t n;
};

/* Reads and checks one catalogue by itself. */
bool texts_read(struct arena *a, const char *file, struct catalogue *out);

/* Checks a catalogue against the reference. */
bool texts_compare(const struct catalogue *reference, const struct catalogue *other);

/* "form.continue" → TEXT_FORM_CONTINUE */
struct str texts_enumerator(struct arena *a, struct str key);

void texts_write_header(struct arena *a, const struct catalogue *all, size_t n, struct buf *out);
void texts_write_source(const struct catalogue *all, size_t n, struct buf *out);
void texts_write_index(struct arena *a, const struct catalogue *reference, struct buf *out);

/*
 * Keys that stand in none of the files, by name ({{t KEY}}) or enumerator, and that do not begin
 * with one of the prefixes which the program looks up by name.
 */
bool texts_unused(struct arena *a, const struct catalogue *reference, char **files, size_t n);

#endif
