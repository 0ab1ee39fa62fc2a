/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed links: who holds the link to a submission's state may read that state, nobody else.
 *
 *     /status/ base64url( u8 version 1 ‖ Client ID, 14 bytes ‖ HMAC-SHA-256 of both, 16 bytes )
 *
 * The token holds nothing but the Client ID, which its holder knows, and gives away nothing but the
 * state. The key lies in the data directory (keys/links.key, 64 hexadecimal digits, 0600), made at
 * first start; with another key every link ends as "does not exist". 128 bits of the MAC: nobody
 * guesses one, and a status is not worth more.
 *
 * Errors: link_key_open tells what is wrong with the file; a wrong token is just false, in a time
 * that does not tell how wrong. Threads: pure but for link_key_open.
 */
#ifndef WEB_LINK_H
#define WEB_LINK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/key_file.h"
#include "core/client_id.h"

enum { LINK_KEY_SIZE = KEY_FILE_SIZE, LINK_MAC_SIZE = 16 };

struct link_key {
    unsigned char bytes[LINK_KEY_SIZE];
};

/* Reads the key, after making it when there is none. One process at a time (the store's lock). */
enum err link_key_open(const char *file, struct link_key *out, struct why *why);

/* The token for a Client ID. */
struct str link_token(struct arena *a, const struct link_key *key, const struct client_id *id);

/* The Client ID a token was made for; false when this key did not make it. */
bool link_read(struct arena *a, const struct link_key *key, struct str token,
               struct client_id *out);

#endif
