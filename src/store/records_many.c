/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records_many.h"

#include "store/write_inner.h"

struct now {
    enum status status;
    int64_t owner;
    uint64_t revision;
};

static bool find(struct write *w, const struct client_id *id, struct now *out)
{
    sqlite3_stmt *s = write_query(w, SQL_RECORD_STATE);
    if (s)
        bind_text(s, P_RECORD_STATE_CLIENT_ID, client_id_str(id));
    bool there = write_row(w, s);
    if (there) {
        out->owner = sqlite3_column_int64(s, C_RECORD_STATE_OWNER);
        out->revision = (uint64_t)sqlite3_column_int64(s, C_RECORD_STATE_REVISION);
        if (!status_find(column_text(s, C_RECORD_STATE_STATUS), &out->status))
            out->status = STATUS_LOST;
    }
    if (s)
        sqlite3_reset(s);
    return there;
}

/* What happens to a record is decided before anything of it is written. */
static enum err change_one(struct write *w, struct records_change *c,
                           const struct record_mark *mark, struct why *why)
{
    struct now now;
    if (!find(w, &mark->id, &now)) {
        c->missing++;
        return w->broken ? ERR_IO : ERR_NONE;
    }
    bool status = c->has_status && now.status != c->becomes;
    bool owner = c->has_owner && now.owner != c->owner;
    unsigned *count = now.revision != mark->revision                         ? &c->stale
                      : status && !status_may_become(now.status, c->becomes) ? &c->refused
                      : !status && !owner                                    ? &c->same
                                                                             : &c->changed;
    ++*count;
    if (count != &c->changed)
        return ERR_NONE;
    enum err e = ERR_NONE;
    if (status) {
        struct record_status input = {c->actor, mark->id, now.revision, c->becomes};
        e = record_status(w, &input, why);
    }
    if (!e && owner) {
        struct record_assign input = {c->actor, mark->id, now.revision + status, c->owner};
        e = record_assign(w, &input, why);
    }
    return e;
}

enum err records_change(struct write *w, void *input, struct why *why)
{
    struct records_change *c = input;
    c->changed = c->same = c->stale = c->refused = c->missing = 0;
    for (size_t i = 0; i < c->n; i++) {
        enum err e = change_one(w, c, &c->marks[i], why);
        if (e)
            return e;
    }
    return ERR_NONE;
}
