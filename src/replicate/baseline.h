/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the replica and this database belong together when the server starts.
 *
 *     the replica's newest file       the database here            then
 *     there is none                   anything                     BASELINE_IMAGE: begin
 *     has its checksum                                             BASELINE_CONTINUE
 *     ends with an audit event…       that it has too: it went on  BASELINE_IMAGE: catch up
 *                                     that it does not have        refused, but with takeover
 *
 * The audit chain is what makes "went on" a proof: an event with the same hash has the same past.
 * A database older than the replica (a clone, an old backup) lacks the event, and would put the
 * past over the present.
 *
 * Threads: one at a time.
 */
#ifndef REPLICATE_BASELINE_H
#define REPLICATE_BASELINE_H

#include "replicate/destination.h"
#include "replicate/notes.h"
#include "store/image.h"

enum baseline { BASELINE_CONTINUE, BASELINE_IMAGE };

/* The newest file of the replica: the largest last TXID, of whatever level. */
struct baseline_newest {
    uint64_t txid; /* 0: there is none */
    struct notes notes;
};

enum err baseline_newest(struct destination *d, struct baseline_newest *out, struct why *why);

/* Only whether this database may go on with that replica: what needs no checksum of it. */
enum err baseline_permit(struct destination *d, const struct baseline_newest *newest,
                         struct image *image, bool takeover, struct why *why);

/* dbsum and image: of the database here. takeover: put ours over whatever is there. */
enum err baseline_decide(struct destination *d, const struct baseline_newest *newest,
                         uint64_t dbsum, struct image *image, bool takeover, enum baseline *out,
                         struct why *why);

#endif
