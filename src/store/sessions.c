/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sessions.h"

#include "base/must.h"
#include "store/reader_inner.h"
#include "store/write_inner.h"

#include <inttypes.h>
#include <mbedtls/sha256.h>
#include <stdio.h>

static const char op[] = "keep the session";

struct session_hash session_hash(struct str token)
{
    struct session_hash h;
    must(mbedtls_sha256((const unsigned char *)token.ptr, token.len, h.bytes, 0) == 0);
    return h;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* C_SESSION_FIND_* and C_SESSION_LIST_* are the same columns in the same order. */
_Static_assert(C_SESSION_FIND_CLIENT == C_SESSION_LIST_CLIENT &&
                   C_SESSION_FIND_TOKEN == C_SESSION_LIST_TOKEN,
               "both queries answer the same columns");

static bool session_of(sqlite3_stmt *s, struct arena *a, struct session *out)
{
    struct str hash = column_bytes(s, C_SESSION_FIND_TOKEN);
    *out = (struct session){
        .person = sqlite3_column_int64(s, C_SESSION_FIND_PERSON),
        .login = arena_str(a, column_text(s, C_SESSION_FIND_LOGIN)),
        .name = arena_str(a, column_text(s, C_SESSION_FIND_NAME)),
        .disabled = !str_eq(column_text(s, C_SESSION_FIND_STATE), STR("active")),
        .created_ms = sqlite3_column_int64(s, C_SESSION_FIND_CREATED_MS),
        .seen_ms = sqlite3_column_int64(s, C_SESSION_FIND_SEEN_MS),
        .expires_ms = sqlite3_column_int64(s, C_SESSION_FIND_EXPIRES_MS),
        .method = arena_str(a, column_text(s, C_SESSION_FIND_METHOD)),
        .client = arena_str(a, column_text(s, C_SESSION_FIND_CLIENT)),
        .strong = sqlite3_column_int(s, C_SESSION_FIND_STRONG) != 0,
    };
    if (hash.len != SESSION_HASH_SIZE ||
        !role_find(column_text(s, C_SESSION_FIND_ROLE), &out->role))
        return false;
    memcpy(out->hash.bytes, hash.ptr, hash.len);
    return true;
}

enum err reader_session(struct reader *reader, struct arena *a, const struct session_hash *hash,
                        struct session *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_SESSION_FIND, &s, why);
    if (e)
        return e;
    bind_bytes(s, P_SESSION_FIND_TOKEN, hash->bytes, sizeof hash->bytes);
    e = reader_row(reader, s, why);
    if (!e && !session_of(s, a, out))
        e = err_set(why, ERR_MISSING, "find the session", "there is none");
    sqlite3_reset(s);
    return e;
}

enum err reader_sessions(struct reader *reader, struct arena *a, int64_t person, int64_t now_ms,
                         struct sessions *out, struct why *why)
{
    enum { MOST = 100 };
    struct session *items = arena_new_array(a, struct session, MOST);
    *out = (struct sessions){items, 0};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_SESSION_LIST, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_SESSION_LIST_PERSON, person);
    sqlite3_bind_int64(s, P_SESSION_LIST_NOW_MS, now_ms);
    while (out->n < MOST && (e = reader_row(reader, s, why)) == ERR_NONE)
        out->n += session_of(s, a, &items[out->n]);
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err reader_token(struct reader *reader, struct arena *a, const struct session_hash *hash,
                      struct token *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_TOKEN_FIND, &s, why);
    if (e)
        return e;
    bind_bytes(s, P_TOKEN_FIND_TOKEN, hash->bytes, sizeof hash->bytes);
    e = reader_row(reader, s, why);
    if (!e) {
        *out = (struct token){
            .id = sqlite3_column_int64(s, C_TOKEN_FIND_ID),
            .name = arena_str(a, column_text(s, C_TOKEN_FIND_NAME)),
            .created_ms = sqlite3_column_int64(s, C_TOKEN_FIND_CREATED_MS),
            .expires_ms = sqlite3_column_int64(s, C_TOKEN_FIND_EXPIRES_MS),
            .used_ms = sqlite3_column_int64(s, C_TOKEN_FIND_USED_MS),
            .revoked_ms = sqlite3_column_int64(s, C_TOKEN_FIND_REVOKED_MS),
        };
        if (!role_find(column_text(s, C_TOKEN_FIND_ROLE), &out->role))
            e = err_set(why, ERR_MISSING, "find the token", "there is none");
    }
    sqlite3_reset(s);
    return e;
}

/* ---- changing ------------------------------------------------------------------------------- */

static struct str subject_of(char out[ACTOR_SIZE], int64_t person)
{
    return str_of(out, (size_t)snprintf(out, ACTOR_SIZE, "person/%" PRId64, person));
}

static enum err delete_one(struct write *w, const struct session_hash *hash, int64_t *gone,
                           struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SESSION_DELETE);
    if (s)
        bind_bytes(s, P_SESSION_DELETE_TOKEN, hash->bytes, sizeof hash->bytes);
    return write_run(w, s, op, gone, why);
}

static enum err delete_expired(struct write *w, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SESSION_PURGE);
    if (s)
        sqlite3_bind_int64(s, P_SESSION_PURGE_NOW_MS, w->now_ms);
    return write_run(w, s, op, NULL, why);
}

static enum err insert(struct write *w, const struct session_begin *b, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SESSION_INSERT);
    if (s) {
        bind_bytes(s, P_SESSION_INSERT_TOKEN, b->hash.bytes, sizeof b->hash.bytes);
        sqlite3_bind_int64(s, P_SESSION_INSERT_PERSON, b->person);
        sqlite3_bind_int64(s, P_SESSION_INSERT_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_SESSION_INSERT_EXPIRES_MS, b->expires_ms);
        bind_text(s, P_SESSION_INSERT_METHOD, b->method);
        sqlite3_bind_int(s, P_SESSION_INSERT_STRONG, b->strong);
        bind_text(s, P_SESSION_INSERT_CLIENT, b->client);
    }
    return write_run(w, s, op, NULL, why);
}

static enum err note_sign_in(struct write *w, int64_t person, struct why *why)
{
    int64_t changed = 0;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_SIGNED_IN);
    if (s) {
        sqlite3_bind_int64(s, P_PERSON_SIGNED_IN_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_SIGNED_IN_ID, person);
    }
    enum err e = write_run(w, s, op, &changed, why);
    if (!e && !changed)
        e = err_set(why, ERR_REFUSED, op, "the account is not active");
    return e;
}

enum err session_begin(struct write *w, void *input, struct why *why)
{
    const struct session_begin *b = input;
    char subject[ACTOR_SIZE];
    struct actor actor = actor_person(b->person);
    enum err e = delete_expired(w, why);
    if (!e && b->has_before)
        e = delete_one(w, &b->before, NULL, why);
    if (!e)
        e = note_sign_in(w, b->person, why);
    if (!e)
        e = insert(w, b, why);
    return e ? e
             : write_audit(w, actor_str(&actor), STR("session.began"),
                           subject_of(subject, b->person),
                           b->strong ? STR("{\"strong\":true}") : STR("{\"strong\":false}"), why);
}

enum err session_seen(struct write *w, void *input, struct why *why)
{
    const struct session_seen *seen = input;
    sqlite3_stmt *s = write_query(w, SQL_SESSION_SEEN);
    if (s) {
        sqlite3_bind_int64(s, P_SESSION_SEEN_NOW_MS, w->now_ms);
        bind_bytes(s, P_SESSION_SEEN_TOKEN, seen->hash.bytes, sizeof seen->hash.bytes);
    }
    return write_run(w, s, op, NULL, why);
}

/* Whose session it is; ERR_MISSING when there is none. */
static enum err owner_of(struct write *w, const struct session_hash *hash, int64_t *person,
                         struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SESSION_OWNER);
    if (s)
        bind_bytes(s, P_SESSION_OWNER_TOKEN, hash->bytes, sizeof hash->bytes);
    bool there = write_row(w, s);
    *person = there ? sqlite3_column_int64(s, C_SESSION_OWNER_PERSON) : 0;
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return ERR_IO;
    return there ? ERR_NONE : err_set(why, ERR_MISSING, op, "it has ended already");
}

enum err session_end(struct write *w, void *input, struct why *why)
{
    const struct session_end *end = input;
    char subject[ACTOR_SIZE];
    int64_t person = 0;
    enum err e = owner_of(w, &end->hash, &person, why);
    if (!e)
        e = delete_one(w, &end->hash, NULL, why);
    return e ? e
             : write_audit(w, actor_str(&end->actor), STR("session.ended"),
                           subject_of(subject, person), STR_EMPTY, why);
}

enum err session_end_all(struct write *w, void *input, struct why *why)
{
    struct session_end_all *end = input;
    static const struct session_hash none;
    const struct session_hash *kept = end->has_kept ? &end->kept : &none;
    char subject[ACTOR_SIZE], detail[48];
    sqlite3_stmt *s = write_query(w, SQL_SESSION_DELETE_ALL);
    if (s) {
        sqlite3_bind_int64(s, P_SESSION_DELETE_ALL_PERSON, end->person);
        bind_bytes(s, P_SESSION_DELETE_ALL_KEPT, kept->bytes, sizeof kept->bytes);
    }
    enum err e = write_run(w, s, op, &end->ended, why);
    if (e || !end->ended)
        return e;
    int n = snprintf(detail, sizeof detail, "{\"sessions\":%" PRId64 "}", end->ended);
    return write_audit(w, actor_str(&end->actor), STR("session.ended"),
                       subject_of(subject, end->person), str_of(detail, (size_t)n), why);
}

enum err token_used(struct write *w, void *input, struct why *why)
{
    const struct token_used *used = input;
    sqlite3_stmt *s = write_query(w, SQL_TOKEN_USED);
    if (s) {
        sqlite3_bind_int64(s, P_TOKEN_USED_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_TOKEN_USED_ID, used->id);
    }
    return write_run(w, s, "note the token's use", NULL, why);
}
