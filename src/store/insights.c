/* SPDX-License-Identifier: Apache-2.0 */
#include "store/insights.h"

#include "base/must.h"
#include "store/reader_inner.h"

enum { BATCH = 500 }; /* rows looked at in one go: some milliseconds */

const struct str contact_span_names[CONTACT_SPANS] = {
    STR_INIT("1h"), STR_INIT("4h"), STR_INIT("1d"),
    STR_INIT("3d"), STR_INIT("7d"), STR_INIT("longer"),
};

/* ---- counting ------------------------------------------------------------------------------- */

static int add(struct connection *c, const char *kind, int64_t day, struct str value, int64_t n)
{
    sqlite3_stmt *s = connection_query(c, SQL_ARRIVAL_ADD);
    if (!s)
        return SQLITE_ERROR;
    bind_text(s, P_ARRIVAL_ADD_KIND, str_from(kind));
    sqlite3_bind_int64(s, P_ARRIVAL_ADD_DAY, day);
    bind_text(s, P_ARRIVAL_ADD_VALUE, value);
    sqlite3_bind_int64(s, P_ARRIVAL_ADD_N, n);
    int rc = sqlite3_step(s);
    sqlite3_reset(s);
    return rc;
}

/* Submissions of one day that are alike in everything that is counted. */
static int add_alike(struct connection *c, sqlite3_stmt *s)
{
    int64_t day = sqlite3_column_int64(s, C_ARRIVAL_BATCH_DAY);
    int64_t n = sqlite3_column_int64(s, C_ARRIVAL_BATCH_N);
    struct str contact = column_text(s, C_ARRIVAL_BATCH_CONTACT), service;
    struct str services = column_text(s, C_ARRIVAL_BATCH_SERVICE_TYPE);
    int rc = add(c, "all", day, STR_EMPTY, n);
    if (rc == SQLITE_DONE)
        rc = add(c, "industry", day, column_text(s, C_ARRIVAL_BATCH_INDUSTRY), n);
    while (rc == SQLITE_DONE && services.len && str_cut(&services, '\n', &service))
        rc = add(c, "service", day, service, n);
    if (rc == SQLITE_DONE && contact.len)
        rc = add(c, "contact", day, contact, n);
    return rc;
}

int insights_count(struct connection *c, int64_t *counted, int64_t upto)
{
    if (*counted >= upto)
        return SQLITE_DONE;
    if (upto > *counted + BATCH)
        upto = *counted + BATCH;
    sqlite3_stmt *s = connection_query(c, SQL_ARRIVAL_BATCH);
    if (!s)
        return SQLITE_ERROR;
    sqlite3_bind_int64(s, P_ARRIVAL_BATCH_AFTER, *counted);
    sqlite3_bind_int64(s, P_ARRIVAL_BATCH_UPTO, upto);
    int rc, added = SQLITE_DONE;
    while (added == SQLITE_DONE && (rc = sqlite3_step(s)) == SQLITE_ROW)
        added = add_alike(c, s);
    sqlite3_reset(s);
    *counted = upto;
    return added == SQLITE_DONE ? rc : added;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Which name of the list it is; n when it is none of them. */
static size_t number_of(const struct str *names, size_t n, struct str name)
{
    size_t i = 0;
    while (i < n && !str_eq(names[i], name))
        i++;
    return i;
}

static enum err read_days(struct reader *reader, int64_t first, int64_t last, uint64_t *days,
                          uint64_t *all, struct why *why)
{
    sqlite3_stmt *s;
    *all = 0;
    enum err e = reader_query(reader, SQL_ARRIVAL_DAYS, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_ARRIVAL_DAYS_FIRST, first);
    sqlite3_bind_int64(s, P_ARRIVAL_DAYS_LAST, last);
    while ((e = reader_row(reader, s, why)) == ERR_NONE) {
        uint64_t n = (uint64_t)sqlite3_column_int64(s, C_ARRIVAL_DAYS_N);
        if (days)
            days[sqlite3_column_int64(s, C_ARRIVAL_DAYS_DAY) - first] = n;
        *all += n;
    }
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err reader_arrivals(struct reader *reader, int64_t first, int64_t last, uint64_t *out,
                         struct why *why)
{
    return read_days(reader, first, last, NULL, out, why);
}

static void add_tally(struct arena *a, struct tally *items, size_t *n, sqlite3_stmt *s)
{
    if (*n < INSIGHTS_VALUES_MOST)
        items[(*n)++] = (struct tally){
            .value = arena_str(a, column_text(s, C_ARRIVAL_SUMS_VALUE)),
            .n = (uint64_t)sqlite3_column_int64(s, C_ARRIVAL_SUMS_N),
        };
}

static enum err read_sums(struct reader *reader, struct arena *a, int64_t first, int64_t last,
                          struct insights *out, struct why *why)
{
    sqlite3_stmt *s;
    enum err e = reader_query(reader, SQL_ARRIVAL_SUMS, &s, why);
    if (e)
        return e;
    struct tally *industries = arena_new_array(a, struct tally, INSIGHTS_VALUES_MOST);
    struct tally *services = arena_new_array(a, struct tally, INSIGHTS_VALUES_MOST);
    sqlite3_bind_int64(s, P_ARRIVAL_SUMS_FIRST, first);
    sqlite3_bind_int64(s, P_ARRIVAL_SUMS_LAST, last);
    while ((e = reader_row(reader, s, why)) == ERR_NONE) {
        struct str kind = column_text(s, C_ARRIVAL_SUMS_KIND);
        size_t span =
            number_of(contact_span_names, CONTACT_SPANS, column_text(s, C_ARRIVAL_SUMS_VALUE));
        if (str_eq(kind, STR("industry")))
            add_tally(a, industries, &out->industries.n, s);
        else if (str_eq(kind, STR("service")))
            add_tally(a, services, &out->services.n, s);
        else if (span < CONTACT_SPANS)
            out->contacts[span] = (uint64_t)sqlite3_column_int64(s, C_ARRIVAL_SUMS_N);
    }
    sqlite3_reset(s);
    out->industries.items = industries;
    out->services.items = services;
    return e == ERR_MISSING ? ERR_NONE : e;
}

static void add_funnel(struct arena *a, struct reason *reasons, sqlite3_stmt *s,
                       struct insights *out)
{
    struct str kind = column_text(s, C_FUNNEL_SUMS_KIND);
    uint64_t n = (uint64_t)sqlite3_column_int64(s, C_FUNNEL_SUMS_N);
    size_t stage = number_of(funnel_stage_names, FUNNEL_STAGES, column_text(s, C_FUNNEL_SUMS_STEP));
    struct str code = column_text(s, C_FUNNEL_SUMS_CODE);
    size_t span = number_of(funnel_span_names, FUNNEL_SPANS, code);
    if (stage == FUNNEL_STAGES)
        return;
    if (str_eq(kind, STR("reached")))
        out->reached[stage] = n;
    else if (str_eq(kind, STR("stopped")))
        out->stopped[stage] = n;
    else if (str_eq(kind, STR("refused")))
        out->refused[stage] = n;
    else if (str_eq(kind, STR("took")) && span < FUNNEL_SPANS)
        out->took[stage][span] = n;
    else if (str_eq(kind, STR("error")) && out->reasons_n < INSIGHTS_VALUES_MOST)
        reasons[out->reasons_n++] = (struct reason){
            .field = arena_str(a, column_text(s, C_FUNNEL_SUMS_FIELD)),
            .code = arena_str(a, code),
            .n = n,
        };
}

static enum err read_funnel(struct reader *reader, struct arena *a, int64_t first, int64_t last,
                            struct insights *out, struct why *why)
{
    sqlite3_stmt *s;
    enum err e = reader_query(reader, SQL_FUNNEL_SUMS, &s, why);
    if (e)
        return e;
    struct reason *reasons = arena_new_array(a, struct reason, INSIGHTS_VALUES_MOST);
    sqlite3_bind_int64(s, P_FUNNEL_SUMS_FIRST, first);
    sqlite3_bind_int64(s, P_FUNNEL_SUMS_LAST, last);
    while ((e = reader_row(reader, s, why)) == ERR_NONE)
        add_funnel(a, reasons, s, out);
    sqlite3_reset(s);
    out->reasons = reasons;
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err reader_insights(struct reader *reader, struct arena *a, int64_t first, int64_t last,
                         struct insights *out, struct why *why)
{
    must(first <= last && last - first < INSIGHTS_DAYS_MOST);
    *out = (struct insights){.days_n = (size_t)(last - first + 1)};
    uint64_t *days = arena_new_array(a, uint64_t, out->days_n);
    enum err e = read_days(reader, first, last, days, &out->all, why);
    out->days = days;
    if (!e)
        e = read_sums(reader, a, first, last, out, why);
    return e ? e : read_funnel(reader, a, first, last, out, why);
}
