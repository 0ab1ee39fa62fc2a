/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers to the operator's own questions, as they are stored: one JSON object, the fields
 * under their names in the order of their definition, answers that were not given left out.
 *
 *     {"vat_number":"DE 136695976","offices":3,"tools":["git","jenkins"],"nda":true}
 *
 * FIELD_NUMBER is a number, FIELD_CHOICES an array of texts, FIELD_CHECKBOX true, anything else a
 * text. What was stored under an earlier configuration may hold other names and types: it is never
 * an error, only not an answer to what is asked today.
 *
 * Memory: as said. Threads: plain data.
 */
#ifndef CORE_FORM_EXTRA_H
#define CORE_FORM_EXTRA_H

#include "base/json.h"
#include "core/form.h"

/* Of a form that is valid; the text is in the arena. */
struct str form_extra_store(struct arena *a, const struct form_rules *rules,
                            const struct form *form);

/* The answers to what is asked today into the form; all other fields of it stay. */
void form_extra_load(struct arena *a, const struct form_rules *rules, struct str stored,
                     struct form *form);

/* Everything that is stored, as members of the open object. `a` is for scratch. */
void form_extra_copy(struct arena *a, struct str stored, struct json *out);

#endif
