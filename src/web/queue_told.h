/* SPDX-License-Identifier: Apache-2.0 */
/* What the queue says about the last change and about a search it did not understand whole. */
#ifndef WEB_QUEUE_TOLD_H
#define WEB_QUEUE_TOLD_H

#include "web/queue.h"
#include "web/view_queue.h"

/* "12-1-0-3" as sentences: changed, changed by somebody else meanwhile, not possible, so already.
 * None when the address says nothing, or nonsense. */
struct view_sentences queue_done(struct request *r, const struct queue *q);

/* The same for an address. */
struct str queue_done_text(struct request *r, const struct records_change *change);

struct view_sentences queue_told(struct request *r, const struct queue *q);

#endif
