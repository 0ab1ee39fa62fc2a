/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The funnel: how many begin a journey, how far they come, how long a step takes, which answers are
 * sent back. Counts only, by day: no content, no address, nobody's name, nothing to join by.
 *
 *     loops ──funnel_started, funnel_refused──▶ cells ◀──funnel_job── writer, after each commit
 *                                                 │ funnel_write, funnel_settle
 *                                                 ▼
 *                                  table funnel (day, kind, step, field, code, n)
 *
 * The cells are numbers in memory, one for each thing that can be counted. The writer adds them to
 * the table inside a transaction that it makes anyway, once a second at most, and before it rests:
 * a visit costs no sync of its own. A crash loses the counts of the last seconds, never a
 * submission. Drafts that expire unsent are counted in the transaction that deletes them.
 *
 * A step counts once a draft, when it is finished for the first time; "check" is reached with both.
 * The time of a step is from showing its page to its taking, as the visitor's own page tells, so it
 * may be made up: it is only ever a count in a coarse span. Submissions of the API are not counted.
 *
 * Threads: started, refused and job from any; the rest is the writer's.
 */
#ifndef STORE_FUNNEL_H
#define STORE_FUNNEL_H

#include "core/form.h"

#include <stdatomic.h>

struct connection;
struct job;

enum funnel_stage {
    FUNNEL_STARTED,
    FUNNEL_COMPANY,
    FUNNEL_ENGAGEMENT,
    FUNNEL_CHECK,
    FUNNEL_SENT,
    FUNNEL_STAGES
};

enum {
    FUNNEL_SPANS = 5, /* under 1, 3, 10, 30 minutes, and longer */
    FUNNEL_REACHED_AT = 0,
    FUNNEL_REFUSED_AT = FUNNEL_REACHED_AT + FUNNEL_STAGES,
    FUNNEL_TOOK_AT = FUNNEL_REFUSED_AT + FUNNEL_STAGES,
    FUNNEL_ERROR_AT = FUNNEL_TOOK_AT + FUNNEL_STAGES * FUNNEL_SPANS,
    FUNNEL_CELLS = FUNNEL_ERROR_AT + FIELDS_MAX * FINDING_CODES
};

struct funnel {
    const struct form_rules *rules; /* names and steps of the fields; borrowed */
    atomic_uint cells[FUNNEL_CELLS];
    atomic_bool any;
    unsigned taken[FUNNEL_CELLS]; /* the writer's, between funnel_write and funnel_settle */
};

/* Somebody without a draft was shown the first questions. */
void funnel_started(struct funnel *f);

/* A page came back with these findings. */
void funnel_refused(struct funnel *f, enum funnel_stage step, const struct findings *findings);

/* What a job that was stored says: steps finished, and sent. */
void funnel_job(struct funnel *f, const struct job *job);

/* Is there something to write? */
bool funnel_any(const struct funnel *f);

/* Adds what was counted to the table, in the open transaction; SQLite's code, SQLITE_DONE when it
 * worked. Then funnel_settle: not committed puts the counts back. */
int funnel_write(struct funnel *f, struct connection *c, int64_t now_ms);
void funnel_settle(struct funnel *f, bool committed);

/* The words the table uses. */
extern const struct str funnel_stage_names[FUNNEL_STAGES]; /* "started", "company", … */
extern const struct str funnel_span_names[FUNNEL_SPANS];   /* "1m", "3m", …, "longer" */

enum { FUNNEL_DAY_MS = 24 * 3600 * 1000 };

#endif
