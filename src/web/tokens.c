/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tokens.h"

#include "base/clock.h"
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
#include "web/view_tokens.h"

#include "pages.h"

static const struct str path = STR_INIT("/staff/tokens");

enum { DAY_MS = 24 * 3600 * 1000 };

/* ---- the page ------------------------------------------------------------------------------- */

static struct view_token_rows rows_of(struct request *r, const struct tokens *tokens,
                                      int64_t now_ms)
{
    struct view_token_row *items = arena_new_array(&r->arena, struct view_token_row, tokens->n);
    for (size_t i = 0; i < tokens->n; i++) {
        const struct token *t = &tokens->items[i];
        bool late = t->expires_ms && t->expires_ms <= now_ms;
        bool works = !late && !t->revoked_ms;
        items[i] = (struct view_token_row){
            .id = t->id,
            .name = t->name,
            .role = staff_role_name(r, t->role),
            .made = say_day(r, t->created_ms),
            .used = t->used_ms ? say_day(r, t->used_ms) : STR_EMPTY,
            .until = t->expires_ms ? say_day(r, t->expires_ms) : STR_EMPTY,
            .state = works ? STR("active") : STR("disabled"),
            .state_label = say(r, works           ? TEXT_TOKENS_STATE_ACTIVE
                                  : t->revoked_ms ? TEXT_TOKENS_STATE_REVOKED
                                                  : TEXT_TOKENS_STATE_EXPIRED),
            .works = works,
        };
    }
    return (struct view_token_rows){items, tokens->n};
}

/* What was typed, and what is wrong with it. */
struct typed {
    struct str name, name_error, days, days_error;
    enum role role;
};

static void show(struct request *r, const struct typed *typed, int status)
{
    struct why why = {0};
    struct tokens tokens;
    int64_t now_ms = clock_wall_ms();
    enum err e = reader_tokens(r->loop->reader, &r->arena, now_ms, &tokens, &why);
    if (e) {
        respond_error(r, e, &why);
        return;
    }
    struct view_tokens_page v = {
        .tabs = staff_settings_tabs(r, path),
        .rows = rows_of(r, &tokens, now_ms),
        .roles = staff_roles(r, typed->role),
        .name = typed->name,
        .name_error = typed->name_error,
        .days = typed->days,
        .days_error = typed->days_error,
    };
    staff_shell_fill(&v.staff, r, say(r, TEXT_STAFF_TOKENS), SECTION_SETTINGS);
    v.staff.shell.has_errors = typed->name_error.len || typed->days_error.len;
    page_tokens(respond_html(r), &v);
    respond_page(r, status);
}

void handle_tokens_page(struct request *r)
{
    show(r, &(struct typed){.days = arena_fmt(&r->arena, "%d", TOKEN_DAYS), .role = ROLE_VIEWER},
         200);
}

/* ---- making --------------------------------------------------------------------------------- */

/* Shown once, with the answer to the form: the database has only its hash. */
static void made(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result != ERR_NONE) {
        respond_error(r, job->result, &job->why);
        return;
    }
    struct view_token_made *v = job->context;
    staff_shell_fill(&v->staff, r, say(r, TEXT_STAFF_TOKENS), SECTION_SETTINGS);
    page_token_made(respond_html(r), v);
    respond_page(r, 200);
}

static void make(struct request *r, const struct typed *typed, int64_t days)
{
    struct session_hash hash;
    struct str token = token_new(&r->arena, &hash);
    struct ticket *t = ticket_new(r, JOB_WRITE, made);
    const struct token_make input = {
        .actor = r->staff->actor,
        .by = r->staff->person,
        .hash = hash,
        .name = arena_str(ticket_arena(t), typed->name),
        .role = typed->role,
        .expires_ms = days ? clock_wall_ms() + days * DAY_MS : 0,
    };
    struct view_token_made *v = arena_new(&r->arena, struct view_token_made);
    *v = (struct view_token_made){
        .tabs = staff_settings_tabs(r, path),
        .name = typed->name,
        .token = token,
        .example =
            arena_fmt(&r->arena, "curl -H \"Authorization: Bearer %.*s\" %.*s/api/v1/submissions",
                      STR_ARG(token), STR_ARG(r->web->public_url)),
    };
    ticket_write(t, token_make, &input, sizeof input, v);
}

void handle_token_make(struct request *r)
{
    struct typed typed = {
        .name = utf8_compose(&r->arena, str_trim(request_field(r, STR("name")))),
        .days = str_trim(request_field(r, STR("days"))),
    };
    uint64_t days = 0;
    if (!role_find(request_field(r, STR("role")), &typed.role))
        typed.role = ROLE_VIEWER;
    if (!typed.name.len || utf8_length(typed.name) > TOKEN_NAME_MOST ||
        utf8_has_control(typed.name, false))
        typed.name_error = say_count(r, TEXT_TOKENS_NAME_WRONG, TOKEN_NAME_MOST);
    if (!str_to_u64(typed.days, &days) || days > TOKEN_DAYS_MOST)
        typed.days_error = say_count(r, TEXT_TOKENS_DAYS_WRONG, TOKEN_DAYS_MOST);
    if (typed.name_error.len || typed.days_error.len)
        show(r, &typed, 422);
    else
        make(r, &typed, (int64_t)days);
}

/* ---- revoking ------------------------------------------------------------------------------- */

/* One that was revoked before is revoked: the page shows it. */
static void revoked(struct request *r, struct job *job, struct ticket *ticket)
{
    (void)ticket;
    if (job->result != ERR_NONE && job->result != ERR_MISSING)
        respond_error(r, job->result, &job->why);
    else
        respond_redirect(r, path);
}

void handle_token_revoke(struct request *r)
{
    uint64_t id = 0;
    str_to_u64(r->param, &id);
    const struct token_revoke input = {r->staff->actor, (int64_t)(id & INT64_MAX)};
    ticket_write(ticket_new(r, JOB_WRITE, revoked), token_revoke, &input, sizeof input, NULL);
}
