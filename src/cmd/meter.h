/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far something has come: one line on a terminal that changes, for what takes longer than a
 * second; nothing elsewhere. Threads: one.
 */
#ifndef CMD_METER_H
#define CMD_METER_H

#include "replicate/restore.h"

struct meter {
    const char *verb; /* "restoring" */
    int64_t began_ms, told_ms;
    bool shown;
};
void meter_tell(struct meter *m, const struct restore_progress *progress);
void meter_end(struct meter *m);

/* "12.3 MB" */
const char *meter_size(uint64_t bytes, char out[24]);

#endif
