/* SPDX-License-Identifier: Apache-2.0 */
#include "web/insights.h"

#include "base/clock.h"
#include "core/search_date.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/ticket.h"

/* ---- which days ------------------------------------------------------------------------------ */

static int64_t floor_day(int64_t ms)
{
    return ms / INSIGHTS_DAY_MS;
}

/* The first or the last day of what was typed. */
static bool read_day(struct str typed, int64_t now_ms, bool last, int64_t *day)
{
    int64_t first_ms, behind_ms;
    if (!typed.len)
        return true;
    if (!search_date(typed, now_ms, &first_ms, &behind_ms) || first_ms < 0)
        return false;
    *day = last ? floor_day(behind_ms - 1) : floor_day(first_ms);
    return true;
}

static void use_usual(struct insights_range *r, int64_t today, unsigned days)
{
    r->last = today;
    r->first = today - (int64_t)days + 1;
}

void insights_range_read(struct str days, struct str from, struct str to, int64_t now_ms,
                         struct insights_range *out)
{
    int64_t today = floor_day(now_ms);
    uint64_t asked;
    *out = (struct insights_range){.from = from, .to = to, .last = today};
    if (!from.len && !to.len) {
        bool right = str_to_u64(days, &asked) && asked && asked <= INSIGHTS_DAYS_MOST;
        out->days = right ? (unsigned)asked : INSIGHTS_USUAL;
        use_usual(out, today, out->days);
        return;
    }
    if (!read_day(to, now_ms, true, &out->last))
        out->to_wrong = RANGE_NO_DATE;
    if (out->last > today)
        out->last = today;
    out->first = out->last - INSIGHTS_USUAL + 1;
    if (!read_day(from, now_ms, false, &out->first))
        out->from_wrong = RANGE_NO_DATE;
    else if (!out->to_wrong && out->first > out->last)
        out->from_wrong = RANGE_TURNED;
    else if (!out->to_wrong && out->last - out->first >= INSIGHTS_DAYS_MOST)
        out->from_wrong = RANGE_TOO_LONG;
    if (out->from_wrong || out->to_wrong)
        use_usual(out, today, INSIGHTS_USUAL);
}

/* ---- asking, at a desk ----------------------------------------------------------------------- */

static void find(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct insights_visit *v = job->context;
    struct arena *a = ticket_arena(t);
    int64_t first = v->range.first, last = v->range.last, days = last - first + 1;
    if (!reader) {
        job->result = err_set(&job->why, ERR_INTERNAL, "read the figures", "there is no reader");
        return;
    }
    job->result = reader_insights(reader, a, first, last, &v->found, &job->why);
    if (!job->result)
        job->result = reader_arrivals(reader, first - days, first - 1, &v->before, &job->why);
    if (!job->result)
        job->result = search_tallies(reader, a, &v->tallies, &job->why);
}

static void found(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result)
        respond_error(r, job->result, &job->why);
    else
        insights_write(r, job->context);
}

void handle_insights_page(struct request *r)
{
    struct ticket *t = ticket_new(r, JOB_CALL, found);
    struct arena *a = ticket_arena(t);
    struct insights_visit *v = arena_new(a, struct insights_visit);
    insights_range_read(request_parameter(r, STR("days")),
                        arena_str(a, str_trim(request_parameter(r, STR("from")))),
                        arena_str(a, str_trim(request_parameter(r, STR("to")))), clock_wall_ms(),
                        &v->range);
    ticket_job(t)->context = v;
    if (ticket_ask(t, DESK_READ, find) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}
