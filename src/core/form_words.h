/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a form in one language: labels, hints and sentences of the fixed fields from
 * field.NAME.label and so on, with the fields' limits filled in, and the labels of built-in choices
 * (those that have none of their own) from choice.LIST.VALUE.
 *
 * Memory: the caller's arena and the words. Threads: plain data.
 */
#ifndef CORE_FORM_WORDS_H
#define CORE_FORM_WORDS_H

#include "core/form.h"
#include "core/words.h"

/* "industry": what a list is called in catalogues and in the configuration. */
extern const struct str choice_list_names[CHOICE_LISTS];

/* Puts the words into rules; fields beyond the fixed ones keep theirs. */
void form_words(struct arena *a, const struct words *words, struct form_rules *rules);

#endif
