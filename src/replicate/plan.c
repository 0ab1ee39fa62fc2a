/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/plan.h"

#include "base/must.h"

#include <stdlib.h>

static int by_begin(const void *a, const void *b, void *context)
{
    const struct plan_file *files = context;
    uint64_t x = files[*(const size_t *)a].name.min_txid;
    uint64_t y = files[*(const size_t *)b].name.min_txid;
    return x < y ? -1 : x > y;
}

static int by_end(const void *a, const void *b, void *context)
{
    const struct plan_file *files = context;
    uint64_t x = files[*(const size_t *)a].name.max_txid;
    uint64_t y = files[*(const size_t *)b].name.max_txid;
    return x < y ? -1 : x > y;
}

/* The places of the files that may be used. */
static size_t *usable(const struct plan_file *files, size_t n, size_t *used)
{
    size_t *order = calloc(n ? n : 1, sizeof *order);
    must(order != NULL);
    *used = 0;
    for (size_t i = 0; i < n; i++)
        if (!files[i].out)
            order[(*used)++] = i;
    return order;
}

/* Why the point was not reached from out->txid. */
static void tell_end(const struct plan_file *files, size_t n, struct plan *out)
{
    uint64_t following = UINT64_MAX;
    out->next = UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct ltx_name *name = &files[i].name;
        if (files[i].out || name->max_txid <= out->txid)
            continue;
        if (name->min_txid > out->txid + 1)
            following = name->min_txid < following ? name->min_txid : following;
        else if (name->max_txid < out->next)
            out->next = name->max_txid; /* beyond the point, or it would have been taken */
    }
    out->end = out->next != UINT64_MAX   ? PLAN_COARSE
               : following != UINT64_MAX ? PLAN_GAP
                                         : PLAN_SHORT;
    out->next = out->end == PLAN_COARSE ? out->next : 0;
    out->missing = out->end == PLAN_GAP ? following - 1 : 0;
}

void plan_make(struct arena *a, const struct plan_file *files, size_t n, uint64_t from, uint64_t to,
               struct plan *out)
{
    size_t used;
    size_t *order = usable(files, n, &used);
    qsort_r(order, used, sizeof *order, by_begin, (void *)(uintptr_t)files);
    *out = (struct plan){.files = arena_new_array(a, size_t, used ? used : 1), .txid = from};
    size_t best = SIZE_MAX; /* of the files passed: who reaches farthest */
    for (size_t i = 0; out->txid < to;) {
        for (; i < used && files[order[i]].name.min_txid <= out->txid + 1; i++) {
            const struct plan_file *file = &files[order[i]];
            uint64_t reach = best == SIZE_MAX ? 0 : files[best].name.max_txid;
            if (file->name.max_txid <= to &&
                (file->name.max_txid > reach ||
                 (file->name.max_txid == reach && file->size < files[best].size)))
                best = order[i];
        }
        if (best == SIZE_MAX || files[best].name.max_txid <= out->txid)
            break;
        out->files[out->n++] = best;
        out->bytes += files[best].size;
        out->txid = files[best].name.max_txid;
    }
    free(order);
    if (out->txid < to)
        tell_end(files, n, out);
}

uint64_t plan_newest(const struct plan_file *files, size_t n)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < n; i++)
        newest = files[i].name.max_txid > newest ? files[i].name.max_txid : newest;
    return newest;
}

enum err plan_at(const struct plan_file *files, size_t n, int64_t at_ms, plan_when *when,
                 void *context, uint64_t *txid, struct why *why)
{
    size_t used;
    size_t *order = usable(files, n, &used);
    qsort_r(order, used, sizeof *order, by_end, (void *)(uintptr_t)files);
    size_t fit = 0, young = used; /* those before fit are old enough, those from young on are not */
    enum err e = ERR_NONE;
    while (!e && fit < young) {
        size_t middle = fit + (young - fit) / 2;
        int64_t then = 0;
        e = when(context, order[middle], &then, why);
        if (then <= at_ms)
            fit = middle + 1;
        else
            young = middle;
    }
    *txid = !e && fit ? files[order[fit - 1]].name.max_txid : 0;
    free(order);
    return e;
}
