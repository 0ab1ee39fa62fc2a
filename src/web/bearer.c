/* SPDX-License-Identifier: Apache-2.0 */
#include "web/bearer.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "core/jws.h"
#include "store/identities.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/state.h"
#include "web/ticket.h"

#include <mbedtls/sha256.h>

enum { DIGEST_SIZE = 32, SHOWN_SIZE = 8 };

/* A header of JSON in base64url begins with "{" and a quote or a space. */
bool bearer_is(struct str token)
{
    return str_starts(token, STR("ey"));
}

/* The issuer that the token names. What names nobody of ours is not looked at further. */
static const struct issuer *issuer_of(struct request *r, struct str token, struct oidc **out)
{
    const struct issuers *all = &r->web->config->issuers;
    struct jws jws;
    if (jws_read(&r->arena, token, JWS_ACCESS_TOKEN, &jws) != TOKEN_GOOD)
        return NULL;
    struct str said = claims_issuer(&r->arena, jws.payload);
    for (size_t i = 0; i < all->n; i++)
        if (all->items[i].api_audience.len && str_eq(all->items[i].issuer, said)) {
            *out = r->web->issuers.items[i];
            return &all->items[i];
        }
    return NULL;
}

static void run_refresh(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    (void)reader;
    job->result = oidc_refresh(job->context, &job->why);
    if (job->result)
        log_why(LOG_WARN, "issuer not refreshed", &job->why);
}

/* By somebody else than the loop; nobody waits for it. */
static void refresh(struct request *r, struct oidc *oidc)
{
    struct ticket *t = ticket_alone(r->loop, JOB_WRITE);
    ticket_job(t)->context = oidc;
    ticket_ask(t, DESK_CALL, run_refresh);
}

static struct actor actor_of(struct request *r, struct str issuer, struct str subject)
{
    unsigned char digest[DIGEST_SIZE];
    struct actor actor;
    struct str whole = arena_fmt(&r->arena, "%.*s\n%.*s", STR_ARG(issuer), STR_ARG(subject));
    mbedtls_sha256((const unsigned char *)whole.ptr, whole.len, digest, 0);
    struct str shown = text_hex(&r->arena, str_of(digest, SHOWN_SIZE));
    snprintf(actor.text, sizeof actor.text, "access/%.*s", STR_ARG(shown));
    return actor;
}

static enum err seat(struct request *r, const struct issuer *issuer, const struct claims *claims,
                     struct str scopes, struct why *why)
{
    struct identity who;
    enum err e = reader_identity(r->loop->reader, issuer->issuer, claims->subject, &who, why);
    if (e && e != ERR_MISSING)
        return e;
    if (!e && who.disabled)
        return ERR_NONE;
    struct str name = claims->name.len ? claims->name : claims->subject;
    struct staff *staff = arena_new(&r->arena, struct staff);
    *staff = (struct staff){
        .person = who.person,
        .role = (enum role)claims->role,
        .login = name,
        .name = name,
        .actor = e ? actor_of(r, issuer->issuer, claims->subject) : actor_person(who.person),
        .method = issuer->id,
        .scopes = scopes,
        .expires_ms = claims->expires_s * 1000,
    };
    r->staff = staff;
    return ERR_NONE;
}

enum err bearer_find(struct request *r, struct str token, struct why *why)
{
    struct oidc *oidc;
    struct claims claims;
    struct str scopes;
    enum token_verdict verdict;
    bool again = false;
    const struct issuer *issuer = issuer_of(r, token, &oidc);
    if (!issuer)
        return ERR_NONE;
    enum err e = oidc_access(oidc, &r->arena, token, clock_wall_ms(), &claims, &scopes, &verdict,
                             &again, why);
    if (again)
        refresh(r, oidc);
    if (e == ERR_BUSY)
        r->retry_s = 1;
    else if (!e && claims.role == CLAIMS_NO_ROLE)
        verdict = TOKEN_NO_ROLE;
    if (e == ERR_INPUT || (!e && claims.role == CLAIMS_NO_ROLE)) {
        log_event(LOG_INFO, "access token refused", LOG_STR("issuer", issuer->id),
                  LOG_TEXT("reason", token_verdict_name(verdict)));
        return ERR_NONE;
    }
    return e ? e : seat(r, issuer, &claims, scopes, why);
}
