/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "config/config.h"
#include "web/auth.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/ticket.h"

#include "pages.h"

/* One's own profile: password, second step, recovery codes, and where one is signed in. */

static const struct str path = STR_INIT("/staff/profile");

struct profile {
    struct person person;
    struct person_secrets secrets;
    struct auth_attempt attempt;
    struct str password, token; /* the new password as typed, and the session's token */
    struct auth_codes codes;
    bool renews_codes;
};

struct errors {
    struct str present, password, recovery, notice;
};

static bool find(struct request *r, struct profile *p)
{
    struct why why = {0};
    enum err e =
        reader_person(r->loop->reader, &r->arena, r->staff->person, &p->person, &p->secrets, &why);
    if (e)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

/* ---- the page ---------------------------------------------------------------------------------
 */

static struct view_sessions sessions_of(struct request *r, bool *others)
{
    struct sessions found;
    struct why why = {0};
    if (reader_sessions(r->loop->reader, &r->arena, r->staff->person, clock_wall_ms(), &found,
                        &why) != ERR_NONE)
        return (struct view_sessions){NULL, 0};
    struct view_session *items = arena_new_array(&r->arena, struct view_session, found.n);
    for (size_t i = 0; i < found.n; i++) {
        const struct session *s = &found.items[i];
        char since[CLOCK_RFC3339_SIZE], seen[CLOCK_RFC3339_SIZE];
        items[i] = (struct view_session){
            .id = text_base64url(&r->arena, str_of(s->hash.bytes, sizeof s->hash.bytes)),
            .client = s->client,
            .since = say_time(r, s->created_ms),
            .since_iso = arena_str(&r->arena, clock_rfc3339(s->created_ms, since)),
            .seen = say_time(r, s->seen_ms),
            .seen_iso = arena_str(&r->arena, clock_rfc3339(s->seen_ms, seen)),
            .here = memcmp(&s->hash, &r->staff->session, sizeof s->hash) == 0,
        };
        *others |= !items[i].here;
    }
    return (struct view_sessions){items, found.n};
}

/* How the issuer of a session calls itself; empty: the session is of a password here. */
static struct str issuer_of(struct request *r)
{
    const struct issuer *issuer = issuers_find(&r->web->config->issuers, r->staff->method);
    return issuer ? localized_for(&issuer->label, say_language(r)) : STR_EMPTY;
}

static void show(struct request *r, const struct profile *p, const struct errors *errors,
                 int status)
{
    struct auth_form password = {.fields_n = 0}, recovery = {.fields_n = 0};
    const struct auth_line lines[] = {
        {.name = STR("present"),
         .label = say(r, TEXT_PROFILE_PRESENT),
         .error = errors->present,
         .type = STR("password"),
         .autocomplete = STR("current-password")},
        {.name = STR("password"),
         .label = say(r, TEXT_PROFILE_NEW),
         .hint = say(r, TEXT_AUTH_PASSWORD_HINT),
         .error = errors->password,
         .type = STR("password"),
         .autocomplete = STR("new-password")},
        {.name = STR("confirm"),
         .label = say(r, TEXT_PROFILE_PRESENT),
         .error = errors->recovery,
         .type = STR("password"),
         .autocomplete = STR("current-password")},
    };
    if (p->person.has_password) {
        auth_form_line(r, &password, &lines[0]);
        auth_form_line(r, &password, &lines[1]);
        auth_form_line(r, &recovery, &lines[2]);
    }
    const struct auth_form *wrong = recovery.errors_n ? &recovery : &password;
    struct view_profile v = {
        .tabs = staff_settings_tabs(r, path),
        .notice = errors->notice,
        .login = p->person.login,
        .issuer = issuer_of(r),
        .password = auth_form_fields(&password),
        .recovery = auth_form_fields(&recovery),
        .errors = auth_form_errors(wrong),
        .codes = p->secrets.recovery_codes,
        .has_app = p->person.has_totp,
    };
    v.sessions = sessions_of(r, &v.others);
    staff_shell_fill(&v.staff, r, say(r, TEXT_STAFF_PROFILE), SECTION_SETTINGS);
    v.staff.shell.has_errors = v.errors.n > 0;
    page_staff_profile(respond_html(r), &v);
    respond_page(r, status);
}

void handle_profile_page(struct request *r)
{
    struct profile p = {.renews_codes = false};
    struct errors errors = {.notice = STR_EMPTY};
    if (str_eq(r->query, STR("changed")))
        errors.notice = say(r, TEXT_PROFILE_CHANGED);
    else if (str_eq(r->query, STR("ended")))
        errors.notice = say(r, TEXT_PROFILE_ENDED);
    if (find(r, &p))
        show(r, &p, &errors, 200);
}

/* ---- the present password, then the new one, or codes anew --------------------------------------
 */

static void changed(struct request *r, struct job *job, struct ticket *ticket)
{
    struct profile *p = job->context;
    (void)ticket;
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    if (p->renews_codes) {
        auth_keep_codes(r, &p->codes);
        respond_redirect(r, STR("/auth/codes"));
        return;
    }
    auth_set_session(r, p->person.id, p->token);
    respond_redirect(r, STR("/staff/profile?changed"));
}

static void put(struct request *r, struct ticket *t, struct profile *p, write_verb *verb,
                void *input)
{
    ticket_job(t)->write = (struct job_write){verb, input};
    ticket_job(t)->context = p;
    enum err e = ticket_put(t);
    if (e)
        respond_error(r, e, NULL);
}

static void hashed(struct request *r, struct job *job, struct ticket *ticket)
{
    const struct auth_check *check = job->context;
    struct profile *p = check->caller;
    (void)ticket;
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, changed);
    struct password_change *input = arena_new(ticket_arena(t), struct password_change);
    input->person = p->person.id;
    input->password = arena_str(ticket_arena(t), str_from(check->hash));
    auth_fill_begin(r, t, p->person.id, r->staff->strong, &input->begin, &p->token);
    put(r, t, p, password_change, input);
}

static void refuse(struct request *r, const struct profile *p, struct str sentence, int status)
{
    struct errors errors = {.notice = status == 422 ? STR_EMPTY : sentence};
    if (status == 422 && p->renews_codes)
        errors.recovery = sentence;
    else if (status == 422)
        errors.present = sentence;
    show(r, p, &errors, status);
}

static void judged(struct request *r, struct job *job, struct ticket *ticket)
{
    const struct auth_check *check = job->context;
    struct profile *p = check->caller;
    (void)ticket;
    if (job->result == ERR_REFUSED) {
        auth_attempt_failed(r, &p->attempt);
        refuse(r, p, say(r, TEXT_AUTH_PASSWORD_WRONG), 422);
        return;
    }
    if (job->result) {
        attempts_give_back(r->web->attempts, p->attempt.key);
        respond_error(r, job->result, &job->why);
        return;
    }
    attempts_passed(r->web->attempts, p->attempt.key);
    if (p->renews_codes) {
        struct ticket *t = ticket_new(r, JOB_WRITE, changed);
        struct recovery_renew *input = arena_new(ticket_arena(t), struct recovery_renew);
        input->person = p->person.id;
        p->codes.next = path;
        auth_make_codes(&p->codes, input->codes);
        put(r, t, p, recovery_renew, input);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_CALL, hashed);
    struct auth_check *make = auth_check_new(t, p->password, STR_EMPTY);
    make->make = true;
    make->caller = p;
    enum err e = ticket_ask(t, DESK_HASH, auth_judge);
    if (e)
        refuse(r, p, say(r, TEXT_AUTH_BUSY), 503);
}

static void judge(struct request *r, struct profile *p, struct str present)
{
    struct str notice;
    if (!present.len) {
        refuse(r, p, say(r, TEXT_AUTH_ENTER_PASSWORD), 422);
        return;
    }
    if (!auth_attempt(r, GUESS_OWN_PASSWORD, p->person.login, p->person.id, &p->attempt, &notice)) {
        refuse(r, p, notice, 429);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_CALL, judged);
    auth_check_new(t, present, p->secrets.password)->caller = p;
    enum err e = ticket_ask(t, DESK_HASH, auth_judge);
    if (e) {
        attempts_give_back(r->web->attempts, p->attempt.key);
        refuse(r, p, say(r, TEXT_AUTH_BUSY), 503);
    }
}

void handle_profile_password(struct request *r)
{
    struct profile *p = arena_new(&r->arena, struct profile);
    struct auth_value values[] = {{.name = STR("present")}, {.name = STR("password")}};
    if (!auth_read_form(r, values, sizeof values / sizeof *values) || !find(r, p))
        return;
    p->password = values[1].value;
    struct errors errors = {
        .present = values[0].value.len ? STR_EMPTY : say(r, TEXT_AUTH_ENTER_PASSWORD),
        .password = auth_password_problem(r, p->password, p->person.login, p->person.name),
    };
    if (errors.present.len || errors.password.len)
        show(r, p, &errors, 422);
    else
        judge(r, p, values[0].value);
}

void handle_profile_codes(struct request *r)
{
    struct profile *p = arena_new(&r->arena, struct profile);
    struct auth_value confirm = {.name = STR("confirm")};
    if (!auth_read_form(r, &confirm, 1) || !find(r, p))
        return;
    p->renews_codes = true;
    if (p->person.has_totp)
        judge(r, p, confirm.value);
    else
        respond_redirect(r, path);
}

/* Where a password manager leads who is to change it (W3C, A Well-Known URL for Changing
 * Passwords). */
void handle_change_password(struct request *r)
{
    respond_redirect(r, path);
}

/* ---- sessions ---------------------------------------------------------------------------------
 */

static void ended(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result && job->result != ERR_MISSING)
        respond_error(r, job->result, &job->why);
    else
        respond_redirect(r, STR("/staff/profile?ended"));
}

/* One of one's own; anything else is nobody's business, and as if it were gone. */
static bool own_session(struct request *r, struct str id, struct session_hash *out)
{
    struct str bytes;
    struct session found;
    if (!text_unbase64url(&r->arena, id, &bytes) || bytes.len != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.ptr, bytes.len);
    return reader_session(r->loop->reader, &r->arena, out, &found, NULL) == ERR_NONE &&
           found.person == r->staff->person;
}

void handle_profile_sessions(struct request *r)
{
    struct auth_value which = {.name = STR("session")};
    struct session_hash hash;
    if (!auth_read_form(r, &which, 1))
        return;
    bool others = str_eq(which.value, STR("others"));
    if (!others && !own_session(r, which.value, &hash)) {
        respond_redirect(r, path);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, ended);
    if (others) {
        struct session_end_all *all = arena_new(ticket_arena(t), struct session_end_all);
        *all = (struct session_end_all){.actor = r->staff->actor,
                                        .person = r->staff->person,
                                        .has_kept = true,
                                        .kept = r->staff->session};
        ticket_job(t)->write = (struct job_write){session_end_all, all};
    } else {
        struct session_end *one = arena_new(ticket_arena(t), struct session_end);
        *one = (struct session_end){.actor = r->staff->actor, .hash = hash};
        ticket_job(t)->write = (struct job_write){session_end, one};
    }
    enum err e = ticket_put(t);
    if (e)
        respond_error(r, e, NULL);
}
