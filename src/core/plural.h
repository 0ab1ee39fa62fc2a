/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which form of a word goes with a number: "1 day", "2 days".
 *
 * The categories and rules are those of Unicode CLDR ("Language Plural Rules", cardinal, for whole
 * numbers: https://cldr.unicode.org/index/cldr-spec/plural-rules), one row of a table a language.
 * Browsers have the same rules as Intl.PluralRules. A language needs a row here before it can have
 * a catalogue in assets/texts.
 *
 * Threads: pure functions.
 */
#ifndef CORE_PLURAL_H
#define CORE_PLURAL_H

#include "base/str.h"

enum plural { PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER, PLURALS };

/* "zero", "one", …: what the forms are called in a catalogue, and by browsers. */
extern const struct str plural_names[PLURALS];

struct plural_rule {
    struct str code;                 /* "ar" */
    unsigned has;                    /* the categories in use, a bit each: 1u << PLURAL_ONE */
    enum plural (*choose)(uint64_t); /* always one of those */
};

/* The rule of a language, by its code; NULL when it is not known. */
const struct plural_rule *plural_find(struct str code);

#endif
