/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists a visitor chooses from: form.choices.industry, service_type, timeline, budget_range.
 *
 *     industry:
 *       - value: software            # [a-z0-9_-], 1–40 bytes: what is stored; never change it
 *         label: Software and IT     # 1–120 characters: what is shown; or {en: …, de: …}
 *
 * 1–100 entries, each value once; industry must have `other` (it asks for the industry in words),
 * timeline and budget_range must have `not_sure`. A list in the file replaces the built-in one
 * whole. Memory: lists from a file live in the arena; built-in ones are constant.
 */
#ifndef CONFIG_CHOICES_H
#define CONFIG_CHOICES_H

#include "config/localized.h"
#include "core/form.h"

enum { CHOICES_MAX = 100, CHOICE_VALUE_MAX = 40, CHOICE_LABEL_MAX = 120 };

struct choices_info {
    const char *key;      /* under form.choices */
    const char *about;    /* for the example and the reference */
    const char *required; /* a value that must be there; NULL: none */
    const struct choice *items;
    size_t n;
};

/* By enum choice_list; CHOICE_NONE is empty. */
extern const struct choices_info choices_info[CHOICE_LISTS];

/* The list of that key; CHOICE_NONE when there is none. */
enum choice_list choices_find(struct str key);

/* Rules of nothing but the fixed fields and the built-in lists. */
void choices_set_defaults(struct form_rules *rules);

/* Whether the node can be a value that is stored; errors as "name:line:column: …". */
enum err choices_read_value(const struct tree *node, const char *name, struct why *why);

/* Reads one list, and the labels of its entries by language; errors as "name:line:column: …". */
enum err choices_read(struct arena *a, const struct tree *node, enum choice_list list,
                      const char *name, struct form_rules *rules, const struct localized **labels,
                      struct why *why);

#endif
