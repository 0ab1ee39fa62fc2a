/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text as a search compares them: without case, accents and forms of writing.
 *
 *     "Müller & Söhne, STRASSE 12"  ─▶  muller  sohne  strasse  12
 *
 * A word is a run of letters and digits (Unicode categories L and N). It is case-folded,
 * decomposed by compatibility (NFKD: full-width letters, ligatures) and loses its marks (category
 * M), by utf8proc; the few Latin letters that have no decomposition (ø, ł, đ, ħ, ı, æ, œ, þ, ð)
 * become what people type for them, and ß becomes ss. Then ae, oe and ue lose their e (ue not
 * behind a vowel or q), so that Müller, Mueller and Muller are one word; so are poet and pot, which
 * is the price. Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) give a word
 * for each letter: a run of them is searched as a phrase.
 *
 * Characters for private use are never part of a word, so what is added to an index with them
 * cannot be met by anything that somebody typed.
 *
 * Memory: none but the caller's struct. Threads: pure functions.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/str.h"

enum { FOLD_WORD_MAX = 64 }; /* bytes; a longer word is cut */

struct fold {
    struct str text; /* UTF-8; a byte that is none separates words */
    size_t at;
};

struct fold_word {
    size_t from, to; /* bytes of the text */
    size_t len;
    char word[FOLD_WORD_MAX];
};

/* The next word; false at the end. Begin with (struct fold){text, 0}. */
bool fold_next(struct fold *f, struct fold_word *out);

static inline struct str fold_word(const struct fold_word *w)
{
    return str_of(w->word, w->len);
}

#endif
