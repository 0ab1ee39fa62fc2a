/* SPDX-License-Identifier: Apache-2.0 */
#include "web/staff.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/sign.h"
#include "base/text.h"
#include "config/config.h"
#include "core/claims.h"
#include "core/urlencoded.h"
#include "store/reader.h"
#include "web/bearer.h"
#include "web/cookie.h"
#include "web/kept_form.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/state.h"
#include "web/ticket.h"

static const struct str cookie_name = STR_INIT("__Host-staff");
static const struct str token_prefix = STR_INIT("art_"); /* so that scanners for leaks know it */

enum {
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    CSRF_SIZE = 16,
    PERSON_SIZE = 8,
    NEXT_MAX = 2048,
    ESCAPED_MAX = 3 * NEXT_MAX
};

/* ---- finding -------------------------------------------------------------------------------- */

bool staff_cookie(const struct request *r, struct session_hash *out)
{
    struct str token = request_cookie(r, cookie_name);
    if (token.len != TEXT_BASE64_LEN(SESSION_TOKEN_SIZE))
        return false;
    *out = session_hash(token);
    return true;
}

/* Changes nobody waits for: whether they are stored is the writer's matter. */
static void put_aside(struct request *r, write_verb *verb, const void *input, size_t size)
{
    struct ticket *t = ticket_alone(r->loop, JOB_WRITE);
    void *copy = arena_alloc(ticket_arena(t), size);
    memcpy(copy, input, size);
    ticket_job(t)->write = (struct job_write){verb, copy};
    ticket_put(t);
}

/* u64 person ‖ MAC over the session's hash and the person: whose form it was can be told when the
 * session is gone. */
struct str staff_csrf(struct request *r, const struct session_hash *session, int64_t person)
{
    unsigned char mac[SIGN_MAC_SIZE], signed_bytes[sizeof *session + PERSON_SIZE],
        out[PERSON_SIZE + CSRF_SIZE];
    for (int i = 0; i < PERSON_SIZE; i++)
        out[i] = (unsigned char)((uint64_t)person >> (56 - 8 * i));
    memcpy(signed_bytes, session->bytes, sizeof *session);
    memcpy(signed_bytes + sizeof *session, out, PERSON_SIZE);
    sign(r->web->link_key.bytes, "form of a session", str_of(signed_bytes, sizeof signed_bytes),
         mac);
    memcpy(out + PERSON_SIZE, mac, CSRF_SIZE);
    return text_base64url(&r->arena, str_of(out, sizeof out));
}

bool staff_csrf_of(struct request *r, const struct session_hash *session, struct str csrf,
                   int64_t *person)
{
    struct str bytes;
    uint64_t id = 0;
    if (!text_unbase64url(&r->arena, csrf, &bytes) || bytes.len != PERSON_SIZE + CSRF_SIZE)
        return false;
    for (int i = 0; i < PERSON_SIZE; i++)
        id = id << 8 | (unsigned char)bytes.ptr[i];
    *person = (int64_t)id;
    return str_eq_secret(csrf, staff_csrf(r, session, *person));
}

static bool is_over(const struct request *r, const struct session *session, int64_t now_ms)
{
    return session->disabled || session->expires_ms <= now_ms ||
           session->seen_ms + r->web->config->auth_session_idle <= now_ms;
}

static enum err find_person(struct request *r, struct why *why)
{
    struct session_hash hash;
    struct session found;
    if (!staff_cookie(r, &hash))
        return ERR_NONE;
    enum err e = reader_session(r->loop->reader, &r->arena, &hash, &found, why);
    int64_t now_ms = clock_wall_ms();
    if (e == ERR_MISSING || (!e && is_over(r, &found, now_ms)))
        return ERR_NONE;
    if (e)
        return e;
    if (now_ms - found.seen_ms >= MINUTE_MS && !(r->route->flags & ROUTE_UNUSED)) {
        const struct session_seen seen = {hash};
        put_aside(r, session_seen, &seen, sizeof seen);
    }
    struct staff *staff = arena_new(&r->arena, struct staff);
    *staff = (struct staff){
        .person = found.person,
        .role = found.role,
        .login = found.login,
        .name = found.name,
        .actor = actor_person(found.person),
        .strong = found.strong,
        .session = hash,
        .csrf = staff_csrf(r, &hash, found.person),
        .method = found.method,
        .expires_ms = found.expires_ms,
    };
    r->staff = staff;
    return ERR_NONE;
}

static enum err find_program(struct request *r, struct why *why)
{
    static const struct str scheme = STR_INIT("Bearer ");
    struct str header = request_header(r, STR("authorization"));
    if (!str_starts(header, scheme))
        return ERR_NONE;
    struct str token = str_trim(str_slice(header, scheme.len, header.len));
    if (bearer_is(token))
        return bearer_find(r, token, why);
    if (!str_starts(token, token_prefix))
        return ERR_NONE;
    struct session_hash hash = session_hash(token);
    struct token found;
    enum err e = reader_token(r->loop->reader, &r->arena, &hash, &found, why);
    int64_t now_ms = clock_wall_ms();
    if (e == ERR_MISSING ||
        (!e && (found.revoked_ms || (found.expires_ms && found.expires_ms <= now_ms))))
        return ERR_NONE;
    if (e)
        return e;
    if (now_ms - found.used_ms >= HOUR_MS) {
        const struct token_used used = {found.id};
        put_aside(r, token_used, &used, sizeof used);
    }
    struct staff *staff = arena_new(&r->arena, struct staff);
    *staff = (struct staff){
        .token = found.id,
        .role = found.role,
        .login = found.name,
        .name = found.name,
        .actor = actor_token(found.id),
        .expires_ms = found.expires_ms,
    };
    r->staff = staff;
    return ERR_NONE;
}

enum err staff_find(struct request *r, struct why *why)
{
    r->staff = NULL;
    return r->route && (r->route->flags & ROUTE_API) ? find_program(r, why) : find_person(r, why);
}

/* ---- letting in ----------------------------------------------------------------------------- */

struct str staff_safe_next(struct str next)
{
    bool ours = str_eq(next, STR("/staff")) || str_starts(next, STR("/staff/")) ||
                str_starts(next, STR("/staff?"));
    if (!ours || next.len > NEXT_MAX)
        return STR_EMPTY;
    for (size_t i = 0; i < next.len; i++)
        if (next.ptr[i] <= ' ' || next.ptr[i] == '\\' || (unsigned char)next.ptr[i] >= 0x7f)
            return STR_EMPTY;
    return next;
}

struct str staff_sign_in_url(struct request *r)
{
    static const struct str page = STR_INIT("/auth/login");
    if (!str_eq(r->method, STR("GET")) && !str_eq(r->method, STR("HEAD")))
        return page;
    struct str here = r->query.len
                          ? arena_fmt(&r->arena, "%.*s?%.*s", STR_ARG(r->path), STR_ARG(r->query))
                          : r->path;
    if (!staff_safe_next(here).len || str_eq(here, STR("/staff")))
        return page;
    struct buf escaped;
    buf_init(&escaped, ESCAPED_MAX);
    urlencoded_escape(&escaped, here);
    struct str url =
        arena_fmt(&r->arena, "%.*s?next=%.*s", STR_ARG(page), STR_ARG(buf_view(&escaped)));
    buf_release(&escaped);
    return url;
}

static bool has_csrf(struct request *r)
{
    return (r->staff->csrf.len && str_eq_secret(request_field(r, STR("csrf")), r->staff->csrf)) ||
           kept_form_is(r);
}

static void refuse_stranger(struct request *r)
{
    if (r->route->flags & ROUTE_API) {
        respond_header(r, STR("www-authenticate"), STR("Bearer realm=\"anteroom\""));
        respond_problem(r, 401, say(r, TEXT_PROBLEM_TOKEN), say(r, TEXT_PROBLEM_TOKEN_TEXT));
        return;
    }
    if (!kept_form_offer(r))
        respond_redirect(r, staff_sign_in_url(r));
}

struct str staff_role_name(const struct request *r, enum role role)
{
    static const enum text texts[ROLE_COUNT] = {
        [ROLE_VIEWER] = TEXT_ROLE_VIEWER,
        [ROLE_AGENT] = TEXT_ROLE_AGENT,
        [ROLE_PRIVACY] = TEXT_ROLE_PRIVACY,
        [ROLE_AUDITOR] = TEXT_ROLE_AUDITOR,
        [ROLE_ADMINISTRATOR] = TEXT_ROLE_ADMINISTRATOR,
    };
    return say(r, texts[role]);
}

/* Which roles may, in words: somebody to turn to. */
static struct str roles_that_may(struct request *r, enum action action)
{
    struct str list = STR_EMPTY;
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (access_may(role, action))
            list = arena_fmt(&r->arena, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "",
                             STR_ARG(staff_role_name(r, role)));
    return list;
}

/* Their role needs a second step, and they signed in with a password alone. Who signs in elsewhere
 * is that issuer's matter (auth.oidc). */
static bool lacks_second_step(const struct request *r)
{
    const struct staff *s = r->staff;
    return s->person && !s->strong && str_eq(s->method, STR("password")) &&
           (r->web->mfa_roles & 1U << s->role) && !(r->route->flags & ROUTE_EARLY);
}

/* The role may, and so may the token: what it says of itself needs no scope. */
static bool may(const struct staff *s, enum action action)
{
    return access_may(s->role, action) && (!s->scopes.ptr || action == ACTION_own_profile ||
                                           claims_has_scope(s->scopes, action_name(action)));
}

bool staff_let_in(struct request *r)
{
    struct why why = {0};
    enum action action = r->route->action;
    enum err e = staff_find(r, &why);
    if (e) {
        respond_error(r, e, &why);
        return false;
    }
    if (!r->staff) {
        refuse_stranger(r);
        return false;
    }
    if (lacks_second_step(r)) {
        respond_redirect(r, STR("/auth/app"));
        return false;
    }
    if (!may(r->staff, action)) {
        respond_problem(r, 403, say(r, TEXT_PROBLEM_ROLE),
                        say_with(r, TEXT_PROBLEM_ROLE_TEXT, "roles", roles_that_may(r, action)));
        return false;
    }
    if ((r->route->flags & ROUTE_FORM) && !has_csrf(r)) {
        respond_problem(r, 403, say(r, TEXT_PROBLEM_FORM), say(r, TEXT_PROBLEM_FORM_TEXT));
        return false;
    }
    return true;
}

bool staff_goes_on(struct request *r)
{
    struct arena a = ARENA_INIT;
    struct session found;
    struct why why;
    enum err e = reader_session(r->loop->reader, &a, &r->staff->session, &found, &why);
    bool goes_on =
        !e && !is_over(r, &found, clock_wall_ms()) && access_may(found.role, r->route->action);
    arena_release(&a);
    return goes_on;
}

bool staff_may(const struct request *r, enum action action)
{
    return r->staff && may(r->staff, action);
}

/* ---- cookies -------------------------------------------------------------------------------- */

struct str staff_new_token(struct request *r)
{
    unsigned char bytes[SESSION_TOKEN_SIZE];
    random_bytes(bytes, sizeof bytes);
    return text_base64url(&r->arena, str_of(bytes, sizeof bytes));
}

void staff_set_cookie(struct request *r, struct str token)
{
    respond_header(
        r, STR("set-cookie"),
        cookie_set(&r->arena, cookie_name, token, r->web->config->auth_session_time / 1000));
}

void staff_clear_cookie(struct request *r)
{
    respond_header(r, STR("set-cookie"), cookie_set(&r->arena, cookie_name, STR_EMPTY, 0));
}
