/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group.h"

#include "base/clock.h"
#include "base/json.h"
#include "store/funnel.h"

/* Client IDs drawn for one job before it is given up. With 2^40 of them a second one is never seen.
 */
enum { DRAWS_MAX = 8, DETAIL_MAX = 4096 };

/* What became of one job's statements. */
enum outcome {
    OUTCOME_DONE,  /* what it wrote is right (maybe nothing); its result is set */
    OUTCOME_UNDO,  /* its result is set, but what it wrote must go */
    OUTCOME_CLASH, /* the Client ID exists: undo and draw another */
    OUTCOME_BROKEN /* SQLite failed: the group is over */
};

/* Runs a statement that answers no row. */
static int run(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

static bool run_query(struct group *g, enum sql_query query)
{
    sqlite3_stmt *s = connection_query(g->connection, query);
    return s && run(s) == SQLITE_DONE;
}

/* The job's values are refused by the schema: the job's fault, not the disk's. */
static bool is_refusal(int rc)
{
    int code = rc & 0xff;
    return code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
}

static enum outcome failed(struct group *g, struct job *job, int rc, const char *op)
{
    if (!is_refusal(rc))
        return OUTCOME_BROKEN;
    job->result = err_set(&job->why, ERR_INTERNAL, op, "the database refuses it: %s",
                          sqlite3_errmsg(g->connection->db));
    return OUTCOME_UNDO;
}

/* ---- drafts --------------------------------------------------------------------------------- */

struct draft_row {
    bool there, sent;
    struct client_id client_id;
    int64_t sent_ms;
};

static bool copy_client_id(struct client_id *out, struct str text)
{
    if (text.len != CLIENT_ID_LEN)
        return false;
    memcpy(out->text, text.ptr, CLIENT_ID_LEN);
    out->text[CLIENT_ID_LEN] = '\0';
    return true;
}

static bool find_draft(struct group *g, const struct draft_id *id, struct draft_row *out)
{
    *out = (struct draft_row){0};
    sqlite3_stmt *s = connection_query(g->connection, SQL_DRAFT_FIND);
    if (!s)
        return false;
    bind_bytes(s, P_DRAFT_FIND_ID, id->bytes, DRAFT_ID_SIZE);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        out->there = true;
        out->sent = copy_client_id(&out->client_id, column_text(s, C_DRAFT_FIND_CLIENT_ID));
        out->sent_ms = sqlite3_column_int64(s, C_DRAFT_FIND_SENT_MS);
    }
    sqlite3_reset(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* Nothing was written because the stored draft is another one: which answer is that? */
static enum outcome draft_conflict(struct group *g, struct job *job)
{
    static const char op[] = "save the draft";
    struct draft_row row;
    if (!find_draft(g, &job->draft.id, &row))
        return OUTCOME_BROKEN;
    if (!row.there)
        job->result = err_set(&job->why, ERR_MISSING, op, "it has expired or never existed");
    else if (row.sent)
        job->result = err_set(&job->why, ERR_CONFLICT, op, "it was sent already");
    else
        job->result = err_set(&job->why, ERR_CONFLICT, op, "it was changed elsewhere meanwhile");
    return OUTCOME_DONE;
}

static enum outcome write_draft(struct group *g, struct job *job)
{
    const struct job_draft *d = &job->draft;
    bool create = d->revision == 0;
    sqlite3_stmt *s = connection_query(g->connection, create ? SQL_DRAFT_INSERT : SQL_DRAFT_UPDATE);
    if (!s)
        return OUTCOME_BROKEN;
    /* The parameters that both share have the same numbers only by chance: bind each by its own. */
    bind_bytes(s, create ? P_DRAFT_INSERT_ID : P_DRAFT_UPDATE_ID, d->id.bytes, DRAFT_ID_SIZE);
    bind_bytes(s, create ? P_DRAFT_INSERT_SEALED : P_DRAFT_UPDATE_SEALED, d->sealed.ptr,
               d->sealed.len);
    sqlite3_bind_int64(s, create ? P_DRAFT_INSERT_STEP : P_DRAFT_UPDATE_STEP, d->step);
    sqlite3_bind_int64(s, create ? P_DRAFT_INSERT_NOW_MS : P_DRAFT_UPDATE_NOW_MS, g->now_ms);
    sqlite3_bind_int64(s, create ? P_DRAFT_INSERT_EXPIRES_MS : P_DRAFT_UPDATE_EXPIRES_MS,
                       d->expires_ms);
    if (!create)
        sqlite3_bind_int64(s, P_DRAFT_UPDATE_REVISION, (sqlite3_int64)d->revision);
    int rc = run(s);
    if (rc != SQLITE_DONE)
        return failed(g, job, rc, "save the draft");
    return sqlite3_changes(g->connection->db) ? OUTCOME_DONE : draft_conflict(g, job);
}

/* ---- submissions ---------------------------------------------------------------------------- */

/* The key was there: the first answer, or a refusal when an API client reuses it for something
 * else. Nothing was written yet. */
static enum outcome answer_repeat(struct group *g, struct job *job)
{
    struct job_submit *j = &job->submit;
    sqlite3_stmt *s = connection_query(g->connection, SQL_IDEMPOTENCY_FIND);
    if (!s)
        return OUTCOME_BROKEN;
    bind_bytes(s, P_IDEMPOTENCY_FIND_KEY, j->idempotency, IDEMPOTENCY_SIZE);
    enum outcome outcome = OUTCOME_BROKEN;
    if (sqlite3_step(s) == SQLITE_ROW) {
        struct str fingerprint = column_bytes(s, C_IDEMPOTENCY_FIND_FINGERPRINT);
        outcome = OUTCOME_DONE;
        if (str_eq(j->source, STR("api")) &&
            !str_eq(fingerprint, str_of(j->fingerprint, FINGERPRINT_SIZE))) {
            job->result = err_set(&job->why, ERR_CONFLICT, "store the submission",
                                  "this idempotency key was used for another submission");
        } else {
            copy_client_id(&j->client_id, column_text(s, C_IDEMPOTENCY_FIND_CLIENT_ID));
            j->created_ms = sqlite3_column_int64(s, C_IDEMPOTENCY_FIND_CREATED_MS);
            j->repeated = true;
        }
    }
    sqlite3_reset(s);
    return outcome;
}

static int insert_idempotency(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_IDEMPOTENCY_INSERT);
    if (!s)
        return SQLITE_ERROR;
    bind_bytes(s, P_IDEMPOTENCY_INSERT_KEY, j->idempotency, IDEMPOTENCY_SIZE);
    bind_bytes(s, P_IDEMPOTENCY_INSERT_FINGERPRINT, j->fingerprint, FINGERPRINT_SIZE);
    bind_text(s, P_IDEMPOTENCY_INSERT_CLIENT_ID, client_id_str(&j->client_id));
    sqlite3_bind_int64(s, P_IDEMPOTENCY_INSERT_CREATED_MS, g->now_ms);
    return run(s);
}

static int send_draft(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_DRAFT_SEND);
    if (!s)
        return SQLITE_ERROR;
    bind_bytes(s, P_DRAFT_SEND_ID, j->draft.bytes, DRAFT_ID_SIZE);
    bind_text(s, P_DRAFT_SEND_CLIENT_ID, client_id_str(&j->client_id));
    sqlite3_bind_int64(s, P_DRAFT_SEND_NOW_MS, g->now_ms);
    return run(s);
}

static void bind_likeness(sqlite3_stmt *s, int parameter, int64_t likeness)
{
    if (likeness)
        sqlite3_bind_int64(s, parameter, likeness);
    else
        sqlite3_bind_null(s, parameter);
}

static int insert_submission(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_SUBMISSION_INSERT);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_SUBMISSION_INSERT_CLIENT_ID, client_id_str(&j->client_id));
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CREATED_MS, g->now_ms);
    bind_text(s, P_SUBMISSION_INSERT_SOURCE, j->source);
    bind_text(s, P_SUBMISSION_INSERT_LOCALE, j->locale);
    bind_text(s, P_SUBMISSION_INSERT_CONSENT_VERSION, j->consent_version);
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CONSENT_MS, g->now_ms);
    bind_likeness(s, P_SUBMISSION_INSERT_COMPANY_HASH, j->likeness.company);
    bind_likeness(s, P_SUBMISSION_INSERT_EMAIL_HASH, j->likeness.email);
    /* sqlcheck has seen to it that the fields follow each other in the order of the table. */
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        bind_text(s, P_SUBMISSION_INSERT_COMPANY_NAME + f, j->form.value[f]);
    bind_text(s, P_SUBMISSION_INSERT_EXTRA, j->extra.len ? j->extra : STR("{}"));
    return run(s);
}

/* What was agreed to, without a word the visitor typed. */
static struct str audit_detail(struct group *g, const struct job_submit *j)
{
    struct json json;
    buf_clear(&g->detail);
    json_init(&json, &g->detail);
    json_object(&json, NULL);
    json_str(&json, "consent_version", j->consent_version);
    json_str(&json, "locale", j->locale);
    json_end(&json);
    return buf_ok(&g->detail) ? buf_view(&g->detail) : STR("{}");
}

static int insert_audit(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_AUDIT_INSERT);
    if (!s)
        return SQLITE_ERROR;
    const struct audit_event event = {
        .seq = g->head.audit.seq + 1,
        .at_ms = g->now_ms,
        .actor = str_eq(j->source, STR("api")) ? STR("api") : STR("visitor"),
        .action = STR("submission.created"),
        .subject = client_id_str(&j->client_id),
        .detail = audit_detail(g, j),
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
    int rc = run(s);
    if (rc == SQLITE_DONE)
        g->head.audit = next;
    return rc;
}

/* Only what a receiver needs to ask for more: what a person typed stays in one place. */
static int insert_outbox(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_OUTBOX_INSERT);
    if (!s)
        return SQLITE_ERROR;
    char payload[96];
    int n = snprintf(payload, sizeof payload, "{\"client_id\":\"%s\",\"created_ms\":%lld}",
                     j->client_id.text, (long long)g->now_ms);
    sqlite3_bind_int64(s, P_OUTBOX_INSERT_CREATED_MS, g->now_ms);
    bind_text(s, P_OUTBOX_INSERT_TOPIC, STR("submission.created"));
    bind_text(s, P_OUTBOX_INSERT_CLIENT_ID, client_id_str(&j->client_id));
    bind_text(s, P_OUTBOX_INSERT_PAYLOAD, str_of(payload, (size_t)n));
    return run(s);
}

/* The draft was sent before: the first answer. It may be gone (expired): the form is complete and
 * valid without it, so it is stored. */
static enum outcome answer_sent_draft(struct group *g, struct job *job, bool *sent)
{
    struct draft_row row;
    if (!find_draft(g, &job->submit.draft, &row))
        return OUTCOME_BROKEN;
    *sent = row.sent;
    if (row.sent) {
        job->submit.client_id = row.client_id;
        job->submit.created_ms = row.sent_ms;
        job->submit.repeated = true;
    }
    return OUTCOME_DONE;
}

static enum outcome write_submission(struct group *g, struct job *job)
{
    static const char op[] = "store the submission";
    struct job_submit *j = &job->submit;
    uint64_t bits;
    g->draw(&bits, sizeof bits);
    j->client_id = client_id_make(bits);
    j->created_ms = g->now_ms;
    j->repeated = false;

    int rc;
    if (j->has_idempotency) {
        rc = insert_idempotency(g, j);
        if (rc != SQLITE_DONE)
            return failed(g, job, rc, op);
        if (!sqlite3_changes(g->connection->db))
            return answer_repeat(g, job);
    }
    if (j->has_draft) {
        rc = send_draft(g, j);
        if (rc != SQLITE_DONE)
            return failed(g, job, rc, op);
        if (!sqlite3_changes(g->connection->db)) {
            bool sent = false;
            if (answer_sent_draft(g, job, &sent) == OUTCOME_BROKEN)
                return OUTCOME_BROKEN;
            if (sent)
                return j->has_idempotency ? OUTCOME_UNDO : OUTCOME_DONE;
        }
    }
    rc = insert_submission(g, j);
    if (rc == SQLITE_CONSTRAINT_UNIQUE)
        return OUTCOME_CLASH;
    if (rc == SQLITE_DONE) {
        g->head.submission = sqlite3_last_insert_rowid(g->connection->db);
        rc = insert_audit(g, j);
    }
    if (rc == SQLITE_DONE)
        rc = insert_outbox(g, j);
    return rc == SQLITE_DONE ? OUTCOME_DONE : failed(g, job, rc, op);
}

/* ---- groups --------------------------------------------------------------------------------- */

static enum outcome write_job(struct group *g, struct job *job)
{
    job->result = ERR_NONE;
    return job->kind == JOB_DRAFT ? write_draft(g, job) : write_submission(g, job);
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

/* What goes with the jobs, and the commit. NULL, or what failed. */
static const char *commit(struct group *g)
{
    if (g->funnel && funnel_write(g->funnel, g->connection, g->now_ms) != SQLITE_DONE)
        return "write to the database";
    return run_query(g, SQL_COMMIT) ? NULL : "commit to the database";
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
    if (g->funnel)
        funnel_settle(g->funnel, !e);
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
    return e;
}

void group_release(struct group *g)
{
    buf_release(&g->detail);
}

enum err group_funnel(struct group *g, struct funnel *f, struct why *why)
{
    bool done = run_query(g, SQL_BEGIN) &&
                funnel_write(f, g->connection, clock_wall_ms()) == SQLITE_DONE &&
                run_query(g, SQL_COMMIT);
    enum err e = done ? ERR_NONE : abandon(g, g->head, "count the visits", why);
    funnel_settle(f, done);
    return e;
}

static bool count_stopped(struct group *g, int64_t now_ms, unsigned n)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_FUNNEL_STOPPED);
    if (!s)
        return false;
    sqlite3_bind_int64(s, P_FUNNEL_STOPPED_NOW_MS, now_ms);
    sqlite3_bind_int(s, P_FUNNEL_STOPPED_N, (int)n);
    return run(s) == SQLITE_DONE;
}

static bool delete_expired(struct group *g, int64_t now_ms, unsigned n)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_DRAFT_PURGE);
    if (!s)
        return false;
    sqlite3_bind_int64(s, P_DRAFT_PURGE_NOW_MS, now_ms);
    sqlite3_bind_int(s, P_DRAFT_PURGE_N, (int)n);
    return run(s) == SQLITE_DONE;
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
    return s && run(s) == SQLITE_DONE
               ? ERR_NONE
               : connection_error(g->connection, "write to the database", why);
}
