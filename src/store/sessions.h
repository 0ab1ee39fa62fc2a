/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of the team, and tokens of programs: who is behind a request.
 *
 * A session or token is 128 random bits that its holder has; the database has their SHA-256, so
 * what is stolen from it opens nothing. Sessions are rows like any other: they survive a restart
 * and are in the replica. What is past its time is deleted when the next one begins.
 *
 * Reading verbs: point reads, on a loop's own reader. Changing verbs: write.h.
 */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "base/arena.h"
#include "core/access.h"
#include "store/write.h"

struct reader;

enum { SESSION_TOKEN_SIZE = 16, SESSION_HASH_SIZE = 32 };

struct session_hash {
    unsigned char bytes[SESSION_HASH_SIZE];
};

/* SHA-256 of a token as its holder has it. */
struct session_hash session_hash(struct str token);

struct session {
    struct session_hash hash;
    int64_t person;
    struct str login, name;
    enum role role;
    bool disabled; /* the person must not come in any more */
    int64_t created_ms, seen_ms, expires_ms;
    struct str method; /* "password", "link", or an issuer's name */
    struct str client; /* "Firefox on Windows" */
    bool strong;       /* more than a password was shown */
};

/* ERR_MISSING when there is none. Times are the caller's to judge. */
enum err reader_session(struct reader *reader, struct arena *a, const struct session_hash *hash,
                        struct session *out, struct why *why);

/* A person's sessions that have not expired, newest first. */
struct sessions {
    const struct session *items;
    size_t n;
};

enum err reader_sessions(struct reader *reader, struct arena *a, int64_t person, int64_t now_ms,
                         struct sessions *out, struct why *why);

struct token {
    int64_t id;
    struct str name;
    enum role role;
    int64_t created_ms, expires_ms, used_ms, revoked_ms; /* 0: never */
};

/* ERR_MISSING when there is none. */
enum err reader_token(struct reader *reader, struct arena *a, const struct session_hash *hash,
                      struct token *out, struct why *why);

/* Somebody signed in. Audited. */
struct session_begin {
    struct session_hash hash;
    int64_t person;
    int64_t expires_ms;
    struct str method, client;
    bool strong;
    bool has_before; /* the browser's session until now: it ends */
    struct session_hash before;
};
write_verb session_begin;

/* Still there: not before a minute has passed since the last time. Not audited. */
struct session_seen {
    struct session_hash hash;
};
write_verb session_seen;

/* Signed out, or ended by somebody. Audited. Nothing there: ERR_MISSING. */
struct session_end {
    struct actor actor;
    struct session_hash hash;
};
write_verb session_end;

/* Every session of a person but one (has_kept). Audited when there were any. */
struct session_end_all {
    struct actor actor;
    int64_t person;
    bool has_kept;
    struct session_hash kept;
    int64_t ended; /* the answer */
};
write_verb session_end_all;

/* A token was used; to be told once an hour. Not audited. */
struct token_used {
    int64_t id;
};
write_verb token_used;

#endif
