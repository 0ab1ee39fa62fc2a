/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tokens.h"

#include "base/random.h"
#include "base/text.h"
#include "store/reader_inner.h"
#include "store/write_inner.h"

#include <inttypes.h>
#include <stdio.h>

static const char op[] = "keep the token";

struct str token_new(struct arena *a, struct session_hash *hash)
{
    enum { TOKEN_BYTES = 20 };
    unsigned char bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    struct str text = text_base64url(a, str_of(bytes, sizeof bytes));
    struct str token = arena_fmt(a, "art_%.*s", STR_ARG(text));
    *hash = session_hash(token);
    return token;
}

enum err reader_tokens(struct reader *reader, struct arena *a, int64_t now_ms, struct tokens *out,
                       struct why *why)
{
    struct token *items = arena_new_array(a, struct token, TOKENS_MOST);
    *out = (struct tokens){items, 0};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_TOKEN_LIST, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_TOKEN_LIST_NOW_MS, now_ms);
    while (out->n < TOKENS_MOST && (e = reader_row(reader, s, why)) == ERR_NONE) {
        struct token *t = &items[out->n];
        *t = (struct token){
            .id = sqlite3_column_int64(s, C_TOKEN_LIST_ID),
            .name = arena_str(a, column_text(s, C_TOKEN_LIST_NAME)),
            .created_ms = sqlite3_column_int64(s, C_TOKEN_LIST_CREATED_MS),
            .expires_ms = sqlite3_column_int64(s, C_TOKEN_LIST_EXPIRES_MS),
            .used_ms = sqlite3_column_int64(s, C_TOKEN_LIST_USED_MS),
            .revoked_ms = sqlite3_column_int64(s, C_TOKEN_LIST_REVOKED_MS),
        };
        out->n += role_find(column_text(s, C_TOKEN_LIST_ROLE), &t->role);
    }
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err reader_token_name(struct reader *reader, struct arena *a, int64_t id, struct str *out,
                           struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_TOKEN_NAME, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_TOKEN_NAME_ID, id);
    e = reader_row(reader, s, why);
    if (!e)
        *out = arena_str(a, column_text(s, C_TOKEN_NAME_NAME));
    sqlite3_reset(s);
    return e;
}

static struct str subject_of(char out[ACTOR_SIZE], int64_t id)
{
    return str_of(out, (size_t)snprintf(out, ACTOR_SIZE, "token/%" PRId64, id));
}

enum err token_make(struct write *w, void *input, struct why *why)
{
    struct token_make *t = input;
    char subject[ACTOR_SIZE], detail[64];
    sqlite3_stmt *s = write_query(w, SQL_TOKEN_INSERT);
    if (s) {
        bind_bytes(s, P_TOKEN_INSERT_TOKEN, t->hash.bytes, sizeof t->hash.bytes);
        bind_text(s, P_TOKEN_INSERT_NAME, t->name);
        bind_text(s, P_TOKEN_INSERT_ROLE, role_name(t->role));
        sqlite3_bind_int64(s, P_TOKEN_INSERT_BY, t->by);
        sqlite3_bind_int64(s, P_TOKEN_INSERT_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_TOKEN_INSERT_EXPIRES_MS, t->expires_ms);
    }
    enum err e = write_run(w, s, op, NULL, why);
    if (e)
        return e;
    t->id = write_last_id(w);
    int n = snprintf(detail, sizeof detail, "{\"role\":\"%.*s\"}", STR_ARG(role_name(t->role)));
    return write_audit(w, actor_str(&t->actor), STR("token.made"), subject_of(subject, t->id),
                       str_of(detail, (size_t)n), why);
}

enum err token_revoke(struct write *w, void *input, struct why *why)
{
    const struct token_revoke *t = input;
    char subject[ACTOR_SIZE];
    int64_t changed = 0;
    sqlite3_stmt *s = write_query(w, SQL_TOKEN_REVOKE);
    if (s) {
        sqlite3_bind_int64(s, P_TOKEN_REVOKE_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_TOKEN_REVOKE_ID, t->id);
    }
    enum err e = write_run(w, s, op, &changed, why);
    if (!e && !changed)
        e = err_set(why, ERR_MISSING, op, "there is none, or it was revoked before");
    return e ? e
             : write_audit(w, actor_str(&t->actor), STR("token.revoked"),
                           subject_of(subject, t->id), STR_EMPTY, why);
}
