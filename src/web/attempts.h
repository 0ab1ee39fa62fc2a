/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts to guess a password or a code: after ATTEMPTS_FREE in a row each one begins a pause,
 * 5 s, then twice as long each time, a quarter of an hour at most. Right, and all is forgotten; so
 * it is after two hours without an attempt.
 *
 * Counted for whom? Not for an account alone, or anybody could keep its owner out by guessing. The
 * caller names the counter: the account together with the client's address, or with a browser that
 * has signed in to it before (auth.h). So whoever guesses from elsewhere meets his own pauses.
 *
 * An attempt counts when it begins, and is given back if it was not judged after all: a hundred at
 * once are not one.
 *
 * Memory of fixed size: ATTEMPTS_SETS sets of ATTEMPTS_WAYS. When a set is full the counter with
 * the fewest attempts goes; to drive one out costs as many attempts at seven others as it has
 * itself. Counters are kept by a keyed hash: no login and no address is in memory.
 *
 * Threads: any; one lock, held for a few loads and stores.
 */
#ifndef WEB_ATTEMPTS_H
#define WEB_ATTEMPTS_H

#include "base/str.h"

enum {
    ATTEMPTS_FREE = 5,
    ATTEMPTS_SETS = 1024,
    ATTEMPTS_WAYS = 8,
    ATTEMPTS_PAUSE_S = 5,
    ATTEMPTS_PAUSE_MOST_S = 15 * 60,
    ATTEMPTS_FORGET_S = 2 * 3600,
};

struct attempts;

struct attempts *attempts_new(void);
void attempts_free(struct attempts *attempts); /* NULL is fine */

/* A counter's name: what it is for, and two things that together say whose it is. */
struct attempts_key {
    uint64_t number, set;
};

struct attempts_key attempts_key(const struct attempts *attempts, const char *use, struct str who,
                                 struct str from);

/*
 * An attempt begins: 0, or the seconds until one may. *pause_s is the pause that begins with it, if
 * it fails: 0 when none does.
 */
int attempts_take(struct attempts *attempts, struct attempts_key key, int64_t now_ms, int *pause_s);

/* It was not judged. */
void attempts_give_back(struct attempts *attempts, struct attempts_key key);

/* It was right. */
void attempts_passed(struct attempts *attempts, struct attempts_key key);

#endif
