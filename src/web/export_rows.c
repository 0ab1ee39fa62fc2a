/* SPDX-License-Identifier: Apache-2.0 */
#include "web/export_rows.h"

#include "base/clock.h"
#include "core/csv.h"
#include "core/form_extra.h"
#include "web/api.h"

const struct str export_format_names[EXPORT_FORMATS] = {STR_INIT("csv"), STR_INIT("json")};

const struct str export_format_types[EXPORT_FORMATS] = {
    STR_INIT("text/csv; charset=utf-8; header=present"),
    STR_INIT("application/json"),
};

static const char *const csv_names[] = {
    "client_id",     "created_utc",  "status", "owner",  "changed_utc",
    "contacted_utc", "duplicate_of", "source", "locale", "consent_version",
};

static struct str login_of(const struct people *people, int64_t id)
{
    for (size_t i = 0; id && i < people->n; i++)
        if (people->items[i].id == id)
            return people->items[i].login;
    return STR_EMPTY;
}

/* ---- CSV ------------------------------------------------------------------------------------ */

static void csv_moment(struct csv *csv, int64_t ms)
{
    char at[CLOCK_RFC3339_SIZE] = "";
    if (ms) {
        clock_rfc3339(ms, at);
        at[10] = ' ';
        at[19] = '\0';
    }
    csv_cell(csv, str_from(at));
}

static void csv_answer(struct csv *csv, struct arena *a, const struct field_info *info,
                       struct str value)
{
    struct str one, all = STR_EMPTY;
    if (info->kind != FIELD_CHOICES) {
        csv_cell(csv, value);
        return;
    }
    while (value.len && str_cut(&value, '\n', &one))
        all = arena_fmt(a, "%.*s%s%.*s", STR_ARG(all), all.len ? "; " : "", STR_ARG(one));
    csv_cell(csv, all);
}

static void csv_record(const struct export_rows *rows, struct arena *a, const struct record *record)
{
    const struct submission_row *s = &record->submission;
    struct form form = s->form;
    struct csv csv;
    form_extra_load(a, rows->rules, s->extra, &form);
    csv_init(&csv, rows->out);
    csv_cell(&csv, client_id_str(&s->client_id));
    csv_moment(&csv, s->created_ms);
    csv_cell(&csv, s->status);
    csv_cell(&csv, login_of(rows->people, record->owner));
    csv_moment(&csv, record->changed_ms);
    csv_moment(&csv, record->contacted_ms);
    csv_cell(&csv, s->duplicate_of);
    csv_cell(&csv, record->source);
    csv_cell(&csv, record->locale);
    csv_cell(&csv, record->consent_version);
    for (size_t f = 0; f < rows->rules->fields_n; f++)
        csv_answer(&csv, a, &rows->rules->fields[f], form.value[f]);
    csv_end(&csv);
}

static void csv_head(const struct export_rows *rows)
{
    struct csv csv;
    if (rows->marked)
        buf_str(rows->out, STR("\xEF\xBB\xBF"));
    csv_init(&csv, rows->out);
    for (size_t i = 0; i < sizeof csv_names / sizeof *csv_names; i++)
        csv_cell(&csv, str_from(csv_names[i]));
    for (size_t f = 0; f < rows->rules->fields_n; f++)
        csv_cell(&csv, rows->rules->fields[f].name);
    csv_end(&csv);
}

/* ---- both ----------------------------------------------------------------------------------- */

void export_rows_begin(const struct export_rows *rows)
{
    if (rows->format == EXPORT_CSV)
        csv_head(rows);
    else
        buf_str(rows->out, STR("[\n"));
}

void export_rows_add(const struct export_rows *rows, const struct record *record, int64_t safe_ms,
                     bool first)
{
    struct arena a = ARENA_INIT;
    struct json j;
    if (rows->format == EXPORT_CSV) {
        csv_record(rows, &a, record);
    } else {
        if (!first)
            buf_str(rows->out, STR(",\n"));
        json_init(&j, rows->out);
        json_object(&j, NULL);
        api_put_record(&a, &j, record, safe_ms);
        json_end(&j);
    }
    arena_release(&a);
}

void export_rows_end(const struct export_rows *rows)
{
    if (rows->format == EXPORT_JSON)
        buf_str(rows->out, STR("\n]\n"));
}
