/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records.h"

#include "core/access.h"
#include "core/field.h"
#include "store/reader_inner.h"
#include "store/write_inner.h"

#include <inttypes.h>
#include <stdio.h>

static const char op[] = "change the record";

static const struct str event_kinds[EVENT_KINDS] = {
    [EVENT_NOTE] = STR_INIT("note"),
    [EVENT_STATUS] = STR_INIT("status"),
    [EVENT_OWNER] = STR_INIT("owner"),
};

struct str event_kind_name(enum event_kind kind)
{
    return event_kinds[kind];
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct record record_of(sqlite3_stmt *s, struct arena *a, const struct client_id *id)
{
    struct record r = {
        .row = sqlite3_column_int64(s, C_RECORD_FIND_ID),
        .submission =
            {
                .client_id = *id,
                .created_ms = sqlite3_column_int64(s, C_RECORD_FIND_CREATED_MS),
                .status = arena_str(a, column_text(s, C_RECORD_FIND_STATUS)),
                .duplicate_of = arena_str(a, column_text(s, C_RECORD_FIND_DUPLICATE_OF)),
                .extra = arena_str(a, column_text(s, C_RECORD_FIND_EXTRA)),
            },
        .owner = sqlite3_column_int64(s, C_RECORD_FIND_OWNER),
        .revision = (uint64_t)sqlite3_column_int64(s, C_RECORD_FIND_REVISION),
        .changed_ms = sqlite3_column_int64(s, C_RECORD_FIND_CHANGED_MS),
        .contacted_ms = sqlite3_column_int64(s, C_RECORD_FIND_CONTACTED_MS),
        .source = arena_str(a, column_text(s, C_RECORD_FIND_SOURCE)),
        .locale = arena_str(a, column_text(s, C_RECORD_FIND_LOCALE)),
        .consent_version = arena_str(a, column_text(s, C_RECORD_FIND_CONSENT_VERSION)),
        .audit = (uint64_t)sqlite3_column_int64(s, C_RECORD_FIND_AUDIT),
    };
    /* sqlcheck has seen to it that the fields follow each other. */
    for (int f = 0; f < (int)FIELD_COUNT; f++)
        r.submission.form.value[f] = arena_str(a, column_text(s, C_RECORD_FIND_COMPANY_NAME + f));
    if (!status_find(r.submission.status, &r.status))
        r.status = STATUS_LOST; /* of a later version: nothing is open any more */
    return r;
}

enum err reader_record(struct reader *reader, struct arena *a, const struct client_id *id,
                       struct record *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_RECORD_FIND, &s, why);
    if (e)
        return e;
    bind_text(s, P_RECORD_FIND_CLIENT_ID, client_id_str(id));
    e = reader_row(reader, s, why);
    if (!e)
        *out = record_of(s, a, id);
    sqlite3_reset(s);
    return e;
}

enum err reader_record_row(struct reader *reader, struct arena *a, int64_t row, struct record *out,
                           struct why *why)
{
    /* The same columns, and the Client ID behind them. */
    _Static_assert(C_RECORD_FIND_ID == C_RECORD_BY_ROW_ID &&
                       C_RECORD_FIND_CONSENT == C_RECORD_BY_ROW_CONSENT,
                   "one order");
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_RECORD_BY_ROW, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_RECORD_BY_ROW_ID, row);
    e = reader_row(reader, s, why);
    if (!e) {
        struct client_id id = {0};
        struct str text = column_text(s, C_RECORD_BY_ROW_CLIENT_ID);
        memcpy(id.text, text.ptr, text.len < CLIENT_ID_LEN ? text.len : CLIENT_ID_LEN);
        *out = record_of(s, a, &id);
    }
    sqlite3_reset(s);
    return e;
}

static bool event_of(sqlite3_stmt *s, struct arena *a, struct event *out)
{
    struct str kind = column_text(s, C_EVENT_PAGE_KIND);
    *out = (struct event){
        .id = sqlite3_column_int64(s, C_EVENT_PAGE_ID),
        .at_ms = sqlite3_column_int64(s, C_EVENT_PAGE_AT_MS),
        .author = arena_str(a, column_text(s, C_EVENT_PAGE_AUTHOR)),
        .was = arena_str(a, column_text(s, C_EVENT_PAGE_WAS)),
        .becomes = arena_str(a, column_text(s, C_EVENT_PAGE_BECOMES)),
        .text = arena_str(a, column_text(s, C_EVENT_PAGE_TEXT)),
    };
    for (enum event_kind k = 0; k < EVENT_KINDS; k++)
        if (str_eq(event_kinds[k], kind)) {
            out->kind = k;
            return true;
        }
    return false;
}

enum err reader_events(struct reader *reader, struct arena *a, int64_t row, int64_t below,
                       struct events *out, struct why *why)
{
    struct event *items = arena_new_array(a, struct event, EVENTS_MOST);
    *out = (struct events){items, 0, false};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_EVENT_PAGE, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_EVENT_PAGE_SUBMISSION, row);
    sqlite3_bind_int64(s, P_EVENT_PAGE_BELOW, below ? below : INT64_MAX);
    sqlite3_bind_int(s, P_EVENT_PAGE_N, EVENTS_MOST + 1);
    while ((e = reader_row(reader, s, why)) == ERR_NONE) {
        if (out->n == EVENTS_MOST) {
            out->more = true;
            break;
        }
        out->n += event_of(s, a, &items[out->n]);
    }
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

/* ---- changing ------------------------------------------------------------------------------- */

struct state {
    int64_t row;
    enum status status;
    int64_t owner;
    uint64_t revision;
};

static enum err state_of(struct write *w, const struct client_id *id, struct state *out,
                         struct why *why)
{
    *out = (struct state){0};
    sqlite3_stmt *s = write_query(w, SQL_RECORD_STATE);
    if (s)
        bind_text(s, P_RECORD_STATE_CLIENT_ID, client_id_str(id));
    bool there = write_row(w, s);
    if (there) {
        *out = (struct state){
            .row = sqlite3_column_int64(s, C_RECORD_STATE_ID),
            .owner = sqlite3_column_int64(s, C_RECORD_STATE_OWNER),
            .revision = (uint64_t)sqlite3_column_int64(s, C_RECORD_STATE_REVISION),
        };
        if (!status_find(column_text(s, C_RECORD_STATE_STATUS), &out->status))
            out->status = STATUS_LOST;
    }
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return ERR_IO;
    return there ? ERR_NONE : err_set(why, ERR_MISSING, op, "there is no such record");
}

/* The state of a record that nobody has changed since it was seen. */
static enum err seen_state(struct write *w, const struct client_id *id, uint64_t revision,
                           struct state *out, struct why *why)
{
    enum err e = state_of(w, id, out, why);
    if (!e && out->revision != revision)
        e = err_set(why, ERR_CONFLICT, op, "somebody else changed it meanwhile");
    return e;
}

static enum err add_event(struct write *w, int64_t row, const struct actor *author,
                          enum event_kind kind, struct str was, struct str becomes, struct str text,
                          struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_EVENT_INSERT);
    if (s) {
        sqlite3_bind_int64(s, P_EVENT_INSERT_SUBMISSION, row);
        sqlite3_bind_int64(s, P_EVENT_INSERT_NOW_MS, w->now_ms);
        bind_text(s, P_EVENT_INSERT_AUTHOR, actor_str(author));
        bind_text(s, P_EVENT_INSERT_KIND, event_kinds[kind]);
        bind_text(s, P_EVENT_INSERT_WAS, was);
        bind_text(s, P_EVENT_INSERT_BECOMES, becomes);
        bind_text(s, P_EVENT_INSERT_TEXT, text);
    }
    return write_run(w, s, op, NULL, why);
}

static enum err audit_change(struct write *w, const struct actor *actor, const char *action,
                             const struct client_id *id, struct str was, struct str becomes,
                             struct why *why)
{
    char detail[128];
    int n = snprintf(detail, sizeof detail, "{\"was\":\"%.*s\",\"becomes\":\"%.*s\"}", STR_ARG(was),
                     STR_ARG(becomes));
    return write_audit(w, actor_str(actor), str_from(action), client_id_str(id),
                       str_of(detail, (size_t)n), why);
}

enum err record_status(struct write *w, void *input, struct why *why)
{
    const struct record_status *c = input;
    struct state state;
    enum err e = seen_state(w, &c->id, c->revision, &state, why);
    if (!e && !status_may_become(state.status, c->becomes))
        e = err_set(why, ERR_INPUT, op, "%.*s may not follow %.*s",
                    STR_ARG(status_name(c->becomes)), STR_ARG(status_name(state.status)));
    if (e)
        return e;
    struct str was = status_name(state.status), becomes = status_name(c->becomes);
    sqlite3_stmt *s = write_query(w, SQL_RECORD_SET_STATUS);
    if (s) {
        bind_text(s, P_RECORD_SET_STATUS_STATUS, becomes);
        sqlite3_bind_int64(s, P_RECORD_SET_STATUS_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_RECORD_SET_STATUS_ID, state.row);
    }
    e = write_run(w, s, op, NULL, why);
    if (!e)
        e = add_event(w, state.row, &c->actor, EVENT_STATUS, was, becomes, STR_EMPTY, why);
    return e ? e : audit_change(w, &c->actor, "record.status", &c->id, was, becomes, why);
}

/* Somebody who is there and works records. */
static enum err person_may_own(struct write *w, int64_t person, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_PERSON_ACTIVE);
    if (s)
        sqlite3_bind_int64(s, P_PERSON_ACTIVE_ID, person);
    enum role role = ROLE_VIEWER;
    bool may = write_row(w, s) && role_find(column_text(s, C_PERSON_ACTIVE_ROLE), &role) &&
               access_may(role, ACTION_work_records);
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return ERR_IO;
    return may ? ERR_NONE
               : err_set(why, ERR_INPUT, op, "there is nobody of that number who works records");
}

/* A number as text; nobody is "". */
static struct str person_text(char out[24], int64_t person)
{
    return person ? str_of(out, (size_t)snprintf(out, 24, "%" PRId64, person)) : STR_EMPTY;
}

enum err record_assign(struct write *w, void *input, struct why *why)
{
    const struct record_assign *c = input;
    struct state state;
    char numbers[2][24];
    enum err e = seen_state(w, &c->id, c->revision, &state, why);
    if (!e && state.owner == c->owner)
        return ERR_NONE;
    if (!e && c->owner)
        e = person_may_own(w, c->owner, why);
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_RECORD_SET_OWNER);
    if (s) {
        sqlite3_bind_int64(s, P_RECORD_SET_OWNER_OWNER, c->owner);
        sqlite3_bind_int64(s, P_RECORD_SET_OWNER_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_RECORD_SET_OWNER_ID, state.row);
    }
    struct str was = person_text(numbers[0], state.owner);
    struct str becomes = person_text(numbers[1], c->owner);
    e = write_run(w, s, op, NULL, why);
    if (!e)
        e = add_event(w, state.row, &c->actor, EVENT_OWNER, was, becomes, STR_EMPTY, why);
    return e ? e : audit_change(w, &c->actor, "record.owner", &c->id, was, becomes, why);
}

enum err record_change(struct write *w, void *input, struct why *why)
{
    const struct record_change *c = input;
    struct record_status status = {c->actor, c->id, c->revision, c->status};
    struct record_assign assign = {c->actor, c->id, c->revision + c->has_status, c->owner};
    struct record_read read = {c->actor, c->id};
    enum err e = c->has_status ? record_status(w, &status, why) : ERR_NONE;
    if (!e && c->has_owner)
        e = record_assign(w, &assign, why);
    return e ? e : record_read(w, &read, why);
}

enum err record_note(struct write *w, void *input, struct why *why)
{
    const struct record_note *c = input;
    struct state state;
    enum err e = state_of(w, &c->id, &state, why);
    if (!e)
        e = add_event(w, state.row, &c->actor, EVENT_NOTE, STR_EMPTY, STR_EMPTY, c->text, why);
    return e ? e
             : write_audit(w, actor_str(&c->actor), STR("record.note"), client_id_str(&c->id),
                           STR_EMPTY, why);
}

enum err record_read(struct write *w, void *input, struct why *why)
{
    const struct record_read *c = input;
    return write_audit(w, actor_str(&c->actor), STR("record.read"), client_id_str(&c->id),
                       STR_EMPTY, why);
}

enum err records_read(struct write *w, void *input, struct why *why)
{
    const struct records_read *c = input;
    char detail[48];
    int n = snprintf(detail, sizeof detail, "{\"records\":%" PRIu64 "}", c->n);
    return write_audit(w, actor_str(&c->actor), c->how, STR_EMPTY, str_of(detail, (size_t)n), why);
}
