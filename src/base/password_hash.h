/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of passwords: argon2id (RFC 9106) with 19 MiB, two passes, one lane, as text in the PHC
 * format, which is what is stored:
 *
 *     $argon2id$v=19$m=19456,t=2,p=1$<16 bytes of salt>$<32 bytes of hash>     base64, no padding
 *
 * One takes some 20 ms and 19 MiB, on purpose: never on an event loop, and never many at a time
 * (base/workers.h has a room one wide). A stored hash that asks for far more memory or time than
 * ours is refused, so that a database somebody tampered with cannot take the machine.
 *
 * Errors: ERR_BUSY when the memory is not there just now; ERR_DATA for a stored text that is no
 * such hash. The memory it worked in is wiped. Threads: safe anywhere; no state.
 */
#ifndef BASE_PASSWORD_HASH_H
#define BASE_PASSWORD_HASH_H

#include "base/err.h"

enum { PASSWORD_HASH_SIZE = 128 }; /* of the text and its NUL */

/* Hashes with a new salt. */
enum err password_hash(struct str password, char out[PASSWORD_HASH_SIZE], struct why *why);

/*
 * ERR_NONE: it is the password, ERR_REFUSED: it is not. *stale is true when it is but was hashed
 * with other parameters than today's: hash it again now that it is known.
 */
enum err password_check(struct str stored, struct str password, bool *stale, struct why *why);

/* Takes as long as password_check and says ERR_REFUSED: for accounts that do not exist. */
enum err password_check_nobody(struct str password, struct why *why);

/* Overwrites a secret, also when nobody reads the memory again. */
void password_wipe(void *secret, size_t n);

#endif
