/* SPDX-License-Identifier: Apache-2.0 */
#include "store/identities.h"

#include "store/people_inner.h"
#include "store/reader_inner.h"

static const char op[] = "sign in with an account elsewhere";

enum { DETAIL_MAX = 256, LOGIN_SIZE = LOGIN_MOST + 80, NUMBERS = 100000 };

struct found {
    int64_t person; /* 0: nobody yet */
    enum role role;
    bool disabled;
};

static enum err find(struct write *w, const struct identity_sign_in *i, struct found *out,
                     struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_IDENTITY_FIND);
    *out = (struct found){0};
    if (s) {
        bind_text(s, P_IDENTITY_FIND_ISSUER, i->issuer);
        bind_text(s, P_IDENTITY_FIND_SUBJECT, i->subject);
    }
    if (write_row(w, s)) {
        out->person = sqlite3_column_int64(s, C_IDENTITY_FIND_PERSON);
        out->disabled = !str_eq(column_text(s, C_IDENTITY_FIND_STATE), STR("active"));
        role_find(column_text(s, C_IDENTITY_FIND_ROLE), &out->role);
    }
    if (s)
        sqlite3_reset(s);
    return w->broken ? write_failed(w, op, why) : ERR_NONE;
}

/* {"issuer":"entra","role":"agent"}: both are ours, and need no escapes. */
static enum err audit(struct write *w, const struct identity_sign_in *i, struct str action,
                      int64_t person, struct why *why)
{
    char detail[DETAIL_MAX];
    struct actor actor = actor_person(person);
    int n = snprintf(detail, sizeof detail, "{\"issuer\":\"%.*s\",\"role\":\"%.*s\"}",
                     STR_ARG(i->id), STR_ARG(role_name(i->role)));
    return people_audit(w, &actor, action, person, str_of(detail, (size_t)n), why);
}

/* The login is their address when nobody has it, else with the issuer's name, else a number. */
static enum err insert(struct write *w, const struct identity_sign_in *i, int64_t *person,
                       struct why *why)
{
    char login[LOGIN_SIZE];
    struct str address = i->email.len <= LOGIN_MOST ? i->email : STR_EMPTY;
    enum err e = ERR_CONFLICT;
    for (int n = 0; e == ERR_CONFLICT && n < NUMBERS; n++) {
        if (address.len && n == 0)
            snprintf(login, sizeof login, "%.*s", STR_ARG(address));
        else if (address.len && n == 1)
            snprintf(login, sizeof login, "%.*s (%.*s)", STR_ARG(address), STR_ARG(i->id));
        else
            snprintf(login, sizeof login, "%.*s-%d", STR_ARG(i->id), n + 1);
        struct str name = i->name.len ? i->name : str_from(login);
        e = people_insert(w, str_from(login), name, i->email, i->role, PERSON_ACTIVE, STR_EMPTY,
                          person, why);
    }
    return e;
}

static enum err make(struct write *w, const struct identity_sign_in *i, int64_t *person,
                     struct why *why)
{
    enum err e = insert(w, i, person, why);
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_IDENTITY_INSERT);
    if (s) {
        bind_text(s, P_IDENTITY_INSERT_ISSUER, i->issuer);
        bind_text(s, P_IDENTITY_INSERT_SUBJECT, i->subject);
        sqlite3_bind_int64(s, P_IDENTITY_INSERT_PERSON, *person);
        sqlite3_bind_int64(s, P_IDENTITY_INSERT_NOW_MS, w->now_ms);
    }
    e = write_run(w, s, op, NULL, why);
    return e ? e : audit(w, i, STR("person.came"), *person, why);
}

static enum err refresh(struct write *w, const struct identity_sign_in *i,
                        const struct found *found, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_IDENTITY_REFRESH);
    if (s) {
        bind_text(s, P_IDENTITY_REFRESH_NAME, i->name);
        bind_text(s, P_IDENTITY_REFRESH_EMAIL, i->email);
        bind_text(s, P_IDENTITY_REFRESH_ROLE, role_name(i->role));
        sqlite3_bind_int64(s, P_IDENTITY_REFRESH_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_IDENTITY_REFRESH_ID, found->person);
    }
    enum err e = write_run(w, s, op, NULL, why);
    return e || found->role == i->role ? e : audit(w, i, STR("person.changed"), found->person, why);
}

enum err identity_sign_in(struct write *w, void *input, struct why *why)
{
    struct identity_sign_in *i = input;
    struct found found;
    enum err e = find(w, i, &found, why);
    if (!e && found.disabled)
        return err_set(why, ERR_REFUSED, op, "the account is disabled");
    if (!e)
        e = found.person ? refresh(w, i, &found, why) : make(w, i, &found.person, why);
    i->begin.person = found.person;
    return e ? e : session_begin(w, &i->begin, why);
}

enum err reader_identity(struct reader *reader, struct str issuer, struct str subject,
                         struct identity *out, struct why *why)
{
    sqlite3_stmt *s = NULL;
    *out = (struct identity){0};
    enum err e = reader_query(reader, SQL_IDENTITY_FIND, &s, why);
    if (e)
        return e;
    bind_text(s, P_IDENTITY_FIND_ISSUER, issuer);
    bind_text(s, P_IDENTITY_FIND_SUBJECT, subject);
    e = reader_row(reader, s, why);
    if (!e)
        *out = (struct identity){
            .person = sqlite3_column_int64(s, C_IDENTITY_FIND_PERSON),
            .disabled = !str_eq(column_text(s, C_IDENTITY_FIND_STATE), STR("active")),
        };
    sqlite3_reset(s);
    return e;
}
