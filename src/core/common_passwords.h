/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords that many people have: the 30,000 of zxcvbn, in lower case. The build
 * (src/tool/passwords.c) makes a sorted table of 32-bit sums of it, so a word that is not in the
 * list is taken for one that is once in a hundred and forty thousand.
 *
 * Pure: constant data.
 */
#ifndef CORE_COMMON_PASSWORDS_H
#define CORE_COMMON_PASSWORDS_H

#include "base/str.h"

/* Made by the build, in rising order. */
extern const uint32_t common_password_sums[];
extern const size_t common_password_sums_n;

/* FNV-1a of 64 bits, folded; the tool and the program must agree. */
static inline uint32_t common_password_sum(struct str word)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < word.len; i++)
        h = (h ^ (unsigned char)word.ptr[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(h >> 32 ^ h);
}

/* Is this, in lower case, a common password? */
bool common_password(struct str word);

#endif
