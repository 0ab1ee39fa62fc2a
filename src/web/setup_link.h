/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first administrator's link, while there is none: signed, and nowhere stored, so that a start
 * writes nothing and the command line can make one beside a running server.
 *
 *     /auth/setup/ base64url( u64 big-endian expires, ms ‖ HMAC-SHA-256 by keys/staff.key, 16 bytes
 * )
 *
 * It counts until it expires and as long as there is no administrator who can sign in, so it is
 * used once. Other links are rows (store/people.h), 16 random bytes; their length tells the two
 * apart.
 */
#ifndef WEB_SETUP_LINK_H
#define WEB_SETUP_LINK_H

#include "base/arena.h"
#include "base/key_file.h"

enum { SETUP_LINK_HOURS = 24 };

/* The path of a link that counts for SETUP_LINK_HOURS from now on. */
struct str setup_link_make(struct arena *a, const unsigned char key[KEY_FILE_SIZE], int64_t now_ms);

/* Is this token one, and in time? */
bool setup_link_is(struct arena *a, const unsigned char key[KEY_FILE_SIZE], struct str token,
                   int64_t now_ms);

/* The key, made when there is none. file is keys/staff.key. */
enum err staff_key_open(const char *file, unsigned char key[KEY_FILE_SIZE], struct why *why);

#endif
