/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be merged and what may be deleted in a replica, so that every promised point stays.
 *
 *     level 0    ▏▏▏ ▏▏  ▏▏▏▏      as shipped               kept for levels[0].keep_ms (grace)
 *     level 1    ├─1 s─┤├─1 s─┤    one file per span         kept for levels[1].keep_ms
 *     …the top   ├─────5 min─────┤                           kept behind the oldest snapshot
 *     level 9    ├───────────────…  snapshots, each ends where a file of the top level does
 *
 * The promise: for every moment t no older than levels[L].keep_ms there is a file that ends with a
 * state that the database had at most levels[L].span_ms before t, and a chain of files leads to it.
 * Why it holds: files of a level are whole spans of the level below; a file goes only when the one
 * that contains it is older than what its level promises; a snapshot that the oldest promised point
 * needs stays. Spans and times to keep must not fall from level to level. Time is that of the last
 * transaction in a file.
 *
 * A level has no gaps, so stock tools, which go through one level after the other, restore it too.
 * The newest shipped file stays: by it a writer that slept sees that others went on (shipper.h).
 * TXID 1 is a whole database and goes into a snapshot only. Two writers that met may have left
 * files that overlap: they are neither merged with each other nor believed to be a gap.
 *
 * Pure. Threads: safe anywhere.
 */
#ifndef REPLICATE_RETENTION_H
#define REPLICATE_RETENTION_H

#include "base/arena.h"
#include "replicate/ltx_name.h"

enum { RETENTION_LEVELS_MAX = 9, RETENTION_DELETE_MAX = 256 };

struct notes;

struct retention_file {
    struct ltx_name name;
    uint64_t size;       /* bytes */
    uint64_t filesum;    /* 0: not known yet */
    int64_t at_ms;       /* of its last transaction */
    int64_t put_ms;      /* when it came to the replica */
    struct notes *notes; /* the caller's; not looked at */
};

struct retention_level {
    int64_t span_ms; /* of level 0: 0 */
    int64_t keep_ms;
};

struct retention_rules {
    struct retention_level levels[RETENTION_LEVELS_MAX]; /* 0 is as shipped */
    unsigned levels_n;                                   /* 2 and up */
    int64_t settle_ms;      /* how long after a span's end nothing more comes */
    int64_t snapshot_ms;    /* from one snapshot to the next */
    uint64_t snapshot_size; /* earlier, when what came since is larger than it and than this */
    int64_t all_ms;         /* every snapshot is kept for so long, */
    int64_t thin_ms;        /* and then the first of each time as long as this */
    unsigned inputs_max;    /* files merged at a time */
};

/* 1 s for 24 h, 10 s for 7 d, 5 min for 30 d; a snapshot a day, a week of them, then one a
 * week. */
extern const struct retention_rules retention_rules_default;

enum retention_kind {
    RETENTION_REST,  /* nothing is due */
    RETENTION_MERGE, /* files in this order become `result` */
    RETENTION_DELETE /* files go, in this order */
};

struct retention_step {
    enum retention_kind kind;
    struct ltx_name result;
    const struct retention_file **files;
    size_t n;
    uint64_t gap; /* not 0: this TXID is in no file, and later ones are */
};

/* The order files must have: by level, then first, then last TXID. */
int retention_order(const struct ltx_name *a, const struct ltx_name *b);

/* The next thing to do now; again, once it is done. What *out points to lives in the arena. */
void retention_next(struct arena *a, const struct retention_file *files, size_t n,
                    const struct retention_rules *rules, int64_t now_ms,
                    struct retention_step *out);

/* Since when every moment is kept with the span of the top level: the oldest snapshot's time; 0:
 * there is none. */
int64_t retention_oldest_ms(const struct retention_file *files, size_t n);

#endif
