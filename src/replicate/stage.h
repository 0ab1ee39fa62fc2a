/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LTX files of the replica that lie in the data directory too, under <data>/replica/ltx/: written
 * here first, then put at the destination, and kept until they have been compacted, so that nothing
 * is fetched back to be put again.
 *
 * They may be lost at any time (they are not synced): what counts is the database here and the
 * replica there. A file appears under its name when it is complete.
 *
 * Owner: stage_release closes what is open. Threads: one at a time per struct.
 */
#ifndef REPLICATE_STAGE_H
#define REPLICATE_STAGE_H

#include "replicate/ltx.h"
#include "replicate/ltx_name.h"

enum { STAGE_PATH_MAX = 4096 };

struct stage {
    char part[STAGE_PATH_MAX], path[STAGE_PATH_MAX];
    int fd; /* -1: none */
    unsigned char *ahead;
    size_t ahead_n;
    uint64_t size; /* bytes so far */
};

void stage_init(struct stage *s);
void stage_release(struct stage *s); /* what was not finished is deleted */

/* "<data>/replica/ltx/0/….ltx" */
enum err stage_path(const char *data, const struct ltx_name *name, char out[STAGE_PATH_MAX],
                    struct why *why);

/* Begins a file, and its folders. */
enum err stage_begin(struct stage *s, const char *data, const struct ltx_name *name,
                     struct why *why);

/* The sink of the file begun. */
struct ltx_sink stage_sink(struct stage *s);

/* Complete: under its name from now on, and still open at s->fd for reading. */
enum err stage_end(struct stage *s, struct why *why);

/* Closes it; the file stays. */
void stage_close(struct stage *s);

#endif
