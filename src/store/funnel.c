/* SPDX-License-Identifier: Apache-2.0 */
#include "store/funnel.h"

#include "store/connection.h"
#include "store/writer.h"

const struct str funnel_stage_names[FUNNEL_STAGES] = {
    [FUNNEL_STARTED] = STR_INIT("started"),
    [FUNNEL_COMPANY] = STR_INIT("company"),
    [FUNNEL_ENGAGEMENT] = STR_INIT("engagement"),
    [FUNNEL_CHECK] = STR_INIT("check"),
    [FUNNEL_SENT] = STR_INIT("sent"),
};

const struct str funnel_span_names[FUNNEL_SPANS] = {
    STR_INIT("1m"), STR_INIT("3m"), STR_INIT("10m"), STR_INIT("30m"), STR_INIT("longer"),
};

static const int span_minutes[FUNNEL_SPANS - 1] = {1, 3, 10, 30};

/* Two steps follow each other in both enums. */
_Static_assert((int)FUNNEL_COMPANY + (int)STEP_ENGAGEMENT == (int)FUNNEL_ENGAGEMENT &&
                   STEP_COMPANY == 0 && STEP_COUNT == 2,
               "a step's stage is FUNNEL_COMPANY + step");

/* ---- counting ------------------------------------------------------------------------------- */

static void add(struct funnel *f, int cell, unsigned n)
{
    atomic_fetch_add_explicit(&f->cells[cell], n, memory_order_relaxed);
    atomic_store_explicit(&f->any, true, memory_order_release);
}

void funnel_started(struct funnel *f)
{
    add(f, FUNNEL_REACHED_AT + FUNNEL_STARTED, 1);
}

void funnel_refused(struct funnel *f, enum funnel_stage step, const struct findings *findings)
{
    add(f, FUNNEL_REFUSED_AT + (int)step, 1);
    for (size_t i = 0; i < findings->n; i++)
        if (findings->items[i].field < f->rules->fields_n)
            add(f,
                FUNNEL_ERROR_AT + (int)findings->items[i].field * FINDING_CODES +
                    (int)findings->items[i].code,
                1);
}

static void took(struct funnel *f, int stage, int64_t ms)
{
    if (ms < 0)
        return;
    int span = 0;
    while (span < FUNNEL_SPANS - 1 && ms >= span_minutes[span] * INT64_C(60000))
        span++;
    add(f, FUNNEL_TOOK_AT + stage * FUNNEL_SPANS + span, 1);
}

void funnel_job(struct funnel *f, const struct job *job)
{
    if (job->kind == JOB_DRAFT) {
        const struct job_draft *d = &job->draft;
        for (int step = 0; step < STEP_COUNT; step++)
            if (d->completed & FORM_STEP(step)) {
                add(f, FUNNEL_REACHED_AT + FUNNEL_COMPANY + step, 1);
                took(f, FUNNEL_COMPANY + step, d->took_ms);
            }
        if (d->completed && d->step == FORM_ALL)
            add(f, FUNNEL_REACHED_AT + FUNNEL_CHECK, 1);
    } else if (job->kind == JOB_SUBMIT && job->submit.has_draft && !job->submit.repeated) {
        add(f, FUNNEL_REACHED_AT + FUNNEL_SENT, 1);
        took(f, FUNNEL_CHECK, job->submit.took_ms);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

bool funnel_any(const struct funnel *f)
{
    return atomic_load_explicit(&f->any, memory_order_acquire);
}

struct row {
    struct str kind, step, field, code;
};

static struct row row_of(const struct form_rules *rules, int cell)
{
    struct row row = {.field = STR_EMPTY, .code = STR_EMPTY};
    if (cell >= FUNNEL_ERROR_AT) {
        int at = cell - FUNNEL_ERROR_AT;
        const struct field_info *info = &rules->fields[at / FINDING_CODES];
        row.kind = STR("error");
        row.step = funnel_stage_names[FUNNEL_COMPANY + (int)info->step];
        row.field = info->name;
        row.code = str_from(finding_code_name((enum finding_code)(at % FINDING_CODES)));
    } else if (cell >= FUNNEL_TOOK_AT) {
        int at = cell - FUNNEL_TOOK_AT;
        row.kind = STR("took");
        row.step = funnel_stage_names[at / FUNNEL_SPANS];
        row.code = funnel_span_names[at % FUNNEL_SPANS];
    } else if (cell >= FUNNEL_REFUSED_AT) {
        row.kind = STR("refused");
        row.step = funnel_stage_names[cell - FUNNEL_REFUSED_AT];
    } else {
        row.kind = STR("reached");
        row.step = funnel_stage_names[cell - FUNNEL_REACHED_AT];
    }
    return row;
}

int funnel_write(struct funnel *f, struct connection *c, int64_t now_ms)
{
    /* First the mark, then the cells: what is counted in between is written next time. */
    atomic_exchange(&f->any, false);
    int rc = SQLITE_DONE;
    for (int cell = 0; cell < FUNNEL_CELLS; cell++) {
        f->taken[cell] = atomic_load_explicit(&f->cells[cell], memory_order_relaxed);
        if (!f->taken[cell])
            continue;
        f->taken[cell] = atomic_exchange(&f->cells[cell], 0);
        if (rc != SQLITE_DONE)
            continue; /* taken all the same, so that funnel_settle has one rule */
        sqlite3_stmt *s = connection_query(c, SQL_FUNNEL_ADD);
        if (!s) {
            rc = SQLITE_ERROR;
            continue;
        }
        struct row row = row_of(f->rules, cell);
        sqlite3_bind_int64(s, P_FUNNEL_ADD_DAY, now_ms / FUNNEL_DAY_MS);
        bind_text(s, P_FUNNEL_ADD_KIND, row.kind);
        bind_text(s, P_FUNNEL_ADD_STEP, row.step);
        bind_text(s, P_FUNNEL_ADD_FIELD, row.field);
        bind_text(s, P_FUNNEL_ADD_CODE, row.code);
        sqlite3_bind_int64(s, P_FUNNEL_ADD_N, f->taken[cell]);
        rc = sqlite3_step(s);
        sqlite3_reset(s);
    }
    return rc;
}

void funnel_settle(struct funnel *f, bool committed)
{
    for (int cell = 0; cell < FUNNEL_CELLS; cell++) {
        if (!committed && f->taken[cell])
            add(f, cell, f->taken[cell]);
        f->taken[cell] = 0;
    }
}
