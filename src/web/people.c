/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "base/utf8.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/ticket.h"
#include "web/view_people.h"

#include "pages.h"

#include <inttypes.h>

static const struct str path = STR_INIT("/staff/users");

enum { LINK_MS = 72 * 3600 * 1000 };

/* ---- views ---------------------------------------------------------------------------------- */

static struct view_person_row row_of(struct request *r, const struct person *p)
{
    static const enum text states[PERSON_STATES] = {
        [PERSON_INVITED] = TEXT_PEOPLE_STATE_INVITED,
        [PERSON_ACTIVE] = TEXT_PEOPLE_STATE_ACTIVE,
        [PERSON_DISABLED] = TEXT_PEOPLE_STATE_DISABLED,
    };
    return (struct view_person_row){
        .id = p->id,
        .name = p->name,
        .login = p->login,
        .role = staff_role_name(r, p->role),
        .state = person_state_name(p->state),
        .state_label = say(r, states[p->state]),
        .seen = p->signed_in_ms ? say_day(r, p->signed_in_ms) : STR_EMPTY,
        .has_totp = p->has_totp,
        .has_password = p->has_password,
        .is_me = p->id == r->staff->person,
    };
}

/* What was typed, and what is wrong with it. */
struct typed {
    struct str name, name_error, login, login_error;
    enum role role;
};

static void show_all(struct request *r, const struct typed *typed, int status)
{
    struct why why = {0};
    struct people people;
    enum err e = reader_people(r->loop->reader, &r->arena, &people, &why);
    if (e) {
        respond_error(r, e, &why);
        return;
    }
    struct view_person_row *items = arena_new_array(&r->arena, struct view_person_row, people.n);
    for (size_t i = 0; i < people.n; i++)
        items[i] = row_of(r, &people.items[i]);
    struct view_people_page v = {
        .tabs = staff_settings_tabs(r, path),
        .rows = {items, people.n},
        .roles = staff_roles(r, typed->role),
        .name = typed->name,
        .name_error = typed->name_error,
        .login = typed->login,
        .login_error = typed->login_error,
    };
    staff_shell_fill(&v.staff, r, say(r, TEXT_STAFF_PEOPLE), SECTION_SETTINGS);
    v.staff.shell.has_errors = typed->name_error.len || typed->login_error.len;
    page_people(respond_html(r), &v);
    respond_page(r, status);
}

static struct view_session_rows sessions_of(struct request *r, const struct sessions *sessions)
{
    struct view_session_row *items =
        arena_new_array(&r->arena, struct view_session_row, sessions->n);
    for (size_t i = 0; i < sessions->n; i++) {
        const struct session *s = &sessions->items[i];
        items[i] = (struct view_session_row){s->client, s->method, say_time(r, s->created_ms),
                                             say_time(r, s->seen_ms)};
    }
    return (struct view_session_rows){items, sessions->n};
}

/* The person of the route's number; false: there is none, and the request has been answered. */
static bool person_of_route(struct request *r, struct person *out)
{
    struct why why = {0};
    uint64_t id = 0;
    enum err e = str_to_u64(r->param, &id) && id <= INT64_MAX
                     ? reader_person(r->loop->reader, &r->arena, (int64_t)id, out, NULL, &why)
                     : ERR_MISSING;
    if (e == ERR_MISSING)
        respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
    else if (e)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

static void show_one(struct request *r, const struct person *p, const struct typed *typed,
                     struct str notice, int status)
{
    struct why why = {0};
    struct sessions sessions;
    enum err e =
        reader_sessions(r->loop->reader, &r->arena, p->id, clock_wall_ms(), &sessions, &why);
    if (e) {
        respond_error(r, e, &why);
        return;
    }
    struct view_person_page v = {
        .tabs = staff_settings_tabs(r, path),
        .person = row_of(r, p),
        .name = typed->name,
        .name_error = typed->name_error,
        .invited_until =
            p->link_until_ms > clock_wall_ms() ? say_time(r, p->link_until_ms) : STR_EMPTY,
        .notice = notice,
        .roles = staff_roles(r, typed->role),
        .sessions = sessions_of(r, &sessions),
        .audit = arena_fmt(&r->arena, "/staff/audit?person=%" PRId64, p->id),
        .disabled = p->state == PERSON_DISABLED,
        .invited = p->state == PERSON_INVITED,
    };
    staff_shell_fill(&v.staff, r, p->name, SECTION_SETTINGS);
    v.staff.shell.has_errors = typed->name_error.len != 0;
    page_person(respond_html(r), &v);
    respond_page(r, status);
}

void handle_people_page(struct request *r)
{
    show_all(r, &(struct typed){.role = ROLE_AGENT}, 200);
}

void handle_person_page(struct request *r)
{
    struct person p;
    if (person_of_route(r, &p))
        show_one(r, &p, &(struct typed){.name = p.name, .role = p.role}, STR_EMPTY, 200);
}

/* ---- links: shown once ---------------------------------------------------------------------- */

struct link {
    struct str name, url, back;
    int64_t until_ms;
    struct session_hash hash;
};

static void make_link(struct request *r, struct link *out)
{
    unsigned char bytes[SESSION_TOKEN_SIZE];
    random_bytes(bytes, sizeof bytes);
    struct str token = text_base64url(&r->arena, str_of(bytes, sizeof bytes));
    *out = (struct link){
        .url = arena_fmt(&r->arena, "%.*s/auth/setup/%.*s", STR_ARG(r->web->public_url),
                         STR_ARG(token)),
        .until_ms = clock_wall_ms() + LINK_MS,
        .hash = session_hash(token),
    };
}

static void show_link(struct request *r, const struct link *link)
{
    struct view_invited v = {
        .tabs = staff_settings_tabs(r, path),
        .name = link->name,
        .link = link->url,
        .until = say_time(r, link->until_ms),
        .back = link->back,
    };
    staff_shell_fill(&v.staff, r, say(r, TEXT_STAFF_PEOPLE), SECTION_SETTINGS);
    page_invited(respond_html(r), &v);
    respond_page(r, 200);
}

/* ---- inviting ------------------------------------------------------------------------------- */

struct invitation_form {
    struct typed typed;
    struct link link;
};

static void invited(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct invitation_form *form = job->context;
    if (job->result == ERR_CONFLICT) {
        form->typed.login_error = say(r, TEXT_PEOPLE_LOGIN_TAKEN);
        show_all(r, &form->typed, 422);
    } else if (job->result) {
        respond_error(r, job->result, &job->why);
    } else {
        show_link(r, &form->link);
    }
}

static struct str name_of(struct request *r, struct typed *typed)
{
    typed->name = utf8_compose(&r->arena, str_trim(request_field(r, STR("name"))));
    if (!typed->name.len || utf8_length(typed->name) > PERSON_NAME_MOST ||
        utf8_has_control(typed->name, false))
        typed->name_error = say_count(r, TEXT_PEOPLE_NAME_WRONG, PERSON_NAME_MOST);
    return typed->name;
}

static bool login_is_right(struct str login)
{
    if (!login.len || utf8_length(login) > LOGIN_MOST || utf8_has_control(login, false))
        return false;
    return str_find(login, ' ', 0) == login.len;
}

void handle_person_invite(struct request *r)
{
    struct invitation_form *form = arena_new(&r->arena, struct invitation_form);
    struct typed *typed = &form->typed;
    name_of(r, typed);
    typed->login = utf8_compose(&r->arena, str_trim(request_field(r, STR("login"))));
    if (!role_find(request_field(r, STR("role")), &typed->role))
        typed->role = ROLE_VIEWER;
    if (!login_is_right(typed->login))
        typed->login_error = say_count(r, TEXT_PEOPLE_LOGIN_WRONG, LOGIN_MOST);
    if (typed->name_error.len || typed->login_error.len) {
        show_all(r, typed, 422);
        return;
    }
    make_link(r, &form->link);
    form->link.name = typed->name;
    form->link.back = path;
    struct ticket *t = ticket_new(r, JOB_WRITE, invited);
    const struct person_invite input = {
        .actor = r->staff->actor,
        .login = arena_str(ticket_arena(t), typed->login),
        .name = arena_str(ticket_arena(t), typed->name),
        .role = typed->role,
        .link = form->link.hash,
        .expires_ms = form->link.until_ms,
    };
    ticket_write(t, person_invite, &input, sizeof input, form);
}

/* ---- changing ------------------------------------------------------------------------------- */

/* The change is done: back to the person's page, or to the link it made. */
static void changed(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    const struct link *link = job->context;
    struct person p;
    if (job->result == ERR_CONFLICT) {
        if (person_of_route(r, &p))
            show_one(
                r, &p, &(struct typed){.name = p.name, .role = p.role},
                say(r, p.state == PERSON_DISABLED ? TEXT_PEOPLE_LINK_DISABLED : TEXT_PEOPLE_LAST),
                409);
    } else if (job->result == ERR_MISSING) {
        respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
    } else if (job->result) {
        respond_error(r, job->result, &job->why);
    } else if (link) {
        show_link(r, link);
    } else {
        respond_redirect(r, arena_fmt(&r->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(r->param)));
    }
}

void handle_person_change(struct request *r)
{
    struct person p;
    struct typed typed = {0};
    if (!person_of_route(r, &p))
        return;
    name_of(r, &typed);
    if (!role_find(request_field(r, STR("role")), &typed.role))
        typed.role = p.role;
    if (typed.name_error.len) {
        show_one(r, &p, &typed, STR_EMPTY, 422);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, changed);
    const struct person_change input = {
        .actor = r->staff->actor,
        .person = p.id,
        .name = arena_str(ticket_arena(t), typed.name),
        .email = arena_str(ticket_arena(t), p.email),
        .role = typed.role,
    };
    ticket_write(t, person_change, &input, sizeof input, NULL);
}

void handle_person_link(struct request *r)
{
    struct person p;
    if (!person_of_route(r, &p))
        return;
    struct link *link = arena_new(&r->arena, struct link);
    make_link(r, link);
    link->name = p.name;
    link->back = arena_fmt(&r->arena, "%.*s/%" PRId64, STR_ARG(path), p.id);
    const struct person_link input = {r->staff->actor, p.id, link->hash, link->until_ms};
    ticket_write(ticket_new(r, JOB_WRITE, changed), person_link, &input, sizeof input, link);
}

static void set_disabled(struct request *r, bool disabled)
{
    struct person p;
    if (!person_of_route(r, &p))
        return;
    const struct person_disable input = {r->staff->actor, p.id, disabled};
    ticket_write(ticket_new(r, JOB_WRITE, changed), person_disable, &input, sizeof input, NULL);
}

void handle_person_disable(struct request *r)
{
    set_disabled(r, true);
}

void handle_person_enable(struct request *r)
{
    set_disabled(r, false);
}

/* One's own session goes on: whoever wants out has a button for that. */
void handle_person_sign_out(struct request *r)
{
    struct person p;
    if (!person_of_route(r, &p))
        return;
    const struct session_end_all input = {
        .actor = r->staff->actor,
        .person = p.id,
        .has_kept = p.id == r->staff->person,
        .kept = r->staff->session,
    };
    ticket_write(ticket_new(r, JOB_WRITE, changed), session_end_all, &input, sizeof input, NULL);
}
