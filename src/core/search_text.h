/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a submission is put into the search index: words that were folded before (base/fold.h),
 * with spaces between them, so that the index's own tokenizer ("ascii") has only to split at them.
 *
 *     words    the two halves of the Client ID, every answer in the order of the form, the extra
 *              fields, the team's notes
 *     facets   what is no word, each behind a character for private use, which no word contains:
 *              U+E000, then  a            every submission has it
 *                            s<status>    o<owner>    c<service>
 *                            p<digits>    each four digits of the phone number that stand together
 *
 * Between two answers stands U+E000 alone, so that no phrase reaches from one into the other. In
 * the value of a facet "_" and "-" are U+E001 and U+E002, because the tokenizer splits at them;
 * the schema's trigger on a status that changes writes the same (src/store/sql).
 *
 * To take a submission out of the index it must be given exactly the words it was put in with:
 * SEARCH_TEXT_VERSION changes whenever this or base/fold.h makes other ones, and the index is then
 * built anew.
 *
 * Memory: the caller's buffers. Threads: pure functions.
 */
#ifndef CORE_SEARCH_TEXT_H
#define CORE_SEARCH_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "core/form.h"

enum { SEARCH_TEXT_VERSION = 1, SEARCH_GRAM = 4 /* digits of a phone number */ };

/* Adds the words of one answer or note. */
void search_text_words(struct buf *words, struct str answer);

struct search_subject {
    struct str client_id; /* as it is stored */
    struct form form;     /* the fixed fields */
    struct str extra;     /* JSON (form_extra.h) */
    struct str status;
    int64_t owner; /* 0: nobody */
};

/*
 * What is added to an entry for new notes: all its words, but those that the notes do not have are
 * U+E000. So each word of the notes comes with all its places in the entry, and replaces what the
 * index has of it; the others stay as they are.
 */
void search_text_added(struct arena *a, struct str all, struct str notes, struct buf *out);

/* Everything but the notes. Scratch in the arena. */
void search_text_subject(struct arena *a, const struct search_subject *s, struct buf *words);

void search_text_facets(const struct search_subject *s, struct buf *out);

/* One facet as a word of the index: kind is 'a', 's', 'o', 'c' or 'p'. */
void search_text_facet(struct buf *out, char kind, struct str value);

/* The answers in the extra fields' JSON, one a line, in the arena. */
struct str search_text_extra(struct arena *a, struct str extra);

/* What companies are sorted by: the folded words of the name, in the arena. */
struct str search_text_company(struct arena *a, struct str name);

/* The digits of a phone number as typed, at most `max` of them; how many. */
size_t search_text_digits(struct str typed, char *out, size_t max);

#endif
