/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's own questions: form.extra_fields.
 *
 *     extra_fields:
 *       - id: vat_number
 *         type: line
 *         step: company
 *         label: {en: VAT number, de: Umsatzsteuer-ID}
 *         required: true
 *         max: 20
 *         after: company_name
 *
 * extra_keys is the table of what an entry may say; the reference page is made from it. An entry is
 * checked whole: names, limits, choices, place. There are no patterns: a check that browser and
 * server must agree on to the letter would need a regular expression engine on both sides, and a
 * hostile or careless expression can make one run for ever.
 *
 * Together the answers stay small enough for a draft, a request body and a stored row: at most
 * EXTRA_TEXT_MAX characters of text and EXTRA_CHOICES_MAX choices over all extra fields.
 *
 * Memory: everything lives in the arena. Threads: constant once read.
 */
#ifndef CONFIG_EXTRA_H
#define CONFIG_EXTRA_H

#include "config/localized.h"
#include "core/form.h"
#include "core/words.h"

enum {
    EXTRA_ID_MAX = 40,
    EXTRA_LABEL_MAX = 120,
    EXTRA_HINT_MAX = 300,
    EXTRA_TEXT_MAX = 8000,
    EXTRA_CHOICES_MAX = 300
};

struct extra_choice {
    struct str value;
    struct localized label;
};

struct extra_field {
    struct str id;
    enum field_kind kind;
    enum step step;
    enum privacy privacy;
    bool required;
    uint64_t min, max; /* as in struct field_info */
    size_t after;      /* number of the field it stands behind */
    struct localized label, hint, missing;
    const struct extra_choice *choices;
    size_t choices_n;
};

struct extras {
    const struct extra_field *items;
    size_t n;
    unsigned char order[FIELDS_MAX]; /* of all fields; used when n > 0 */
};

/* What an entry may say. */
enum extra_key_id {
    EXTRA_KEY_ID,
    EXTRA_KEY_TYPE,
    EXTRA_KEY_STEP,
    EXTRA_KEY_LABEL,
    EXTRA_KEY_HINT,
    EXTRA_KEY_MISSING,
    EXTRA_KEY_REQUIRED,
    EXTRA_KEY_MIN,
    EXTRA_KEY_MAX,
    EXTRA_KEY_CHOICES,
    EXTRA_KEY_PRIVACY,
    EXTRA_KEY_AFTER,
    EXTRA_KEYS
};

struct extra_key {
    const char *name;
    bool required;
    const char *takes; /* "company or engagement" */
    const char *about; /* whole sentences, in Markdown */
};

extern const struct extra_key extra_keys[EXTRA_KEYS];

/* Reads the list; errors as "name:line:column: …". */
enum err extras_read(struct arena *a, const struct tree *node, const char *name, struct extras *out,
                     struct why *why);

/* Fills order: each behind its field, those behind the same one as they stand in the list. */
void extras_place(struct extras *extras);

/* Puts the fields into rules that hold the fixed ones, in the language of the words. */
void extras_add(struct arena *a, const struct extras *extras, const struct words *words,
                struct form_rules *rules);

/* Bytes that the longest right answers to all fields take, escaped as a body. */
uint64_t extras_longest_body(const struct form_rules *rules);

#endif
