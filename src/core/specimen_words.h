/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What specimens are made of (specimen.h): lists of names and words. Private to specimen.c.
 */
#ifndef CORE_SPECIMEN_WORDS_H
#define CORE_SPECIMEN_WORDS_H

#include <stddef.h>

/* A list is one text, its words between "|". */
struct specimen_country {
    const char *locale, *name, *code; /* of the telephone */
    const char *first, *last, *towns, *streets, *legal, *trades;
};

extern const struct specimen_country specimen_countries[];
extern const size_t specimen_countries_n;

/* The most frequent words, most frequent first. */
extern const char specimen_frequent[];
extern const char specimen_syllables[];

#endif
