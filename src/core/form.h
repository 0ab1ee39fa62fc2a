/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a visitor (or an API client) gave, and what is wrong with it.
 *
 *     body ──form_from_urlencoded/json──▶ struct form (normalised) ──form_validate──▶ findings
 *
 * Reading fails (ERR_INPUT) only on what no honest browser sends: wrong escapes, bytes that are not
 * UTF-8, NUL, a field twice, an unknown field, a field of another step. Everything a person can get
 * wrong is a finding: the field, a code for programs, and the sentence for people.
 *
 * Normalising, the same for every field (and as easy in JavaScript, see apply.js):
 *   CR LF and CR become LF; a tab becomes a space; composed to NFC; trimmed of what JavaScript's
 *   trim() trims (character.h). "" means not given. Nothing is ever cut.
 * and then by kind:
 *   phone, number, date: Arabic-Indic, extended Arabic-Indic and full-width digits become 0–9.
 *   FIELD_NUMBER   /^\d+$/, or groups of three with one separator throughout: a space (any of
 *                  trim()'s, thin ones too), a comma (also U+066C), a full stop or an apostrophe
 *                  (also U+2019): becomes plain digits without leading zeros. Anything else stays
 *                  as typed ("about 50", "1.5", "+5").
 *   FIELD_CHOICES  values trimmed, one a line, each once, empty ones left out. (A line break in a
 *                  value, one over 128 bytes, more than 100 values: ERR_INPUT.)
 *   industry_other becomes "" unless industry is "other": what is no longer asked is not kept.
 *
 * Rules, one function a kind; the first that fails is the finding:
 *   all            required and "": missing
 *   line, text     no control character (utf8_is_control) but, in text, LF; then at most max
 *   email          at most max; HTML's "valid e-mail address" with a dot in the domain:
 *                  /^[a-z0-9.!#$%&'*+\/=?^_`{|}~-]+@L(\.L)+$/i
 *                  where L is [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?
 *   phone          at most max; kept as typed but for the digits. Without spaces, dots, dashes (-
 *                  and U+2010–2015, 2212) and brackets ( ) [ ] it is /^\+[1-9]\d{6,14}$/ (E.164) or
 *                  /^\d{5,20}$/
 *   number         digits, then min ≤ n ≤ max
 *   choice(s)      each value is in the operator's list
 *   consent        "yes"
 *   checkbox       "yes"; not ticked is no answer
 *   date           /^\d{4}-\d{2}-\d{2}$/ and a day of the Gregorian calendar, min ≤ n ≤ max
 *   industry_other as line, and required when industry is "other"
 *
 * Memory: views into the arena, the body or constants. Threads: plain data.
 */
#ifndef CORE_FORM_H
#define CORE_FORM_H

#include "base/arena.h"
#include "base/buf.h"
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

/*
 * What is asked, in one language: the fixed fields (numbered by enum field), then the operator's,
 * and what may be chosen. Everything that walks a form walks this, in `order` where a person reads
 * it: for (i < fields_n) fields[order[i]].
 */
struct form_rules {
    const struct field_info *fields; /* fields_n of them, FIELD_COUNT at least */
    const unsigned char *order; /* their numbers as the form asks them; a step's lie together */
    size_t fields_n;
    struct choices choices[CHOICE_LISTS + FIELD_EXTRAS_MAX]; /* by field_info.list */
    struct str yes, no;                                      /* how consent and checkboxes read */
    struct str between; /* ", ": between the choices of one answer */
};

/* The beginning of an initialiser: nothing but the fixed fields. */
#define FORM_FIXED_FIELDS                                                                          \
    .fields = fields_fixed, .order = fields_fixed_order, .fields_n = FIELD_COUNT

struct form {
    struct str value[FIELDS_MAX]; /* by the field's number */
};

/* "other": the industry that asks for industry_other. */
extern const struct str form_other;

enum finding_code {
    FINDING_MISSING,
    FINDING_WRONG,
    FINDING_OUT_OF_RANGE,
    FINDING_TOO_LONG,
    FINDING_CONTROL,
    FINDING_NOT_A_CHOICE,
    FINDING_CODES
};

struct finding {
    size_t field;
    enum finding_code code;
    struct str message; /* a whole sentence without a full stop, the same words everywhere */
};

struct findings {
    struct finding items[FIELDS_MAX]; /* at most one a field, in the order of the form */
    size_t n;
};

/* A set of steps, as bits: FORM_STEP(STEP_COMPANY) | FORM_STEP(STEP_ENGAGEMENT) is FORM_ALL. */
#define FORM_STEP(step) (1u << (step))
#define FORM_ALL        ((1u << STEP_COUNT) - 1)

/* The number of the field of that name (case counts); fields_n when there is none. */
size_t form_field(const struct form_rules *rules, struct str name);

/*
 * Reads an application/x-www-form-urlencoded body holding fields of the given steps. FIELD_CHOICES
 * may repeat; every other name at most once. Names that begin with "_" are the page's own controls,
 * not fields, and are passed over (urlencoded.h reads them).
 */
enum err form_from_urlencoded(struct arena *a, const struct form_rules *rules, struct str body,
                              unsigned steps, struct form *out, struct why *why);

/*
 * Reads a JSON object with the same names. Texts are strings, FIELD_NUMBER a whole number or a
 * string, FIELD_CHOICES an array of strings, FIELD_CONSENT and FIELD_CHECKBOX true, false or a
 * string. null is "not
 * given". Nothing is passed over: the program at the other end can spell.
 */
enum err form_from_json(struct arena *a, const struct form_rules *rules, struct str body,
                        unsigned steps, struct form *out, struct why *why);

/*
 * Reads a body that form_to_urlencoded wrote, maybe for other rules (the operator has changed them
 * since): what cannot be an answer today is passed over. False when no such body was ever written.
 */
bool form_restore(struct arena *a, const struct form_rules *rules, struct str body,
                  struct form *out);

/*
 * Canonical body for the given steps: what form_from_urlencoded reads back to the same form.
 * Answers that were not given are left out.
 */
void form_to_urlencoded(const struct form_rules *rules, const struct form *form, unsigned steps,
                        struct buf *out);

/* Copies the fields of the given steps (the views; the texts stay where they are). */
void form_copy(const struct form_rules *rules, struct form *to, const struct form *from,
               unsigned steps);

/*
 * Finds what is wrong with the answers to the given steps. The values of a FIELD_CHOICES that is
 * right are put in the order of the operator's list, so that the same answer is the same text.
 */
void form_validate(struct arena *a, const struct form_rules *rules, unsigned steps,
                   struct form *form, struct findings *out);

/* NULL when nothing is wrong with the field. */
const struct finding *findings_for(const struct findings *f, size_t field);

const char *finding_code_name(enum finding_code code); /* "missing", for the API */

/*
 * The answer as a person reads it: labels for choices (FIELD_CHOICES joined by `between`; a value
 * that is no longer in the list reads as itself), `yes` for consent; a checkbox reads as `yes`
 * or `no`; "" when not given. industry "other" reads as industry_other.
 */
struct str form_display(struct arena *a, const struct form_rules *rules, const struct form *form,
                        size_t field);

#endif
