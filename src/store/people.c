/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_inner.h"

#include "store/reader_inner.h"

#include <inttypes.h>

static const char op[] = "change the account";

static const struct str states[PERSON_STATES] = {
    [PERSON_INVITED] = STR_INIT("invited"),
    [PERSON_ACTIVE] = STR_INIT("active"),
    [PERSON_DISABLED] = STR_INIT("disabled"),
};

static const struct str kinds[INVITATION_KINDS] = {
    [INVITATION_FIRST] = STR_INIT("first"),
    [INVITATION_INVITE] = STR_INIT("invite"),
    [INVITATION_RESET] = STR_INIT("reset"),
};

struct str person_state_name(enum person_state state)
{
    return states[state];
}

static bool find(const struct str *names, size_t n, struct str name, size_t *out)
{
    for (*out = 0; *out < n; ++*out)
        if (str_eq(names[*out], name))
            return true;
    return false;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* The three queries answer the same columns in the same order. That both sides are the same number
 * is what is asserted. NOLINTBEGIN(misc-redundant-expression) */
_Static_assert((int)C_PERSON_FIND_RECOVERY_CODES == (int)C_PERSON_CALLED_RECOVERY_CODES &&
                   (int)C_PERSON_FIND_RECOVERY_CODES == (int)C_PERSON_LIST_RECOVERY_CODES &&
                   (int)C_PERSON_FIND_TOTP == (int)C_PERSON_CALLED_TOTP &&
                   (int)C_PERSON_FIND_TOTP == (int)C_PERSON_LIST_TOTP,
               "the same columns");
/* NOLINTEND(misc-redundant-expression) */

static bool person_of(sqlite3_stmt *s, struct arena *a, struct person *out,
                      struct person_secrets *secrets)
{
    size_t state;
    struct str password = column_text(s, C_PERSON_FIND_PASSWORD);
    struct str totp = column_bytes(s, C_PERSON_FIND_TOTP);
    *out = (struct person){
        .id = sqlite3_column_int64(s, C_PERSON_FIND_ID),
        .login = arena_str(a, column_text(s, C_PERSON_FIND_LOGIN)),
        .name = arena_str(a, column_text(s, C_PERSON_FIND_NAME)),
        .email = arena_str(a, column_text(s, C_PERSON_FIND_EMAIL)),
        .has_password = password.len > 0,
        .has_totp = totp.len > 0,
        .created_ms = sqlite3_column_int64(s, C_PERSON_FIND_CREATED_MS),
        .signed_in_ms = sqlite3_column_int64(s, C_PERSON_FIND_SIGNED_IN_MS),
        .link_until_ms = sqlite3_column_int64(s, C_PERSON_FIND_LINK_UNTIL_MS),
    };
    if (!role_find(column_text(s, C_PERSON_FIND_ROLE), &out->role) ||
        !find(states, PERSON_STATES, column_text(s, C_PERSON_FIND_STATE), &state))
        return false;
    out->state = (enum person_state)state;
    if (secrets)
        *secrets = (struct person_secrets){
            .password = arena_str(a, password),
            .totp = arena_str(a, totp),
            .totp_step = sqlite3_column_int64(s, C_PERSON_FIND_TOTP_STEP),
            .recovery_codes = (uint64_t)sqlite3_column_int64(s, C_PERSON_FIND_RECOVERY_CODES),
        };
    return true;
}

static enum err one_person(struct reader *reader, struct arena *a, sqlite3_stmt *s,
                           struct person *out, struct person_secrets *secrets, struct why *why)
{
    enum err e = reader_row(reader, s, why);
    if (!e && !person_of(s, a, out, secrets))
        e = err_set(why, ERR_DATA, "read the account", "its role or state is none of ours");
    sqlite3_reset(s);
    return e;
}

enum err reader_person(struct reader *reader, struct arena *a, int64_t id, struct person *out,
                       struct person_secrets *secrets, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_PERSON_FIND, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_PERSON_FIND_ID, id);
    return one_person(reader, a, s, out, secrets, why);
}

enum err reader_person_called(struct reader *reader, struct arena *a, struct str login,
                              struct person *out, struct person_secrets *secrets, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_PERSON_CALLED, &s, why);
    if (e)
        return e;
    bind_text(s, P_PERSON_CALLED_LOGIN, login);
    return one_person(reader, a, s, out, secrets, why);
}

enum err reader_people(struct reader *reader, struct arena *a, struct people *out, struct why *why)
{
    struct person *items = arena_new_array(a, struct person, PEOPLE_MOST);
    *out = (struct people){items, 0};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_PERSON_LIST, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_PERSON_LIST_N, PEOPLE_MOST);
    while (out->n < PEOPLE_MOST && (e = reader_row(reader, s, why)) == ERR_NONE)
        out->n += person_of(s, a, &items[out->n], NULL);
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err reader_has_administrator(struct reader *reader, bool *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_PERSON_ADMINISTRATOR, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_PERSON_ADMINISTRATOR_BESIDE, 0);
    e = reader_row(reader, s, why);
    *out = !e && sqlite3_column_int64(s, C_PERSON_ADMINISTRATOR_N) > 0;
    sqlite3_reset(s);
    return e;
}

enum err reader_invitation(struct reader *reader, const struct session_hash *hash,
                           struct invitation *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    size_t kind;
    enum err e = reader_query(reader, SQL_INVITATION_FIND, &s, why);
    if (e)
        return e;
    bind_bytes(s, P_INVITATION_FIND_TOKEN, hash->bytes, sizeof hash->bytes);
    e = reader_row(reader, s, why);
    if (!e && find(kinds, INVITATION_KINDS, column_text(s, C_INVITATION_FIND_KIND), &kind))
        *out = (struct invitation){
            .kind = (enum invitation_kind)kind,
            .person = sqlite3_column_int64(s, C_INVITATION_FIND_PERSON),
            .expires_ms = sqlite3_column_int64(s, C_INVITATION_FIND_EXPIRES_MS),
        };
    sqlite3_reset(s);
    return e;
}

/* ---- what the changes are made of -------------------------------------------------------------
 */

enum err people_audit(struct write *w, const struct actor *actor, struct str action, int64_t person,
                      struct str detail, struct why *why)
{
    struct actor subject = actor_person(person);
    return write_audit(w, actor_str(actor), action, actor_str(&subject), detail, why);
}

enum err people_link(struct write *w, int64_t person, enum invitation_kind kind,
                     const struct session_hash *link, int64_t expires_ms, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_INVITATION_DELETE);
    if (s)
        sqlite3_bind_int64(s, P_INVITATION_DELETE_PERSON, person);
    enum err e = write_run(w, s, op, NULL, why);
    if (e)
        return e;
    s = write_query(w, SQL_INVITATION_INSERT);
    if (s) {
        bind_bytes(s, P_INVITATION_INSERT_TOKEN, link->bytes, sizeof link->bytes);
        bind_text(s, P_INVITATION_INSERT_KIND, kinds[kind]);
        sqlite3_bind_int64(s, P_INVITATION_INSERT_PERSON, person);
        sqlite3_bind_int64(s, P_INVITATION_INSERT_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_INVITATION_INSERT_EXPIRES_MS, expires_ms);
    }
    return write_run(w, s, op, NULL, why);
}

static enum err login_is_free(struct write *w, struct str login, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_PERSON_CALLED);
    if (s)
        bind_text(s, P_PERSON_CALLED_LOGIN, login);
    bool taken = write_row(w, s);
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return ERR_IO;
    return taken ? err_set(why, ERR_CONFLICT, "add the account", "the login %.*s is taken",
                           STR_ARG(login))
                 : ERR_NONE;
}

enum err people_insert(struct write *w, struct str login, struct str name, struct str email,
                       enum role role, enum person_state state, struct str password, int64_t *id,
                       struct why *why)
{
    enum err e = login_is_free(w, login, why);
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_INSERT);
    if (s) {
        bind_text(s, P_PERSON_INSERT_LOGIN, login);
        bind_text(s, P_PERSON_INSERT_NAME, name);
        bind_text(s, P_PERSON_INSERT_EMAIL, email);
        bind_text(s, P_PERSON_INSERT_ROLE, role_name(role));
        bind_text(s, P_PERSON_INSERT_STATE, states[state]);
        bind_text(s, P_PERSON_INSERT_PASSWORD, password);
        sqlite3_bind_int64(s, P_PERSON_INSERT_NOW_MS, w->now_ms);
    }
    e = write_run(w, s, op, NULL, why);
    *id = e ? 0 : write_last_id(w);
    return e;
}

enum err people_administrators(struct write *w, int64_t beside, int64_t *n, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_PERSON_ADMINISTRATOR);
    if (s)
        sqlite3_bind_int64(s, P_PERSON_ADMINISTRATOR_BESIDE, beside);
    *n = write_row(w, s) ? sqlite3_column_int64(s, C_PERSON_ADMINISTRATOR_N) : 0;
    if (s)
        sqlite3_reset(s);
    return w->broken ? write_failed(w, op, why) : ERR_NONE;
}

/* The role and state of a person; ERR_MISSING. */
static enum err present(struct write *w, int64_t id, enum role *role, enum person_state *state,
                        struct why *why)
{
    size_t found = 0;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_FIND);
    if (s)
        sqlite3_bind_int64(s, P_PERSON_FIND_ID, id);
    bool there = write_row(w, s) && role_find(column_text(s, C_PERSON_FIND_ROLE), role) &&
                 find(states, PERSON_STATES, column_text(s, C_PERSON_FIND_STATE), &found);
    *state = (enum person_state)found;
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return write_failed(w, op, why);
    return there ? ERR_NONE : err_set(why, ERR_MISSING, op, "there is no such account");
}

/* Refuses what would leave nobody who may manage the accounts. */
static enum err others_remain(struct write *w, int64_t person, struct why *why)
{
    int64_t others = 0;
    enum err e = people_administrators(w, person, &others, why);
    if (!e && !others) {
        e = err_set(why, ERR_CONFLICT, op, "this is the last administrator who can sign in");
        err_hint(why, "Make somebody else an administrator first.");
    }
    return e;
}

static enum err end_sessions(struct write *w, const struct actor *actor, int64_t person,
                             struct why *why)
{
    struct session_end_all end = {.actor = *actor, .person = person};
    return session_end_all(w, &end, why);
}

/* ---- changes -------------------------------------------------------------------------------- */

enum err person_invite(struct write *w, void *input, struct why *why)
{
    struct person_invite *i = input;
    char detail[64];
    int n = snprintf(detail, sizeof detail, "{\"role\":\"%.*s\"}", STR_ARG(role_name(i->role)));
    enum err e = people_insert(w, i->login, i->name, i->email, i->role, PERSON_INVITED, STR_EMPTY,
                               &i->person, why);
    if (!e)
        e = people_link(w, i->person, INVITATION_INVITE, &i->link, i->expires_ms, why);
    return e ? e
             : people_audit(w, &i->actor, STR("person.invited"), i->person,
                            str_of(detail, (size_t)n), why);
}

enum err person_link(struct write *w, void *input, struct why *why)
{
    const struct person_link *l = input;
    enum role role = ROLE_VIEWER;
    enum person_state state = PERSON_INVITED;
    enum err e = present(w, l->person, &role, &state, why);
    if (!e && state == PERSON_DISABLED) {
        e = err_set(why, ERR_CONFLICT, op, "the account is disabled");
        err_hint(why, "Enable it first.");
    }
    if (!e)
        e = people_link(w, l->person,
                        state == PERSON_INVITED ? INVITATION_INVITE : INVITATION_RESET, &l->link,
                        l->expires_ms, why);
    return e ? e : people_audit(w, &l->actor, STR("person.link_made"), l->person, STR_EMPTY, why);
}

enum err first_link(struct write *w, void *input, struct why *why)
{
    const struct first_link *f = input;
    int64_t n = 0;
    enum err e = people_administrators(w, 0, &n, why);
    if (!e && n && !f->anyway)
        e = err_set(why, ERR_CONFLICT, "make a setup link",
                    "there is an administrator who can sign in");
    if (!e)
        e = people_link(w, 0, INVITATION_FIRST, &f->link, f->expires_ms, why);
    return e ? e
             : write_audit(w, actor_str(&f->actor), STR("person.first_link_made"), STR_EMPTY,
                           STR_EMPTY, why);
}

enum err person_change(struct write *w, void *input, struct why *why)
{
    const struct person_change *c = input;
    char detail[96];
    enum role role = ROLE_VIEWER;
    enum person_state state = PERSON_INVITED;
    enum err e = present(w, c->person, &role, &state, why);
    if (!e && role == ROLE_ADMINISTRATOR && c->role != role)
        e = others_remain(w, c->person, why);
    sqlite3_stmt *s = e ? NULL : write_query(w, SQL_PERSON_CHANGE);
    if (e)
        return e;
    if (s) {
        bind_text(s, P_PERSON_CHANGE_NAME, c->name);
        bind_text(s, P_PERSON_CHANGE_EMAIL, c->email);
        bind_text(s, P_PERSON_CHANGE_ROLE, role_name(c->role));
        sqlite3_bind_int64(s, P_PERSON_CHANGE_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_CHANGE_ID, c->person);
    }
    e = write_run(w, s, op, NULL, why);
    int n = snprintf(detail, sizeof detail, "{\"was\":\"%.*s\",\"role\":\"%.*s\"}",
                     STR_ARG(role_name(role)), STR_ARG(role_name(c->role)));
    return e ? e
             : people_audit(w, &c->actor, STR("person.changed"), c->person,
                            str_of(detail, (size_t)n), why);
}

enum err person_disable(struct write *w, void *input, struct why *why)
{
    const struct person_disable *d = input;
    enum role role = ROLE_VIEWER;
    enum person_state state = PERSON_INVITED;
    enum err e = present(w, d->person, &role, &state, why);
    if (e || (state == PERSON_DISABLED) == d->disabled)
        return e;
    if (d->disabled && role == ROLE_ADMINISTRATOR)
        e = others_remain(w, d->person, why);
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_DISABLE);
    if (s) {
        sqlite3_bind_int(s, P_PERSON_DISABLE_DISABLED, d->disabled);
        sqlite3_bind_int64(s, P_PERSON_DISABLE_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_DISABLE_ID, d->person);
    }
    e = write_run(w, s, op, NULL, why);
    if (!e && d->disabled) {
        e = end_sessions(w, &d->actor, d->person, why);
        s = e ? NULL : write_query(w, SQL_INVITATION_DELETE);
        if (s)
            sqlite3_bind_int64(s, P_INVITATION_DELETE_PERSON, d->person);
        if (!e)
            e = write_run(w, s, op, NULL, why);
    }
    return e ? e
             : people_audit(w, &d->actor,
                            d->disabled ? STR("person.disabled") : STR("person.enabled"), d->person,
                            STR_EMPTY, why);
}
