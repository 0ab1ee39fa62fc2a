/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group_inner.h"

#include "base/json.h"

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

enum outcome group_draft(struct group *g, struct job *job)
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
    int rc = group_run(s);
    if (rc != SQLITE_DONE)
        return group_failed(g, job, rc, "save the draft");
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
    return group_run(s);
}

static int send_draft(struct group *g, const struct job_submit *j)
{
    sqlite3_stmt *s = connection_query(g->connection, SQL_DRAFT_SEND);
    if (!s)
        return SQLITE_ERROR;
    bind_bytes(s, P_DRAFT_SEND_ID, j->draft.bytes, DRAFT_ID_SIZE);
    bind_text(s, P_DRAFT_SEND_CLIENT_ID, client_id_str(&j->client_id));
    sqlite3_bind_int64(s, P_DRAFT_SEND_NOW_MS, g->now_ms);
    return group_run(s);
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
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_ID, g->head.submission + 1);
    bind_text(s, P_SUBMISSION_INSERT_CLIENT_ID, client_id_str(&j->client_id));
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CREATED_MS, g->now_ms);
    bind_text(s, P_SUBMISSION_INSERT_SOURCE, j->source);
    bind_text(s, P_SUBMISSION_INSERT_LOCALE, j->locale);
    bind_text(s, P_SUBMISSION_INSERT_CONSENT_VERSION, j->consent_version);
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_CONSENT_MS, g->now_ms);
    bind_likeness(s, P_SUBMISSION_INSERT_COMPANY_HASH, j->likeness.company);
    bind_likeness(s, P_SUBMISSION_INSERT_EMAIL_HASH, j->likeness.email);
    sqlite3_bind_int64(s, P_SUBMISSION_INSERT_AUDIT, (sqlite3_int64)g->head.audit.seq + 1);
    /* sqlcheck has seen to it that the fields follow each other in the order of the table. */
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        bind_text(s, P_SUBMISSION_INSERT_COMPANY_NAME + f, j->form.value[f]);
    bind_text(s, P_SUBMISSION_INSERT_EXTRA, j->extra.len ? j->extra : STR("{}"));
    return group_run(s);
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
    return group_audit(g, str_eq(j->source, STR("api")) ? STR("api") : STR("visitor"),
                       STR("submission.created"), client_id_str(&j->client_id), audit_detail(g, j));
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
    return group_run(s);
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

enum outcome group_submission(struct group *g, struct job *job)
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
            return group_failed(g, job, rc, op);
        if (!sqlite3_changes(g->connection->db))
            return answer_repeat(g, job);
    }
    if (j->has_draft) {
        rc = send_draft(g, j);
        if (rc != SQLITE_DONE)
            return group_failed(g, job, rc, op);
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
        g->head.submission++;
        rc = insert_audit(g, j);
    }
    if (rc == SQLITE_DONE)
        rc = insert_outbox(g, j);
    return rc == SQLITE_DONE ? OUTCOME_DONE : group_failed(g, job, rc, op);
}
