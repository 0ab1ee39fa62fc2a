/* SPDX-License-Identifier: Apache-2.0 */
#include "web/auth.h"

#include "base/clock.h"
#include "base/metric.h"
#include "base/random.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "config/config.h"
#include "core/urlencoded.h"
#include "core/user_agent.h"
#include "net/peer.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/say.h"
#include "web/sealed_cookie.h"
#include "web/staff.h"
#include "web/state.h"
#include "web/ticket.h"

static const struct str device_cookie = STR_INIT("__Host-device");

enum {
    DEVICE_NUMBER = 16,
    DEVICE_SIZE = 8 + DEVICE_NUMBER, /* the person, then the browser's own number */
    DEVICE_S = 180 * 86400,
};

static void put_u64(unsigned char out[8], uint64_t n)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(n >> (56 - 8 * i));
}

/* ---- forms ---------------------------------------------------------------------------------- */

bool auth_read_form(struct request *r, struct auth_value *values, size_t n)
{
    struct urlencoded u;
    struct str name, value;
    struct why why = {0};
    urlencoded_init(&u, r->body);
    while (urlencoded_next(&u, &r->arena, &name, &value))
        for (size_t i = 0; i < n; i++)
            if (str_eq(values[i].name, name))
                values[i].value = value;
    enum err e = urlencoded_end(&u, &why);
    if (e)
        respond_error(r, e, &why);
    return e == ERR_NONE;
}

void auth_form_line(struct request *r, struct auth_form *form, const struct auth_line *line)
{
    bool hint = line->hint.len > 0, error = line->error.len > 0;
    struct str name = line->name;
    form->fields[form->fields_n++] = (struct view_field){
        .name = name,
        .label = line->label,
        .hint = line->hint,
        .value = line->value,
        .error = line->error,
        .type = line->type,
        .inputmode = line->inputmode,
        .autocomplete = line->autocomplete,
        .width = line->short_one ? STR("half") : STR("full"),
        .dir = STR("auto"),
        .kind = STR("line"),
        .described_by = arena_fmt(&r->arena, "%.*s%s%s%.*s%s", hint ? (int)name.len : 0, name.ptr,
                                  hint ? "-hint" : "", hint && error ? " " : "",
                                  error ? (int)name.len : 0, name.ptr, error ? "-error" : ""),
        .required = true,
        .is_line = true,
    };
    if (error)
        form->errors[form->errors_n++] = (struct view_error){
            .href = arena_fmt(&r->arena, "#%.*s", STR_ARG(name)), .message = line->error};
}

struct view_fields auth_form_fields(const struct auth_form *form)
{
    return (struct view_fields){form->fields, form->fields_n};
}

struct view_errors auth_form_errors(const struct auth_form *form)
{
    return (struct view_errors){form->errors, form->errors_n};
}

struct str auth_password_problem(struct request *r, struct str password, struct str login,
                                 struct str name)
{
    static const enum text texts[] = {
        [PASSWORD_SHORT] = TEXT_AUTH_PASSWORD_SHORT,   [PASSWORD_LONG] = TEXT_AUTH_PASSWORD_LONG,
        [PASSWORD_NOT_TEXT] = TEXT_AUTH_PASSWORD_TEXT, [PASSWORD_EASY] = TEXT_AUTH_PASSWORD_EASY,
        [PASSWORD_NEAR] = TEXT_AUTH_PASSWORD_NEAR,
    };
    const struct str own[] = {login, name, r->web->config->brand_name};
    enum password_verdict verdict =
        password_judge(&r->arena, password, own, sizeof own / sizeof *own);
    return verdict == PASSWORD_GOOD ? STR_EMPTY : say(r, texts[verdict]);
}

/* ---- attempts ------------------------------------------------------------------------------- */

/* What an account's attempts are counted by beside it: this browser, if it has signed in to it
 * before, else the client's address. */
static struct str attempts_from(struct request *r, int64_t person, bool anywhere)
{
    struct str device;
    unsigned char id[8];
    put_u64(id, (uint64_t)person);
    if (person && sealed_cookie_get(r, device_cookie, &device) && device.len == DEVICE_SIZE &&
        str_starts(device, str_of(id, sizeof id)))
        return device;
    struct ip client;
    if (anywhere || !request_client(r, &client))
        return STR_EMPTY;
    client = peer_key(client);
    return arena_str(&r->arena, str_of(client.bytes, sizeof client.bytes));
}

bool auth_attempt(struct request *r, enum auth_guess guess, struct str login, int64_t person,
                  struct auth_attempt *out, struct str *notice)
{
    static const char *const uses[] = {[GUESS_PASSWORD] = "password",
                                       [GUESS_CODE] = "code",
                                       [GUESS_OWN_PASSWORD] = "own password"};
    struct str folded = utf8_fold(&r->arena, login);
    *out = (struct auth_attempt){
        .key = attempts_key(r->web->attempts, uses[guess], folded,
                            attempts_from(r, person, guess != GUESS_PASSWORD)),
        .person = person,
    };
    int wait_s = attempts_take(r->web->attempts, out->key, clock_monotonic_ms(), &out->pause_s);
    if (!wait_s)
        return true;
    metric_add(METRIC_sign_in_paused, 1);
    r->retry_s = wait_s;
    *notice = say_count(r, TEXT_AUTH_PAUSE, (uint64_t)wait_s);
    return false;
}

void auth_attempt_failed(struct request *r, const struct auth_attempt *attempt)
{
    metric_add(METRIC_sign_in_wrong, 1);
    if (!attempt->person || !attempt->pause_s)
        return;
    struct ticket *t = ticket_alone(r->loop, JOB_WRITE);
    struct sign_in_paused *paused = arena_new(ticket_arena(t), struct sign_in_paused);
    *paused = (struct sign_in_paused){attempt->person, attempt->pause_s};
    ticket_job(t)->write = (struct job_write){sign_in_paused, paused};
    ticket_put(t);
}

/* ---- passwords at their desk ------------------------------------------------------------------
 */

struct auth_check *auth_check_new(struct ticket *t, struct str password, struct str stored)
{
    struct auth_check *check = arena_new(ticket_arena(t), struct auth_check);
    struct str canonical;
    bool possible = password_canonical(ticket_arena(t), password, &canonical);
    check->password = arena_str(ticket_arena(t), possible ? canonical : STR(" "));
    check->stored = possible ? arena_str(ticket_arena(t), stored) : STR_EMPTY;
    ticket_job(t)->context = check;
    return check;
}

void auth_judge(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct auth_check *check = job->context;
    (void)reader;
    if (check->make)
        job->result = ERR_NONE;
    else if (check->stored.len)
        job->result = password_check(check->stored, check->password, &check->stale, &job->why);
    else
        job->result = password_check_nobody(check->password, &job->why);
    if (job->result == ERR_NONE && (check->make || check->stale))
        job->result = password_hash(check->password, check->hash, &job->why);
    password_wipe((void *)(uintptr_t)check->password.ptr, check->password.len); /* our own copy */
}

/* ---- the session that begins ------------------------------------------------------------------
 */

void auth_fill_begin(struct request *r, struct ticket *t, int64_t person, bool strong,
                     struct session_begin *out, struct str *token)
{
    struct arena *a = ticket_arena(t);
    *token = staff_new_token(r);
    *out = (struct session_begin){
        .hash = session_hash(*token),
        .person = person,
        .expires_ms = clock_wall_ms() + r->web->config->auth_session_time,
        .method = STR("password"),
        .client = arena_str(a, user_agent_name(a, request_header(r, STR("user-agent")))),
        .strong = strong,
    };
    out->has_before = staff_cookie(r, &out->before);
}

void auth_set_session(struct request *r, int64_t person, struct str token)
{
    unsigned char device[DEVICE_SIZE];
    struct str known;
    put_u64(device, (uint64_t)person);
    if (sealed_cookie_get(r, device_cookie, &known) && known.len == DEVICE_SIZE)
        memcpy(device + 8, known.ptr + 8, DEVICE_NUMBER);
    else
        random_bytes(device + 8, DEVICE_NUMBER);
    staff_set_cookie(r, token);
    sealed_cookie_set(r, device_cookie, str_of(device, sizeof device), DEVICE_S);
}

bool auth_needs_app(const struct request *r, enum role role)
{
    return r->web->mfa_roles & 1U << role;
}

struct str auth_app_url(struct request *r, struct str next)
{
    struct buf escaped;
    if (!next.len)
        return STR("/auth/app");
    buf_init(&escaped, 8192);
    urlencoded_escape(&escaped, next);
    struct str url = arena_fmt(&r->arena, "/auth/app?next=%.*s", STR_ARG(buf_view(&escaped)));
    buf_release(&escaped);
    return url;
}

static struct str secret_use(struct arena *a, int64_t person)
{
    return arena_fmt(a, "totp/%lld", (long long)person);
}

struct str auth_seal_secret(struct request *r, struct ticket *t, int64_t person,
                            const struct totp_secret *secret)
{
    struct arena *a = ticket_arena(t);
    return seal(a, r->web->staff_key, secret_use(a, person),
                str_of(secret->bytes, sizeof secret->bytes));
}

bool auth_open_secret(struct request *r, int64_t person, struct str sealed, struct totp_secret *out)
{
    struct str plain;
    if (!seal_open(&r->arena, r->web->staff_key, secret_use(&r->arena, person), sealed, &plain) ||
        plain.len != sizeof out->bytes)
        return false;
    memcpy(out->bytes, plain.ptr, plain.len);
    return true;
}
