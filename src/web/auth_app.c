/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/random.h"
#include "base/seal.h"
#include "base/text.h"
#include "config/config.h"
#include "core/urlencoded.h"
#include "web/auth.h"
#include "web/loop.h"
#include "web/qr.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/shell.h"
#include "web/staff.h"
#include "web/state.h"
#include "web/ticket.h"

#include "pages.h"

/*
 * The second step is set up: a new secret as a QR code and as text, and a code of it that shows it
 * works. Until then the secret is only in the form, sealed for this person, and nothing is stored.
 * Who has a second step already also gives the password: an open session alone cannot replace it.
 */

enum { OFFER_MS = 30 * 60 * 1000, OFFER_SIZE = 8 + TOTP_SECRET_SIZE };

struct enrolment {
    struct person person;
    struct person_secrets secrets;
    struct totp_secret secret;
    struct str sealed, next, token;
    int64_t step;
    struct auth_codes codes;
    struct auth_attempt attempt;
};

static struct str offer_use(struct request *r, int64_t person)
{
    return arena_fmt(&r->arena, "enrol/%lld", (long long)person);
}

/* A new secret, and as the form brings it back. */
static void offer(struct request *r, struct enrolment *e)
{
    unsigned char plain[OFFER_SIZE];
    uint64_t now_ms = (uint64_t)clock_wall_ms();
    random_bytes(e->secret.bytes, sizeof e->secret.bytes);
    for (int i = 0; i < 8; i++)
        plain[i] = (unsigned char)(now_ms >> (56 - 8 * i));
    memcpy(plain + 8, e->secret.bytes, sizeof e->secret.bytes);
    e->sealed =
        text_base64url(&r->arena, seal(&r->arena, r->web->staff_key, offer_use(r, e->person.id),
                                       str_of(plain, sizeof plain)));
}

static bool take_offer(struct request *r, struct enrolment *e, struct str sealed)
{
    struct str bytes, plain;
    uint64_t made_ms = 0;
    if (!text_unbase64url(&r->arena, sealed, &bytes) ||
        !seal_open(&r->arena, r->web->staff_key, offer_use(r, e->person.id), bytes, &plain) ||
        plain.len != OFFER_SIZE)
        return false;
    for (int i = 0; i < 8; i++)
        made_ms = made_ms << 8 | (unsigned char)plain.ptr[i];
    memcpy(e->secret.bytes, plain.ptr + 8, sizeof e->secret.bytes);
    e->sealed = sealed;
    return made_ms + OFFER_MS > (uint64_t)clock_wall_ms();
}

static void show(struct request *r, const struct enrolment *e, struct str code_error,
                 struct str password_error, struct str notice, int status)
{
    struct auth_form form = {.fields_n = 0};
    if (e->person.has_totp)
        auth_form_line(r, &form,
                       &(struct auth_line){.name = STR("password"),
                                           .label = say(r, TEXT_AUTH_APP_PASSWORD),
                                           .error = password_error,
                                           .type = STR("password"),
                                           .autocomplete = STR("current-password")});
    auth_form_line(r, &form,
                   &(struct auth_line){.name = STR("code"),
                                       .label = say(r, TEXT_AUTH_APP_CODE),
                                       .error = code_error,
                                       .type = STR("text"),
                                       .inputmode = STR("numeric"),
                                       .autocomplete = STR("one-time-code"),
                                       .short_one = true});
    struct view_enrol v = {
        .notice = notice,
        .fields = auth_form_fields(&form),
        .errors = auth_form_errors(&form),
        .key = totp_base32(&r->arena, &e->secret),
        .sealed = e->sealed,
        .csrf = r->staff->csrf,
        .login = e->person.login,
        .next = e->next,
        .skip = auth_needs_app(r, r->staff->role) && !e->person.has_totp ? STR_EMPTY
                : e->next.len                                            ? e->next
                                                                         : STR("/staff"),
    };
    v.qr = qr_of(&r->arena,
                 totp_uri(&r->arena, &e->secret, r->web->config->brand_name, e->person.login));
    shell_fill(&v.shell, r, say(r, TEXT_AUTH_APP_TITLE));
    v.shell.plain = true;
    v.shell.has_errors = form.errors_n > 0;
    page_enrol(respond_html(r), &v);
    respond_page(r, status);
}

/* Whose second step it is; false when it has been answered. Only who has a password here. */
static bool find(struct request *r, struct enrolment *e)
{
    struct why why = {0};
    enum err err =
        reader_person(r->loop->reader, &r->arena, r->staff->person, &e->person, &e->secrets, &why);
    if (err) {
        respond_error(r, err, &why);
        return false;
    }
    if (!e->person.has_password) {
        respond_redirect(r, STR("/staff/profile"));
        return false;
    }
    return true;
}

void handle_auth_app_page(struct request *r)
{
    struct enrolment e = {.step = 0};
    struct urlencoded u;
    struct str name, value;
    if (!find(r, &e))
        return;
    urlencoded_init(&u, r->query);
    while (urlencoded_next(&u, &r->arena, &name, &value))
        if (str_eq(name, STR("next")))
            e.next = staff_safe_next(value);
    offer(r, &e);
    show(r, &e, STR_EMPTY, STR_EMPTY, STR_EMPTY, 200);
}

/* ---- keeping it -------------------------------------------------------------------------------
 */

static void kept(struct request *r, struct job *job, struct ticket *ticket)
{
    struct enrolment *e = job->context;
    (void)ticket;
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    auth_set_session(r, e->person.id, e->token);
    auth_keep_codes(r, &e->codes);
    respond_redirect(r, STR("/auth/codes"));
}

static void keep(struct request *r, struct enrolment *e)
{
    struct ticket *t = ticket_new(r, JOB_WRITE, kept);
    struct totp_enrol *input = arena_new(ticket_arena(t), struct totp_enrol);
    input->person = e->person.id;
    input->sealed = auth_seal_secret(r, t, e->person.id, &e->secret);
    input->step = e->step;
    e->codes.next = e->next;
    auth_make_codes(&e->codes, input->codes);
    auth_fill_begin(r, t, e->person.id, true, &input->begin, &e->token);
    ticket_job(t)->write = (struct job_write){totp_enrol, input};
    ticket_job(t)->context = e;
    enum err err = ticket_put(t);
    if (err)
        respond_error(r, err, NULL);
}

static void judged(struct request *r, struct job *job, struct ticket *ticket)
{
    const struct auth_check *check = job->context;
    struct enrolment *e = check->caller;
    (void)ticket;
    if (job->result == ERR_REFUSED) {
        auth_attempt_failed(r, &e->attempt);
        show(r, e, STR_EMPTY, say(r, TEXT_AUTH_PASSWORD_WRONG), STR_EMPTY, 422);
        return;
    }
    if (job->result) {
        attempts_give_back(r->web->attempts, e->attempt.key);
        respond_error(r, job->result, &job->why);
        return;
    }
    attempts_passed(r->web->attempts, e->attempt.key);
    keep(r, e);
}

static void judge(struct request *r, struct enrolment *e, struct str password)
{
    struct str notice;
    if (!auth_attempt(r, GUESS_OWN_PASSWORD, e->person.login, e->person.id, &e->attempt, &notice)) {
        show(r, e, STR_EMPTY, STR_EMPTY, notice, 429);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_CALL, judged);
    auth_check_new(t, password, e->secrets.password)->caller = e;
    enum err err = ticket_ask(t, DESK_HASH, auth_judge);
    if (err) {
        attempts_give_back(r->web->attempts, e->attempt.key);
        show(r, e, STR_EMPTY, STR_EMPTY, say(r, TEXT_AUTH_BUSY), 503);
    }
}

void handle_auth_app(struct request *r)
{
    struct enrolment *e = arena_new(&r->arena, struct enrolment);
    struct auth_value values[] = {{.name = STR("code")},
                                  {.name = STR("password")},
                                  {.name = STR("secret")},
                                  {.name = STR("next")}};
    if (!auth_read_form(r, values, sizeof values / sizeof *values) || !find(r, e))
        return;
    e->next = staff_safe_next(values[3].value);
    if (!take_offer(r, e, values[2].value)) {
        offer(r, e);
        show(r, e, STR_EMPTY, STR_EMPTY, say(r, TEXT_AUTH_APP_LATE), 422);
        return;
    }
    e->step = totp_check(&e->secret, values[0].value, clock_wall_ms(), 0);
    struct str code_error = e->step ? STR_EMPTY : say(r, TEXT_AUTH_APP_CODE_WRONG);
    bool asked = e->person.has_totp;
    struct str password_error =
        asked && !values[1].value.len ? say(r, TEXT_AUTH_ENTER_PASSWORD) : STR_EMPTY;
    if (code_error.len || password_error.len)
        show(r, e, code_error, password_error, STR_EMPTY, 422);
    else if (asked)
        judge(r, e, values[1].value);
    else
        keep(r, e);
}
