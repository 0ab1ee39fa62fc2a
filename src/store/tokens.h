/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of the API, as an administrator keeps them: made, listed, revoked. A token is never
 * deleted: what it did keeps its name. Finding one by what a program brings: sessions.h.
 *
 * Reading verbs: a loop's own reader. Changing verbs: write.h; audited as "token.…".
 */
#ifndef STORE_TOKENS_H
#define STORE_TOKENS_H

#include "store/sessions.h"

enum { TOKENS_MOST = 500, TOKEN_NAME_MOST = 80, TOKEN_DAYS = 365, TOKEN_DAYS_MOST = 3650 };

/* A new one as its holder has it, "art_" and 160 random bits; the hash is the database's. */
struct str token_new(struct arena *a, struct session_hash *hash);

struct tokens {
    const struct token *items;
    size_t n;
};

/* Newest first, those that work before those that do not any more; TOKENS_MOST at most. */
enum err reader_tokens(struct reader *reader, struct arena *a, int64_t now_ms, struct tokens *out,
                       struct why *why);

/* The name of one, whether it works or not; ERR_MISSING. */
enum err reader_token_name(struct reader *reader, struct arena *a, int64_t id, struct str *out,
                           struct why *why);

struct token_make {
    struct actor actor;
    int64_t by; /* a person; 0: the command line */
    struct session_hash hash;
    struct str name;
    enum role role;
    int64_t expires_ms; /* 0: never */
    int64_t id;         /* the answer */
};
write_verb token_make;

/* ERR_MISSING: there is none, or it was revoked before. */
struct token_revoke {
    struct actor actor;
    int64_t id;
};
write_verb token_revoke;

#endif
