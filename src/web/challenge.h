/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A challenge: work for a browser, or a wait for who cannot do it, before a new journey is taken in
 * while the server is under pressure (pressure.h). Nothing is kept for a challenge that was given
 * out; all that matters is in it and signed.
 *
 *     token    = base64url( u8 version 1 ‖ u8 bits ‖ u16 wait, s ‖ u64 issued, ms ‖ random[8] ‖
 * mac[16] ) mac      = the first half of sign(key, "challenge", the above ‖ client's address, 16
 * bytes) solution = a number n, decimal, so that SHA-256( u64 n ‖ token ‖ zeros, 16 KiB in all )
 *                begins with `bits` zero bits                       all numbers big-endian
 *
 * Each try is a hash of 16 KiB, with the number first, so that nothing of it can be done once for
 * all tries: then most of a try is the hash itself, which a browser's WebCrypto does as fast as any
 * program does, and an attacker has no better tool than a visitor.
 *
 * A token counts once (spent_take): solved, within CHALLENGE_SOLVE_MS of its making; unsolved, from
 * its wait's end to CHALLENGE_LIFE_MS. Zero bits: solved by any number.
 *
 * Threads: pure, but for spent_take, which may be called from any.
 */
#ifndef WEB_CHALLENGE_H
#define WEB_CHALLENGE_H

#include "base/arena.h"
#include "core/network.h"

enum {
    CHALLENGE_RANDOM = 8,
    CHALLENGE_MESSAGE = 16 * 1024,
    CHALLENGE_BITS_MAX = 24,
    CHALLENGE_SOLVE_MS = 2 * 60 * 1000,
    CHALLENGE_LIFE_MS = 30 * 60 * 1000,
};

struct challenge {
    unsigned bits, wait_s;
    int64_t issued_ms; /* wall time */
    unsigned char random[CHALLENGE_RANDOM];
};

/* The token for that client; c->random is the caller's to draw. */
struct str challenge_token(struct arena *a, const unsigned char *key, const struct ip *client,
                           const struct challenge *c);

/* False when this key did not make it, for another client, in the future or too long ago. */
bool challenge_read(struct arena *a, const unsigned char *key, const struct ip *client,
                    struct str token, int64_t now_ms, struct challenge *out);

/* The number is a solution, and in time. One hash. */
bool challenge_is_solved(const struct challenge *c, struct str token, struct str number,
                         int64_t now_ms);

/* Seconds until the token counts without a solution, rounded up; 0: now. */
int challenge_wait_s(const struct challenge *c, int64_t now_ms);

/*
 * The tokens that have counted, in memory of fixed size: SPENT_SETS sets of SPENT_WAYS. When a set
 * is full its oldest token is dropped, and from then on nothing in that set counts that is not
 * younger: so a token never counts twice, and a flood makes tokens short-lived, not reusable.
 */
enum { SPENT_SETS = 1024, SPENT_WAYS = 16 };

struct spent;

struct spent *spent_new(void);
void spent_free(struct spent *spent); /* NULL is fine */

/* True the first time for a token that was read; false when it has counted, or may have. */
bool spent_take(struct spent *spent, const struct challenge *c);

#endif
