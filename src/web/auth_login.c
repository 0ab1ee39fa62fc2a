/* SPDX-License-Identifier: Apache-2.0 */
#include "web/auth_login.h"
#include "base/log.h"
#include "base/utf8.h"
#include "config/config.h"
#include "core/urlencoded.h"
#include "web/auth.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/sealed_cookie.h"
#include "web/shell.h"
#include "web/sign_in_oidc.h"
#include "web/staff.h"
#include "web/state.h"
#include "web/ticket.h"

#include "pages.h"

/*
 * The first step: login and password. Whether an account exists is told by nothing: not by the
 * sentence, not by the pauses, not by the time, for somebody who does not exist costs a hash too.
 */

/* In the request's arena: what a sign-in waits with while its password is judged and its session
 * begun. */
struct sign_in {
    struct str login, next;
    struct auth_attempt attempt;
    struct person person; /* id 0: there is none, or none that could sign in */
    struct str mark;      /* of the password it was (auth_login.h) */
    struct str token;
    struct view_issuer leave; /* signed out here, and not there */
};

static void show(struct request *r, const struct sign_in *s, struct str login_error,
                 struct str password_error, struct str notice, int status)
{
    struct auth_form form = {.fields_n = 0};
    const struct auth_line lines[] = {
        {.name = STR("login"),
         .label = say(r, TEXT_AUTH_LOGIN),
         .value = s->login,
         .error = login_error,
         .type = STR("text"),
         .autocomplete = STR("username")},
        {.name = STR("password"),
         .label = say(r, TEXT_AUTH_PASSWORD),
         .error = password_error,
         .type = STR("password"),
         .autocomplete = STR("current-password")},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        auth_form_line(r, &form, &lines[i]);
    struct view_sign_in v = {
        .notice = notice,
        .fields = auth_form_fields(&form),
        .errors = auth_form_errors(&form),
        .next = s->next,
        .issuers = sign_in_issuers(r, s->next),
        .local = r->web->config->auth_local,
        .leave = s->leave,
    };
    shell_fill(&v.shell, r, say(r, TEXT_AUTH_SIGN_IN));
    v.shell.plain = true;
    v.shell.has_errors = form.errors_n > 0;
    page_sign_in(respond_html(r), &v);
    respond_page(r, status);
}

void handle_sign_in_page(struct request *r)
{
    struct why why = {0};
    struct urlencoded u;
    struct str name, value, notice = STR_EMPTY;
    struct sign_in s = {.attempt = {.person = 0}};
    urlencoded_init(&u, r->query);
    while (urlencoded_next(&u, &r->arena, &name, &value)) {
        if (str_eq(name, STR("next")))
            s.next = staff_safe_next(value);
        if (str_eq(name, STR("out"))) {
            notice = say(r, TEXT_AUTH_SIGNED_OUT);
            s.leave = sign_in_leave(r, value);
        }
        if (str_eq(name, STR("late")))
            notice = say(r, TEXT_AUTH_CODE_LATE);
    }
    if (staff_find(r, &why) == ERR_NONE && r->staff) {
        respond_redirect(r, s.next.len ? s.next : STR("/staff"));
        return;
    }
    show(r, &s, STR_EMPTY, STR_EMPTY, notice, 200);
}

/* ---- after the password --------------------------------------------------------------------- */

static void begun(struct request *r, struct job *job, struct ticket *ticket)
{
    struct sign_in *s = job->context;
    (void)ticket;
    if (job->result == ERR_REFUSED) { /* disabled a moment ago */
        show(r, s, say(r, TEXT_AUTH_WRONG), STR_EMPTY, STR_EMPTY, 422);
        return;
    }
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    auth_set_session(r, s->person.id, s->token);
    if (auth_needs_app(r, s->person.role))
        respond_redirect(r, auth_app_url(r, s->next));
    else
        respond_redirect(r, s->next.len ? s->next : STR("/staff"));
}

static void begin(struct request *r, struct sign_in *s)
{
    struct ticket *t = ticket_new(r, JOB_WRITE, begun);
    struct session_begin *b = arena_new(ticket_arena(t), struct session_begin);
    auth_fill_begin(r, t, s->person.id, false, b, &s->token);
    ticket_job(t)->write = (struct job_write){session_begin, b};
    ticket_job(t)->context = s;
    enum err e = ticket_put(t);
    if (e)
        respond_error(r, e, NULL);
}

static void go_on(struct request *r, struct sign_in *s)
{
    if (!s->person.has_totp) {
        begin(r, s);
        return;
    }
    auth_login_keep(r, s->person.id, s->mark, s->next);
    respond_redirect(r, STR("/auth/code"));
}

/* The code that comes next goes with the password as it is kept now. */
static void renewed(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    struct sign_in *s = job->context;
    const struct password_renew *renewal = job->write.input;
    if (job->result == ERR_NONE)
        s->mark = auth_login_mark(r, renewal->password);
    go_on(r, s);
}

/* The password is kept as it would be hashed today, if there is room for that. */
static void renew(struct request *r, struct sign_in *s, const struct auth_check *check)
{
    struct ticket *t = ticket_new(r, JOB_WRITE, renewed);
    struct password_renew *renewal = arena_new(ticket_arena(t), struct password_renew);
    *renewal = (struct password_renew){
        .person = s->person.id,
        .before = arena_str(ticket_arena(t), check->stored),
        .password = arena_str(ticket_arena(t), str_from(check->hash)),
    };
    ticket_job(t)->write = (struct job_write){password_renew, renewal};
    ticket_job(t)->context = s;
    if (ticket_put(t) != ERR_NONE)
        go_on(r, s);
}

static void judged(struct request *r, struct job *job, struct ticket *ticket)
{
    const struct auth_check *check = job->context;
    struct sign_in *s = check->caller;
    (void)ticket;
    if (job->result == ERR_REFUSED || (job->result == ERR_NONE && !s->person.id)) {
        auth_attempt_failed(r, &s->attempt);
        show(r, s, say(r, TEXT_AUTH_WRONG), STR_EMPTY, STR_EMPTY, 422);
        return;
    }
    if (job->result) {
        attempts_give_back(r->web->attempts, s->attempt.key);
        respond_error(r, job->result, &job->why);
        return;
    }
    attempts_passed(r->web->attempts, s->attempt.key);
    if (check->hash[0])
        renew(r, s, check);
    else
        go_on(r, s);
}

static void judge(struct request *r, struct sign_in *s, struct str password,
                  const struct person_secrets *secrets)
{
    struct ticket *t = ticket_new(r, JOB_CALL, judged);
    auth_check_new(t, password, s->person.id ? secrets->password : STR_EMPTY)->caller = s;
    enum err e = ticket_ask(t, DESK_HASH, auth_judge);
    if (e) {
        attempts_give_back(r->web->attempts, s->attempt.key);
        show(r, s, STR_EMPTY, STR_EMPTY, say(r, TEXT_AUTH_BUSY), 503);
    }
}

void handle_sign_in(struct request *r)
{
    struct sign_in *s = arena_new(&r->arena, struct sign_in);
    struct auth_value values[] = {
        {.name = STR("login")}, {.name = STR("password")}, {.name = STR("next")}};
    struct person_secrets secrets = {.totp_step = 0};
    struct str notice;
    struct why why = {0};
    if (!r->web->config->auth_local) {
        respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
        return;
    }
    if (!auth_read_form(r, values, sizeof values / sizeof *values))
        return;
    s->login = utf8_compose(&r->arena, str_trim(values[0].value));
    s->next = staff_safe_next(values[2].value);
    if (utf8_length(s->login) > LOGIN_MOST) { /* nobody's, and too long to be shown again */
        s->login = STR_EMPTY;
        show(r, s, say(r, TEXT_AUTH_LOGIN_BAD), STR_EMPTY, STR_EMPTY, 422);
        return;
    }
    if (!s->login.len || !values[1].value.len) {
        show(r, s, s->login.len ? STR_EMPTY : say(r, TEXT_AUTH_ENTER_LOGIN),
             values[1].value.len ? STR_EMPTY : say(r, TEXT_AUTH_ENTER_PASSWORD), STR_EMPTY, 422);
        return;
    }
    enum err e =
        reader_person_called(r->loop->reader, &r->arena, s->login, &s->person, &secrets, &why);
    if (e && e != ERR_MISSING) {
        respond_error(r, e, &why);
        return;
    }
    int64_t found = s->person.id;
    if (e || s->person.state != PERSON_ACTIVE || !secrets.password.len)
        s->person = (struct person){.id = 0};
    if (!auth_attempt(r, GUESS_PASSWORD, s->login, found, &s->attempt, &notice)) {
        show(r, s, STR_EMPTY, STR_EMPTY, notice, 429);
        return;
    }
    s->mark = s->person.id ? auth_login_mark(r, secrets.password) : STR_EMPTY;
    judge(r, s, values[1].value, &secrets);
}
