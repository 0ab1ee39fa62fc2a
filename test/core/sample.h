/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of core share: rules with a few choices, and answers that are right. */
#ifndef TEST_CORE_SAMPLE_H
#define TEST_CORE_SAMPLE_H

#include "core/form.h"

/* industry: software, retail, other; service_type: devops, cloud_migration, audit; timeline and
 * budget_range: not_sure, soon. Labels are "Label of VALUE", all else is in English. */
extern struct form_rules sample_rules;

/* Every answer given and right, industry "software". */
struct form sample_form(void);

/* n bytes: `unit` again and again. */
struct str sample_repeat(struct arena *a, struct str unit, size_t times);

/* Asserts that reading works, and gives the form. */
struct form sample_read(struct arena *a, const char *body, unsigned steps);

#endif
