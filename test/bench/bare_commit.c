/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writer is measured against: the least that can be done to make the same rows durable.
 * One thread, one connection with the same settings, the same schema, BATCH submissions to a
 * transaction; no inbox, no answers, no lookups for repeats, no checks, a checkpoint whenever the
 * log is full.
 *
 *     bare_commit DIRECTORY [BATCH [SECONDS]]
 *     bare: batch 100: 25301 submissions/s, 27.9 us CPU each
 */
#include "bench/rows.h"

#include "base/must.h"
#include "core/audit.h"
#include "store/connection.h"

#include <sys/stat.h>

static void step(struct connection *c, enum sql_query query)
{
    sqlite3_stmt *s = connection_query(c, query);
    if (!s || sqlite3_step(s) != SQLITE_DONE) {
        fprintf(stderr, "%s: %s\n", sql_name[query], sqlite3_errmsg(c->db));
        exit(1);
    }
    sqlite3_reset(s);
}

static void insert(struct connection *c, const struct job_submit *j, uint64_t seq, int64_t now,
                   struct audit_hash *hash)
{
    uint64_t bits;
    random_bytes(&bits, sizeof bits);
    struct client_id client_id = client_id_make(bits);
    struct str id = client_id_str(&client_id);

    sqlite3_stmt *s = connection_query(c, SQL_IDEMPOTENCY_INSERT);
    bind_bytes(s, P_IDEMPOTENCY_INSERT_KEY, j->idempotency, IDEMPOTENCY_SIZE);
    bind_bytes(s, P_IDEMPOTENCY_INSERT_FINGERPRINT, j->fingerprint, FINGERPRINT_SIZE);
    bind_text(s, P_IDEMPOTENCY_INSERT_CLIENT_ID, id);
    sqlite3_bind_int64(s, P_IDEMPOTENCY_INSERT_CREATED_MS, now);
    step(c, SQL_IDEMPOTENCY_INSERT);

    s = connection_query(c, SQL_SUBMISSION_INSERT);
    bind_text(s, P_SUBMISSION_INSERT_CLIENT_ID, id);
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CREATED_MS, now);
    bind_text(s, P_SUBMISSION_INSERT_SOURCE, j->source);
    bind_text(s, P_SUBMISSION_INSERT_LOCALE, j->locale);
    bind_text(s, P_SUBMISSION_INSERT_CONSENT_VERSION, j->consent_version);
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CONSENT_MS, now);
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        bind_text(s, P_SUBMISSION_INSERT_COMPANY_NAME + f, j->form.value[f]);
    bind_text(s, P_SUBMISSION_INSERT_EXTRA, STR("{}"));
    step(c, SQL_SUBMISSION_INSERT);

    const struct audit_event event = {seq,
                                      now,
                                      STR("visitor"),
                                      STR("submission.created"),
                                      id,
                                      STR("{\"consent_version\":\"2026-01\",\"locale\":\"en\"}")};
    audit_chain(hash, &event, hash);
    s = connection_query(c, SQL_AUDIT_INSERT);
    sqlite3_bind_int64(s, P_AUDIT_INSERT_SEQ, (sqlite3_int64)seq);
    sqlite3_bind_int64(s, P_AUDIT_INSERT_AT_MS, now);
    bind_text(s, P_AUDIT_INSERT_ACTOR, event.actor);
    bind_text(s, P_AUDIT_INSERT_ACTION, event.action);
    bind_text(s, P_AUDIT_INSERT_SUBJECT, id);
    bind_text(s, P_AUDIT_INSERT_DETAIL, event.detail);
    bind_bytes(s, P_AUDIT_INSERT_HASH, hash->bytes, AUDIT_HASH_SIZE);
    step(c, SQL_AUDIT_INSERT);

    s = connection_query(c, SQL_OUTBOX_INSERT);
    sqlite3_bind_int64(s, P_OUTBOX_INSERT_CREATED_MS, now);
    bind_text(s, P_OUTBOX_INSERT_TOPIC, STR("submission.created"));
    bind_text(s, P_OUTBOX_INSERT_CLIENT_ID, id);
    bind_text(s, P_OUTBOX_INSERT_PAYLOAD,
              STR("{\"client_id\":\"CL-7KQ4M-X2PHM\",\"created_ms\":1795225800125}"));
    step(c, SQL_OUTBOX_INSERT);
}

static int note_pages(void *out, sqlite3 *db, const char *schema, int pages)
{
    (void)db;
    (void)schema;
    *(int *)out = pages;
    return SQLITE_OK;
}

int main(int argc, char **argv)
{
    uint64_t batch = 100, seconds = 5, n;
    if (argc < 2) {
        fputs("usage: bare_commit DIRECTORY [BATCH [SECONDS]]\n", stderr);
        return 2;
    }
    if (argc > 2 && str_to_u64(str_from(argv[2]), &n) && n)
        batch = n;
    if (argc > 3 && str_to_u64(str_from(argv[3]), &n))
        seconds = n;

    char path[CONNECTION_PATH_MAX];
    mkdir(argv[1], 0700);
    snprintf(path, sizeof path, "%s/bare.db", argv[1]);
    struct connection c;
    struct why why;
    bool ready = !connection_open(&c, path, CONNECTION_WRITE, &why) &&
                 !connection_run(&c, "PRAGMA journal_mode = WAL", "set up", &why);
    for (unsigned i = 0; ready && i < SQL_SCHEMA_VERSION; i++)
        ready = !connection_run(&c, sql_migrations[i].sql, "make the tables", &why);
    if (!ready) {
        fprintf(stderr, "cannot %s: %s\n", why.op, why.detail);
        return 1;
    }
    int pages = 0;
    sqlite3_wal_hook(c.db, note_pages, &pages);

    struct job job;
    struct audit_hash hash = {{0}};
    rows_make(&job);
    uint64_t done = 0;
    int64_t start = clock_monotonic_us(), cpu = rows_cpu_us(), now = start;
    while (now - start < (int64_t)seconds * 1000000) {
        step(&c, SQL_BEGIN);
        for (uint64_t i = 0; i < batch; i++) {
            rows_renew(&job);
            insert(&c, &job.submit, ++done, clock_wall_ms(), &hash);
        }
        step(&c, SQL_COMMIT);
        if (pages >= CONNECTION_LOG_PAGES)
            sqlite3_wal_checkpoint_v2(c.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        now = clock_monotonic_us();
    }
    printf("bare: batch %llu: %.0f submissions/s, %.1f us CPU each\n", (unsigned long long)batch,
           (double)done * 1e6 / (double)(now - start),
           (double)(rows_cpu_us() - cpu) / (double)done);
    connection_close(&c);
    return 0;
}
