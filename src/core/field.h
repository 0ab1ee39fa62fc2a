/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the onboarding form: one table, fields.def, from which everything else follows —
 * validation in C, the attributes and messages the browser gets, the JSON API, the store's columns
 * (their names are checked against the schema at build time) and the reference documentation.
 *
 * A row says name, step, kind, limits, label, hint and the sentence for each thing that can be
 * wrong. Choices (industries, services, …) are the operator's and come in struct form_rules.
 *
 * Threads: constant data.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "base/str.h"

enum step { STEP_COMPANY, STEP_ENGAGEMENT, STEP_COUNT };

enum field_kind {
    FIELD_LINE,  /* one line of text */
    FIELD_TEXT,  /* several lines */
    FIELD_EMAIL, /* one address, HTML's own rule plus a dot in the domain */
    FIELD_PHONE, /* E.164 after removing spaces, dots, dashes, brackets; or 5–20 national digits */
    FIELD_NUMBER,  /* a whole number, min..max; spaces and thousands separators forgiven */
    FIELD_CHOICE,  /* one value of a configured list */
    FIELD_CHOICES, /* one or more values of a list, kept as one text with a value per line */
    FIELD_CONSENT  /* "yes" */
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

struct field_info {
    struct str name; /* HTML name, JSON key, CSV and SQL column: the same word */
    enum step step;
    enum field_kind kind;
    enum choice_list list; /* for FIELD_CHOICE and FIELD_CHOICES */
    bool required;
    uint64_t min, max;       /* code points, or the number itself for FIELD_NUMBER */
    struct str label;        /* "Company name" */
    struct str hint;         /* help before the field, may be empty */
    struct str autocomplete; /* HTML autocomplete token, may be empty */
    struct str width;        /* how wide the answer is: "full", "half", "short" */
    struct str if_missing;   /* "Enter your company name" */
    struct str if_wrong;     /* "Enter an email address like name@example.com"; may be empty */
    struct str if_long;      /* "Company name must be 200 characters or fewer"; may be empty */
};

const struct field_info *field_info(enum field field);

/* FIELD_COUNT when there is no field of that name. */
enum field field_find(struct str name);

#endif
