/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "config/config.h"
#include "core/date.h"
#include "web/arrivals.h"
#include "web/queue.h"
#include "web/queue_told.h"
#include "web/record.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/staff_shell.h"
#include "web/state.h"
#include "web/view_queue.h"

#include "pages.h"

#include <inttypes.h>

/* ---- rows ----------------------------------------------------------------------------------- */

/* Cuts a text at the marks of core/search_match.h. */
static struct view_pieces pieces_of(struct request *r, struct str text)
{
    size_t most = 1, n = 0, from = 0;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == SEARCH_MARK_BEGIN || text.ptr[i] == SEARCH_MARK_END;
    struct view_piece *items = arena_new_array(&r->arena, struct view_piece, most);
    for (size_t i = 0; i <= text.len; i++) {
        bool begin = i < text.len && text.ptr[i] == SEARCH_MARK_BEGIN;
        bool end = i < text.len && text.ptr[i] == SEARCH_MARK_END;
        if (i < text.len && !begin && !end)
            continue;
        if (i > from)
            items[n++] = (struct view_piece){str_slice(text, from, i), end};
        from = i + 1;
    }
    return (struct view_pieces){items, n};
}

static struct str iso(struct request *r, int64_t at_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    return arena_str(&r->arena, clock_rfc3339(at_ms, text));
}

static struct str person_name(const struct request *r, const struct people *people, int64_t id)
{
    for (size_t i = 0; i < people->n; i++)
        if (people->items[i].id == id)
            return people->items[i].name;
    return id ? say(r, TEXT_RECORD_SOMEBODY) : STR_EMPTY;
}

static struct str place_of(struct request *r, const struct search_hit *hit)
{
    return hit->place == SEARCH_IN_FIELD   ? say_rules(r)->fields[hit->field].label
           : hit->place == SEARCH_IN_EXTRA ? say(r, TEXT_RECORD_EXTRA)
           : hit->place == SEARCH_IN_NOTE  ? say(r, TEXT_RECORD_NOTE)
                                           : STR_EMPTY;
}

static bool is_marked(const struct queue *q, struct str mark)
{
    for (size_t i = 0; i < q->again.marks_n; i++)
        if (str_eq(q->again.marks[i], mark))
            return true;
    return false;
}

static struct view_queue_row row_of(struct request *r, const struct queue *q, size_t i)
{
    const struct search_hit *hit = &q->page.hits[i];
    const struct record *rec = &hit->record;
    const struct submission_row *s = &rec->submission;
    const struct form_rules *rules = say_rules(r);
    struct str id = arena_str(&r->arena, client_id_str(&s->client_id));
    struct view_queue_row row = {
        .client_id = id,
        .href = arena_fmt(&r->arena, "/staff/records/%.*s", STR_ARG(id)),
        .mark = arena_fmt(&r->arena, "%.*s.%" PRIu64, STR_ARG(id), rec->revision),
        .company = pieces_of(r, hit->company),
        .contact = pieces_of(r, hit->contact),
        .service = form_display(&r->arena, rules, &s->form, FIELD_SERVICE_TYPE),
        .budget = form_display(&r->arena, rules, &s->form, FIELD_BUDGET_RANGE),
        .status = status_name(rec->status),
        .status_label = record_status_label(r, rec->status),
        .owner = person_name(r, &q->people, rec->owner),
        .age = say_age(r, s->created_ms, q->names.now_ms),
        .at = say_time(r, s->created_ms),
        .at_iso = iso(r, s->created_ms),
        .duplicate = s->duplicate_of,
        .place = place_of(r, hit),
        .excerpt = pieces_of(r, hit->excerpt),
    };
    if (q->safe_ms[i])
        row.safe = say_with(r, TEXT_RECORD_SAFE_SINCE, "time", say_time(r, q->safe_ms[i]));
    row.marked = is_marked(q, row.mark);
    return row;
}

static struct view_queue_rows rows_of(struct request *r, const struct queue *q)
{
    struct view_queue_row *items = arena_new_array(&r->arena, struct view_queue_row, q->page.n + 1);
    for (size_t i = 0; i < q->page.n; i++)
        items[i] = row_of(r, q, i);
    return (struct view_queue_rows){items, q->page.n};
}

static struct str export_href(struct request *r, const struct queue *q, const char *format)
{
    struct str filter = queue_url_filter(&r->arena, &q->url);
    if (!staff_may(r, ACTION_export_records) || !q->page.n)
        return STR_EMPTY;
    return arena_fmt(&r->arena, "/staff/export?%.*s%sformat=%s", STR_ARG(filter),
                     filter.len ? "&" : "", format);
}

/* ---- views and tabs ------------------------------------------------------------------------- */

/* The same list, from its beginning, with one thing changed. */
static struct str href_with(struct request *r, const struct queue_url *url, struct str status)
{
    struct queue_url other = *url;
    other.status = status;
    other.cursor = other.done = STR_EMPTY;
    return queue_url_write(&r->arena, &other);
}

static struct str number(struct request *r, uint64_t n)
{
    return words_number(&r->arena, &r->web->config->words[r->language], n);
}

/* How many the owner of the filter has in a status (empty: in all). */
static uint64_t tally_of(const struct queue *q, struct str status)
{
    uint64_t n = 0;
    for (size_t i = 0; i < q->tallies.n; i++) {
        const struct search_tally *t = &q->tallies.items[i];
        bool owner = true;
        for (size_t f = 0; f < q->query.filters_n; f++)
            if (q->query.filters[f].kind == SEARCH_OWNER) {
                uint64_t id;
                owner = str_to_u64(q->query.filters[f].value, &id) && (int64_t)id == t->owner;
            }
        if (owner && (!status.len || str_eq(status, t->status)))
            n += t->n;
    }
    return n;
}

/* Words, services and days are not tallied: then tabs have no number rather than a wrong one. */
static bool is_tallied(const struct queue *q)
{
    const struct queue_url *url = &q->url;
    return !url->q.len && !url->service.len && !url->from.len && !url->to.len;
}

/* Of the address; one that there is not counts as none. */
static struct str known_status(const struct queue *q)
{
    enum status status;
    return status_find(q->url.status, &status) ? q->url.status : STR_EMPTY;
}

static struct view_links tabs_of(struct request *r, const struct queue *q)
{
    const struct queue_url *url = &q->url;
    bool counted = is_tallied(q);
    struct view_link *items = arena_new_array(&r->arena, struct view_link, STATUS_COUNT + 1);
    for (int i = 0; i <= STATUS_COUNT; i++) {
        struct str name = i ? status_name((enum status)(i - 1)) : STR_EMPTY;
        items[i] = (struct view_link){
            .href = href_with(r, url, name),
            .label = i ? record_status_label(r, (enum status)(i - 1)) : say(r, TEXT_QUEUE_ALL),
            .n = counted ? number(r, tally_of(q, name)) : STR_EMPTY,
            .current = str_eq(name, known_status(q)),
        };
    }
    return (struct view_links){items, STATUS_COUNT + 1};
}

static struct view_link view_link_of(struct request *r, struct str query, struct str name,
                                     struct str filter)
{
    return (struct view_link){
        .href = arena_fmt(&r->arena, "/staff%s%.*s", query.len ? "?" : "", STR_ARG(query)),
        .label = name,
        .current = str_eq(query, filter),
    };
}

/* Two that everybody wants, then what was saved. */
static struct view_links views_of(struct request *r, const struct queue *q, struct view_queue *v)
{
    static const struct str mine = STR_INIT("owner=me"), free = STR_INIT("owner=none");
    struct view_link *items = arena_new_array(&r->arena, struct view_link, q->views.n + 3);
    struct str filter = queue_url_filter(&r->arena, &q->url);
    size_t n = 0;
    items[n++] = view_link_of(r, STR_EMPTY, say(r, TEXT_QUEUE_EVERYTHING), filter);
    items[n++] = view_link_of(r, mine, say(r, TEXT_QUEUE_MINE), filter);
    items[n++] = view_link_of(r, free, say(r, TEXT_QUEUE_FREE), filter);
    v->may_keep = filter.len != 0;
    for (size_t i = 0; i < 3; i++)
        v->may_keep &= !items[i].current;
    for (size_t i = 0; i < q->views.n; i++) {
        const struct saved_view *saved = &q->views.items[i];
        items[n] = view_link_of(r, saved->query, saved->name, filter);
        if (items[n].current && (saved->person || v->may_share)) {
            v->drop = arena_fmt(&r->arena, "/staff/views/%" PRId64 "/delete", saved->id);
            v->drop_name = saved->name;
        }
        v->may_keep &= !items[n++].current;
    }
    return (struct view_links){items, n};
}

/* ---- filters -------------------------------------------------------------------------------- */

static bool may_own(const struct person *p)
{
    return p->state == PERSON_ACTIVE && access_may(p->role, ACTION_work_records);
}

static struct view_options owner_filter(struct request *r, const struct queue *q)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, q->people.n + 3);
    struct str now = q->url.owner;
    size_t n = 0;
    items[n++] = (struct view_option){STR("me"), say(r, TEXT_QUEUE_ME), str_eq(now, STR("me"))};
    items[n++] =
        (struct view_option){STR("none"), say(r, TEXT_RECORD_NOBODY), str_eq(now, STR("none"))};
    for (size_t i = 0; i < q->people.n; i++) {
        const struct person *p = &q->people.items[i];
        bool selected = str_eq(p->login, now);
        if (selected || may_own(p))
            items[n++] = (struct view_option){p->login, p->name, selected};
    }
    return (struct view_options){items, n};
}

static struct view_options service_filter(struct request *r, const struct queue *q)
{
    struct choices list = say_rules(r)->choices[CHOICE_SERVICE];
    struct view_option *items = arena_new_array(&r->arena, struct view_option, list.n + 1);
    for (size_t i = 0; i < list.n; i++)
        items[i] = (struct view_option){list.items[i].value, list.items[i].label,
                                        str_eq(list.items[i].value, q->url.service)};
    return (struct view_options){items, list.n};
}

static struct view_options sorts_of(struct request *r, const struct queue *q)
{
    static const enum text texts[] = {
        [SEARCH_NEWEST] = TEXT_QUEUE_NEWEST,
        [SEARCH_OLDEST] = TEXT_QUEUE_OLDEST,
        [SEARCH_COMPANY] = TEXT_QUEUE_BY_COMPANY,
    };
    enum { SORTS = sizeof texts / sizeof *texts };
    struct view_option *items = arena_new_array(&r->arena, struct view_option, SORTS);
    for (size_t i = 0; i < SORTS; i++)
        items[i] = (struct view_option){queue_sort_name((enum search_sort)i), say(r, texts[i]),
                                        queue_url_sort(&q->url) == (enum search_sort)i};
    return (struct view_options){items, SORTS};
}

static bool is_typed(struct str date)
{
    uint64_t number_of;
    return date.len && !date_parse(date, &number_of);
}

static struct view_queue_filters filters_of(struct request *r, const struct queue *q)
{
    return (struct view_queue_filters){
        .q = q->url.q,
        .status = known_status(q),
        .owners = owner_filter(r, q),
        .services = service_filter(r, q),
        .sorts = sorts_of(r, q),
        .from = q->url.from,
        .to = q->url.to,
        .from_typed = is_typed(q->url.from),
        .to_typed = is_typed(q->url.to),
        .any = queue_url_is_filtered(&q->url) || q->url.sort.len,
    };
}

/* ---- changing ------------------------------------------------------------------------------- */

static struct view_options becomes_of(struct request *r, const struct queue *q)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, STATUS_COUNT);
    for (enum status s = 0; s < STATUS_COUNT; s++)
        items[s] = (struct view_option){status_name(s), record_status_label(r, s),
                                        str_eq(status_name(s), q->again.becomes)};
    return (struct view_options){items, STATUS_COUNT};
}

static struct view_options assign_of(struct request *r, const struct queue *q)
{
    struct view_option *items = arena_new_array(&r->arena, struct view_option, q->people.n + 1);
    size_t n = 0;
    items[n++] = (struct view_option){STR("0"), say(r, TEXT_RECORD_NOBODY),
                                      str_eq(q->again.assign, STR("0"))};
    for (size_t i = 0; i < q->people.n; i++) {
        const struct person *p = &q->people.items[i];
        struct str value = arena_fmt(&r->arena, "%" PRId64, p->id);
        if (may_own(p))
            items[n++] = (struct view_option){value, p->name, str_eq(q->again.assign, value)};
    }
    return (struct view_options){items, n};
}

/* ---- the page ------------------------------------------------------------------------------- */

static struct str page_href(struct request *r, const struct queue *q, struct str cursor)
{
    struct queue_url other = q->url;
    other.cursor = cursor;
    other.done = STR_EMPTY;
    return cursor.len ? queue_url_write(&r->arena, &other) : STR_EMPTY;
}

static struct str count_of(struct request *r, const struct queue *q)
{
    if (is_tallied(q))
        return STR_EMPTY; /* the tabs say it */
    struct str n = say_count(r, TEXT_QUEUE_COUNT, q->count.n);
    return q->count.more ? say_with(r, TEXT_QUEUE_COUNT_MORE, "number", number(r, q->count.n)) : n;
}

/* On the first page of a list that new submissions begin; elsewhere the link leads to such a one.
 */
static void fill_arrivals(struct request *r, const struct queue *q, struct view_queue *v)
{
    const struct queue_url *url = &q->url;
    bool here = !url->q.len && !url->service.len && !url->from.len && !url->to.len &&
                !url->sort.len && (!url->owner.len || str_eq(url->owner, STR("none"))) &&
                (!url->status.len || str_eq(url->status, STR("new")));
    v->arrivals = arena_fmt(&r->arena, "/staff/arrivals?since=%.*s", STR_ARG(arrivals_now(r)));
    v->arrivals_href = here ? href_with(r, url, url->status) : STR("/staff");
    v->slot = STR("{n}");
}

static void fill_nothing(struct view_queue *v, const struct queue *q)
{
    if (q->page.n || q->page.too_broad)
        return;
    v->nobody_wrote = search_is_empty(&q->query) && !q->url.cursor.len;
    v->nothing_found = !v->nobody_wrote && q->query.terms_n;
    v->nothing_fits = !v->nobody_wrote && !v->nothing_found;
}

void queue_write(struct request *r, const struct queue *q)
{
    struct view_queue v = {
        .heading = say(r, q->url.q.len ? TEXT_QUEUE_SEARCH : TEXT_STAFF_QUEUE),
        .count = count_of(r, q),
        .tabs = tabs_of(r, q),
        .filters = filters_of(r, q),
        .notice = q->again.notice.len ? q->again.notice
                  : q->cursor_wrong   ? say(r, TEXT_QUEUE_CURSOR)
                  : q->url.broken     ? say(r, TEXT_QUEUE_BROKEN)
                                      : STR_EMPTY,
        .done = queue_done(r, q),
        .told = queue_told(r, q),
        .too_broad = q->page.too_broad,
        .rows = rows_of(r, q),
        .searched = q->query.terms_n != 0,
        .before = page_href(r, q, q->page.before),
        .behind = page_href(r, q, q->page.behind),
        .has_replica = r->web->config->replica_url.len != 0,
        .form_url = r->web->public_url,
        .may_work = staff_may(r, ACTION_work_records),
        .becomes = becomes_of(r, q),
        .assign = assign_of(r, q),
        .back = queue_url_write(&r->arena, &q->url),
        .export_csv = export_href(r, q, "csv"),
        .export_json = export_href(r, q, "json"),
        .name = q->again.name,
        .name_error = q->again.name_error,
        .may_share = staff_may(r, ACTION_share_views),
        .shared = q->again.shared,
    };
    v.views = views_of(r, q, &v);
    if (v.before.len)
        v.first = href_with(r, &q->url, q->url.status);
    if (v.told.n) {
        struct queue_url read = {.q = search_write(&r->arena, &q->query), .sort = q->url.sort};
        v.read_as = read.q;
        v.read_as_href = queue_url_write(&r->arena, &read);
    }
    fill_arrivals(r, q, &v);
    fill_nothing(&v, q);
    staff_shell_fill(&v.staff, r, v.heading, SECTION_QUEUE);
    v.staff.query = q->url.q;
    v.staff.shell.has_errors = q->again.status != 200;
    page_queue(respond_html(r), &v);
    respond_page(r, q->again.status);
}
