/* SPDX-License-Identifier: Apache-2.0 */
#include "store/consent.h"

#include "base/clock.h"
#include "base/must.h"
#include "core/consent.h"
#include "store/store_inner.h"

static const char op[] = "keep the consent text";

/* The words kept under that name: same, or others; *there when there are any. */
static enum err look(struct connection *c, struct str version, struct str language, struct str text,
                     bool *there, bool *same, struct why *why)
{
    sqlite3_stmt *s = connection_query(c, SQL_CONSENT_FIND);
    if (!s)
        return connection_error(c, op, why);
    bind_text(s, P_CONSENT_FIND_VERSION, version);
    bind_text(s, P_CONSENT_FIND_LANGUAGE, language);
    int rc = sqlite3_step(s);
    *there = rc == SQLITE_ROW;
    *same = *there && str_eq(column_text(s, C_CONSENT_FIND_TEXT), text);
    enum err e = rc == SQLITE_ROW || rc == SQLITE_DONE ? ERR_NONE : connection_error(c, op, why);
    sqlite3_reset(s);
    return e;
}

/* Somebody agreed to that version in that language. */
static enum err look_for_use(struct connection *c, struct str version, struct str language,
                             bool *used, struct why *why)
{
    sqlite3_stmt *s = connection_query(c, SQL_CONSENT_USED);
    if (!s)
        return connection_error(c, op, why);
    bind_text(s, P_CONSENT_USED_VERSION, version);
    bind_text(s, P_CONSENT_USED_LANGUAGE, language);
    int rc = sqlite3_step(s);
    *used = rc == SQLITE_ROW;
    enum err e = rc == SQLITE_ROW || rc == SQLITE_DONE ? ERR_NONE : connection_error(c, op, why);
    sqlite3_reset(s);
    return e;
}

static enum err put(struct connection *c, struct str version, struct str language, struct str text,
                    struct why *why)
{
    unsigned char hash[CONSENT_HASH_SIZE];
    consent_hash(text, hash);
    sqlite3_stmt *s = connection_query(c, SQL_CONSENT_PUT);
    if (!s)
        return connection_error(c, op, why);
    bind_text(s, P_CONSENT_PUT_VERSION, version);
    bind_text(s, P_CONSENT_PUT_LANGUAGE, language);
    bind_text(s, P_CONSENT_PUT_TEXT, text);
    bind_bytes(s, P_CONSENT_PUT_SHA256, hash, sizeof hash);
    sqlite3_bind_int64(s, P_CONSENT_PUT_NOW_MS, clock_wall_ms());
    enum err e = sqlite3_step(s) == SQLITE_DONE ? ERR_NONE : connection_error(c, op, why);
    sqlite3_reset(s);
    return e;
}

enum err consent_keep(struct store *store, struct str version, struct str language, struct str text,
                      struct why *why)
{
    struct connection *c = &store->first;
    bool there = false, same = false, used = false;
    must(c->db != NULL);
    enum err e = look(c, version, language, text, &there, &same, why);
    if (e || same)
        return e;
    if (there)
        e = look_for_use(c, version, language, &used, why);
    if (!e && used) {
        e = err_set(why, ERR_CONFIG, op,
                    "visitors have agreed to version “%.*s” (%.*s) in other words",
                    STR_ARG(version), STR_ARG(language));
        err_hint(why, "Give the new text a new form.consent.version, or put the old text back.");
    }
    return e ? e : put(c, version, language, text, why);
}
