/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the next file of the replica and puts it in its slot.
 *
 *     shipper_batch or shipper_image   the file of TXID next is staged (stage.h)
 *     shipper_put                      one attempt to put it; again until it says what came of it
 *
 * The slot ltx/0/N-N.ltx is taken by who puts it first, and by nobody afterwards: that is the fence
 * between writers. A put that finds it taken looks at whose blob it is: ours (an answer had been
 * lost), and it is done; anybody else's, and we are no longer the replica's writer: ERR_CONFLICT.
 *
 * Files that were merged are deleted after some minutes (retention.h), and their slots are free
 * again, but the newest stays. So a put that succeeded after a long pause proves nothing yet: then
 * it counts when there is nothing behind it.
 *
 * Beside each blob stands what it is and whose (notes.h).
 *
 * Owner: shipper_release. Threads: one at a time.
 */
#ifndef REPLICATE_SHIPPER_H
#define REPLICATE_SHIPPER_H

#include "replicate/batch.h"
#include "replicate/notes.h"
#include "replicate/stage.h"
#include "store/image.h"

/* The replica as it is after the last file put. */
struct shipper_position {
    uint64_t txid; /* 0: it is empty */
    uint64_t dbsum;
    uint64_t epoch;
    char writer[NOTES_WRITER_SIZE]; /* us */
};

/* Less than a shipped file stays, whatever the rules say. */
enum { SHIPPER_PAUSE_MS = 60 * 1000 };

struct shipper {
    const char *data; /* the data directory */
    struct destination *destination;
    struct ltx_encoder encoder;
    struct sums sums;
    struct stage stage;
    struct shipper_position position;

    /* The file that is staged. */
    struct ltx_name name;
    struct ltx_trailer trailer;
    struct commit_head head; /* of the database after it */
    int64_t at_ms;
    uint64_t size;     /* bytes; 0: nothing is staged */
    int64_t proved_ms; /* boot time before the last put that counted; 0: none */
};

/* data and destination stay the caller's. */
enum err shipper_init(struct shipper *s, const char *data, struct destination *destination,
                      uint32_t page_size, struct why *why);
void shipper_release(struct shipper *s);

/* Fills sums from an image, and stages nothing. */
enum err shipper_learn(struct shipper *s, struct image *image, struct why *why);

/* Stages the batch as the next file. */
enum err shipper_batch(struct shipper *s, const struct batch *batch, struct why *why);

/* Stages the whole database as the next file: the first one, or after something was lost. */
enum err shipper_image(struct shipper *s, struct image *image, int64_t at_ms, struct why *why);

/* Stages a file that changes nothing (page 1 as it is): to take the next slot. After
 * shipper_learn. */
enum err shipper_mark(struct shipper *s, struct image *image, int64_t at_ms, struct why *why);

/* What stands beside the file that is staged, or was put last. */
struct notes shipper_notes(const struct shipper *s);

/* One attempt. ERR_NONE: it is there, position says so. ERR_CONFLICT: somebody else's is. */
enum err shipper_put(struct shipper *s, struct why *why);

#endif
