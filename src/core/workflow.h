/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of a submission, and which may follow which.
 *
 *     new ─▶ contacted ─▶ proposal ─▶ won | lost          spam: from anywhere before the end
 *
 * Steps may be left out and taken back one by one; what has ended is opened again where it may have
 * been closed by mistake. One table (workflow.c). Pure.
 */
#ifndef CORE_WORKFLOW_H
#define CORE_WORKFLOW_H

#include "base/str.h"

enum status {
    STATUS_NEW,
    STATUS_CONTACTED,
    STATUS_PROPOSAL,
    STATUS_WON,
    STATUS_LOST,
    STATUS_SPAM,
    STATUS_COUNT
};

/* "contacted": as stored, in URLs and the API. */
struct str status_name(enum status status);
bool status_find(struct str name, enum status *out);

/* False also for the same status. */
bool status_may_become(enum status from, enum status to);

#endif
