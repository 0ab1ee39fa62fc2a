/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody typed into the search box, understood.
 *
 *     müller "cloud migration" kube* -spam status:new,contacted owner:me service:devops from:7d
 *
 *     müller          the word anywhere, whatever its case and accents (base/fold.h)
 *     "a b"           the words one behind the other; so do a-b, a.b@c.example, O'Connor
 *     kube*           words that begin so, at least SEARCH_PREFIX_MIN letters
 *     +49 30 1234     at least four digits: a word, or digits in a row of the phone number; a
 * number that begins with + or 0 may have spaces CL-7KQ4M-X2PHM  a Client ID in any spelling
 * client_id.h forgives, one wrong symbol corrected -x              not x; also before an operator
 *     status: owner: service:   a value, its label, or its beginning; several with commas.
 * owner:me, owner:none from: to:       2026-11-21, 2026-11, 2026, today, yesterday, 7d, 2w, 3m
 * (days, weeks, months ago); both days belong to it; UTC
 *
 * Nothing that can be typed is an error: what is not understood is passed over and told back, and
 * search_write gives what was understood in one way of writing it ("We read it as …"; it reads back
 * to the same query). A page may add filters of its own with search_filter, as if they were typed.
 *
 * Memory: texts are in the arena. Threads: pure functions.
 */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include "core/client_id.h"
#include "core/form.h"

enum {
    SEARCH_TYPED_MAX = 500, /* bytes; the rest is not read */
    SEARCH_TERMS_MAX = 12,
    SEARCH_WORDS_MAX = 16, /* in a phrase */
    SEARCH_FILTERS_MAX = 16,
    SEARCH_TOLD_MAX = 8,
    SEARCH_PREFIX_MIN = 3,
    SEARCH_DIGITS_MIN = 4,
    SEARCH_DIGITS_MAX = 20
};

enum search_kind {
    SEARCH_WORDS,    /* one word or a phrase */
    SEARCH_PREFIX,   /* the last word may go on */
    SEARCH_NUMBER,   /* a word, or a part of a phone number */
    SEARCH_CLIENT_ID /* text is canonical: "CL-7KQ4M-X2PHM" */
};

struct search_term {
    enum search_kind kind;
    bool excluded;
    struct str text; /* as typed, without quotes, star and minus */
};

enum search_filter_kind { SEARCH_STATUS, SEARCH_OWNER, SEARCH_SERVICE, SEARCH_FILTER_KINDS };

struct search_filter {
    enum search_filter_kind kind;
    bool excluded;
    struct str value; /* of the list; of an owner the number, "0" for nobody */
    struct str shown; /* how it is written: "new", "ada", "none" */
};

enum search_sort {
    SEARCH_NEWEST,
    SEARCH_OLDEST,
    SEARCH_COMPANY /* by company name; only without words (store/search.h) */
};

enum search_told_code {
    SEARCH_TOLD_STATUS,  /* part: the value that is no status */
    SEARCH_TOLD_OWNER,   /* part: nobody of that name, or several */
    SEARCH_TOLD_SERVICE, /* part */
    SEARCH_TOLD_DATE,    /* part: not a date */
    SEARCH_TOLD_EMPTY,   /* part: an operator without a value, quotes around nothing, a lone "*" */
    SEARCH_TOLD_SHORT,   /* part: too few letters before the "*"; searched as a word */
    SEARCH_TOLD_LONG,    /* what stands behind SEARCH_TYPED_MAX was left out */
    SEARCH_TOLD_MANY,    /* more terms or filters than the limits: part and what follows left out */
    SEARCH_TOLD_ID,      /* part: a Client ID with one wrong symbol; the term has the right one */
    SEARCH_TOLD_CODES
};

struct search_told {
    enum search_told_code code;
    struct str part;
};

struct search_query {
    struct search_term terms[SEARCH_TERMS_MAX];
    size_t terms_n;
    /* Those of one kind that are not excluded are alternatives. */
    struct search_filter filters[SEARCH_FILTERS_MAX];
    size_t filters_n;
    int64_t from_ms, to_ms; /* created at or after from_ms and before to_ms; 0: open */
    struct str from, to;    /* as search_write writes them */
    enum search_sort sort;  /* the caller's; SEARCH_NEWEST */
    struct search_told told[SEARCH_TOLD_MAX];
    size_t told_n;
};

struct search_owner {
    int64_t id;
    struct str login, name;
};

/* What values mean. Lists may be empty. */
struct search_names {
    const struct choice *statuses;
    size_t statuses_n;
    const struct search_owner *owners;
    size_t owners_n;
    struct choices services;
    int64_t me; /* owner:me; 0: nobody is signed in */
    int64_t now_ms;
};

/* Reads what was typed; any bytes. */
void search_parse(struct arena *a, const struct search_names *names, struct str typed,
                  struct search_query *out);

/*
 * Adds one operator as if "name:value" stood at the end; name is "status", "owner", "service",
 * "from" or "to". An empty value adds nothing. False: there is no such operator.
 */
bool search_filter(struct arena *a, const struct search_names *names, struct str name,
                   struct str value, struct search_query *query);

/* True when it asks for nothing: everything is shown. (The sort does not count.) */
bool search_is_empty(const struct search_query *query);

/* The query as it was understood, in one way of writing it. */
struct str search_write(struct arena *a, const struct search_query *query);

#endif
