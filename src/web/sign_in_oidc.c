/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in with an account elsewhere (net/oidc.h):
 *
 *     /auth/oidc/ID/start     what is begun goes into a sealed cookie; the browser is sent there
 *     /auth/oidc/ID/callback  it comes back with a code; the caller's desk asks the issuer who it
 * is, the writer keeps person and session (store/identities.h) /auth/oidc/ID/leave     to where the
 * session there is ended
 *
 * The cookie __Host-oidc holds, sealed (sealed_cookie.h): which issuer, state, nonce, verifier and
 * the page to come back to. It is good for ten minutes, in the browser that began, once.
 */
#include "web/sign_in_oidc.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "core/urlencoded.h"
#include "net/oidc.h"
#include "pages.h"
#include "store/identities.h"
#include "web/auth.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/sealed_cookie.h"
#include "web/shell.h"
#include "web/staff.h"
#include "web/state.h"
#include "web/ticket.h"
#include "web/views.h"

static const struct str cookie_name = STR_INIT("__Host-oidc");

enum { BEGUN_S = 600, SECRET_SIZE = 32, PARAMETER_MAX = 4096, ESCAPED_MAX = 3 * PARAMETER_MAX };

/* ---- which issuer -------------------------------------------------------------------------------
 */

struct provider {
    const struct issuer *issuer;
    struct oidc *oidc;
    struct str label; /* in the visitor's language */
    struct str redirect_uri;
};

static struct str label_of(const struct request *r, const struct issuer *issuer)
{
    return localized_for(&issuer->label, say_language(r));
}

static bool find_provider(struct request *r, struct provider *out)
{
    const struct issuers *all = &r->web->config->issuers;
    for (size_t i = 0; i < all->n; i++) {
        const struct issuer *issuer = &all->items[i];
        if (!str_eq(issuer->id, r->param))
            continue;
        *out = (struct provider){
            .issuer = issuer,
            .oidc = r->web->issuers.items[i],
            .label = label_of(r, issuer),
            .redirect_uri = arena_fmt(&r->arena, "%.*s/auth/oidc/%.*s/callback",
                                      STR_ARG(r->web->public_url), STR_ARG(issuer->id)),
        };
        return true;
    }
    respond_problem(r, 404, say(r, TEXT_PROBLEM_MISSING), say(r, TEXT_PROBLEM_MISSING_TEXT));
    return false;
}

struct view_issuers sign_in_issuers(struct request *r, struct str next)
{
    const struct issuers *all = &r->web->config->issuers;
    struct view_issuer *items = arena_new_array(&r->arena, struct view_issuer, all->n);
    struct buf escaped;
    buf_init(&escaped, ESCAPED_MAX);
    urlencoded_escape(&escaped, staff_safe_next(next));
    const char *mark = escaped.len ? "?next=" : "";
    for (size_t i = 0; i < all->n; i++)
        items[i] = (struct view_issuer){
            .href = arena_fmt(&r->arena, "/auth/oidc/%.*s/start%s%.*s", STR_ARG(all->items[i].id),
                              mark, STR_ARG(buf_view(&escaped))),
            .label = label_of(r, &all->items[i]),
        };
    buf_release(&escaped);
    return (struct view_issuers){items, all->n};
}

struct view_issuer sign_in_leave(struct request *r, struct str method)
{
    const struct issuer *issuer = issuers_find(&r->web->config->issuers, method);
    if (!issuer)
        return (struct view_issuer){0};
    return (struct view_issuer){
        .href = arena_fmt(&r->arena, "/auth/oidc/%.*s/leave", STR_ARG(issuer->id)),
        .label = label_of(r, issuer),
    };
}

/* ---- what was begun -----------------------------------------------------------------------------
 */

struct begun {
    struct str state, nonce, verifier, next;
};

static struct str secret(struct arena *a)
{
    unsigned char bytes[SECRET_SIZE];
    random_bytes(bytes, sizeof bytes);
    return text_base64url(a, str_of(bytes, sizeof bytes));
}

static void keep(struct request *r, const struct issuer *issuer, const struct begun *b)
{
    struct str text =
        arena_fmt(&r->arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(issuer->id), STR_ARG(b->state),
                  STR_ARG(b->nonce), STR_ARG(b->verifier), STR_ARG(b->next));
    sealed_cookie_set(r, cookie_name, text, BEGUN_S);
}

/* What this browser began with that issuer, not too long ago. */
static bool recall(struct request *r, const struct issuer *issuer, struct begun *out)
{
    struct str text, id;
    if (!sealed_cookie_get(r, cookie_name, &text) || !str_cut(&text, '\n', &id) ||
        !str_cut(&text, '\n', &out->state) || !str_cut(&text, '\n', &out->nonce) ||
        !str_cut(&text, '\n', &out->verifier))
        return false;
    out->next = text;
    return str_eq(id, issuer->id);
}

/* ---- what people are told -----------------------------------------------------------------------
 */

static void tell(struct request *r, int status, enum text heading, enum text text,
                 struct str provider)
{
    struct view_elsewhere v = {
        .heading = say_with(r, heading, "provider", provider),
        .text = say_with(r, text, "provider", provider),
    };
    shell_fill(&v.shell, r, v.heading);
    v.shell.plain = true;
    html_clear(respond_html(r));
    page_elsewhere(respond_html(r), &v);
    respond_page(r, status);
}

static void tell_stale(struct request *r)
{
    tell(r, 400, TEXT_ELSEWHERE_STALE, TEXT_ELSEWHERE_STALE_TEXT, STR_EMPTY);
}

/* To the log: why, without a word about whom. */
static void note(const struct issuer *issuer, const char *what, const struct why *why)
{
    log_event(LOG_WARN, "sign-in elsewhere refused", LOG_STR("issuer", issuer->id),
              LOG_TEXT("reason", what), LOG_TEXT("detail", why ? why->detail : ""),
              LOG_TEXT("remedy", why ? why->hint : ""));
}

static void tell_error(struct request *r, const struct provider *provider, enum err e,
                       enum token_verdict verdict, const struct why *why)
{
    if (e == ERR_BUSY) {
        respond_error(r, e, why);
        return;
    }
    note(provider->issuer, e == ERR_INPUT ? token_verdict_name(verdict) : err_name(e), why);
    if (e == ERR_NETWORK)
        tell(r, 503, TEXT_ELSEWHERE_AWAY, TEXT_ELSEWHERE_AWAY_TEXT, provider->label);
    else if (verdict == TOKEN_NO_ROLE || verdict == TOKEN_GROUPS_ELSEWHERE)
        tell(r, 403, TEXT_ELSEWHERE_NO_ROLE, TEXT_ELSEWHERE_NO_ROLE_TEXT, provider->label);
    else if (verdict == TOKEN_MFA)
        tell(r, 403, TEXT_ELSEWHERE_MFA, TEXT_ELSEWHERE_MFA_TEXT, provider->label);
    else
        tell(r, 403, TEXT_ELSEWHERE_REFUSED, TEXT_ELSEWHERE_REFUSED_TEXT, provider->label);
}

/* ---- there --------------------------------------------------------------------------------------
 */

/* A parameter of the query, decoded; empty when it is not there or cannot be read. */
static struct str parameter(struct request *r, const char *wanted)
{
    struct urlencoded u;
    struct str name, value, found = STR_EMPTY;
    urlencoded_init(&u, r->query);
    while (urlencoded_next(&u, &r->arena, &name, &value))
        if (str_eq(name, str_from(wanted)) && found.len == 0)
            found = value;
    return u.problem || found.len > PARAMETER_MAX ? STR_EMPTY : found;
}

struct start {
    struct provider provider;
    struct oidc_begin begin;
    struct begun begun;
    struct str url;
};

/* On a caller's thread. */
static void run_start(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct start *s = job->context;
    (void)reader;
    job->result = oidc_begin(s->provider.oidc, ticket_arena(t), &s->begin, &s->url, &job->why);
}

static void answer_start(struct request *r, struct job *job, struct ticket *t)
{
    struct start *s = job->context;
    (void)t;
    if (job->result) {
        tell_error(r, &s->provider, job->result, TOKEN_GOOD, &job->why);
        return;
    }
    keep(r, s->provider.issuer, &s->begun);
    respond_redirect(r, arena_str(&r->arena, s->url));
}

void handle_oidc_start(struct request *r)
{
    struct provider provider;
    if (!find_provider(r, &provider))
        return;
    struct ticket *t = ticket_new(r, JOB_WRITE, answer_start);
    struct arena *a = ticket_arena(t);
    struct start *s = arena_new(a, struct start);
    s->provider = provider;
    s->provider.label = arena_str(a, provider.label);
    s->begun = (struct begun){secret(a), secret(a), secret(a),
                              arena_str(a, staff_safe_next(parameter(r, "next")))};
    s->begin = (struct oidc_begin){arena_str(a, provider.redirect_uri), s->begun.state,
                                   s->begun.nonce, s->begun.verifier};
    if (oidc_begin_now(provider.oidc, &r->arena, &s->begin, &s->url)) {
        keep(r, provider.issuer, &s->begun);
        respond_redirect(r, s->url);
        ticket_drop(t);
        return;
    }
    ticket_job(t)->context = s;
    enum err e = ticket_ask(t, DESK_CALL, run_start);
    if (e)
        respond_error(r, e, NULL);
}

/* ---- and back -----------------------------------------------------------------------------------
 */

struct finish {
    struct provider provider;
    struct oidc_finish finish;
    struct claims claims;
    enum token_verdict verdict;
    struct str next;
    struct identity_sign_in sign_in;
    struct str token; /* of the session, the request's */
};

static void run_finish(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    struct finish *f = job->context;
    (void)reader;
    job->result = oidc_finish(f->provider.oidc, ticket_arena(t), &f->finish, &f->claims,
                              &f->verdict, &job->why);
}

static void answer_signed_in(struct request *r, struct job *job, struct ticket *t)
{
    struct finish *f = job->context;
    (void)t;
    if (job->result == ERR_REFUSED) {
        note(f->provider.issuer, "disabled here", NULL);
        tell(r, 403, TEXT_ELSEWHERE_DISABLED, TEXT_ELSEWHERE_DISABLED_TEXT, f->provider.label);
    } else if (job->result) {
        respond_error(r, job->result, &job->why);
    } else {
        staff_set_cookie(r, f->token);
        respond_redirect(r, f->next.len ? arena_str(&r->arena, f->next) : STR("/staff"));
    }
}

/* The issuer has said who it is: a person, and their session. */
static void answer_finish(struct request *r, struct job *job, struct ticket *t)
{
    const struct finish *f = job->context;
    (void)t;
    if (job->result) {
        tell_error(r, &f->provider, job->result, f->verdict, &job->why);
        return;
    }
    struct ticket *next = ticket_new(r, JOB_WRITE, answer_signed_in);
    struct arena *a = ticket_arena(next);
    struct finish *g = arena_new(a, struct finish);
    g->provider = f->provider;
    g->provider.label = arena_str(a, f->provider.label);
    g->next = arena_str(a, f->next);
    g->sign_in = (struct identity_sign_in){
        .issuer = f->provider.issuer->issuer,
        .subject = arena_str(a, f->claims.subject),
        .id = f->provider.issuer->id,
        .name = arena_str(a, f->claims.name),
        .email = arena_str(a, f->claims.email),
        .role = (enum role)f->claims.role,
    };
    auth_fill_begin(r, next, 0, f->claims.mfa, &g->sign_in.begin, &g->token);
    g->sign_in.begin.method = f->provider.issuer->id;
    ticket_job(next)->context = g;
    ticket_job(next)->write = (struct job_write){identity_sign_in, &g->sign_in};
    enum err e = ticket_put(next);
    if (e)
        respond_error(r, e, NULL);
}

/* error of RFC 6749 §4.1.2.1: a word of the provider's, for the log. */
static void refused_there(struct request *r, const struct provider *provider, struct str error)
{
    struct why why = {0};
    bool word = error.len <= 64;
    for (size_t i = 0; i < error.len; i++)
        word = word && ((error.ptr[i] >= 'a' && error.ptr[i] <= 'z') || error.ptr[i] == '_');
    err_set(&why, ERR_REFUSED, "sign in elsewhere", "%.*s", STR_ARG(word ? error : STR("?")));
    tell_error(r, provider, ERR_REFUSED, TOKEN_GOOD, &why);
}

void handle_oidc_callback(struct request *r)
{
    struct provider provider;
    struct begun begun;
    if (!find_provider(r, &provider))
        return;
    struct str state = parameter(r, "state"), code = parameter(r, "code");
    struct str error = parameter(r, "error");
    bool ours = recall(r, provider.issuer, &begun) && str_eq_secret(state, begun.state);
    if (!ours) {
        tell_stale(r); /* the cookie stays: a stranger's link must not end what was begun */
        return;
    }
    sealed_cookie_clear(r, cookie_name);
    if (error.len || code.len == 0) {
        refused_there(r, &provider, error);
        return;
    }
    struct ticket *t = ticket_new(r, JOB_WRITE, answer_finish);
    struct arena *a = ticket_arena(t);
    struct finish *f = arena_new(a, struct finish);
    f->provider = provider;
    f->provider.label = arena_str(a, provider.label);
    f->next = arena_str(a, staff_safe_next(begun.next));
    f->finish = (struct oidc_finish){
        .redirect_uri = arena_str(a, provider.redirect_uri),
        .code = arena_str(a, code),
        .nonce = arena_str(a, begun.nonce),
        .verifier = arena_str(a, begun.verifier),
        .issuer = arena_str(a, parameter(r, "iss")),
        .now_ms = clock_wall_ms(),
    };
    ticket_job(t)->context = f;
    enum err e = ticket_ask(t, DESK_CALL, run_finish);
    if (e)
        respond_error(r, e, NULL);
}

void handle_oidc_leave(struct request *r)
{
    struct provider provider;
    if (!find_provider(r, &provider))
        return;
    struct str here = arena_fmt(&r->arena, "%.*s/auth/login", STR_ARG(r->web->public_url));
    struct str url = oidc_leave(provider.oidc, &r->arena, here);
    respond_redirect(r, url.len ? url : STR("/auth/login"));
}
