/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside every LTX file of a replica, as the notes of its blob (destination.h):
 *
 *     litestreamtimestamp  2026-11-21T09:30:00.125000000Z   when: what -timestamp restores by
 *     writer               32 hexadecimal digits            who: drawn anew at each start
 *     epoch                7                                how often it was taken over
 *     dbsum                16 hexadecimal digits            checksum of the database after it
 *     filesum              16 hexadecimal digits            the file's own, of its trailer
 *     audit                12-64 hexadecimal digits         newest audit event in it: number, hash
 *     erasures             3-64 hexadecimal digits          newest entry of its ledger (ledger.h);
 *                                                           missing when there is none
 *
 * dbsum and audit are what a reader checks a restored database by, and what tells whether two
 * databases have one past (baseline.h). Stock tools read the first and pass over the others.
 *
 * Threads: plain data.
 */
#ifndef REPLICATE_NOTES_H
#define REPLICATE_NOTES_H

#include "core/erasure.h"
#include "replicate/destination.h"

enum { NOTES_WRITER_SIZE = 33 };

struct notes {
    int64_t at_ms;
    char writer[NOTES_WRITER_SIZE];
    uint64_t epoch;
    uint64_t dbsum;
    uint64_t filesum;
    struct audit_head audit;
    struct erasure_head erasure;     /* number 0: nothing was ever erased */
    enum destination_sealing sealed; /* how the file lies there; not part of the notes */
};

/* As a destination takes them; the texts live in the arena. */
struct destination_notes notes_write(struct arena *a, const struct notes *notes);

/* ERR_DATA when one is missing or is not what we write; `name` for the message. */
enum err notes_read(struct str name, const struct destination_notes *from, struct notes *out,
                    struct why *why);

#endif
