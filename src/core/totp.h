/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-time codes of an authenticator app (RFC 6238): SHA-1, steps of 30 s, six digits, the only
 * kind that every app knows. A secret is 20 bytes.
 *
 * A code of the step before or after counts too: clocks differ and people type slowly. Each step
 * counts once: who keeps the step that was used last and hands it over has replays refused, in the
 * same step as well.
 *
 *     otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER      what the QR code holds
 *
 * Recovery codes are for who lost the app: "K7QM4-X2PHM", 50 random bits in Crockford's base 32,
 * read like Client IDs in any case, with or without the dash, O as 0, I and L as 1. What is stored
 * is SHA-256 of the canonical code: at 50 bits and one attempt at a time a plain digest will do.
 *
 * Pure: secrets, random bytes and the time are arguments. Threads: safe anywhere.
 */
#ifndef CORE_TOTP_H
#define CORE_TOTP_H

#include "base/arena.h"

enum {
    TOTP_SECRET_SIZE = 20,
    TOTP_DIGITS = 6,
    TOTP_STEP_MS = 30000,
    TOTP_WINDOW = 1, /* steps before and after now */
    RECOVERY_CODES = 10,
    RECOVERY_SYMBOLS = 10,
    RECOVERY_LEN = RECOVERY_SYMBOLS + 1, /* with the dash */
    RECOVERY_HASH_SIZE = 32,
};

struct totp_secret {
    unsigned char bytes[TOTP_SECRET_SIZE];
};

struct recovery_code {
    char text[RECOVERY_LEN + 1]; /* "K7QM4-X2PHM" and NUL */
};

/* The step a moment lies in. */
int64_t totp_step(int64_t wall_ms);

/* The code of a step, as a number below a million. */
uint32_t totp_code(const struct totp_secret *secret, int64_t step);

/*
 * The step whose code was typed (spaces are passed over), which must be greater than last_step; 0
 * when there is none. Keep it as the last one. A last step of 0: none was used yet.
 */
int64_t totp_check(const struct totp_secret *secret, struct str typed, int64_t now_ms,
                   int64_t last_step);

/* "JBSW Y3DP …": RFC 4648 base 32 in groups of four, for typing into the app. */
struct str totp_base32(struct arena *a, const struct totp_secret *secret);

/* The otpauth URI. issuer is the brand, account the login. */
struct str totp_uri(struct arena *a, const struct totp_secret *secret, struct str issuer,
                    struct str account);

/* A code of 50 of these bits. */
struct recovery_code recovery_code_make(uint64_t bits);

/* The hash of what was typed; false when it cannot be a recovery code. */
bool recovery_code_hash(struct str typed, unsigned char hash[RECOVERY_HASH_SIZE]);

#endif
