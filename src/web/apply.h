/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's journey: company → engagement → check → done. Handlers are named by routes.def;
 * apply_step.c asks the two steps, apply_check.c checks and sends, apply_resume.c is for those who
 * come back later.
 */
#ifndef WEB_APPLY_H
#define WEB_APPLY_H

#include "web/draft.h"

struct request;
enum step;

/* Where the visitor belongs: the first unfinished step, the check page, or the confirmation. */
struct str apply_next(const struct visitor_draft *draft);

/* Reads the draft; false when the request has been answered (the store is not readable). */
bool apply_load(struct request *r, struct visitor_draft *draft);

/* Sentences for a store that takes nothing at the moment, shown above a form that is kept. */
struct str apply_notice(const struct request *r, enum err kind);

#endif
