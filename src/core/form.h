/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a visitor (or an API client) gave, and what is wrong with it.
 *
 *     body ──form_from_urlencoded/json──▶ struct form (normalised) ──form_validate──▶ findings
 *
 * A form holds one text per field: UTF-8, NFC, line ends as LF, trimmed; "" means not given.
 * Nothing is ever cut. Reading fails (ERR_INPUT) only on what no honest browser sends: wrong
 * escapes, bytes that are not UTF-8, a field twice, an unknown field, a field of another step.
 * Everything a person can get wrong is a finding: the field, a code for programs, and the sentence
 * for people.
 *
 * Memory: views into the arena. Threads: plain data.
 */
#ifndef CORE_FORM_H
#define CORE_FORM_H

#include "base/arena.h"
#include "base/err.h"
#include "core/field.h"

struct choice {
    struct str value; /* [a-z0-9_-]+, what is stored */
    struct str label; /* what is shown */
};

struct choices {
    const struct choice *items;
    size_t n;
};

/* What the operator configured. */
struct form_rules {
    struct choices choices[CHOICE_LISTS];
};

struct form {
    struct str value[FIELD_COUNT];
};

enum finding_code {
    FINDING_MISSING,
    FINDING_WRONG,
    FINDING_TOO_SHORT,
    FINDING_TOO_LONG,
    FINDING_CONTROL,
    FINDING_NOT_A_CHOICE
};

struct finding {
    enum field field;
    enum finding_code code;
    struct str message; /* a whole sentence without a full stop, the same words everywhere */
};

struct findings {
    struct finding items[FIELD_COUNT]; /* at most one a field, in the order of the form */
    size_t n;
};

/* A set of steps, as bits: FORM_STEP(STEP_COMPANY) | FORM_STEP(STEP_ENGAGEMENT) is FORM_ALL. */
#define FORM_STEP(step) (1u << (step))
#define FORM_ALL        ((1u << STEP_COUNT) - 1)

/*
 * Reads an application/x-www-form-urlencoded body holding fields of the given steps. FIELD_CHOICES
 * may repeat; every other name at most once.
 */
enum err form_from_urlencoded(struct arena *a, struct str body, unsigned steps, struct form *out,
                              struct why *why);

/*
 * Reads a JSON object with the same names. Texts are strings, FIELD_NUMBER a number or a string,
 * FIELD_CHOICES an array of strings, FIELD_CONSENT true or "yes". null is "not given".
 */
enum err form_from_json(struct arena *a, struct str body, unsigned steps, struct form *out,
                        struct why *why);

/* Canonical body for the given steps: what form_from_urlencoded reads back to the same form. */
struct buf;
void form_to_urlencoded(const struct form *form, unsigned steps, struct buf *out);

/* Copies the fields of the given steps. */
void form_copy(struct form *to, const struct form *from, unsigned steps);

void form_validate(struct arena *a, const struct form_rules *rules, unsigned steps,
                   const struct form *form, struct findings *out);

/* NULL when nothing is wrong with the field. */
const struct finding *findings_for(const struct findings *f, enum field field);

const char *finding_code_name(enum finding_code code); /* "missing", for the API */

/*
 * The answer as a person reads it: labels for choices (FIELD_CHOICES joined by ", "), "" when not
 * given. industry "other" reads as industry_other.
 */
struct str form_display(struct arena *a, const struct form_rules *rules, const struct form *form,
                        enum field field);

#endif
