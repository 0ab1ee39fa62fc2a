/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ledger.h"
#include "replicate/replicator_inner.h"

#include <inttypes.h>

enum { AT_A_TIME = 16 };

static const char op[] = "complete the ledger of erasures";

enum err replicator_tell_erasures(struct replicator *r, const struct erasure_head *head,
                                  struct why *why)
{
    enum err e = ERR_NONE;
    while (!e && r->ledger < head->number) {
        struct erasure entries[AT_A_TIME];
        size_t n = 0;
        e = image_erasures(r->image, r->ledger, entries, AT_A_TIME, &n, why);
        if (!e && (n == 0 || entries[0].number != r->ledger + 1))
            e = err_set(why, ERR_DATA, op, "the database has no entry %" PRIu64, r->ledger + 1);
        for (size_t i = 0; !e && i < n && entries[i].number <= head->number; i++) {
            e = ledger_put(r->destination, &entries[i], r->shipper.position.txid, why);
            if (!e)
                r->ledger = entries[i].number;
        }
    }
    return e;
}

/* Must be decided by somebody, or an erasure could be lost: not a trouble that passes. */
static enum err not_ours(const char *what, struct why *why)
{
    enum err e = err_set(why, ERR_CONFLICT, op, "%s", what);
    err_hint(why, "Look at the texts below erasures/: who put them? Restore the replica into an "
                  "empty directory, give replica.url another path, or, to put this database in its "
                  "place, start once with replica.takeover: what they say is erased here too.");
    return e;
}

enum err replicator_look_ledger(struct replicator *r, const struct erasure_head *head,
                                struct why *why)
{
    uint64_t last = 0;
    enum err e = ledger_count(r->destination, &r->ledger, &last, why);
    if (e)
        return e;
    if (last > head->number)
        return not_ours("it has entries that this database does not have", why);
    if (r->ledger == 0)
        return ERR_NONE;
    struct erasure there, here;
    size_t n = 0;
    e = ledger_get(r->destination, r->ledger, &there, why);
    if (e == ERR_DATA) {
        e = err_set(why, ERR_CONFLICT, op, "entry %" PRIu64 " is damaged", r->ledger);
        err_hint(why, "Delete that blob, below erasures/: this server puts it there again.");
        return e;
    }
    if (!e)
        e = image_erasures(r->image, r->ledger - 1, &here, 1, &n, why);
    if (e)
        return e;
    struct erasure_head theirs = erasure_head(&there), ours = erasure_head(&here);
    return n && erasure_head_eq(&theirs, &ours) ? ERR_NONE
                                                : not_ours("its entries are other ones", why);
}
