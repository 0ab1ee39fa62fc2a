/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "web/auth.h"
#include "web/auth_login.h"
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
 * The second step: a code of the app, or a recovery code; and signing out.
 *
 * Attempts at codes are counted by account and not by address: who gets here has shown the password
 * already, so nobody else can use up the owner's attempts, and many addresses do not help to guess
 * six digits.
 */

static const struct str cookie = STR_INIT("__Host-sign-in");

enum { KEPT_S = 600, MARK_SIZE = 8 };

/* ---- between the steps ------------------------------------------------------------------------
 */

struct str auth_login_mark(struct request *r, struct str password_hash)
{
    struct session_hash hash = session_hash(password_hash);
    return text_hex(&r->arena, str_of(hash.bytes, MARK_SIZE));
}

void auth_login_keep(struct request *r, int64_t person, struct str mark, struct str next)
{
    sealed_cookie_set(
        r, cookie,
        arena_fmt(&r->arena, "%lld %.*s %.*s", (long long)person, STR_ARG(mark), STR_ARG(next)),
        KEPT_S);
}

bool auth_login_kept(struct request *r, int64_t *person, struct str *mark, struct str *next)
{
    struct str rest, id;
    uint64_t number;
    if (!sealed_cookie_get(r, cookie, &rest) || !str_cut(&rest, ' ', &id) ||
        !str_to_u64(id, &number) || !str_cut(&rest, ' ', mark))
        return false;
    *person = (int64_t)number;
    *next = staff_safe_next(rest);
    return true;
}

void auth_login_done(struct request *r)
{
    sealed_cookie_clear(r, cookie);
}

/* ---- the code ---------------------------------------------------------------------------------
 */

struct second {
    struct person person;
    struct person_secrets secrets;
    struct auth_attempt attempt;
    struct str next, token;
};

static void show(struct request *r, struct str error, struct str notice, int status)
{
    struct auth_form form = {.fields_n = 0};
    auth_form_line(r, &form,
                   &(struct auth_line){
                       .name = STR("code"),
                       .label = say(r, TEXT_AUTH_CODE),
                       .hint = say(r, TEXT_AUTH_CODE_HINT),
                       .error = error,
                       .type = STR("text"),
                       .autocomplete = STR("one-time-code"),
                       .short_one = true,
                   });
    struct view_sign_in v = {
        .notice = notice,
        .fields = auth_form_fields(&form),
        .errors = auth_form_errors(&form),
    };
    shell_fill(&v.shell, r, say(r, TEXT_AUTH_CODE_TITLE));
    v.shell.plain = true;
    v.shell.has_errors = form.errors_n > 0;
    page_sign_in_code(respond_html(r), &v);
    respond_page(r, status);
}

/* Who has shown the password; false when nobody has, or too long ago: the request is answered. */
static bool find(struct request *r, struct second *s)
{
    struct why why = {0};
    struct str mark;
    int64_t id;
    enum err e = ERR_MISSING;
    if (auth_login_kept(r, &id, &mark, &s->next))
        e = reader_person(r->loop->reader, &r->arena, id, &s->person, &s->secrets, &why);
    if (e && e != ERR_MISSING) {
        respond_error(r, e, &why);
        return false;
    }
    if (e || s->person.state != PERSON_ACTIVE || !s->person.has_totp ||
        !str_eq_secret(auth_login_mark(r, s->secrets.password), mark)) {
        auth_login_done(r);
        respond_redirect(r, STR("/auth/login?late"));
        return false;
    }
    return true;
}

void handle_sign_in_code_page(struct request *r)
{
    struct second s = {.token = STR_EMPTY};
    if (find(r, &s))
        show(r, STR_EMPTY, STR_EMPTY, 200);
}

static void stepped(struct request *r, struct job *job, struct ticket *ticket)
{
    struct second *s = job->context;
    (void)ticket;
    if (job->result == ERR_REFUSED) { /* used before, here or a moment ago elsewhere */
        auth_attempt_failed(r, &s->attempt);
        show(r, say(r, TEXT_AUTH_CODE_WRONG), STR_EMPTY, 422);
        return;
    }
    if (job->result) {
        attempts_give_back(r->web->attempts, s->attempt.key);
        respond_error(r, job->result, &job->why);
        return;
    }
    attempts_passed(r->web->attempts, s->attempt.key);
    auth_login_done(r);
    auth_set_session(r, s->person.id, s->token);
    respond_redirect(r, s->next.len ? s->next : STR("/staff"));
}

/* The step whose code was typed, 0 for a recovery code; false: it is neither. */
static bool read_code(struct request *r, const struct second *s, struct str typed,
                      struct second_step *out)
{
    struct totp_secret secret;
    if (recovery_code_hash(typed, out->code))
        return true;
    if (!auth_open_secret(r, s->person.id, s->secrets.totp, &secret)) {
        log_event(LOG_ERROR, "a second step cannot be opened",
                  LOG_TEXT("hint", "keys/staff.key is another one; reset the account"));
        return false;
    }
    out->step = totp_check(&secret, typed, clock_wall_ms(), s->secrets.totp_step);
    password_wipe(&secret, sizeof secret);
    return out->step != 0;
}

void handle_sign_in_code(struct request *r)
{
    struct second *s = arena_new(&r->arena, struct second);
    struct auth_value code = {.name = STR("code")};
    struct second_step step = {.step = 0};
    struct str notice;
    if (!auth_read_form(r, &code, 1) || !find(r, s))
        return;
    if (!str_trim(code.value).len) {
        show(r, say(r, TEXT_AUTH_ENTER_CODE), STR_EMPTY, 422);
        return;
    }
    if (!auth_attempt(r, GUESS_CODE, s->person.login, s->person.id, &s->attempt, &notice)) {
        show(r, STR_EMPTY, notice, 429);
        return;
    }
    if (!read_code(r, s, code.value, &step)) {
        auth_attempt_failed(r, &s->attempt);
        show(r, say(r, TEXT_AUTH_CODE_WRONG), STR_EMPTY, 422);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, stepped);
    struct second_step *input = arena_new(ticket_arena(t), struct second_step);
    *input = step;
    auth_fill_begin(r, t, s->person.id, true, &input->begin, &s->token);
    ticket_job(t)->write = (struct job_write){second_step, input};
    ticket_job(t)->context = s;
    enum err e = ticket_put(t);
    if (e) {
        attempts_give_back(r->web->attempts, s->attempt.key);
        respond_error(r, e, NULL);
    }
}

/* ---- signing out ------------------------------------------------------------------------------
 */

static void ended(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result && job->result != ERR_MISSING) {
        respond_error(r, job->result, &job->why);
        return;
    }
    staff_clear_cookie(r);
    respond_redirect(r,
                     sign_in_leave(r, r->staff->method).href.len
                         ? arena_fmt(&r->arena, "/auth/login?out=%.*s", STR_ARG(r->staff->method))
                         : STR("/auth/login?out"));
}

void handle_sign_out(struct request *r)
{
    struct ticket *t = ticket_new(r, JOB_WRITE, ended);
    struct session_end *end = arena_new(ticket_arena(t), struct session_end);
    *end = (struct session_end){.actor = r->staff->actor, .hash = r->staff->session};
    ticket_job(t)->write = (struct job_write){session_end, end};
    enum err e = ticket_put(t);
    if (e)
        respond_error(r, e, NULL);
}
