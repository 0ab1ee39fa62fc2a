/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever somebody does to the stored audit past the server is found, and where it begins is
 * named: a thousand random trials on a chain of a few hundred events, each in a transaction that is
 * taken back. What leaves a chain that is right in itself (its end cut off, or rewritten with right
 * hashes) is found by the head that was kept.
 */
#include "store/audit_walk.h"
#include "store/records.h"
#include "store/trial.h"

#include <stdio.h>

enum { EVENTS = 300, TRIALS = 1000 };

enum kind {
    CHANGED,    /* one value of one event */
    DELETED,    /* one event, or several */
    RENUMBERED, /* deleted, and the gap closed */
    INSERTED,   /* one more, the others moved up */
    SWAPPED,    /* two events have changed places */
    CUT,        /* the end is gone: right in itself */
    REWRITTEN,  /* changed, and every hash behind it made right */
    KINDS
};

static uint64_t state_of_chance;

static uint64_t chance(uint64_t below)
{
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 7;
    state_of_chance ^= state_of_chance << 17;
    return state_of_chance % below;
}

static void __attribute__((format(printf, 2, 3))) sql(struct connection *c, const char *format, ...)
{
    char text[600], *message = NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (sqlite3_exec(c->db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
}

static const char *const changes[] = {
    "at_ms = at_ms + 1",
    "actor = actor || ' '",
    "action = 'record.other'",
    "subject = subject || '0'",
    "detail = '{\"was\":\"other\"}'",
    "hash = zeroblob(32)",
    "hash = CAST(hash || x'00' AS BLOB)",
    "hash = x''",
    "actor = 'person/99'",
};

/* The hashes from an event on, made right again, as somebody would who knows how. */
static void make_right(struct connection *c, int64_t from)
{
    sqlite3_stmt *read, *write;
    struct audit_hash previous = {0};
    assert_int_equal(
        sqlite3_prepare_v2(c->db, "SELECT hash FROM audit WHERE seq = ?1", -1, &read, NULL),
        SQLITE_OK);
    sqlite3_bind_int64(read, 1, from - 1);
    if (sqlite3_step(read) == SQLITE_ROW)
        memcpy(previous.bytes, sqlite3_column_blob(read, 0), AUDIT_HASH_SIZE);
    sqlite3_finalize(read);
    assert_int_equal(sqlite3_prepare_v2(c->db,
                                        "SELECT seq, at_ms, actor, action, subject, detail FROM "
                                        "audit WHERE seq = ?1",
                                        -1, &read, NULL),
                     SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(c->db, "UPDATE audit SET hash = ?2 WHERE seq = ?1", -1, &write, NULL),
        SQLITE_OK);
    for (int64_t seq = from;; seq++) {
        sqlite3_bind_int64(read, 1, seq);
        if (sqlite3_step(read) != SQLITE_ROW)
            break;
        const struct audit_event event = {
            .seq = (uint64_t)seq,
            .at_ms = sqlite3_column_int64(read, 1),
            .actor = column_text(read, 2),
            .action = column_text(read, 3),
            .subject = column_text(read, 4),
            .detail = column_text(read, 5),
        };
        audit_chain(&previous, &event, &previous);
        sqlite3_reset(read);
        sqlite3_bind_int64(write, 1, seq);
        sqlite3_bind_blob(write, 2, previous.bytes, AUDIT_HASH_SIZE, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(write), SQLITE_DONE);
        sqlite3_reset(write);
    }
    sqlite3_finalize(read);
    sqlite3_finalize(write);
}

/* Does it; the number of the first event that does not follow, 0: the chain is right in itself. */
static int64_t tamper(struct connection *c, enum kind kind, int64_t newest)
{
    int64_t k = 1 + (int64_t)chance((uint64_t)newest - 2), other;
    switch (kind) {
    case CHANGED:
        sql(c, "UPDATE audit SET %s WHERE seq = %lld",
            changes[chance(sizeof changes / sizeof *changes)], (long long)k);
        return k;
    case DELETED:
        sql(c, "DELETE FROM audit WHERE seq BETWEEN %lld AND %lld", (long long)k,
            (long long)(k + (int64_t)chance((uint64_t)(newest - k))));
        return k;
    case RENUMBERED:
        sql(c, "DELETE FROM audit WHERE seq = %lld", (long long)k);
        for (other = k + 1; other <= newest; other++)
            sql(c, "UPDATE audit SET seq = %lld WHERE seq = %lld", (long long)other - 1,
                (long long)other);
        return k;
    case INSERTED:
        for (other = newest; other >= k; other--)
            sql(c, "UPDATE audit SET seq = %lld WHERE seq = %lld", (long long)other + 1,
                (long long)other);
        sql(c,
            "INSERT INTO audit SELECT %lld, at_ms, actor, action, subject, detail, hash FROM audit "
            "WHERE seq = %lld",
            (long long)k, (long long)k + 1);
        return k + 1; /* in its place it is the event that was there */
    case SWAPPED:
        other = k + 1 + (int64_t)chance((uint64_t)(newest - k));
        sql(c,
            "UPDATE audit SET seq = -seq WHERE seq IN (%lld, %lld);"
            "UPDATE audit SET seq = %lld WHERE seq = -%lld;"
            "UPDATE audit SET seq = %lld WHERE seq = -%lld",
            (long long)k, (long long)other, (long long)k, (long long)other, (long long)other,
            (long long)k);
        return k;
    case CUT:
        sql(c, "DELETE FROM audit WHERE seq > %lld", (long long)k);
        return 0;
    default:
        sql(c, "UPDATE audit SET %s WHERE seq = %lld", changes[chance(5)], (long long)k);
        make_right(c, k);
        return 0;
    }
}

static struct audit_hash hash_at(struct connection *c, int64_t seq, bool *there)
{
    struct audit_hash hash = {0};
    sqlite3_stmt *s = connection_query(c, SQL_AUDIT_HASH);
    sqlite3_bind_int64(s, P_AUDIT_HASH_SEQ, seq);
    *there = sqlite3_step(s) == SQLITE_ROW;
    if (*there)
        memcpy(hash.bytes, column_bytes(s, 0).ptr, AUDIT_HASH_SIZE);
    sqlite3_reset(s);
    return hash;
}

static void fill(struct trial *t)
{
    for (int i = 0; i < EVENTS / 3; i++) {
        struct job submit = trial_submission(NULL);
        assert_int_equal(trial_do(t->writer, &submit), ERR_NONE);
        struct record_read read = {actor_person(i % 5 + 1), submit.submit.client_id};
        struct record_note note = {actor_person(i % 3 + 1), submit.submit.client_id, STR("x")};
        struct job jobs[] = {
            {.kind = JOB_WRITE, .done = trial_answered, .write = {record_read, &read}},
            {.kind = JOB_WRITE, .done = trial_answered, .write = {record_note, &note}}};
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(trial_do(t->writer, &jobs[k]), ERR_NONE);
    }
}

static void everything_is_found(void **state)
{
    struct trial *t = *state;
    fill(t);
    trial_stop(t);

    char path[128];
    struct why why;
    struct connection c = {0};
    struct audit_head head;
    bool there;
    int found[KINDS] = {0};
    snprintf(path, sizeof path, "%s/anteroom.db", t->directory.path);
    trial_must(connection_open(&c, path, CONNECTION_WRITE, &why), &why);
    trial_must(audit_read_head(&c, &head, &why), &why);
    assert_true(head.seq >= EVENTS);
    sql(&c, "SELECT 1");
    for (int trial = 0; trial < TRIALS; trial++) {
        state_of_chance = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(trial + 1);
        enum kind kind = (enum kind)(trial % KINDS);
        struct audit_walk walk = {0};
        sql(&c, "BEGIN; DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;"
                "DROP TRIGGER audit_is_not_replaced;"
                "PRAGMA ignore_check_constraints = ON");
        int64_t expected = tamper(&c, kind, (int64_t)head.seq);
        enum err e = audit_check_all(&c, &walk, &why);
        struct audit_hash now = hash_at(&c, (int64_t)head.seq, &there);
        if (expected) {
            if (e != ERR_DATA || (int64_t)walk.head.seq + 1 != expected)
                fail_msg("trial %d, kind %d: not found at %lld but at %lld", trial, kind,
                         (long long)expected, (long long)walk.head.seq + 1);
        } else {
            assert_int_equal(e, ERR_NONE);
            assert_true(!there || memcmp(&now, &head.hash, sizeof now) != 0);
        }
        found[kind]++;
        sql(&c, "ROLLBACK");
    }
    connection_close(&c);
    print_message("# found: %d changed, %d deleted, %d renumbered, %d inserted, %d swapped, by the "
                  "head %d cut, %d rewritten\n",
                  found[0], found[1], found[2], found[3], found[4], found[5], found[6]);
    trial_start(t, NULL);
}

/* The schema itself refuses what SQL can ask. */
static void the_schema_refuses(void **state)
{
    struct trial *t = *state;
    struct job submit = trial_submission(NULL);
    assert_int_equal(trial_do(t->writer, &submit), ERR_NONE);
    assert_int_equal(trial_sql(&t->directory, "UPDATE audit SET actor = 'x'"), SQLITE_CONSTRAINT);
    assert_int_equal(trial_sql(&t->directory, "DELETE FROM audit"), SQLITE_CONSTRAINT);
    assert_int_equal(trial_sql(&t->directory, "INSERT OR REPLACE INTO audit SELECT * FROM audit"),
                     SQLITE_CONSTRAINT);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, trial_setup, trial_teardown)
    const struct CMUnitTest tests[] = {TEST(everything_is_found), TEST(the_schema_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
