/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_text.h"
#include "store/search_inner.h"

enum { NAME_WIDTH = 400, EXCERPT_WIDTH = 160 };

/* ---- does it answer the query? --------------------------------------------------------------- */

static bool has_value(const struct search_filter *f, const struct record *r)
{
    char owner[24];
    struct str services = r->submission.form.value[FIELD_SERVICE_TYPE], service;
    switch (f->kind) {
    case SEARCH_STATUS:
        return str_eq(f->value, r->submission.status);
    case SEARCH_OWNER:
        snprintf(owner, sizeof owner, "%lld", (long long)r->owner);
        return str_eq(f->value, str_from(owner));
    default:
        while (services.len && str_cut(&services, '\n', &service))
            if (str_eq(f->value, service))
                return true;
        return false;
    }
}

bool search_is_filtered(const struct searching *x, const struct record *r)
{
    bool asked[SEARCH_FILTER_KINDS] = {false}, met[SEARCH_FILTER_KINDS] = {false};
    for (size_t i = 0; i < x->query->filters_n; i++) {
        const struct search_filter *f = &x->query->filters[i];
        bool has = has_value(f, r);
        if (f->excluded && has)
            return false;
        asked[f->kind] |= !f->excluded;
        met[f->kind] |= !f->excluded && has;
    }
    for (int kind = 0; kind < SEARCH_FILTER_KINDS; kind++)
        if (asked[kind] && !met[kind])
            return false;
    return true;
}

/* Which of the needles stand in the answers, as bits. */
static unsigned found_in(struct arena *a, const struct search_needles *needles,
                         const struct record *r)
{
    unsigned all = 0, found;
    if (!needles->n)
        return 0;
    search_excerpt(a, needles, str_slice(client_id_str(&r->submission.client_id), 3, CLIENT_ID_LEN),
                   NAME_WIDTH, &all);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        search_excerpt(a, needles, r->submission.form.value[f], NAME_WIDTH, &found);
        all |= found;
    }
    search_excerpt(a, needles, search_text_extra(a, r->submission.extra), NAME_WIDTH, &found);
    return all | found;
}

bool search_is_answer(const struct searching *x, const struct record *r)
{
    if (!search_is_filtered(x, r))
        return false;
    struct arena a = ARENA_INIT;
    unsigned every = (1u << x->wanted.n) - 1;
    bool is = found_in(&a, &x->wanted, r) == every && found_in(&a, &x->unwanted, r) == 0;
    arena_release(&a);
    return is;
}

/* ---- what of it was found -------------------------------------------------------------------- */

/* Shows this text when it has needles that were not seen yet. */
static bool show_text(struct searching *x, struct search_hit *hit, enum search_place place,
                      struct str text, unsigned *seen)
{
    unsigned found = 0;
    if (!text.len)
        return false;
    struct str excerpt = search_excerpt(x->arena, &x->wanted, text, EXCERPT_WIDTH, &found);
    if (!(found & ~*seen))
        return false;
    *seen |= found;
    hit->place = place;
    hit->excerpt = excerpt;
    return true;
}

static bool show_field(struct searching *x, struct search_hit *hit, unsigned *seen)
{
    const struct str *value = hit->record.submission.form.value;
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        if (f == FIELD_COMPANY_NAME || f == FIELD_CONTACT_NAME || f == FIELD_CONSENT_GIVEN)
            continue;
        if (show_text(x, hit, SEARCH_IN_FIELD, value[f], seen)) {
            hit->field = f;
            return true;
        }
    }
    return false;
}

static enum err show_note(struct searching *x, struct search_hit *hit, unsigned *seen)
{
    sqlite3_stmt *s;
    enum err e = reader_query(x->reader, SQL_NOTE_TEXTS, &s, x->why);
    if (e)
        return e;
    sqlite3_bind_int64(s, P_NOTE_TEXTS_ID, hit->record.row);
    while ((e = search_step(x, s)) == ERR_NONE &&
           !show_text(x, hit, SEARCH_IN_NOTE, column_text(s, C_NOTE_TEXTS_TEXT), seen))
        ;
    sqlite3_reset(s);
    return e == ERR_MISSING ? ERR_NONE : e;
}

enum err search_show(struct searching *x, int64_t row, struct search_hit *out)
{
    unsigned every = (1u << x->wanted.n) - 1, seen = 0, found;
    *out = (struct search_hit){0};
    enum err e = reader_record_row(x->reader, x->arena, row, &out->record, x->why);
    if (e)
        return e;
    const struct submission_row *r = &out->record.submission;
    out->company = r->form.value[FIELD_COMPANY_NAME];
    out->contact = r->form.value[FIELD_CONTACT_NAME];
    if (!x->wanted.n)
        return ERR_NONE;
    out->company = search_excerpt(x->arena, &x->wanted, out->company, NAME_WIDTH, &seen);
    out->contact = search_excerpt(x->arena, &x->wanted, out->contact, NAME_WIDTH, &found);
    seen |= found;
    search_excerpt(x->arena, &x->wanted, str_slice(client_id_str(&r->client_id), 3, CLIENT_ID_LEN),
                   NAME_WIDTH, &found);
    seen |= found;
    if (seen == every || show_field(x, out, &seen))
        return ERR_NONE;
    if (show_text(x, out, SEARCH_IN_EXTRA, search_text_extra(x->arena, r->extra), &seen))
        return ERR_NONE;
    return show_note(x, out, &seen);
}
