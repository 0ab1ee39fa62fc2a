/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/control_users.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "base/utf8.h"
#include "config/config.h"
#include "store/people.h"
#include "store/store.h"
#include "web/setup_link.h"
#include "web/web.h"

#include <limits.h>

enum { LINK_MS = SETUP_LINK_HOURS * 3600 * 1000 };

static bool wants_json(const struct control_call *c)
{
    return control_argument(c, "json").len > 0;
}

static void begin(struct json *j, struct control_call *c)
{
    json_init(j, c->out);
    json_object(j, NULL);
}

static void end(struct json *j, struct control_call *c)
{
    json_end(j);
    buf_byte(c->out, '\n');
}

static void answer_link(struct control_call *c, struct str path, int64_t until_ms)
{
    struct json j;
    char until[CLOCK_RFC3339_SIZE];
    struct str url = web_url_of(c->config);
    if (!wants_json(c)) {
        buf_fmt(c->out, "%.*s%.*s\n", STR_ARG(url), STR_ARG(path));
        return;
    }
    begin(&j, c);
    json_str(&j, "link", arena_fmt(c->arena, "%.*s%.*s", STR_ARG(url), STR_ARG(path)));
    json_str(&j, "until", clock_rfc3339(until_ms, until));
    end(&j, c);
}

/* A new link's path, and its hash for the database. */
static struct str new_link(struct control_call *c, struct session_hash *hash)
{
    unsigned char bytes[SESSION_TOKEN_SIZE];
    random_bytes(bytes, sizeof bytes);
    struct str token = text_base64url(c->arena, str_of(bytes, sizeof bytes));
    *hash = session_hash(token);
    return arena_fmt(c->arena, "/auth/setup/%.*s", STR_ARG(token));
}

static enum err find(struct control_call *c, struct person *out, struct why *why)
{
    struct str login = control_argument(c, "login");
    enum err e = reader_person_called(c->reader, c->arena, login, out, NULL, why);
    if (e == ERR_MISSING) {
        err_set(why, e, "find the account", "there is no login “%.*s”", STR_ARG(login));
        err_hint(why, "anteroom user list shows them all.");
    }
    return e;
}

static bool is_text(struct str text, size_t most)
{
    return text.len && utf8_valid(text) && !utf8_has_control(text, false) &&
           utf8_length(text) <= most;
}

enum err control_user_add(struct control_call *c, struct why *why)
{
    static const char op[] = "add the account";
    int64_t until_ms = clock_wall_ms() + LINK_MS;
    struct person_invite invite = {
        .actor = actor_command(),
        .login = control_argument(c, "login"),
        .name = control_argument(c, "name"),
        .email = control_argument(c, "email"),
        .expires_ms = until_ms,
    };
    if (!is_text(invite.login, LOGIN_MOST) || str_find(invite.login, ' ', 0) < invite.login.len)
        return err_set(why, ERR_USAGE, op, "a login has 1 to %d characters and no spaces",
                       LOGIN_MOST);
    if (!invite.name.len)
        invite.name = invite.login;
    if (!is_text(invite.name, PERSON_NAME_MOST))
        return err_set(why, ERR_USAGE, op, "a name has 1 to %d characters", PERSON_NAME_MOST);
    if (!role_find(control_argument(c, "role"), &invite.role)) {
        enum err e = err_set(why, ERR_USAGE, op, "there is no such role");
        err_hint(why, "--role takes viewer, agent, privacy, auditor or administrator.");
        return e;
    }
    struct str path = new_link(c, &invite.link);
    enum err e = control_write(c, person_invite, &invite, why);
    if (!e)
        answer_link(c, path, until_ms);
    return e;
}

/* Columns stay straight in any script that is not wide. */
static void column(struct buf *out, struct str text, size_t width)
{
    size_t points = utf8_length(text);
    buf_str(out, text);
    buf_fmt(out, "%*s", points < width ? (int)(width - points) : 1, "");
}

static void list_in_columns(struct control_call *c, const struct people *people)
{
    enum { LOGIN = 30, NAME = 24, ROLE = 15, STATE = 10, STEP = 15 };
    for (size_t i = 0; i < people->n; i++) {
        const struct person *p = &people->items[i];
        char at[CLOCK_RFC3339_SIZE];
        struct str in = p->signed_in_ms ? clock_rfc3339(p->signed_in_ms, at) : STR("never");
        column(c->out, p->login, LOGIN);
        column(c->out, p->name, NAME);
        column(c->out, role_name(p->role), ROLE);
        column(c->out, person_state_name(p->state), STATE);
        column(c->out, p->has_totp ? STR("second step") : STR("password"), STEP);
        buf_fmt(c->out, "%.*s\n", STR_ARG(str_slice(in, 0, 10)));
    }
}

enum err control_user_list(struct control_call *c, struct why *why)
{
    struct people people;
    enum err e = reader_people(c->reader, c->arena, &people, why);
    if (e)
        return e;
    if (!wants_json(c)) {
        list_in_columns(c, &people);
        return ERR_NONE;
    }
    struct json j;
    begin(&j, c);
    json_array(&j, "people");
    for (size_t i = 0; i < people.n; i++) {
        const struct person *p = &people.items[i];
        char at[CLOCK_RFC3339_SIZE];
        json_object(&j, NULL);
        json_str(&j, "login", p->login);
        json_str(&j, "name", p->name);
        json_str(&j, "role", role_name(p->role));
        json_str(&j, "state", person_state_name(p->state));
        json_bool(&j, "second_step", p->has_totp);
        if (p->signed_in_ms)
            json_str(&j, "signed_in", clock_rfc3339(p->signed_in_ms, at));
        else
            json_null(&j, "signed_in");
        json_end(&j);
    }
    json_end(&j);
    end(&j, c);
    return ERR_NONE;
}

enum err control_user_reset(struct control_call *c, struct why *why)
{
    struct person person;
    int64_t until_ms = clock_wall_ms() + LINK_MS;
    struct person_link link = {.actor = actor_command(), .expires_ms = until_ms};
    enum err e = find(c, &person, why);
    if (e)
        return e;
    struct str path = new_link(c, &link.link);
    link.person = person.id;
    e = control_write(c, person_link, &link, why);
    if (!e)
        answer_link(c, path, until_ms);
    return e;
}

static enum err set_state(struct control_call *c, bool disabled, struct why *why)
{
    struct person person;
    struct person_disable d = {.actor = actor_command(), .disabled = disabled};
    enum err e = find(c, &person, why);
    if (e)
        return e;
    d.person = person.id;
    e = control_write(c, person_disable, &d, why);
    if (e)
        return e;
    if (!wants_json(c)) {
        buf_fmt(c->out, "%.*s %s\n", STR_ARG(person.login),
                disabled ? "cannot sign in any more, and is signed out." : "can sign in again.");
        return ERR_NONE;
    }
    struct json j;
    begin(&j, c);
    json_str(&j, "login", person.login);
    json_bool(&j, "disabled", disabled);
    end(&j, c);
    return ERR_NONE;
}

enum err control_user_disable(struct control_call *c, struct why *why)
{
    return set_state(c, true, why);
}

enum err control_user_enable(struct control_call *c, struct why *why)
{
    return set_state(c, false, why);
}

/* Signed while there is no administrator, as the first start's; a row when somebody asks for it
 * although there is one, because none of them can be reached. */
enum err control_user_setup_link(struct control_call *c, struct why *why)
{
    char file[PATH_MAX];
    unsigned char key[KEY_FILE_SIZE];
    bool there = true;
    int64_t now_ms = clock_wall_ms();
    store_path(c->store, "keys/staff.key", file, sizeof file);
    enum err e = reader_has_administrator(c->reader, &there, why);
    if (!e && !there)
        e = staff_key_open(file, key, why);
    if (e)
        return e;
    if (!there) {
        answer_link(c, setup_link_make(c->arena, key, now_ms), now_ms + LINK_MS);
        return ERR_NONE;
    }
    if (!control_argument(c, "anyway").len) {
        e = err_set(why, ERR_CONFLICT, "make a setup link",
                    "there is an administrator who can sign in");
        err_hint(why, "They can invite others; anteroom user reset LOGIN gives one a new password. "
                      "With --anyway another administrator is made.");
        return e;
    }
    struct first_link first = {
        .actor = actor_command(), .expires_ms = now_ms + LINK_MS, .anyway = true};
    struct str path = new_link(c, &first.link);
    e = control_write(c, first_link, &first, why);
    if (!e)
        answer_link(c, path, first.expires_ms);
    return e;
}
