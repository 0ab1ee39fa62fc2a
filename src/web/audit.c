/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_log.h"

#include "base/clock.h"
#include "core/audit_detail.h"
#include "core/search_date.h"
#include "core/urlencoded.h"
#include "store/people.h"
#include "store/tokens.h"
#include "web/audit_watch.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/ticket.h"
#include "web/view_audit.h"

#include "pages.h"

#include <inttypes.h>

enum { ROWS = 50 };

/* What is said of an event: one row each; what is not here shows its code. */
static const struct {
    struct str code;
    enum text text;
} actions[] = {
    {STR_INIT("submission.created"), TEXT_AUDIT_SUBMISSION_CREATED},
    {STR_INIT("submission.erased"), TEXT_AUDIT_SUBMISSION_ERASED},
    {STR_INIT("record.read"), TEXT_AUDIT_RECORD_READ},
    {STR_INIT("record.status"), TEXT_AUDIT_RECORD_STATUS},
    {STR_INIT("record.owner"), TEXT_AUDIT_RECORD_OWNER},
    {STR_INIT("record.note"), TEXT_AUDIT_RECORD_NOTE},
    {STR_INIT("records.listed"), TEXT_AUDIT_RECORDS_LISTED},
    {STR_INIT("records.exported"), TEXT_AUDIT_RECORDS_EXPORTED},
    {STR_INIT("records.export_ended"), TEXT_AUDIT_RECORDS_EXPORT_ENDED},
    {STR_INIT("view.kept"), TEXT_AUDIT_VIEW_KEPT},
    {STR_INIT("view.dropped"), TEXT_AUDIT_VIEW_DROPPED},
    {STR_INIT("session.began"), TEXT_AUDIT_SESSION_BEGAN},
    {STR_INIT("session.ended"), TEXT_AUDIT_SESSION_ENDED},
    {STR_INIT("session.paused"), TEXT_AUDIT_SESSION_PAUSED},
    {STR_INIT("person.came"), TEXT_AUDIT_PERSON_CAME},
    {STR_INIT("person.first"), TEXT_AUDIT_PERSON_FIRST},
    {STR_INIT("person.first_link_made"), TEXT_AUDIT_PERSON_FIRST_LINK_MADE},
    {STR_INIT("person.invited"), TEXT_AUDIT_PERSON_INVITED},
    {STR_INIT("person.link_made"), TEXT_AUDIT_PERSON_LINK_MADE},
    {STR_INIT("person.link_used"), TEXT_AUDIT_PERSON_LINK_USED},
    {STR_INIT("person.changed"), TEXT_AUDIT_PERSON_CHANGED},
    {STR_INIT("person.disabled"), TEXT_AUDIT_PERSON_DISABLED},
    {STR_INIT("person.enabled"), TEXT_AUDIT_PERSON_ENABLED},
    {STR_INIT("person.password_changed"), TEXT_AUDIT_PERSON_PASSWORD_CHANGED},
    {STR_INIT("person.totp_set"), TEXT_AUDIT_PERSON_TOTP_SET},
    {STR_INIT("person.recovery_renewed"), TEXT_AUDIT_PERSON_RECOVERY_RENEWED},
    {STR_INIT("person.recovery_used"), TEXT_AUDIT_PERSON_RECOVERY_USED},
    {STR_INIT("token.made"), TEXT_AUDIT_TOKEN_MADE},
    {STR_INIT("token.revoked"), TEXT_AUDIT_TOKEN_REVOKED},
};

/* One visit: what was asked, and what was found on the desk. */
struct visit {
    struct audit_filter filter;
    struct str person, record, from, to; /* as typed */
    bool record_wrong, from_wrong, to_wrong;
    uint64_t below, above;
    struct arena *arena; /* the ticket's */
    struct audit_events events;
    struct audit_actions actions;
    struct people people;
    struct tokens tokens;
};

/* ---- asking --------------------------------------------------------------------------------- */

static uint64_t number_of(struct str text)
{
    uint64_t n;
    return str_to_u64(text, &n) && n <= INT64_MAX ? n : 0;
}

/* What the select sends: a person's number, or another actor's own name. */
static struct str actor_of(struct arena *a, struct str person)
{
    uint64_t id = number_of(person);
    return id ? arena_fmt(a, "person/%" PRIu64, id) : person;
}

static void read_time(struct str typed, bool to, int64_t *out, bool *wrong)
{
    int64_t first, behind;
    *out = 0;
    *wrong = typed.len && !search_date(typed, clock_wall_ms(), &first, &behind);
    if (typed.len && !*wrong)
        *out = to ? behind : first;
}

static void read_query(struct request *r, struct arena *a, struct visit *v)
{
    struct client_id id;
    v->person = arena_str(a, str_trim(request_parameter(r, STR("person"))));
    v->record = arena_str(a, str_trim(request_parameter(r, STR("record"))));
    v->from = arena_str(a, str_trim(request_parameter(r, STR("from"))));
    v->to = arena_str(a, str_trim(request_parameter(r, STR("to"))));
    v->below = number_of(request_parameter(r, STR("below")));
    v->above = number_of(request_parameter(r, STR("above")));
    v->filter.actor = actor_of(a, v->person);
    v->filter.action = arena_str(a, str_trim(request_parameter(r, STR("action"))));
    if (v->record.len && client_id_parse(v->record, &id) == CLIENT_ID_RIGHT)
        v->filter.subject = arena_str(a, client_id_str(&id));
    v->record_wrong = v->record.len && !v->filter.subject.len;
    read_time(v->from, false, &v->filter.from_ms, &v->from_wrong);
    read_time(v->to, true, &v->filter.to_ms, &v->to_wrong);
}

/* On a thread of the desk. */
static void find(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct visit *v = job->context;
    struct arena *a = ticket_arena(t);
    enum err e = reader ? ERR_NONE : ERR_IO;
    if (!e && !v->record_wrong && !v->from_wrong && !v->to_wrong)
        e = reader_audit_events(reader, a, &v->filter, v->below, v->above, ROWS, &v->events,
                                &job->why);
    if (!e)
        e = reader_audit_actions(reader, a, &v->actions, &job->why);
    if (!e)
        e = reader_people(reader, a, &v->people, &job->why);
    if (!e)
        e = reader_tokens(reader, a, clock_wall_ms(), &v->tokens, &job->why);
    job->result = e;
}

/* ---- words ---------------------------------------------------------------------------------- */

static struct str action_words(const struct request *r, struct str code)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (str_eq(actions[i].code, code))
            return say(r, actions[i].text);
    return code;
}

/* "Robin" of person/7, "Accounting" of token/3, and what the others are called. */
static struct str actor_words(const struct request *r, const struct visit *v, struct str actor)
{
    static const struct {
        struct str actor;
        enum text text;
    } others[] = {
        {STR_INIT("visitor"), TEXT_AUDIT_BY_VISITOR},
        {STR_INIT("api"), TEXT_AUDIT_BY_API},
        {STR_INIT("system"), TEXT_AUDIT_BY_SYSTEM},
        {STR_INIT("command"), TEXT_AUDIT_BY_COMMAND},
    };
    static const struct str person = STR_INIT("person/"), token = STR_INIT("token/");
    if (str_starts(actor, person)) {
        uint64_t id = number_of(str_slice(actor, person.len, actor.len));
        for (size_t i = 0; i < v->people.n; i++)
            if ((uint64_t)v->people.items[i].id == id)
                return v->people.items[i].name;
    }
    if (str_starts(actor, token)) {
        uint64_t id = number_of(str_slice(actor, token.len, actor.len));
        for (size_t i = 0; i < v->tokens.n; i++)
            if ((uint64_t)v->tokens.items[i].id == id)
                return v->tokens.items[i].name;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq(others[i].actor, actor))
            return say(r, others[i].text);
    return actor;
}

static struct str subject_href(struct request *r, struct str subject)
{
    struct client_id id;
    static const struct str person = STR_INIT("person/");
    if (client_id_parse(subject, &id) == CLIENT_ID_RIGHT)
        return staff_may(r, ACTION_read_records)
                   ? arena_fmt(&r->arena, "/staff/records/%.*s", STR_ARG(subject))
                   : STR_EMPTY;
    if (str_starts(subject, person) && staff_may(r, ACTION_manage_people))
        return arena_fmt(&r->arena, "/staff/users/%.*s",
                         STR_ARG(str_slice(subject, person.len, subject.len)));
    return STR_EMPTY;
}

static struct view_audit_rows rows_of(struct request *r, const struct visit *v)
{
    struct view_audit_row *items = arena_new_array(&r->arena, struct view_audit_row, v->events.n);
    for (size_t i = 0; i < v->events.n; i++) {
        const struct audit_event *e = &v->events.items[i];
        char iso[CLOCK_RFC3339_SIZE];
        clock_rfc3339(e->at_ms, iso);
        items[i] = (struct view_audit_row){
            .seq = e->seq,
            .at = arena_fmt(&r->arena, "%.10s %.8s", iso, iso + 11),
            .at_iso = arena_str(&r->arena, str_from(iso)),
            .actor = actor_words(r, v, e->actor),
            .action = action_words(r, e->action),
            .code = e->action,
            .subject = actor_words(r, v, e->subject),
            .href = subject_href(r, e->subject),
            .detail = audit_detail_text(&r->arena, e->detail),
        };
    }
    return (struct view_audit_rows){items, v->events.n};
}

/* ---- the page ------------------------------------------------------------------------------- */

static struct view_options people_options(struct request *r, const struct visit *v)
{
    static const struct str others[] = {STR_INIT("visitor"), STR_INIT("api"), STR_INIT("system"),
                                        STR_INIT("command")};
    enum { OTHERS = sizeof others / sizeof *others };
    struct view_option *items =
        arena_new_array(&r->arena, struct view_option, v->people.n + v->tokens.n + OTHERS);
    size_t n = 0;
    for (size_t i = 0; i < v->people.n; i++) {
        struct str value = arena_fmt(&r->arena, "%" PRId64, v->people.items[i].id);
        items[n++] = (struct view_option){value, v->people.items[i].name, str_eq(value, v->person)};
    }
    for (size_t i = 0; i < v->tokens.n; i++) {
        struct str value = arena_fmt(&r->arena, "token/%" PRId64, v->tokens.items[i].id);
        items[n++] = (struct view_option){value, v->tokens.items[i].name, str_eq(value, v->person)};
    }
    for (size_t i = 0; i < OTHERS; i++)
        items[n++] = (struct view_option){others[i], actor_words(r, v, others[i]),
                                          str_eq(others[i], v->person)};
    return (struct view_options){items, n};
}

static struct view_options action_options(struct request *r, const struct visit *v)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, v->actions.n + 1);
    size_t n = 0;
    static const struct str created = STR_INIT("submission.created");
    items[n++] =
        (struct view_option){created, action_words(r, created), str_eq(created, v->filter.action)};
    for (size_t i = 0; i < v->actions.n; i++)
        if (!str_eq(v->actions.items[i], created))
            items[n++] =
                (struct view_option){v->actions.items[i], action_words(r, v->actions.items[i]),
                                     str_eq(v->actions.items[i], v->filter.action)};
    return (struct view_options){items, n};
}

/* This page's filters with another place in them. Names and dates need no escaping beyond the
 * template's: they were read back, so they are what was typed. */
static struct str page_url(struct request *r, const struct visit *v, const char *side, uint64_t seq)
{
    struct buf url;
    buf_init(&url, 4096);
    buf_str(&url, STR("/staff/audit?"));
    const struct {
        const char *name;
        struct str value;
    } kept[] = {{"person", v->person},
                {"action", v->filter.action},
                {"record", v->filter.subject},
                {"from", v->from},
                {"to", v->to}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i].value.len) {
            buf_fmt(&url, "%s=", kept[i].name);
            urlencoded_escape(&url, kept[i].value);
            buf_byte(&url, '&');
        }
    buf_fmt(&url, "%s=%" PRIu64, side, seq);
    struct str out = buf_ok(&url) ? arena_str(&r->arena, buf_view(&url)) : STR("/staff/audit");
    buf_release(&url);
    return out;
}

static struct str chain_words(struct request *r, const struct audit_found *found)
{
    if (found->broken)
        return say_count(r, TEXT_AUDIT_CHAIN_BROKEN, found->broken);
    if (!found->at_ms)
        return say(r, TEXT_AUDIT_CHAIN_BEGUN);
    return arena_fmt(&r->arena, "%.*s %.*s",
                     STR_ARG(say_count(r, TEXT_AUDIT_CHAIN_WHOLE, found->events)),
                     STR_ARG(say_with(r, TEXT_AUDIT_CHAIN_AT, "time", say_time(r, found->at_ms))));
}

static void show(struct request *r, const struct visit *v, bool late)
{
    struct audit_found found = audit_watch_look(r);
    const struct audit_events *events = &v->events;
    struct view_audit view = {
        .chain = chain_words(r, &found),
        .broken = found.broken != 0,
        .people = people_options(r, v),
        .actions = action_options(r, v),
        .record = v->record,
        .from = v->from,
        .to = v->to,
        .record_error = v->record_wrong ? say(r, TEXT_AUDIT_RECORD_WRONG) : STR_EMPTY,
        .from_error = v->from_wrong ? say(r, TEXT_AUDIT_DATE_WRONG) : STR_EMPTY,
        .to_error = v->to_wrong ? say(r, TEXT_AUDIT_DATE_WRONG) : STR_EMPTY,
        .filtered =
            v->person.len || v->filter.action.len || v->record.len || v->from.len || v->to.len,
        .rows = rows_of(r, v),
        .notice = late ? say(r, TEXT_AUDIT_TOO_LONG) : STR_EMPTY,
    };
    if (events->n && events->newer)
        view.newer = page_url(r, v, "above", events->items[0].seq);
    if (events->n && events->older)
        view.older = page_url(r, v, "below", events->items[events->n - 1].seq);
    bool wrong = v->record_wrong || v->from_wrong || v->to_wrong;
    staff_shell_fill(&view.staff, r, say(r, TEXT_STAFF_AUDIT), SECTION_AUDIT);
    view.staff.shell.has_errors = wrong;
    page_audit(respond_html(r), &view);
    respond_page(r, wrong ? 422 : 200);
}

static void found(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result == ERR_NONE || job->result == ERR_BUSY)
        show(r, job->context, job->result == ERR_BUSY);
    else
        respond_error(r, job->result, &job->why);
}

void handle_audit_page(struct request *r)
{
    struct ticket *t = ticket_new(r, JOB_WRITE, found);
    struct visit *v = arena_new(ticket_arena(t), struct visit);
    read_query(r, ticket_arena(t), v);
    ticket_job(t)->context = v;
    if (ticket_ask(t, DESK_READ, find) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}
