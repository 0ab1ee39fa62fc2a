/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/control_tokens.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "store/tokens.h"

#include <inttypes.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static bool wants_json(const struct control_call *c)
{
    return control_argument(c, "json").len > 0;
}

static void json_moment(struct json *j, const char *key, int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (ms)
        json_str(j, key, clock_rfc3339(ms, text));
    else
        json_null(j, key);
}

/* ---- add ------------------------------------------------------------------------------------ */

/* What was asked for, judged as the page does (web/tokens.c). */
static enum err read_wish(struct control_call *c, struct token_make *out, struct why *why)
{
    static const char op[] = "make the token";
    struct str name = str_trim(control_argument(c, "name")), days = control_argument(c, "days");
    uint64_t n = TOKEN_DAYS;
    out->name = utf8_valid(name) ? utf8_compose(c->arena, name) : STR_EMPTY;
    if (!out->name.len || utf8_has_control(out->name, false) ||
        utf8_length(out->name) > TOKEN_NAME_MOST)
        return err_set(why, ERR_USAGE, op, "a name has 1 to %d characters", TOKEN_NAME_MOST);
    if (!role_find(control_argument(c, "role"), &out->role)) {
        enum err e = err_set(why, ERR_USAGE, op, "there is no such role");
        err_hint(why, "--role takes viewer, agent, privacy, auditor or administrator.");
        return e;
    }
    if (days.len && (!str_to_u64(days, &n) || n > TOKEN_DAYS_MOST))
        return err_set(why, ERR_USAGE, op, "--days takes 0 (without end) to %d", TOKEN_DAYS_MOST);
    out->expires_ms = n ? clock_wall_ms() + (int64_t)n * DAY_MS : 0;
    return ERR_NONE;
}

enum err control_token_add(struct control_call *c, struct why *why)
{
    struct token_make make = {.actor = actor_command()};
    enum err e = read_wish(c, &make, why);
    if (e)
        return e;
    struct str token = token_new(c->arena, &make.hash);
    e = control_write(c, token_make, &make, why);
    if (e)
        return e;
    if (!wants_json(c)) {
        buf_fmt(c->out, "%.*s\n", STR_ARG(token));
        return ERR_NONE;
    }
    struct json j;
    json_init(&j, c->out);
    json_object(&j, NULL);
    json_int(&j, "number", make.id);
    json_str(&j, "token", token);
    json_moment(&j, "until", make.expires_ms);
    json_end(&j);
    buf_byte(c->out, '\n');
    return ERR_NONE;
}

/* ---- list ----------------------------------------------------------------------------------- */

static struct str state_of(const struct token *t, int64_t now_ms)
{
    if (t->revoked_ms)
        return STR("revoked");
    return t->expires_ms && t->expires_ms <= now_ms ? STR("expired") : STR("active");
}

/* Columns stay straight in any script that is not wide; the name, as long as it is, ends the line.
 */
static void list_in_columns(struct control_call *c, const struct tokens *tokens, int64_t now_ms)
{
    for (size_t i = 0; i < tokens->n; i++) {
        const struct token *t = &tokens->items[i];
        char used[CLOCK_RFC3339_SIZE], until[CLOCK_RFC3339_SIZE];
        struct str last = t->used_ms ? clock_rfc3339(t->used_ms, used) : STR("never used");
        struct str end = t->expires_ms ? clock_rfc3339(t->expires_ms, until) : STR("no end");
        buf_fmt(c->out, "%-6" PRId64 "%-15.*s%-9.*s%-12.*s%-12.*s%.*s\n", t->id,
                STR_ARG(role_name(t->role)), STR_ARG(state_of(t, now_ms)),
                STR_ARG(str_slice(last, 0, 10)), STR_ARG(str_slice(end, 0, 10)), STR_ARG(t->name));
    }
}

enum err control_token_list(struct control_call *c, struct why *why)
{
    struct tokens tokens;
    int64_t now_ms = clock_wall_ms();
    enum err e = reader_tokens(c->reader, c->arena, now_ms, &tokens, why);
    if (e)
        return e;
    if (!wants_json(c)) {
        list_in_columns(c, &tokens, now_ms);
        return ERR_NONE;
    }
    struct json j;
    json_init(&j, c->out);
    json_object(&j, NULL);
    json_array(&j, "tokens");
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *t = &tokens.items[i];
        json_object(&j, NULL);
        json_int(&j, "number", t->id);
        json_str(&j, "name", t->name);
        json_str(&j, "role", role_name(t->role));
        json_str(&j, "state", state_of(t, now_ms));
        json_moment(&j, "made", t->created_ms);
        json_moment(&j, "used", t->used_ms);
        json_moment(&j, "until", t->expires_ms);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    buf_byte(c->out, '\n');
    return ERR_NONE;
}

/* ---- revoke --------------------------------------------------------------------------------- */

enum err control_token_revoke(struct control_call *c, struct why *why)
{
    struct token_revoke revoke = {.actor = actor_command()};
    struct str number = control_argument(c, "number");
    uint64_t id = 0;
    if (!str_to_u64(number, &id) || id > INT64_MAX) {
        enum err e = err_set(why, ERR_USAGE, "revoke the token", "revoke takes a number");
        err_hint(why, "anteroom token list shows them all.");
        return e;
    }
    revoke.id = (int64_t)id;
    enum err e = control_write(c, token_revoke, &revoke, why);
    if (e == ERR_MISSING)
        err_hint(why, "anteroom token list shows them all.");
    if (e)
        return e;
    if (!wants_json(c)) {
        buf_fmt(c->out, "Token %" PRId64 " opens nothing any more.\n", revoke.id);
        return ERR_NONE;
    }
    struct json j;
    json_init(&j, c->out);
    json_object(&j, NULL);
    json_int(&j, "number", revoke.id);
    json_bool(&j, "revoked", true);
    json_end(&j);
    buf_byte(c->out, '\n');
    return ERR_NONE;
}
