/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/erasures.h"

#include "replicate/ledger.h"
#include "replicate/listing.h"
#include "replicate/patience.h"
#include "store/erase.h"

/* What the newest file says of the ledger; *known is false when nothing stands beside it. */
static enum err newest(struct destination *d, struct erasure_head *out, bool *known,
                       struct why *why)
{
    enum { TRIES = 4 };
    enum err e = ERR_MISSING;
    *known = false;
    /* A file may be merged away between the two questions. */
    for (int i = 0; e == ERR_MISSING && i < TRIES; i++) {
        struct arena a = ARENA_INIT;
        struct listing l;
        struct notes notes = {0};
        e = listing_read(d, &a, &l, why);
        uint64_t txid = e ? 0 : plan_newest(l.files, l.n);
        for (size_t k = 0; !e && k < l.n; k++)
            if (l.files[k].name.max_txid == txid) {
                e = listing_notes(d, &l.files[k].name, &notes, known, why);
                break;
            }
        *out = notes.erasure;
        arena_release(&a);
    }
    return e;
}

static enum err count(struct destination *d, uint64_t *last, struct why *why)
{
    unsigned failures = 0;
    uint64_t whole;
    enum err e;
    do
        e = ledger_count(d, &whole, last, why);
    while (patience(d, e, &failures));
    return e;
}

/* What a database with this head lacks. */
static enum err behind(struct destination *d, struct arena *a, const struct erasure_head *has,
                       struct erasure **out, size_t *n, struct why *why)
{
    struct erasure_head all = {0};
    bool known = false;
    uint64_t last = 0;
    enum err e = newest(d, &all, &known, why);
    if (!e && !known)
        e = count(d, &last, why);
    if (e)
        return e;
    uint64_t upto = known ? all.number : last;
    if (upto <= has->number)
        return ERR_NONE;
    return ledger_read(d, a, has, upto, known ? &all : NULL, out, n, why);
}

enum err erasures_all(struct destination *d, struct arena *a, struct erasure **out, size_t *n,
                      struct why *why)
{
    const struct erasure_head none = {0};
    *out = NULL;
    *n = 0;
    return behind(d, a, &none, out, n, why);
}

enum err erasures_lacking(struct destination *d, struct arena *a, const char *database,
                          struct erasure **out, size_t *n, struct why *why)
{
    struct erasure_head has;
    *out = NULL;
    *n = 0;
    enum err e = erase_look(database, &has, why);
    return e ? e : behind(d, a, &has, out, n, why);
}

enum err erasures_of_store(struct destination *d, struct store *store, uint64_t *n, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct erasure_head has;
    struct erasure *entries = NULL;
    size_t entries_n = 0;
    uint64_t last = 0;
    enum err e = erase_look_store(store, &has, why);
    if (!e)
        e = count(d, &last, why);
    if (!e && last > has.number)
        e = ledger_read(d, &a, &has, last, NULL, &entries, &entries_n, why);
    if (!e && entries_n)
        e = erase_again_store(store, entries, entries_n, why);
    *n = e ? 0 : entries_n;
    arena_release(&a);
    return e;
}
