/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text that the operator words, the same for everybody or by language:
 *
 *     label: VAT number
 *     label: {en: VAT number, de: Umsatzsteuer-ID}
 *
 * Languages are tags of RFC 5646 as far as a form needs them: "de", "pt-BR". Texts are trimmed,
 * composed, not empty, without control characters. A language that is not there gets the text of
 * the language without its region ("pt" for "pt-BR"), else the first one.
 *
 * Memory: everything lives in the arena. Threads: constant once read.
 */
#ifndef CONFIG_LOCALIZED_H
#define CONFIG_LOCALIZED_H

#include "config/tree.h"

enum { LOCALIZED_MAX = 32 };

struct localized_text {
    struct str language; /* "" in the only one: for everybody */
    struct str text;
};

struct localized {
    const struct localized_text *items;
    size_t n; /* 0: there is none */
};

/* what: how errors call it, "the label"; max in characters. */
enum err localized_read(struct arena *a, const struct tree *node, const char *what, size_t max,
                        const char *name, struct localized *out, struct why *why);

/* The text for that language; "" when there is none at all. */
struct str localized_for(const struct localized *localized, struct str language);

#endif
