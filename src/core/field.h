/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the onboarding form: one table, fields.def, from which everything else follows —
 * validation in C, the attributes and messages the browser gets, the JSON API, the store's columns
 * (their names are checked against the schema at build time) and the reference documentation.
 *
 * A row says name, step, kind and limits; label, hint and the sentence for each thing that can be
 * wrong are texts and put in by form_words.h. What a visitor is asked, in their language and with
 * the operator's choices, stands in struct form_rules (form.h): ask that for anything people read.
 *
 * Three names are a little longer than the field's own: FIELD_EMAIL_ADDRESS, FIELD_PHONE_NUMBER and
 * FIELD_CONSENT_GIVEN, because FIELD_EMAIL, FIELD_PHONE and FIELD_CONSENT are kinds.
 *
 * Threads: constant data.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "base/str.h"

enum step { STEP_COMPANY, STEP_ENGAGEMENT, STEP_COUNT };

/* What an answer is; form.h has the rule of each. Those up to FIELD_PHONE have a longest length. */
enum field_kind {
    FIELD_LINE,    /* one line of text */
    FIELD_TEXT,    /* several lines */
    FIELD_EMAIL,   /* one address */
    FIELD_PHONE,   /* international or national, kept as typed */
    FIELD_NUMBER,  /* a whole number, min..max */
    FIELD_CHOICE,  /* one value of a configured list */
    FIELD_CHOICES, /* one or more values of a list, kept as one text with a value per line */
    FIELD_CONSENT, /* "yes" */
    /* What only operators' fields are so far: */
    FIELD_DATE,     /* "2026-11-21"; min and max are the digits as a number, 20261121 */
    FIELD_CHECKBOX, /* "yes", or nothing */
    FIELD_KINDS
};

/* Whom an answer tells about, for whoever reads, exports or erases it. */
enum privacy {
    PRIVACY_BUSINESS, /* the company */
    PRIVACY_PERSONAL, /* a person */
    PRIVACY_SENSITIVE /* a person, and not for everybody's eyes: never in plain listings */
};

enum choice_list {
    CHOICE_NONE,
    CHOICE_INDUSTRY,
    CHOICE_SERVICE,
    CHOICE_TIMELINE,
    CHOICE_BUDGET,
    CHOICE_LISTS
};

enum field {
#define FIELD(id, ...) FIELD_##id,
#include "core/fields.def"
#undef FIELD
    FIELD_COUNT
};

/* Fields are numbered: the fixed ones as above, and from FIELD_COUNT what an operator adds. */
enum { FIELD_EXTRAS_MAX = 32, FIELDS_MAX = FIELD_COUNT + FIELD_EXTRAS_MAX };

struct field_info {
    struct str name; /* HTML name, JSON key, CSV and SQL column: the same word, NUL-terminated */
    enum step step;
    enum field_kind kind;
    enum privacy privacy;
    unsigned list; /* enum choice_list, or from CHOICE_LISTS an extra field's; for FIELD_CHOICE and
                      FIELD_CHOICES */
    bool required; /* industry_other is not, here: it is when industry is "other" */
    uint64_t min, max;       /* code points, or the number itself; max 0: as many as the list has */
    struct str label;        /* "Company name" */
    struct str hint;         /* help before the field, may be empty */
    struct str autocomplete; /* HTML autocomplete token, may be empty */
    struct str width;        /* how wide the answer is: "full", "half", "short" */
    /* Sentences; empty when that cannot happen to the field. */
    struct str if_missing; /* "Enter your company name" */
    struct str if_wrong;   /* "Enter an email address in the correct format, like …" */
    struct str if_control; /* "Company name must not include line breaks or hidden characters" */
    struct str if_long;    /* "Company name must be 200 characters or fewer" */
};

/* The fixed fields, and their numbers one after the other. */
extern const struct field_info fields_fixed[FIELD_COUNT];
extern const unsigned char fields_fixed_order[FIELD_COUNT];

const struct field_info *field_info(enum field field);

#endif
