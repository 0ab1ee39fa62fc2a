/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_walk.h"

enum { PAGE = 512 };

static const char op[] = "check the audit chain";

/* C_AUDIT_TAIL_* and C_AUDIT_PAGE_* are the same columns in the same order. */
_Static_assert(C_AUDIT_TAIL_HASH == C_AUDIT_PAGE_HASH && C_AUDIT_TAIL_SEQ == C_AUDIT_PAGE_SEQ,
               "both queries answer the same columns");

static struct audit_event event_of(sqlite3_stmt *s)
{
    return (struct audit_event){
        .seq = (uint64_t)sqlite3_column_int64(s, C_AUDIT_PAGE_SEQ),
        .at_ms = sqlite3_column_int64(s, C_AUDIT_PAGE_AT_MS),
        .actor = column_text(s, C_AUDIT_PAGE_ACTOR),
        .action = column_text(s, C_AUDIT_PAGE_ACTION),
        .subject = column_text(s, C_AUDIT_PAGE_SUBJECT),
        .detail = column_text(s, C_AUDIT_PAGE_DETAIL),
    };
}

static bool hash_of(sqlite3_stmt *s, struct audit_hash *out)
{
    struct str hash = column_bytes(s, C_AUDIT_PAGE_HASH);
    if (hash.len != AUDIT_HASH_SIZE)
        return false;
    memcpy(out->bytes, hash.ptr, AUDIT_HASH_SIZE);
    return true;
}

static enum err broken(struct connection *c, uint64_t seq, struct why *why)
{
    enum err e = err_set(why, ERR_DATA, op, "%s: event %llu was changed, removed or put in",
                         c->path, (unsigned long long)seq);
    err_hint(why, "Somebody or something wrote to the file past anteroom. Keep it, and compare "
                  "with a backup or replica.");
    return e;
}

/* The event of the row follows head; head moves on to it. */
static bool follows(sqlite3_stmt *s, struct audit_head *head)
{
    struct audit_event event = event_of(s);
    struct audit_hash stored, right;
    if (event.seq != head->seq + 1 || !hash_of(s, &stored))
        return false;
    audit_chain(&head->hash, &event, &right);
    if (memcmp(&right, &stored, sizeof right) != 0)
        return false;
    *head = (struct audit_head){event.seq, stored};
    return true;
}

enum err audit_read_head(struct connection *c, struct audit_head *out, struct why *why)
{
    *out = (struct audit_head){0};
    sqlite3_stmt *s = connection_query(c, SQL_AUDIT_TAIL);
    if (!s)
        return connection_error(c, op, why);
    sqlite3_bind_int(s, P_AUDIT_TAIL_N, 1);
    enum err e = ERR_NONE;
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        out->seq = (uint64_t)sqlite3_column_int64(s, C_AUDIT_TAIL_SEQ);
        if (!hash_of(s, &out->hash))
            e = broken(c, out->seq, why);
    } else if (rc != SQLITE_DONE) {
        e = connection_error(c, op, why);
    }
    sqlite3_reset(s);
    return e;
}

/* Checks at most `page` events after head. *n: how many were right. */
static enum err check_page(struct connection *c, struct audit_head *head, unsigned page,
                           uint64_t *n, struct why *why)
{
    *n = 0;
    sqlite3_stmt *s = connection_query(c, SQL_AUDIT_PAGE);
    if (!s)
        return connection_error(c, op, why);
    sqlite3_bind_int64(s, P_AUDIT_PAGE_AFTER, (sqlite3_int64)head->seq);
    sqlite3_bind_int(s, P_AUDIT_PAGE_PAGE, (int)page);
    enum err e = ERR_NONE;
    int rc;
    for (; !e && (rc = sqlite3_step(s)) != SQLITE_DONE; ++*n) {
        if (rc != SQLITE_ROW)
            e = connection_error(c, op, why);
        else if (!follows(s, head))
            e = broken(c, head->seq + 1, why);
        if (e)
            break;
    }
    sqlite3_reset(s);
    return e;
}

enum err audit_check_tail(struct connection *c, unsigned n, struct why *why)
{
    struct audit_head newest;
    enum err e = audit_read_head(c, &newest, why);
    if (e || newest.seq <= 1)
        return e;

    /* Start behind the event n before the newest; from the very beginning when there are fewer. */
    struct audit_head head = {0};
    uint64_t checked;
    if (newest.seq > n) {
        sqlite3_stmt *s = connection_query(c, SQL_AUDIT_PAGE);
        if (!s)
            return connection_error(c, op, why);
        sqlite3_bind_int64(s, P_AUDIT_PAGE_AFTER, (sqlite3_int64)(newest.seq - n - 1));
        sqlite3_bind_int(s, P_AUDIT_PAGE_PAGE, 1);
        int rc = sqlite3_step(s);
        if (rc == SQLITE_ROW) {
            head.seq = newest.seq - n;
            if (head.seq != (uint64_t)sqlite3_column_int64(s, C_AUDIT_PAGE_SEQ) ||
                !hash_of(s, &head.hash))
                e = broken(c, head.seq, why);
        } else {
            e = rc == SQLITE_DONE ? broken(c, newest.seq, why) : connection_error(c, op, why);
        }
        sqlite3_reset(s);
    }
    return e ? e : check_page(c, &head, n, &checked, why);
}

enum err audit_check_all(struct connection *c, struct audit_walk *walk, struct why *why)
{
    for (;;) {
        uint64_t n;
        enum err e = check_page(c, &walk->head, PAGE, &n, why);
        walk->events += n;
        if (e || n < PAGE)
            return e;
    }
}

enum err audit_check_some(struct connection *c, struct audit_head *head, uint64_t most, bool *more,
                          struct why *why)
{
    uint64_t done = 0, n = PAGE;
    enum err e = ERR_NONE;
    while (!e && n == PAGE && done < most) {
        e = check_page(c, head, PAGE, &n, why);
        done += n;
    }
    *more = !e && n == PAGE;
    return e;
}
