/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the field table, the operator's choices, what was typed and what is wrong with it, to the
 * views the templates show.
 */
#ifndef WEB_VIEW_FORM_H
#define WEB_VIEW_FORM_H

#include "core/form.h"
#include "web/view.h"

/* What is the same for every visitor, made once: labels, sentences, choices. */
struct view_questions {
    const struct form_rules *rules; /* must outlive it */
    struct view_field fields[FIELDS_MAX];
};

void view_questions_prepare(struct arena *a, const struct form_rules *rules,
                            struct view_questions *out);

/* The questions of one step, in order, as this visitor sees them. findings may be NULL. */
struct view_fields view_fields_of(struct arena *a, const struct view_questions *questions,
                                  enum step step, const struct form *form,
                                  const struct findings *findings);

/* The error summary: a link to each field on this page, in the words beside the field. */
struct view_errors view_errors_of(struct arena *a, const struct form_rules *rules,
                                  const struct findings *findings);

/* The same for the check page: links lead to the step that asks the question. */
struct view_errors view_errors_elsewhere(struct arena *a, const struct form_rules *rules,
                                         const struct findings *findings);

/* The answers of one step with links to change them. */
struct view_answers view_answers_of(struct arena *a, const struct form_rules *rules, enum step step,
                                    const struct form *form);

/* "/apply/company" */
struct str step_path(enum step step);

#endif
