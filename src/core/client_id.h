/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Client ID: CL-7KQ4M-X2PHM.
 *
 *      8 symbols of data (40 random bits)  2 check symbols
 *     ┌───────────────────────────────────┬───────┐
 *     │ c0 c1 c2 c3 c4 – c5 c6 c7         │ c8 c9 │    shown in two groups of five
 *     └───────────────────────────────────┴───────┘
 *
 * Alphabet: Crockford's base 32 (0-9 A-Z without I L O U). Check: a Reed-Solomon code over GF(32)
 * (field polynomial x⁵+x²+1, generator roots α¹ and α²; c0 is the highest power), minimum distance
 * 3: any one or two wrong symbols are detected, and so is any swap; one wrong symbol can be found
 * and suggested. Reading forgives case, spaces, dashes, a missing CL, and I/L for 1, O for 0.
 *
 * A reference for people, never a credential, never sequential. core/ draws no randomness: the
 * caller brings the bits.
 */
#ifndef CORE_CLIENT_ID_H
#define CORE_CLIENT_ID_H

#include "base/str.h"

enum { CLIENT_ID_LEN = 14, CLIENT_ID_SYMBOLS = 10 };

struct client_id {
    char text[CLIENT_ID_LEN + 1]; /* canonical, with NUL */
};

/* The ID of 40 bits (higher bits are ignored). */
struct client_id client_id_make(uint64_t bits);

enum client_id_verdict {
    CLIENT_ID_RIGHT,   /* *out is the canonical form */
    CLIENT_ID_SUGGEST, /* one symbol is off: *out is what was probably meant */
    CLIENT_ID_WRONG    /* not a Client ID */
};

enum client_id_verdict client_id_parse(struct str typed, struct client_id *out);

struct str client_id_str(const struct client_id *id);

#endif
