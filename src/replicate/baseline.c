/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/baseline.h"

#include "replicate/ltx_name.h"

#include <stdio.h>

static const char op[] = "look at the replica";

/* The largest last TXID of a level; *found when there is any. */
static enum err newest_of_level(struct destination *d, unsigned level, struct ltx_name *out,
                                bool *found, struct why *why)
{
    char prefix[16], after[LTX_NAME_SIZE] = "";
    int n = snprintf(prefix, sizeof prefix, "ltx/%u/", level);
    enum err e = ERR_NONE;
    for (bool more = true; !e && more;) {
        struct arena a;
        arena_init(&a);
        struct destination_blob *blobs;
        size_t blobs_n = 0;
        e = destination_list(d, &a, str_of(prefix, (size_t)n), str_from(after), &blobs, &blobs_n,
                             why);
        more = blobs_n == DESTINATION_LIST_MAX;
        for (size_t i = 0; !e && i < blobs_n; i++) {
            struct ltx_name name;
            if (more && i == blobs_n - 1)
                snprintf(after, sizeof after, "%.*s", STR_ARG(blobs[i].name));
            if (!ltx_name_read(blobs[i].name, &name) || name.level != level)
                continue;
            if (!*found || name.max_txid > out->max_txid) {
                *out = name;
                *found = true;
            }
        }
        arena_release(&a);
    }
    return e;
}

enum err baseline_newest(struct destination *d, struct baseline_newest *out, struct why *why)
{
    *out = (struct baseline_newest){0};
    struct ltx_name newest;
    bool found = false;
    enum err e = ERR_NONE;
    for (unsigned level = LTX_LEVEL_RAW; !e && level <= LTX_LEVEL_SNAPSHOT; level++)
        e = newest_of_level(d, level, &newest, &found, why);
    if (e || !found)
        return e;
    out->txid = newest.max_txid;
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(&newest, text);
    struct arena a;
    arena_init(&a);
    struct destination_blob blob;
    e = destination_look(d, &a, name, &blob, why);
    if (!e)
        e = notes_read(name, &blob.notes, &out->notes, why);
    out->notes.sealed = blob.sealed;
    arena_release(&a);
    return e;
}

enum err baseline_permit(struct destination *d, const struct baseline_newest *newest,
                         struct image *image, bool takeover, struct why *why)
{
    if (newest->txid == 0 || takeover)
        return ERR_NONE;
    bool descends = false;
    enum err e = image_descends(image, &newest->notes.audit, &descends, why);
    if (e || descends)
        return e;
    e = err_set(why, ERR_CONFLICT, op, "%.*s is ahead of this database, or of another one",
                STR_ARG(destination_url(d)));
    err_hint(why, "To go on with the replica, start on an empty data directory: it is restored. To "
                  "begin anew, give replica.url another path. To put this database in its place: "
                  "replica.takeover.");
    return e;
}

enum err baseline_decide(struct destination *d, const struct baseline_newest *newest,
                         uint64_t dbsum, struct image *image, bool takeover, enum baseline *out,
                         struct why *why)
{
    *out = newest->txid && newest->notes.dbsum == dbsum ? BASELINE_CONTINUE : BASELINE_IMAGE;
    return *out == BASELINE_CONTINUE ? ERR_NONE : baseline_permit(d, newest, image, takeover, why);
}
