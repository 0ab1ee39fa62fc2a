/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which password an account may have (NIST SP 800-63B §3.1.1): long enough, and nothing that those
 * who guess begin with. No rule asks for digits or signs, and none makes a password expire.
 *
 * Lengths count code points of the composed text (NFC), which is also what is hashed, so that the
 * same password typed on another keyboard is the same. Nothing is trimmed.
 *
 * Too easy is a common password (common_passwords.h), also with other case, digits and signs at its
 * ends and the usual signs for letters ("P@ssw0rd-2026"); one of a few characters, a piece
 * repeated, or steps along the alphabet, the digits or the keyboard. Too near is one that has
 * nothing of its own beside the account's login, its name or the company.
 *
 * Pure. Memory: scratch in the arena; the caller wipes what he typed in. Threads: safe anywhere.
 */
#ifndef CORE_PASSWORD_RULES_H
#define CORE_PASSWORD_RULES_H

#include "base/arena.h"

enum { PASSWORD_LEAST = 12, PASSWORD_MOST = 256 };

enum password_verdict {
    PASSWORD_GOOD,
    PASSWORD_SHORT,    /* fewer than PASSWORD_LEAST characters */
    PASSWORD_LONG,     /* more than PASSWORD_MOST */
    PASSWORD_NOT_TEXT, /* not UTF-8, or control characters */
    PASSWORD_EASY,     /* what everybody guesses first */
    PASSWORD_NEAR,     /* made of the account's own names */
};

/* The password as it is hashed: composed. False when it is not text or too long. */
bool password_canonical(struct arena *a, struct str typed, struct str *out);

/* own: login, name, company and what else belongs to the account. */
enum password_verdict password_judge(struct arena *a, struct str typed, const struct str *own,
                                     size_t own_n);

#endif
