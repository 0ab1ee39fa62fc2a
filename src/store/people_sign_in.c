/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_inner.h"

#include <inttypes.h>

static const char op[] = "keep the sign-in";

/* ---- pieces --------------------------------------------------------------------------------- */

static enum err set_password(struct write *w, int64_t person, struct str password, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_PERSON_PASSWORD);
    if (s) {
        bind_text(s, P_PERSON_PASSWORD_PASSWORD, password);
        sqlite3_bind_int64(s, P_PERSON_PASSWORD_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_PASSWORD_ID, person);
    }
    return write_run(w, s, op, NULL, why);
}

static enum err delete_codes(struct write *w, int64_t person, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_RECOVERY_DELETE);
    if (s)
        sqlite3_bind_int64(s, P_RECOVERY_DELETE_PERSON, person);
    return write_run(w, s, op, NULL, why);
}

static enum err insert_codes(struct write *w, int64_t person,
                             const unsigned char (*codes)[RECOVERY_HASH_SIZE], struct why *why)
{
    enum err e = delete_codes(w, person, why);
    for (int i = 0; i < RECOVERY_CODES && !e; i++) {
        sqlite3_stmt *s = write_query(w, SQL_RECOVERY_INSERT);
        if (s) {
            sqlite3_bind_int64(s, P_RECOVERY_INSERT_PERSON, person);
            bind_bytes(s, P_RECOVERY_INSERT_CODE, codes[i], RECOVERY_HASH_SIZE);
        }
        e = write_run(w, s, op, NULL, why);
    }
    return e;
}

/* The session that goes on, instead of all the others. */
static enum err begin_alone(struct write *w, const struct session_begin *begin, struct why *why)
{
    struct session_end_all end = {.actor = actor_person(begin->person), .person = begin->person};
    struct session_begin copy = *begin;
    enum err e = session_end_all(w, &end, why);
    return e ? e : session_begin(w, &copy, why);
}

static enum err note(struct write *w, int64_t person, struct str action, struct str detail,
                     struct why *why)
{
    struct actor self = actor_person(person);
    return people_audit(w, &self, action, person, detail, why);
}

/* ---- links ---------------------------------------------------------------------------------- */

static enum err find_link(struct write *w, const struct session_hash *link, bool *first,
                          int64_t *person, struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_INVITATION_FIND);
    if (s)
        bind_bytes(s, P_INVITATION_FIND_TOKEN, link->bytes, sizeof link->bytes);
    bool there =
        write_row(w, s) && sqlite3_column_int64(s, C_INVITATION_FIND_EXPIRES_MS) > w->now_ms;
    if (there) {
        *first = str_eq(column_text(s, C_INVITATION_FIND_KIND), STR("first"));
        *person = sqlite3_column_int64(s, C_INVITATION_FIND_PERSON);
    }
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return write_failed(w, op, why);
    return there ? ERR_NONE : err_set(why, ERR_MISSING, op, "the link was used, or it is too old");
}

static enum err reset(struct write *w, int64_t person, struct str password, struct why *why)
{
    int64_t changed = 0;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_RESET);
    if (s) {
        bind_text(s, P_PERSON_RESET_PASSWORD, password);
        sqlite3_bind_int64(s, P_PERSON_RESET_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_RESET_ID, person);
    }
    enum err e = write_run(w, s, op, &changed, why);
    if (!e && !changed)
        e = err_set(why, ERR_MISSING, op, "the account is disabled");
    return e ? e : delete_codes(w, person, why);
}

enum err invitation_use(struct write *w, void *input, struct why *why)
{
    struct invitation_use *u = input;
    bool first = false;
    int64_t person = 0;
    enum err e;
    if (u->signed_first) {
        int64_t n = 0;
        first = true;
        e = people_administrators(w, 0, &n, why);
        if (!e && n)
            e = err_set(why, ERR_MISSING, op, "there is an administrator by now");
    } else {
        e = find_link(w, &u->link, &first, &person, why);
    }
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_INVITATION_DELETE);
    if (s)
        sqlite3_bind_int64(s, P_INVITATION_DELETE_PERSON, person);
    e = write_run(w, s, op, NULL, why);
    if (!e)
        e = first ? people_insert(w, u->login, u->name, STR_EMPTY, ROLE_ADMINISTRATOR,
                                  PERSON_ACTIVE, u->password, &person, why)
                  : reset(w, person, u->password, why);
    u->begin.person = person;
    if (!e)
        e = note(w, person, first ? STR("person.first") : STR("person.link_used"), STR_EMPTY, why);
    return e ? e : begin_alone(w, &u->begin, why);
}

/* ---- passwords ------------------------------------------------------------------------------ */

enum err password_change(struct write *w, void *input, struct why *why)
{
    const struct password_change *c = input;
    enum err e = set_password(w, c->person, c->password, why);
    if (!e)
        e = note(w, c->person, STR("person.password_changed"), STR_EMPTY, why);
    return e ? e : begin_alone(w, &c->begin, why);
}

enum err password_renew(struct write *w, void *input, struct why *why)
{
    const struct password_renew *r = input;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_PASSWORD_RENEW);
    if (s) {
        bind_text(s, P_PERSON_PASSWORD_RENEW_PASSWORD, r->password);
        sqlite3_bind_int64(s, P_PERSON_PASSWORD_RENEW_ID, r->person);
        bind_text(s, P_PERSON_PASSWORD_RENEW_BEFORE, r->before);
    }
    return write_run(w, s, op, NULL, why);
}

/* ---- the second step ------------------------------------------------------------------------ */

enum err totp_enrol(struct write *w, void *input, struct why *why)
{
    const struct totp_enrol *t = input;
    sqlite3_stmt *s = write_query(w, SQL_PERSON_TOTP);
    if (s) {
        bind_bytes(s, P_PERSON_TOTP_SEALED, t->sealed.ptr, t->sealed.len);
        sqlite3_bind_int64(s, P_PERSON_TOTP_STEP, t->step);
        sqlite3_bind_int64(s, P_PERSON_TOTP_NOW_MS, w->now_ms);
        sqlite3_bind_int64(s, P_PERSON_TOTP_ID, t->person);
    }
    enum err e = write_run(w, s, op, NULL, why);
    if (!e)
        e = insert_codes(w, t->person, t->codes, why);
    if (!e)
        e = note(w, t->person, STR("person.totp_set"), STR_EMPTY, why);
    return e ? e : begin_alone(w, &t->begin, why);
}

enum err recovery_renew(struct write *w, void *input, struct why *why)
{
    const struct recovery_renew *r = input;
    enum err e = insert_codes(w, r->person, r->codes, why);
    return e ? e : note(w, r->person, STR("person.recovery_renewed"), STR_EMPTY, why);
}

/* By the time step: each counts once. */
static enum err use_step(struct write *w, const struct second_step *x, int64_t *changed,
                         struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_PERSON_TOTP_STEP);
    if (s) {
        sqlite3_bind_int64(s, P_PERSON_TOTP_STEP_STEP, x->step);
        sqlite3_bind_int64(s, P_PERSON_TOTP_STEP_ID, x->begin.person);
    }
    return write_run(w, s, op, changed, why);
}

static enum err use_code(struct write *w, const struct second_step *x, int64_t *changed,
                         struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_RECOVERY_USE);
    if (s) {
        sqlite3_bind_int64(s, P_RECOVERY_USE_PERSON, x->begin.person);
        bind_bytes(s, P_RECOVERY_USE_CODE, x->code, sizeof x->code);
    }
    enum err e = write_run(w, s, op, changed, why);
    return e || !*changed ? e
                          : note(w, x->begin.person, STR("person.recovery_used"), STR_EMPTY, why);
}

enum err second_step(struct write *w, void *input, struct why *why)
{
    const struct second_step *x = input;
    struct session_begin begin = x->begin;
    int64_t changed = 0;
    enum err e = x->step ? use_step(w, x, &changed, why) : use_code(w, x, &changed, why);
    if (!e && !changed)
        e = err_set(why, ERR_REFUSED, op, "this code was used before");
    return e ? e : session_begin(w, &begin, why);
}

enum err sign_in_paused(struct write *w, void *input, struct why *why)
{
    const struct sign_in_paused *p = input;
    struct actor system = actor_system();
    char detail[48];
    int n = snprintf(detail, sizeof detail, "{\"seconds\":%" PRId64 "}", p->pause_s);
    return people_audit(w, &system, STR("session.paused"), p->person, str_of(detail, (size_t)n),
                        why);
}
