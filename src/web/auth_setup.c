/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/utf8.h"
#include "config/config.h"
#include "web/auth.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/setup_link.h"
#include "web/shell.h"
#include "web/state.h"
#include "web/ticket.h"

#include "pages.h"

/*
 * A link that lets somebody set a password, once: the first administrator's, an invitation, a
 * reset. Following it changes nothing; pressing the button uses it up.
 */

struct setup {
    enum invitation_kind kind;
    bool is_signed;       /* the first administrator's, no row (setup_link.h) */
    struct person person; /* id 0: the first administrator, who names himself */
    struct str login, name, token;
    struct session_hash link;
};

static const struct {
    enum text title, lead;
} sayings[INVITATION_KINDS] = {
    [INVITATION_FIRST] = {TEXT_AUTH_FIRST_TITLE, TEXT_AUTH_FIRST_LEAD},
    [INVITATION_INVITE] = {TEXT_AUTH_INVITED_TITLE, TEXT_AUTH_INVITED_LEAD},
    [INVITATION_RESET] = {TEXT_AUTH_RESET_TITLE, TEXT_AUTH_RESET_LEAD},
};

struct errors {
    struct str name, login, password, notice;
};

static void show(struct request *r, const struct setup *s, const struct errors *errors, int status)
{
    struct auth_form form = {.fields_n = 0};
    const struct auth_line lines[] = {
        {.name = STR("name"),
         .label = say(r, TEXT_AUTH_NAME),
         .hint = say(r, TEXT_AUTH_NAME_HINT),
         .value = s->name,
         .error = errors->name,
         .type = STR("text"),
         .autocomplete = STR("name")},
        {.name = STR("login"),
         .label = say(r, TEXT_AUTH_LOGIN),
         .hint = say(r, TEXT_AUTH_LOGIN_HINT),
         .value = s->login,
         .error = errors->login,
         .type = STR("text"),
         .autocomplete = STR("username")},
        {.name = STR("password"),
         .label = say(r, TEXT_AUTH_PASSWORD),
         .hint = say(r, TEXT_AUTH_PASSWORD_HINT),
         .error = errors->password,
         .type = STR("password"),
         .autocomplete = STR("new-password")},
    };
    for (size_t i = s->person.id ? 2 : 0; i < sizeof lines / sizeof *lines; i++)
        auth_form_line(r, &form, &lines[i]);
    struct view_setup v = {
        .notice = errors->notice,
        .lead = say_with(r, sayings[s->kind].lead, "brand", r->web->config->brand_name),
        .action = r->path,
        .login = s->person.login,
        .fields = auth_form_fields(&form),
        .errors = auth_form_errors(&form),
    };
    shell_fill(&v.shell, r, say(r, sayings[s->kind].title));
    v.shell.plain = true;
    v.shell.has_errors = form.errors_n > 0;
    page_setup(respond_html(r), &v);
    respond_page(r, status);
}

static void gone(struct request *r)
{
    respond_problem(r, 404, say(r, TEXT_AUTH_GONE), say(r, TEXT_AUTH_GONE_TEXT));
}

static enum err look(struct request *r, struct setup *s, struct why *why)
{
    int64_t now_ms = clock_wall_ms();
    struct reader *reader = r->loop->reader;
    if (setup_link_is(&r->arena, r->web->staff_key, r->param, now_ms)) {
        bool there = true;
        enum err e = reader_has_administrator(reader, &there, why);
        *s = (struct setup){.kind = INVITATION_FIRST, .is_signed = true};
        return e ? e : there ? ERR_MISSING : ERR_NONE;
    }
    struct invitation link = {.kind = INVITATION_FIRST};
    s->link = session_hash(r->param);
    enum err e = reader_invitation(reader, &s->link, &link, why);
    if (!e && link.expires_ms <= now_ms)
        e = ERR_MISSING;
    if (!e && link.person)
        e = reader_person(reader, &r->arena, link.person, &s->person, NULL, why);
    if (!e && s->person.state == PERSON_DISABLED)
        e = ERR_MISSING;
    s->kind = link.kind;
    return e;
}

/* False when the request has been answered. */
static bool find(struct request *r, struct setup *s)
{
    struct why why = {0};
    enum err e = r->web->config->auth_local ? look(r, s, &why) : ERR_MISSING;
    respond_header(r, STR("x-robots-tag"), STR("noindex, nofollow"));
    if (e == ERR_MISSING)
        gone(r);
    else if (e)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

void handle_setup_page(struct request *r)
{
    struct setup s = {.kind = INVITATION_FIRST};
    if (find(r, &s))
        show(r, &s, &(struct errors){.name = STR_EMPTY}, 200);
}

/* ---- using it up ------------------------------------------------------------------------------
 */

static void used(struct request *r, struct job *job, struct ticket *ticket)
{
    struct setup *s = job->context;
    const struct invitation_use *use = job->write.input;
    (void)ticket;
    if (job->result == ERR_CONFLICT) {
        show(r, s, &(struct errors){.login = say(r, TEXT_AUTH_LOGIN_TAKEN)}, 422);
        return;
    }
    if (job->result == ERR_MISSING) {
        gone(r);
        return;
    }
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    auth_set_session(r, use->begin.person, s->token);
    respond_redirect(r, auth_app_url(r, STR("/staff")));
}

static void hashed(struct request *r, struct job *job, struct ticket *ticket)
{
    const struct auth_check *check = job->context;
    struct setup *s = check->caller;
    (void)ticket;
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, used);
    struct arena *a = ticket_arena(t);
    struct invitation_use *use = arena_new(a, struct invitation_use);
    *use = (struct invitation_use){
        .signed_first = s->is_signed,
        .link = s->link,
        .login = arena_str(a, s->login),
        .name = arena_str(a, s->name),
        .password = arena_str(a, str_from(check->hash)),
    };
    auth_fill_begin(r, t, 0, false, &use->begin, &s->token);
    ticket_job(t)->write = (struct job_write){invitation_use, use};
    ticket_job(t)->context = s;
    enum err e = ticket_put(t);
    if (e)
        respond_error(r, e, NULL);
}

static bool is_login(struct str login)
{
    if (utf8_length(login) > LOGIN_MOST || utf8_has_control(login, false))
        return false;
    for (size_t i = 0; i < login.len; i++)
        if (login.ptr[i] == ' ')
            return false;
    return true;
}

static bool is_good(struct request *r, const struct setup *s, struct str password,
                    struct errors *errors)
{
    *errors = (struct errors){.name = STR_EMPTY};
    if (!s->person.id && !s->name.len)
        errors->name = say(r, TEXT_AUTH_ENTER_NAME);
    else if (!s->person.id &&
             (utf8_length(s->name) > PERSON_NAME_MOST || utf8_has_control(s->name, false)))
        errors->name = say(r, TEXT_AUTH_NAME_LONG);
    if (!s->person.id && !s->login.len)
        errors->login = say(r, TEXT_AUTH_ENTER_LOGIN);
    else if (!s->person.id && !is_login(s->login))
        errors->login = say(r, TEXT_AUTH_LOGIN_BAD);
    /* A name that is too long is none: nothing is compared with it. */
    errors->password = auth_password_problem(r, password, errors->login.len ? STR_EMPTY : s->login,
                                             errors->name.len ? STR_EMPTY : s->name);
    return !errors->name.len && !errors->login.len && !errors->password.len;
}

void handle_setup(struct request *r)
{
    struct setup *s = arena_new(&r->arena, struct setup);
    struct errors errors;
    struct auth_value values[] = {
        {.name = STR("name")}, {.name = STR("login")}, {.name = STR("password")}};
    if (!auth_read_form(r, values, sizeof values / sizeof *values) || !find(r, s))
        return;
    s->name = utf8_compose(&r->arena, str_trim(values[0].value));
    s->login = utf8_compose(&r->arena, str_trim(values[1].value));
    if (s->person.id) {
        s->name = s->person.name;
        s->login = s->person.login;
    }
    if (!is_good(r, s, values[2].value, &errors)) {
        show(r, s, &errors, 422);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_CALL, hashed);
    struct auth_check *check = auth_check_new(t, values[2].value, STR_EMPTY);
    check->make = true;
    check->caller = s;
    enum err e = ticket_ask(t, DESK_HASH, auth_judge);
    if (e)
        show(r, s, &(struct errors){.notice = say(r, TEXT_AUTH_BUSY)}, 503);
}
