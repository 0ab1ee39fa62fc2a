/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of a replica to apply, in order, to be at a point.
 *
 *     files   ├────── 1-6 ──────┤├─ 7-9 ─┤├ 10 ┤├ 11 ┤     10 and 11 are in 10-14 too
 *     point                                     ▲ 11       plan: 1-6, 7-9, 10, 11
 *
 * The first one begins with TXID 1 (a snapshot, whatever its level); each next one begins at or
 * before the TXID that follows, and goes beyond. Overlap does no harm: a file holds the newest
 * content of every page that its transactions changed, and those before it are the same again. Of
 * all such chains it is one with the fewest files; of files that reach equally far the smallest.
 *
 * Pure. Threads: safe anywhere.
 */
#ifndef REPLICATE_PLAN_H
#define REPLICATE_PLAN_H

#include "base/arena.h"
#include "base/err.h"
#include "replicate/ltx_name.h"

struct plan_file {
    struct ltx_name name;
    uint64_t size; /* bytes */
    bool out;      /* not to be used: damaged */
};

enum plan_end {
    PLAN_THERE,  /* the point is reached */
    PLAN_COARSE, /* there is no file that ends there, only ones that go beyond */
    PLAN_GAP,    /* TXIDs before it are in no file */
    PLAN_SHORT   /* the replica ends before it */
};

struct plan {
    size_t *files; /* places in the list, in the order to apply; in the arena */
    size_t n;
    uint64_t bytes;
    uint64_t txid; /* where it ends: the point, or the last one before it that can be reached */
    enum plan_end end;
    uint64_t next;    /* PLAN_COARSE: the first TXID behind the point that can be reached */
    uint64_t missing; /* PLAN_GAP: missing files end with this TXID; they begin behind txid */
};

/* From a database that is at `from` (0: there is none) to `to`. The files in any order. */
void plan_make(struct arena *a, const struct plan_file *files, size_t n, uint64_t from, uint64_t to,
               struct plan *out);

/* The largest last TXID of all, those that are out included; 0: there are no files. */
uint64_t plan_newest(const struct plan_file *files, size_t n);

/* When the last transaction of files[i] was committed, in ms since 1970. */
typedef enum err plan_when(void *context, size_t i, int64_t *at_ms, struct why *why);

/*
 * The last TXID that a file ends with and that was committed at or before at_ms; 0 when all are
 * younger. Asks about as many files as their number has binary digits. TXIDs rise with time, unless
 * somebody set the clock back: then it is one of the points that fit.
 */
enum err plan_at(const struct plan_file *files, size_t n, int64_t at_ms, plan_when *when,
                 void *context, uint64_t *txid, struct why *why);

#endif
