/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file of a replica read and checked, and copied elsewhere when that is asked for: what a
 * restore does not read (older points, files that levels have replaced) is looked at too.
 *
 * The ledger of erasures (ledger.h) is looked at and copied too; what is wrong with it counts as a
 * damaged file. Each must be a whole LTX file with the TXIDs of its name, and the one its notes
 * speak of; from the first to the newest no transaction may be missing. What is damaged is told and
 * not copied.
 *
 * Owner: nothing is kept. Threads: called by one; it starts its own and ends them.
 */
#ifndef REPLICATE_INSPECT_H
#define REPLICATE_INSPECT_H

#include "replicate/destination.h"
#include "replicate/restore.h"

struct inspect_options {
    const struct destination_options *from;
    struct destination *copy; /* where to; NULL: nowhere */
    const char *scratch;      /* with it: a directory for one file at a time */
    void (*progress)(void *context, const struct restore_progress *progress);
    void (*notice)(void *context, const struct why *why); /* a damaged file */
    void *context;
};

struct inspect_report {
    size_t files, damaged;
    uint64_t bytes;
    uint64_t newest; /* TXID */
    uint64_t good;   /* restorable up to this TXID without a gap */
    size_t levels[10];
    uint64_t erasures; /* entries of the ledger, when it is whole */
    size_t sealed[3];  /* of the good ones, by enum destination_sealing */
};

/* ERR_NONE also when files are damaged: the report says so. ERR_MISSING: there is no replica. */
enum err inspect_run(const struct inspect_options *options, struct inspect_report *out,
                     struct why *why);

#endif
