/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process uses of the machine, as metrics (process_*): processor time, memory, open
 * descriptors, when it began. Files of /proc are opened here once, so that it goes on in a sandbox.
 *
 * Threads: process_open and process_close on one; what they start is read under the exposition's
 * lock.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

/* Becomes a source of exposition.h, with build_info. */
void process_open(const char *version);
void process_close(void);

#endif
