/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of a replica, put into a data directory: the newest state, a TXID's or a moment's.
 *
 *     list ─▶ plan.h ─▶ conveyor.h ─▶ rebuild.h ─▶ anteroom.db.part ─▶ checks ─▶ anteroom.db
 *
 * Nothing is called anteroom.db before everything has been found right: each file's own checksum;
 * the checksum of the whole database, by the notes beside the last file (notes.h); SQLite's look
 * at every page; the audit chain, and its newest event by the same notes. Notes that are missing
 * (the files were copied without) are said in the report, and not compared.
 *
 * What was erased after the restored moment is then erased again (erasures.h): a ledger that
 * cannot be read, or is not whole, ends the restore.
 *
 * A file that compaction took away meanwhile (ERR_MISSING) leads to a new plan, from where we are.
 * A damaged one is named in `notice` and gone around, when other files hold the same transactions;
 * else it is ERR_DATA, with the newest good point before it in the hint.
 *
 * Resumable: what is there and up to which TXID stands in anteroom.db.restore, after the pages are
 * on the disk. The same restore started again goes on; with another aim it starts anew.
 *
 * Memory: 24 MiB for what is fetched ahead, and 8 bytes a page of the database.
 * Threads: called by one; it starts its own and ends them.
 */
#ifndef REPLICATE_RESTORE_H
#define REPLICATE_RESTORE_H

#include "replicate/destination.h"
#include "store/examine.h"

enum restore_aim { RESTORE_LATEST, RESTORE_TXID, RESTORE_TIME };

struct restore_progress {
    size_t files, files_n;
    uint64_t bytes, bytes_n;
};

struct restore_options {
    const struct destination_options *from;
    const char *to; /* the data directory: made when missing, and empty but for what we left */
    enum restore_aim aim;
    uint64_t txid;    /* RESTORE_TXID */
    int64_t at_ms;    /* RESTORE_TIME: the last state at or before it */
    bool as_it_was;   /* what was erased afterwards is not erased again: to be followed on from */
    bool scratch;     /* to be thrown away: nothing is synced, nothing resumed */
    unsigned threads; /* 0: as many as are good */
    /* May be NULL; both on the caller's thread. progress comes with each file and about each MiB.
     */
    void (*progress)(void *context, const struct restore_progress *progress);
    void (*notice)(void *context, const struct why *why);
    void *context;
};

struct restore_report {
    uint64_t txid;
    int64_t at_ms; /* when its last transaction was committed */
    size_t files;
    uint64_t bytes;     /* of the files */
    uint64_t resumed;   /* TXID where an earlier try had come to; 0: none */
    unsigned replanned; /* how often files had gone meanwhile */
    unsigned damaged;   /* files gone around */
    uint32_t page_size, pages;
    uint64_t dbsum;  /* checksum of the database as restored */
    uint64_t erased; /* what was erased after that, and now again (erasures.h) */
    bool compared;   /* the notes were there, and said the same */
    int64_t restore_ms, examine_ms;
    struct examine_report database;
};

/* Texts of the report live in the arena. ERR_MISSING: there is no such point, or no replica. */
enum err restore_run(const struct restore_options *options, struct arena *a,
                     struct restore_report *out, struct why *why);

/* Takes away what a restore has put into a scratch directory, and the directory. */
void restore_discard(const char *directory);

/* Nothing is in the directory that a restore would not put there: ERR_CONFLICT names what is. */
enum err restore_empty(const char *directory, struct why *why);

#endif
