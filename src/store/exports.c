/* SPDX-License-Identifier: Apache-2.0 */
#include "store/exports.h"

#include "base/json.h"
#include "store/write_inner.h"

enum { DETAIL_MAX = 16 * 1024 };

static enum err add(struct write *w, const struct actor *actor, struct str action, struct str name,
                    struct buf *detail, struct why *why)
{
    enum err e = buf_ok(detail)
                     ? write_audit(w, actor_str(actor), action, name, buf_view(detail), why)
                     : err_set(why, ERR_INPUT, "audit the export", "the filter is too long");
    buf_release(detail);
    return e;
}

enum err export_began(struct write *w, void *input, struct why *why)
{
    const struct export_began *x = input;
    struct buf detail;
    struct json j;
    buf_init(&detail, DETAIL_MAX);
    json_init(&j, &detail);
    json_object(&j, NULL);
    json_str(&j, "format", x->format);
    if (x->filter.len)
        json_str(&j, "filter", x->filter);
    if (x->words)
        json_int(&j, "words", x->words);
    json_end(&j);
    return add(w, &x->actor, STR("records.exported"), x->name, &detail, why);
}

enum err export_ended(struct write *w, void *input, struct why *why)
{
    const struct export_ended *x = input;
    struct buf detail;
    struct json j;
    buf_init(&detail, DETAIL_MAX);
    json_init(&j, &detail);
    json_object(&j, NULL);
    json_int(&j, "records", (int64_t)x->records);
    json_bool(&j, "whole", x->whole);
    json_end(&j);
    return add(w, &x->actor, STR("records.export_ended"), x->name, &detail, why);
}
