/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group_inner.h"

#include "base/clock.h"
#include "store/erase_inner.h"
#include "store/funnel.h"
#include "store/safe.h"
#include "store/write_inner.h"

/* Client IDs drawn for one job before it is given up. With 2^40 of them a second one is never seen.
 */
enum { DRAWS_MAX = 8, DETAIL_MAX = 4096 };

/* Runs a statement that answers no row. */
int group_run(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

static bool run_query(struct group *g, enum sql_query query)
{
    sqlite3_stmt *s = connection_query(g->connection, query);
    return s && group_run(s) == SQLITE_DONE;
}

bool group_is_refusal(int rc)
{
    int code = rc & 0xff;
    return code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
}

enum outcome group_failed(struct group *g, struct job *job, int rc, const char *op)
{
    if (!group_is_refusal(rc))
        return OUTCOME_BROKEN;
    job->result = err_set(&job->why, ERR_INTERNAL, op, "the database refuses it: %s",
                          sqlite3_errmsg(g->connection->db));
    return OUTCOME_UNDO;
}

int group_audit(struct group *g, struct str actor, struct str action, struct str subject,
                struct str detail)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_AUDIT_INSERT);
    if (!s)
        return SQLITE_ERROR;
    const struct audit_event event = {
        .seq = g->head.audit.seq + 1,
        .at_ms = g->now_ms,
        .actor = actor,
        .action = action,
        .subject = subject,
        .detail = detail,
    };
    struct audit_head next = {.seq = event.seq};
    audit_chain(&g->head.audit.hash, &event, &next.hash);
    sqlite3_bind_int64(s, P_AUDIT_INSERT_SEQ, (sqlite3_int64)event.seq);
    sqlite3_bind_int64(s, P_AUDIT_INSERT_AT_MS, event.at_ms);
    bind_text(s, P_AUDIT_INSERT_ACTOR, event.actor);
    bind_text(s, P_AUDIT_INSERT_ACTION, event.action);
    bind_text(s, P_AUDIT_INSERT_SUBJECT, event.subject);
    bind_text(s, P_AUDIT_INSERT_DETAIL, event.detail);
    bind_bytes(s, P_AUDIT_INSERT_HASH, next.hash.bytes, AUDIT_HASH_SIZE);
    int rc = group_run(s);
    if (rc == SQLITE_DONE)
        g->head.audit = next;
    return rc;
}

/* ---- groups --------------------------------------------------------------------------------- */

/* A refusal undoes what was written before it, if anything was. */
static enum outcome write_change(struct group *g, struct job *job)
{
    struct write w = {.group = g, .now_ms = g->now_ms};
    sqlite3_int64 before = sqlite3_total_changes64(g->connection->db);
    job->result = job->write.run(&w, job->write.input, &job->why);
    if (w.broken)
        return OUTCOME_BROKEN;
    return job->result && sqlite3_total_changes64(g->connection->db) != before ? OUTCOME_UNDO
                                                                               : OUTCOME_DONE;
}

static enum outcome write_job(struct group *g, struct job *job)
{
    job->result = ERR_NONE;
    return job->kind == JOB_DRAFT   ? group_draft(g, job)
           : job->kind == JOB_WRITE ? write_change(g, job)
                                    : group_submission(g, job);
}

/* With a savepoint around it, so that it can be undone alone. False: SQLite failed. */
static bool write_carefully(struct group *g, struct job *job)
{
    enum outcome outcome = OUTCOME_CLASH;
    for (int draw = 0; outcome == OUTCOME_CLASH && draw < DRAWS_MAX; draw++) {
        struct commit_head before = g->head;
        if (!run_query(g, SQL_SAVEPOINT))
            return false;
        outcome = write_job(g, job);
        if (outcome == OUTCOME_BROKEN)
            return false;
        if (outcome != OUTCOME_DONE) {
            g->head = before;
            if (!run_query(g, SQL_SAVEPOINT_UNDO))
                return false;
        }
        if (!run_query(g, SQL_SAVEPOINT_RELEASE))
            return false;
    }
    if (outcome == OUTCOME_CLASH)
        job->result = err_set(&job->why, ERR_INTERNAL, "store the submission",
                              "%d Client IDs in a row exist already", DRAWS_MAX);
    return true;
}

/* Everything up to COMMIT. False: SQLite failed, or (*again) it must be done with savepoints. */
static bool write_all(struct group *g, struct job *jobs, bool careful, bool *again)
{
    *again = false;
    if (!run_query(g, SQL_BEGIN))
        return false;
    for (struct job *job = jobs; job; job = job->next) {
        if (careful) {
            if (!write_carefully(g, job))
                return false;
            continue;
        }
        enum outcome outcome = write_job(g, job);
        if (outcome == OUTCOME_BROKEN)
            return false;
        if (outcome != OUTCOME_DONE) {
            *again = true;
            return false;
        }
    }
    return true;
}

static enum err abandon(struct group *g, struct commit_head before, const char *op, struct why *why)
{
    enum err e = connection_error(g->connection, op, why);
    g->head = before;
    if (!sqlite3_get_autocommit(g->connection->db))
        run_query(g, SQL_ROLLBACK);
    return e;
}

/* What goes with the jobs, and the commit. NULL, or what failed. Then settle. */
static const char *commit(struct group *g)
{
    if ((g->funnel && funnel_write(g->funnel, g->connection, g->now_ms) != SQLITE_DONE) ||
        (g->safe && safe_write(g->safe, g->connection) != SQLITE_DONE))
        return "write to the database";
    return run_query(g, SQL_COMMIT) ? NULL : "commit to the database";
}

static void settle(struct group *g, bool committed)
{
    if (g->funnel)
        funnel_settle(g->funnel, committed);
    if (g->safe)
        safe_settle(g->safe, committed);
}

enum err group_write(struct group *g, struct job *jobs, bool careful, struct why *why)
{
    struct commit_head before = g->head;
    g->now_ms = clock_wall_ms();
    bool again, written = write_all(g, jobs, careful, &again);
    if (again) {
        g->head = before;
        g->rewritten++;
        if (!run_query(g, SQL_ROLLBACK))
            return abandon(g, before, "undo a group", why);
        written = write_all(g, jobs, true, &again);
    }
    if (!written)
        return abandon(g, before, "write to the database", why);
    const char *failed_op = commit(g);
    enum err e = failed_op ? abandon(g, before, failed_op, why) : ERR_NONE;
    settle(g, !e);
    return e;
}

/* ---- around them ---------------------------------------------------------------------------- */

enum err group_init(struct group *g, struct connection *c, void (*draw)(void *, size_t),
                    struct why *why)
{
    *g = (struct group){.connection = c, .draw = draw, .now_ms = clock_wall_ms()};
    buf_init(&g->detail, DETAIL_MAX);
    enum err e = audit_read_head(c, &g->head.audit, why);
    if (!e)
        e = connection_number(c, sql_text[SQL_SUBMISSION_NEWEST], &g->head.submission,
                              "read the newest submission", why);
    if (!e)
        e = erase_read_head(c, &g->head.erasure, why);
    return e;
}

void group_release(struct group *g)
{
    buf_release(&g->detail);
}

enum err group_beside(struct group *g, struct why *why)
{
    g->now_ms = clock_wall_ms();
    bool done = run_query(g, SQL_BEGIN) && commit(g) == NULL;
    enum err e = done ? ERR_NONE : abandon(g, g->head, "count the visits", why);
    settle(g, done);
    return e;
}

static bool count_stopped(struct group *g, int64_t now_ms, unsigned n)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_FUNNEL_STOPPED);
    if (!s)
        return false;
    sqlite3_bind_int64(s, P_FUNNEL_STOPPED_NOW_MS, now_ms);
    sqlite3_bind_int(s, P_FUNNEL_STOPPED_N, (int)n);
    return group_run(s) == SQLITE_DONE;
}

static bool delete_expired(struct group *g, int64_t now_ms, unsigned n)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_DRAFT_PURGE);
    if (!s)
        return false;
    sqlite3_bind_int64(s, P_DRAFT_PURGE_NOW_MS, now_ms);
    sqlite3_bind_int(s, P_DRAFT_PURGE_N, (int)n);
    return group_run(s) == SQLITE_DONE;
}

enum err group_purge(struct group *g, unsigned n, unsigned *purged, struct why *why)
{
    static const char op[] = "delete expired drafts";
    int64_t now_ms = clock_wall_ms();
    *purged = 0;
    /* A transaction that changes nothing writes nothing. */
    if (!run_query(g, SQL_BEGIN) || !count_stopped(g, now_ms, n) || !delete_expired(g, now_ms, n))
        return abandon(g, g->head, op, why);
    unsigned deleted = (unsigned)sqlite3_changes(g->connection->db);
    if (!run_query(g, SQL_COMMIT))
        return abandon(g, g->head, op, why);
    *purged = deleted;
    return ERR_NONE;
}

enum err group_probe(struct group *g, struct why *why)
{
    char now[CLOCK_RFC3339_SIZE];
    sqlite3_stmt *s = connection_query(g->connection, SQL_META_PUT);
    if (s) {
        bind_text(s, P_META_PUT_KEY, STR("recovered"));
        bind_text(s, P_META_PUT_VALUE, clock_rfc3339(clock_wall_ms(), now));
    }
    return s && group_run(s) == SQLITE_DONE
               ? ERR_NONE
               : connection_error(g->connection, "write to the database", why);
}
