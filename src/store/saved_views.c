/* SPDX-License-Identifier: Apache-2.0 */
#include "store/saved_views.h"

#include "store/reader_inner.h"
#include "store/write_inner.h"

#include <inttypes.h>
#include <stdio.h>

static const char op[] = "keep the view";

enum err reader_saved_views(struct reader *reader, struct arena *a, int64_t person,
                            struct saved_views *out, struct why *why)
{
    struct saved_view *items = arena_new_array(a, struct saved_view, (size_t)2 * SAVED_VIEWS_MOST);
    *out = (struct saved_views){items, 0};
    sqlite3_stmt *s = NULL;
    enum err e = reader_query(reader, SQL_SAVED_VIEW_LIST, &s, why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_SAVED_VIEW_LIST_PERSON, person);
    sqlite3_bind_int(s, P_SAVED_VIEW_LIST_N, 2 * SAVED_VIEWS_MOST);
    while ((e = reader_row(reader, s, why)) == ERR_NONE)
        items[out->n++] = (struct saved_view){
            .id = sqlite3_column_int64(s, C_SAVED_VIEW_LIST_ID),
            .person = sqlite3_column_int64(s, C_SAVED_VIEW_LIST_PERSON),
            .name = arena_str(a, column_text(s, C_SAVED_VIEW_LIST_NAME)),
            .query = arena_str(a, column_text(s, C_SAVED_VIEW_LIST_QUERY)),
        };
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

static enum err audit(struct write *w, const struct actor *actor, const char *action, int64_t id,
                      bool shared, struct why *why)
{
    char subject[32], detail[32];
    int n = snprintf(subject, sizeof subject, "view/%" PRId64, id);
    int m = snprintf(detail, sizeof detail, "{\"shared\":%s}", shared ? "true" : "false");
    return write_audit(w, actor_str(actor), str_from(action), str_of(subject, (size_t)n),
                       str_of(detail, (size_t)m), why);
}

/* How many the person has under other names. */
static enum err count_others(struct write *w, const struct saved_view_keep *keep, int64_t *n,
                             struct why *why)
{
    sqlite3_stmt *s = write_query(w, SQL_SAVED_VIEW_OTHERS);
    if (s) {
        sqlite3_bind_int64(s, P_SAVED_VIEW_OTHERS_PERSON, keep->person);
        bind_text(s, P_SAVED_VIEW_OTHERS_NAME, keep->name);
    }
    bool there = write_row(w, s);
    *n = there ? sqlite3_column_int64(s, C_SAVED_VIEW_OTHERS_N) : 0;
    if (s)
        sqlite3_reset(s);
    return there ? ERR_NONE : write_failed(w, op, why);
}

enum err saved_view_keep(struct write *w, void *input, struct why *why)
{
    const struct saved_view_keep *keep = input;
    int64_t others;
    enum err e = count_others(w, keep, &others, why);
    if (!e && others >= SAVED_VIEWS_MOST)
        e = err_set(why, ERR_CONFLICT, op, "there are %d already", SAVED_VIEWS_MOST);
    if (e)
        return e;
    sqlite3_stmt *s = write_query(w, SQL_SAVED_VIEW_DELETE_NAME);
    if (s) {
        sqlite3_bind_int64(s, P_SAVED_VIEW_DELETE_NAME_PERSON, keep->person);
        bind_text(s, P_SAVED_VIEW_DELETE_NAME_NAME, keep->name);
    }
    e = write_run(w, s, op, NULL, why);
    if (e)
        return e;
    s = write_query(w, SQL_SAVED_VIEW_INSERT);
    if (s) {
        sqlite3_bind_int64(s, P_SAVED_VIEW_INSERT_PERSON, keep->person);
        bind_text(s, P_SAVED_VIEW_INSERT_NAME, keep->name);
        bind_text(s, P_SAVED_VIEW_INSERT_QUERY, keep->query);
    }
    e = write_run(w, s, op, NULL, why);
    return e ? e : audit(w, &keep->actor, "view.kept", write_last_id(w), keep->person == 0, why);
}

enum err saved_view_drop(struct write *w, void *input, struct why *why)
{
    const struct saved_view_drop *drop = input;
    sqlite3_stmt *s = write_query(w, SQL_SAVED_VIEW_OWNER);
    if (s)
        sqlite3_bind_int64(s, P_SAVED_VIEW_OWNER_ID, drop->id);
    bool there = write_row(w, s);
    int64_t person = there ? sqlite3_column_int64(s, C_SAVED_VIEW_OWNER_PERSON) : 0;
    if (s)
        sqlite3_reset(s);
    if (w->broken)
        return ERR_IO;
    if (!there || (person ? person != drop->person : !drop->shared))
        return err_set(why, ERR_MISSING, op, "there is no such view");
    s = write_query(w, SQL_SAVED_VIEW_DELETE);
    if (s)
        sqlite3_bind_int64(s, P_SAVED_VIEW_DELETE_ID, drop->id);
    enum err e = write_run(w, s, op, NULL, why);
    return e ? e : audit(w, &drop->actor, "view.dropped", drop->id, person == 0, why);
}
