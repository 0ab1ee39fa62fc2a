/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentences of extra fields, from the catalogues (extra.…): one for each kind and thing that
 * can be wrong, with {label}, {min} and {max} put in. Private to extra_rules.c.
 *
 * Memory: sentences live in the arena. Threads: pure functions.
 */
#ifndef CONFIG_EXTRA_WORDS_H
#define CONFIG_EXTRA_WORDS_H

#include "core/field.h"
#include "core/words.h"

/* Fills if_missing, if_wrong, if_control and if_long by kind, label, min and max. */
void extra_words(struct arena *a, const struct words *words, struct field_info *info);

#endif
