/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two readers of a form (form_urlencoded.c, form_json.c) share, private to them: whether a
 * name may stand where it stands, and taking a value in normalised form (form.h has the rules).
 *
 *     form_read_begin → for each pair: form_read_field, form_read_value → form_read_end
 *
 * Threads: one at a time.
 */
#ifndef CORE_FORM_READ_H
#define CORE_FORM_READ_H

#include "core/form.h"

struct form_read {
    struct arena *arena;
    const struct form_rules *rules;
    unsigned steps;
    uint64_t seen; /* a bit a field */
    struct form *form;
    struct why *why;
};

void form_read_begin(struct form_read *r, struct arena *a, const struct form_rules *rules,
                     unsigned steps, struct form *out, struct why *why);

/* The field of that name. ERR_INPUT: there is none, it belongs to another step, or it came before
 * (a FIELD_CHOICES may come again when again is true). */
enum err form_read_field(struct form_read *r, struct str name, bool again, size_t *out);

/* Takes one value: UTF-8 without NUL. FIELD_CHOICES: one more value. */
enum err form_read_value(struct form_read *r, size_t field, struct str value);

/* Settles what depends on other fields. */
void form_read_end(struct form_read *r);

/* ERR_INPUT with "name: what is the matter". */
enum err form_read_refuse(struct form_read *r, size_t field, const char *what);

#endif
