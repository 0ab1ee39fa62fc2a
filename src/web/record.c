/* SPDX-License-Identifier: Apache-2.0 */
#include "web/record.h"

#include "base/clock.h"
#include "config/config.h"
#include "core/form_extra.h"
#include "store/people.h"
#include "web/loop.h"
#include "web/note.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/ticket.h"
#include "web/view_record.h"

#include "pages.h"

#include <inttypes.h>

/* What a page is made of. */
struct visit {
    struct client_id id;
    struct record_again again;
    struct record record;
    struct events events;
    struct people people;
    int64_t safe_ms;
};

struct str record_status_label(const struct request *r, enum status status)
{
    static const enum text texts[STATUS_COUNT] = {
        [STATUS_NEW] = TEXT_RECORD_STATUS_NEW,
        [STATUS_CONTACTED] = TEXT_RECORD_STATUS_CONTACTED,
        [STATUS_PROPOSAL] = TEXT_RECORD_STATUS_PROPOSAL,
        [STATUS_WON] = TEXT_RECORD_STATUS_WON,
        [STATUS_LOST] = TEXT_RECORD_STATUS_LOST,
        [STATUS_SPAM] = TEXT_RECORD_STATUS_SPAM,
    };
    return say(r, texts[status]);
}

static struct str status_label_of(const struct request *r, struct str name)
{
    enum status status;
    return status_find(name, &status) ? record_status_label(r, status) : name;
}

/* ---- names ---------------------------------------------------------------------------------- */

static struct str person_name(const struct request *r, const struct people *people, int64_t id)
{
    for (size_t i = 0; i < people->n; i++)
        if (people->items[i].id == id)
            return people->items[i].name;
    return id ? say(r, TEXT_RECORD_SOMEBODY) : say(r, TEXT_RECORD_NOBODY);
}

static int64_t number_of(struct str text)
{
    uint64_t n;
    return str_to_u64(text, &n) && n <= INT64_MAX ? (int64_t)n : 0;
}

static struct str author_name(struct request *r, const struct people *people, struct str author)
{
    static const struct str person = STR_INIT("person/"), token = STR_INIT("token/");
    if (str_starts(author, person))
        return person_name(r, people, number_of(str_slice(author, person.len, author.len)));
    if (str_starts(author, token))
        return say_with(r, TEXT_RECORD_BY_TOKEN, "number",
                        str_slice(author, token.len, author.len));
    return say(r, TEXT_RECORD_BY_COMMAND);
}

static struct str iso(struct request *r, int64_t at_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    return arena_str(&r->arena, clock_rfc3339(at_ms, text));
}

/* ---- what happened -------------------------------------------------------------------------- */

static struct str sentence_of(struct request *r, const struct people *people, const struct event *e)
{
    if (e->kind == EVENT_NOTE)
        return say(r, TEXT_RECORD_DID_NOTE);
    if (e->kind == EVENT_STATUS)
        return say_with(r, TEXT_RECORD_DID_STATUS, "status", status_label_of(r, e->becomes));
    return e->becomes.len ? say_with(r, TEXT_RECORD_DID_OWNER, "person",
                                     person_name(r, people, number_of(e->becomes)))
                          : say(r, TEXT_RECORD_DID_RELEASE);
}

static struct view_happenings happenings_of(struct request *r, const struct visit *v)
{
    struct view_happening *items =
        arena_new_array(&r->arena, struct view_happening, v->events.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < v->events.n; i++) {
        const struct event *e = &v->events.items[i];
        items[n++] = (struct view_happening){
            .author = author_name(r, &v->people, e->author),
            .at = say_time(r, e->at_ms),
            .at_iso = iso(r, e->at_ms),
            .sentence = sentence_of(r, &v->people, e),
            .note =
                e->kind == EVENT_NOTE ? note_html(&r->arena, e->text) : (struct markup){STR_EMPTY},
            .is_new = v->again.seen && e->id > v->again.seen,
        };
    }
    const struct submission_row *s = &v->record.submission;
    if (!v->events.more)
        items[n++] = (struct view_happening){
            .author = s->form.value[FIELD_CONTACT_NAME],
            .at = say_time(r, s->created_ms),
            .at_iso = iso(r, s->created_ms),
            .sentence = say(r, TEXT_RECORD_DID_SEND),
        };
    return (struct view_happenings){items, n};
}

/* "Robin Agent set the status to Won, and 2 more things happened." */
static struct str what_is_new(struct request *r, const struct visit *v)
{
    uint64_t n = 0;
    struct str last = STR_EMPTY;
    for (size_t i = v->events.n; i-- > 0;)
        if (v->again.seen >= 0 && v->events.items[i].id > v->again.seen) {
            const struct event *e = &v->events.items[i];
            last = arena_fmt(&r->arena, "%.*s %.*s", STR_ARG(author_name(r, &v->people, e->author)),
                             STR_ARG(sentence_of(r, &v->people, e)));
            n++;
        }
    return n > 1 ? arena_fmt(&r->arena, "%.*s %.*s", STR_ARG(last),
                             STR_ARG(say_count(r, TEXT_RECORD_AND_MORE, n - 1)))
                 : last;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* What is not part of a number is left out of its link (RFC 3966 allows it, telephones less). */
static struct str dialled(struct request *r, struct str phone)
{
    char *out = arena_alloc(&r->arena, phone.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < phone.len; i++)
        if (phone.ptr[i] == '+' || (phone.ptr[i] >= '0' && phone.ptr[i] <= '9'))
            out[n++] = phone.ptr[i];
    return str_of(out, n);
}

static struct str link_of(struct request *r, const struct field_info *info, struct str value)
{
    if (!value.len)
        return STR_EMPTY;
    return info->kind == FIELD_EMAIL ? arena_fmt(&r->arena, "mailto:%.*s", STR_ARG(value))
           : info->kind == FIELD_PHONE
               ? arena_fmt(&r->arena, "tel:%.*s", STR_ARG(dialled(r, value)))
               : STR_EMPTY;
}

/* The fixed fields of a step, or the operator's own of all steps. */
static struct view_facts facts_of(struct request *r, const struct form *form, bool extra,
                                  enum step step)
{
    const struct form_rules *rules = say_rules(r);
    struct view_fact *items = arena_new_array(&r->arena, struct view_fact, rules->fields_n);
    size_t n = 0;
    for (size_t i = 0; i < rules->fields_n; i++) {
        size_t f = rules->order[i];
        const struct field_info *info = &rules->fields[f];
        bool own = f >= FIELD_COUNT;
        if (own != extra || (!own && info->step != step) || f == FIELD_INDUSTRY_OTHER ||
            f == FIELD_CONSENT_GIVEN)
            continue;
        struct str value = form_display(&r->arena, rules, form, f);
        items[n++] = (struct view_fact){
            .label = info->label,
            .value = value,
            .link = link_of(r, info, value),
            .given = value.len != 0,
        };
    }
    return (struct view_facts){items, n};
}

/* ---- what can be done ----------------------------------------------------------------------- */

static struct view_options becomes_of(struct request *r, enum status status)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, STATUS_COUNT);
    size_t n = 0;
    for (enum status s = 0; s < STATUS_COUNT; s++)
        if (status_may_become(status, s))
            items[n++] = (struct view_option){status_name(s), record_status_label(r, s), false};
    return (struct view_options){items, n};
}

static struct view_options owners_of(struct request *r, const struct visit *v)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, v->people.n);
    size_t n = 0;
    for (size_t i = 0; i < v->people.n; i++) {
        const struct person *p = &v->people.items[i];
        bool selected = p->id == v->record.owner;
        if (selected || (p->state == PERSON_ACTIVE && access_may(p->role, ACTION_work_records)))
            items[n++] =
                (struct view_option){arena_fmt(&r->arena, "%" PRId64, p->id), p->name, selected};
    }
    return (struct view_options){items, n};
}

static void write_page(struct request *r, struct visit *v)
{
    const struct record *rec = &v->record;
    const struct submission_row *s = &rec->submission;
    const struct form *form = &s->form;
    struct str id = client_id_str(&rec->submission.client_id);
    struct form whole = *form;
    form_extra_load(&r->arena, say_rules(r), s->extra, &whole);
    struct view_record view = {
        .client_id = id,
        .company = form->value[FIELD_COMPANY_NAME],
        .status = status_name(rec->status),
        .status_label = record_status_label(r, rec->status),
        .owner = rec->owner ? person_name(r, &v->people, rec->owner) : STR_EMPTY,
        .sent_at = say_time(r, s->created_ms),
        .sent_at_iso = iso(r, s->created_ms),
        .source = say(r, str_eq(rec->source, STR("api")) ? TEXT_RECORD_SOURCE_API
                                                         : TEXT_RECORD_SOURCE_FORM),
        .language = rec->locale,
        .consent = rec->consent_version,
        .has_replica = r->web->config->replica_url.len != 0,
        .safe = v->safe_ms ? say_with(r, TEXT_RECORD_SAFE_SINCE, "time", say_time(r, v->safe_ms))
                           : STR_EMPTY,
        .duplicate = s->duplicate_of,
        .company_facts = facts_of(r, &whole, false, STEP_COMPANY),
        .engagement_facts = facts_of(r, &whole, false, STEP_ENGAGEMENT),
        .extra_facts = facts_of(r, &whole, true, STEP_COMPANY),
        .happenings = happenings_of(r, v),
        .becomes = becomes_of(r, rec->status),
        .owners = owners_of(r, v),
        .revision = rec->revision,
        .seen = v->events.n ? v->events.items[0].id : 0,
        .notice = v->again.notice,
        .note = v->again.note,
        .note_error = v->again.note_error,
        .audit = staff_may(r, ACTION_read_audit)
                     ? arena_fmt(&r->arena, "/staff/audit?record=%.*s", STR_ARG(id))
                     : STR_EMPTY,
        .may_work = staff_may(r, ACTION_work_records),
        .may_take = rec->owner == 0 && r->staff->person,
        .me = r->staff->person,
    };
    if (v->events.more)
        view.older = arena_fmt(&r->arena, "/staff/records/%.*s?before=%" PRId64, STR_ARG(id),
                               v->events.items[v->events.n - 1].id);
    if (v->again.status == 409)
        view.notice = say_with(r, TEXT_RECORD_COLLISION, "what", what_is_new(r, v));
    staff_shell_fill(&view.staff, r, view.company, SECTION_QUEUE);
    view.staff.shell.has_errors = v->again.note_error.len != 0;
    page_record(respond_html(r), &view);
    respond_page(r, v->again.status);
}

/* ---- showing -------------------------------------------------------------------------------- */

static enum err load(struct request *r, struct visit *v, struct why *why)
{
    struct reader *reader = r->loop->reader;
    enum err e = reader_record(reader, &r->arena, &v->id, &v->record, why);
    if (!e)
        e = reader_events(reader, &r->arena, v->record.row,
                          number_of(request_query(r, STR("before"))), &v->events, why);
    if (!e)
        e = reader_people(reader, &r->arena, &v->people, why);
    if (!e)
        e = reader_safe_since(reader, v->record.row, &v->safe_ms, why);
    return e;
}

static void not_here(struct request *r)
{
    respond_problem(r, 404, say(r, TEXT_RECORD_MISSING), say(r, TEXT_RECORD_MISSING_TEXT));
}

/* The reading stands in the audit. */
static void noted(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct why why = job->why;
    struct visit *v = job->context;
    enum err e = job->result;
    if (!e)
        e = load(r, v, &why);
    if (e == ERR_MISSING)
        not_here(r);
    else if (e)
        respond_error(r, e, &why);
    else
        write_page(r, v);
}

void record_show(struct request *r, const struct client_id *id, const struct record_again *again)
{
    struct record there;
    struct why why = {0};
    enum err e = reader_record(r->loop->reader, &r->arena, id, &there, &why);
    if (e == ERR_MISSING) {
        not_here(r);
        return;
    }
    if (e) {
        respond_error(r, e, &why);
        return;
    }
    struct visit *v = arena_new(&r->arena, struct visit);
    *v = (struct visit){.id = *id, .again = *again};
    const struct record_read read = {r->staff->actor, *id};
    ticket_write(ticket_new(r, JOB_WRITE, noted), record_read, &read, sizeof read, v);
}

bool record_of_route(struct request *r, struct client_id *out)
{
    if (client_id_parse(r->param, out) == CLIENT_ID_RIGHT)
        return true;
    not_here(r);
    return false;
}

void handle_record_page(struct request *r)
{
    struct client_id id;
    if (!record_of_route(r, &id))
        return;
    /* One address a record: other spellings lead to it. */
    if (!str_eq(client_id_str(&id), r->param)) {
        respond_redirect(r,
                         arena_fmt(&r->arena, "/staff/records/%.*s", STR_ARG(client_id_str(&id))));
        return;
    }
    record_show(r, &id, &(struct record_again){.status = 200});
}
