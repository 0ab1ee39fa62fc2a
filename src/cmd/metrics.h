/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this server tells who scrapes /metrics beside what web/ tells of requests: the process, the
 * writer, the replica, the certificate, and the counters of metrics.def.
 *
 * Order: metrics_open before the sandbox, metrics_add when there is something, metrics_drop before
 * it goes. Threads: the main one.
 */
#ifndef CMD_METRICS_H
#define CMD_METRICS_H

#include "base/exposition.h"

void metrics_open(void);
void metrics_close(void);

struct certificate;
struct replication;

exposition_writer metrics_certificate, metrics_replication;

#endif
