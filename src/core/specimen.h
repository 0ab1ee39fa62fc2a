/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up submissions that look like real ones, for measuring: the same number gives the same one,
 * always and everywhere.
 *
 * Companies, people, places and telephone numbers of a dozen countries in their own scripts; texts
 * of words that are as unevenly spread as in a language (the n-th most frequent word comes 1/n as
 * often, Zipf's law): the first few hundred are real words, behind them are tens of thousands made
 * of syllables, so that a search meets frequent, rare and unknown words. Nobody in it exists; mail
 * addresses end in .example (RFC 2606).
 *
 * Memory: the texts are in the arena. Threads: pure functions.
 */
#ifndef CORE_SPECIMEN_H
#define CORE_SPECIMEN_H

#include "base/arena.h"
#include "core/form.h"

enum { SPECIMEN_NOTES_MAX = 4, SPECIMEN_WORDS = 60000 };

struct specimen {
    struct form form;                     /* valid by the built-in choices */
    struct str locale;                    /* "en", "de" or "ar" */
    struct str status;                    /* most of them are closed */
    int64_t owner;                        /* 1 to 12; 0: nobody, as with most that are new */
    struct str notes[SPECIMEN_NOTES_MAX]; /* of the team */
    size_t notes_n;
    uint64_t random; /* 64 more bits, for a Client ID and the like */
};

struct specimens {
    uint64_t seed;
    struct str *words; /* SPECIMEN_WORDS of them, the most frequent first */
    size_t real;       /* how many of them are words of a language */
};

void specimens_init(struct specimens *s, struct arena *a, uint64_t seed);

/* Number n; newest tells how late it is among those that are made, from 0 to 1. */
void specimen_make(const struct specimens *s, struct arena *a, uint64_t n, double newest,
                   struct specimen *out);

#endif
