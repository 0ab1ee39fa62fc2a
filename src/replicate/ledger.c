/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ledger.h"

#include "base/buf.h"
#include "base/text.h"
#include "replicate/ltx.h"
#include "replicate/patience.h"

#include <inttypes.h>
#include <stdio.h>

/* More at once are not believed: they would have to fit in memory. */
enum { ENTRIES_MAX = 10 * 1000 * 1000 };

static const char op[] = "read the ledger of erasures";
static const struct str folder = STR_INIT("erasures/");

struct str ledger_name(uint64_t number, char out[LEDGER_NAME_SIZE])
{
    int n = snprintf(out, LEDGER_NAME_SIZE, "erasures/%016" PRIx64, number);
    return str_of(out, (size_t)n);
}

/* False when it is none of ours. */
static bool read_name(struct str name, uint64_t *number)
{
    unsigned char bytes[8];
    if (!str_starts(name, folder) ||
        !text_unhex(str_slice(name, folder.len, name.len), bytes, sizeof bytes))
        return false;
    *number = ltx_get_u64(bytes);
    return *number > 0;
}

enum err ledger_count(struct destination *d, uint64_t *whole, uint64_t *last, struct why *why)
{
    char after[LEDGER_NAME_SIZE] = "";
    size_t n = DESTINATION_LIST_MAX;
    enum err e = ERR_NONE;
    *whole = *last = 0;
    while (!e && n == DESTINATION_LIST_MAX) {
        struct arena page = ARENA_INIT;
        struct destination_blob *blobs;
        n = 0;
        e = destination_list(d, &page, folder, str_from(after), &blobs, &n, why);
        for (size_t i = 0; !e && i < n; i++) {
            uint64_t number;
            if (!read_name(blobs[i].name, &number))
                continue;
            *last = number;
            *whole += number == *whole + 1;
            snprintf(after, sizeof after, "%.*s", STR_ARG(blobs[i].name));
        }
        arena_release(&page);
    }
    return e;
}

static enum err take(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

enum err ledger_get(struct destination *d, uint64_t number, struct erasure *out, struct why *why)
{
    char name[LEDGER_NAME_SIZE];
    struct buf text;
    buf_init(&text, ERASURE_SIZE);
    enum err e =
        destination_get(d, ledger_name(number, name), 0, ERASURE_SIZE + 1, take, &text, why);
    if (!e && (!buf_ok(&text) || !erasure_read(buf_view(&text), out) || out->number != number))
        e = err_set(why, ERR_DATA, op, "%s is not what was put there", name);
    buf_release(&text);
    return e;
}

enum err ledger_put(struct destination *d, const struct erasure *entry, uint64_t txid,
                    struct why *why)
{
    char name[LEDGER_NAME_SIZE], text[ERASURE_SIZE], number[24];
    struct str parts = erasure_write(entry, text);
    snprintf(number, sizeof number, "%" PRIu64, txid);
    const struct destination_notes notes = {.items = {{STR("txid"), str_from(number)}},
                                            .n = txid != 0};
    enum err e = destination_put(d, ledger_name(entry->number, name), &parts, 1, &notes, why);
    if (e != ERR_CONFLICT)
        return e;
    struct erasure there;
    char other[ERASURE_SIZE];
    e = ledger_get(d, entry->number, &there, why);
    if (e && e != ERR_DATA)
        return e;
    if (!e && str_eq(erasure_write(&there, other), parts))
        return ERR_NONE;
    e = err_set(why, ERR_CONFLICT, "put an entry of the ledger of erasures",
                "%s is there, and says something else", name);
    err_hint(why,
             "The ledger was changed, or is that of another database: look at it (it is text), "
             "move it away, and this server puts its own; or give replica.url another path.");
    return e;
}

/* The ledger is not what the replica's newest file says it was. */
static enum err broken(uint64_t number, const char *what, struct why *why)
{
    enum err e = err_set(why, ERR_DATA, op,
                         "entry %" PRIu64 " %s: what was erased since then could "
                         "come back",
                         number, what);
    err_hint(why, "The newest state has nothing of it and can be restored. For an older one: a "
                  "server that goes on with this replica completes the ledger; a copy of it (with "
                  "its blobs below erasures/) may be whole.");
    return e;
}

enum err ledger_read(struct destination *d, struct arena *a, const struct erasure_head *from,
                     uint64_t upto, const struct erasure_head *to, struct erasure **out, size_t *n,
                     struct why *why)
{
    struct erasure_head at = *from;
    *n = 0;
    if (upto - from->number > ENTRIES_MAX)
        return broken(upto, "is far behind the last one", why);
    *out = arena_new_array(a, struct erasure, upto - from->number + 1);
    while (at.number < upto) {
        struct erasure *entry = &(*out)[*n];
        unsigned failures = 0;
        enum err e;
        do
            e = ledger_get(d, at.number + 1, entry, why);
        while (patience(d, e, &failures));
        if (e == ERR_MISSING)
            return broken(at.number + 1, "is missing", why);
        if (e == ERR_DATA)
            return broken(at.number + 1, "is damaged", why);
        if (e)
            return e;
        if (!erasure_follows(entry, &at))
            return broken(entry->number, "does not belong to the one before", why);
        at = erasure_head(entry);
        ++*n;
    }
    return !to || erasure_head_eq(&at, to) ? ERR_NONE
                                           : broken(at.number, "is not the one that was put", why);
}
