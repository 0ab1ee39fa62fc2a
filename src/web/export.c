/* SPDX-License-Identifier: Apache-2.0 */
#include "web/export.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "store/exports.h"
#include "web/export_rows.h"
#include "web/loop.h"
#include "web/queue.h"
#include "web/queue_told.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/say.h"
#include "web/staff.h"
#include "web/ticket.h"

enum { FIRST_ROWS = 50, LEAST_ROWS = 10, CURSOR_MOST = 64, LOOK_PAGES = 4, NAME_SIZE = 24 };

/* One export; lies on the request's pool. Its texts are its own: the desk gets copies. */
struct export
{
    h2o_generator_t super;
    struct request *r;
    struct loop *loop;
    enum export_format format;
    struct actor actor;
    char name[NAME_SIZE];
    struct arena arena; /* of the query */
    struct search_query query;
    char cursor[CURSOR_MOST];
    struct buf chunk; /* on its way */
    uint64_t sent;    /* records, the chunk's too */
    unsigned limit;   /* records of the next page */
    unsigned pages;
    bool begun; /* in the audit */
    bool last;  /* the chunk is the last one */
};

/* One page, at the desk; in the ticket's arena. */
struct page {
    struct export *export; /* not for the desk */
    struct export_rows rows;
    struct queue_url url; /* the first page: read there */
    struct search_names names;
    struct search_query query;
    struct str cursor;
    unsigned limit;
    bool first;
    struct str text, behind;
    uint64_t n;
    bool too_broad;
};

/* ---- at the desk ----------------------------------------------------------------------------- */

static enum err write_page(struct reader *reader, struct arena *a, struct page *p,
                           const struct search_page *found, struct why *why)
{
    struct buf text;
    enum err e = ERR_NONE;
    buf_init(&text, EXPORT_PAGE_MOST);
    p->rows.out = &text;
    if (p->first)
        export_rows_begin(&p->rows);
    for (size_t i = 0; !e && i < found->n; i++) {
        const struct record *record = &found->hits[i].record;
        int64_t safe_ms;
        e = reader_safe_since(reader, record->row, &safe_ms, why);
        if (!e)
            export_rows_add(&p->rows, record, safe_ms, p->first && i == 0);
    }
    if (!found->behind.len)
        export_rows_end(&p->rows);
    if (!e && !buf_ok(&text))
        e = err_set(why, ERR_INTERNAL, "export records", "a page is too large");
    if (!e)
        p->text = arena_str(a, buf_view(&text));
    buf_release(&text);
    return e;
}

static enum err find(struct reader *reader, struct arena *a, struct page *p, struct why *why)
{
    struct people people;
    struct search_page found;
    enum err e = reader_people(reader, a, &people, why);
    if (e)
        return e;
    p->rows.people = &people;
    if (p->first) {
        queue_name_owners(a, &people, &p->names);
        queue_url_ask(a, &p->names, &p->url, &p->query);
    }
    const struct search_request request = {&p->query, p->cursor, p->limit, EXPORT_WITHIN_MS};
    e = search_page(reader, a, &request, &found, why);
    if (e)
        return e;
    p->too_broad = found.too_broad;
    p->n = found.n;
    p->behind = found.behind;
    return write_page(reader, a, p, &found, why);
}

static void run(struct reader *reader, struct ticket *t)
{
    struct job *job = ticket_job(t);
    if (reader)
        job->result = find(reader, ticket_arena(t), job->context, &job->why);
    else
        job->result = err_set(&job->why, ERR_INTERNAL, "export records", "there is no reader");
}

/* ---- the query, for the pages to come -------------------------------------------------------- */

static void copy_query(struct arena *a, const struct search_query *from, struct search_query *to)
{
    *to = *from;
    to->told_n = 0;
    for (size_t i = 0; i < to->terms_n; i++)
        to->terms[i].text = arena_str(a, from->terms[i].text);
    for (size_t i = 0; i < to->filters_n; i++) {
        to->filters[i].value = arena_str(a, from->filters[i].value);
        to->filters[i].shown = arena_str(a, from->filters[i].shown);
    }
    to->from = arena_str(a, from->from);
    to->to = arena_str(a, from->to);
}

/* As the audit has it: no words, and people by their number. */
static struct str filter_text(struct arena *a, const struct search_query *query)
{
    struct search_query q = *query;
    q.terms_n = 0;
    for (size_t i = 0; i < q.filters_n; i++)
        if (q.filters[i].kind == SEARCH_OWNER)
            q.filters[i].shown = q.filters[i].value;
    return search_write(a, &q);
}

/* ---- sending --------------------------------------------------------------------------------- */

static struct connection *connection_of(h2o_req_t *req)
{
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

static void break_off(struct export *x, const char *reason)
{
    log_event(LOG_WARN, "export broken off", LOG_STR("export", str_from(x->name)),
              LOG_STR("reason", str_from(reason)));
    h2o_send(x->r->h2o, NULL, 0, H2O_SEND_STATE_ERROR);
}

static void start(struct export *x)
{
    struct request *r = x->r;
    h2o_req_t *req = r->h2o;
    char at[CLOCK_RFC3339_SIZE];
    clock_rfc3339(clock_wall_ms(), at);
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = SIZE_MAX;
    req->compress_hint = H2O_COMPRESS_HINT_DISABLE; /* the loop has others to serve */
    respond_header(r, STR("content-type"), export_format_types[x->format]);
    respond_header(r, STR("content-disposition"),
                   arena_fmt(&r->arena, "attachment; filename=\"submissions-%.10s.%.*s\"", at,
                             STR_ARG(export_format_names[x->format])));
    respond_header(r, STR("cache-control"), STR("no-store"));
    h2o_start_response(req, &x->super);
}

static void send_chunk(struct export *x)
{
    h2o_iovec_t bytes = h2o_iovec_init(x->chunk.ptr, x->chunk.len);
    h2o_send(x->r->h2o, &bytes, 1, x->last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static void ask_page(struct export *x);

static void on_proceed(h2o_generator_t *self, h2o_req_t *req)
{
    struct export *x = (struct export *)(void *)self;
    struct connection *c = connection_of(req);
    if (x->last)
        return;
    if (c)
        c->quiet_since_ms = clock_monotonic_ms(); /* somebody reads */
    bool look = ++x->pages % LOOK_PAGES == 0 && x->r->staff->person;
    if (look && !staff_goes_on(x->r))
        break_off(x, "the session is over");
    else
        ask_page(x);
}

/* ---- the audit ------------------------------------------------------------------------------- */

static void on_begun(struct request *r, struct job *job, struct ticket *t)
{
    struct export *x = job->context;
    (void)t;
    if (job->result) {
        respond_error(r, job->result, &job->why);
        return;
    }
    x->begun = true;
    start(x);
    send_chunk(x);
}

static void audit_begin(struct export *x)
{
    struct ticket *t = ticket_new(x->r, JOB_WRITE, on_begun);
    struct arena *a = ticket_arena(t);
    struct export_began *input = arena_new(a, struct export_began);
    *input = (struct export_began){
        .actor = x->actor,
        .name = arena_str(a, str_from(x->name)),
        .format = export_format_names[x->format],
        .filter = filter_text(a, &x->query),
        .words = (unsigned)x->query.terms_n,
    };
    ticket_job(t)->write = (struct job_write){export_began, input};
    ticket_job(t)->context = x;
    if (ticket_put(t) != ERR_NONE)
        respond_error(x->r, ERR_BUSY, NULL);
}

static void audit_end(const struct export *x)
{
    struct ticket *t = ticket_alone(x->loop, JOB_WRITE);
    struct export_ended *input = arena_new(ticket_arena(t), struct export_ended);
    *input = (struct export_ended){
        .actor = x->actor,
        .name = arena_str(ticket_arena(t), str_from(x->name)),
        .records = x->sent,
        .whole = x->last,
    };
    ticket_job(t)->write = (struct job_write){export_ended, input};
    if (ticket_put(t) != ERR_NONE)
        log_event(LOG_WARN, "the audit does not have the end of an export",
                  LOG_STR("export", str_from(x->name)));
}

/* However it ends. */
static void dispose(void *pointer)
{
    struct export *x = pointer;
    x->loop->exports_n--;
    if (x->begun)
        audit_end(x);
    buf_release(&x->chunk);
    arena_release(&x->arena);
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* A filter that is left out would export more than was asked for. */
static bool is_unclear(const struct page *p)
{
    bool unclear = p->url.broken;
    for (size_t i = 0; i < p->query.told_n; i++)
        unclear |=
            p->query.told[i].code != SEARCH_TOLD_SHORT && p->query.told[i].code != SEARCH_TOLD_ID;
    return unclear;
}

static void refuse_unclear(struct request *r, const struct page *p)
{
    const struct queue q = {.query = p->query};
    struct view_sentences told = queue_told(r, &q);
    respond_problem(r, 422, say(r, TEXT_EXPORT_UNCLEAR),
                    told.n ? told.items[0].text : say(r, TEXT_QUEUE_BROKEN));
}

/* As many records as make about a page of bytes. */
static unsigned next_limit(const struct export *x, const struct page *p)
{
    if (!p->n)
        return x->limit;
    size_t limit = EXPORT_PAGE_BYTES / (p->text.len / p->n + 1);
    return limit < LEAST_ROWS         ? LEAST_ROWS
           : limit > SEARCH_PAGE_MOST ? (unsigned)SEARCH_PAGE_MOST
                                      : (unsigned)limit;
}

static void take(struct export *x, const struct page *p)
{
    buf_clear(&x->chunk);
    buf_str(&x->chunk, p->text);
    snprintf(x->cursor, sizeof x->cursor, "%.*s", STR_ARG(p->behind));
    x->last = !p->behind.len;
    x->sent += p->n;
    x->limit = next_limit(x, p);
}

static void got_first(struct request *r, struct export *x, const struct page *p)
{
    if (is_unclear(p)) {
        refuse_unclear(r, p);
    } else if (p->too_broad) {
        respond_problem(r, 422, say(r, TEXT_EXPORT_BROAD), say(r, TEXT_EXPORT_BROAD_TEXT));
    } else {
        copy_query(&x->arena, &p->query, &x->query);
        take(x, p);
        audit_begin(x);
    }
}

static void got_page(struct request *r, struct job *job, struct ticket *t)
{
    const struct page *p = job->context;
    struct export *x = p->export;
    (void)t;
    if (p->first && job->result) {
        respond_error(r, job->result, &job->why);
    } else if (p->first) {
        got_first(r, x, p);
    } else if (job->result || p->too_broad) {
        if (job->result)
            log_why(LOG_ERROR, "an export failed", &job->why);
        break_off(x, p->too_broad ? "it takes too long" : "it failed");
    } else {
        take(x, p);
        send_chunk(x);
    }
}

static struct page *new_page(struct export *x, struct ticket *t)
{
    struct page *p = arena_new(ticket_arena(t), struct page);
    *p = (struct page){
        .export = x,
        .rows = {.format = x->format,
                 .rules = say_rules(x->r),
                 .marked = !(x->r->route->flags & ROUTE_API)},
        .limit = x->limit,
    };
    ticket_job(t)->context = p;
    return p;
}

static void ask_page(struct export *x)
{
    struct ticket *t = ticket_new(x->r, JOB_CALL, got_page);
    struct page *p = new_page(x, t);
    copy_query(ticket_arena(t), &x->query, &p->query);
    p->cursor = arena_str(ticket_arena(t), str_from(x->cursor));
    if (ticket_ask(t, DESK_READ, run) != ERR_NONE)
        break_off(x, "the server is busy");
}

static void ask_first(struct export *x)
{
    struct request *r = x->r;
    struct ticket *t = ticket_new(r, JOB_CALL, got_page);
    struct arena *a = ticket_arena(t);
    struct page *p = new_page(x, t);
    p->first = true;
    p->names = queue_names(r, a);
    queue_url_read(a, arena_str(a, r->query), &p->url);
    if (ticket_ask(t, DESK_READ, run) != ERR_NONE)
        respond_error(r, ERR_BUSY, NULL);
}

static bool read_format(struct request *r, enum export_format *out)
{
    struct str asked = request_parameter(r, STR("format"));
    *out = r->route->flags & ROUTE_API ? EXPORT_JSON : EXPORT_CSV;
    if (!asked.len)
        return true;
    for (int i = 0; i < EXPORT_FORMATS; i++)
        if (str_eq(asked, export_format_names[i])) {
            *out = (enum export_format)i;
            return true;
        }
    return false;
}

void handle_export_records(struct request *r)
{
    enum export_format format;
    unsigned char name[4];
    if (!read_format(r, &format)) {
        respond_problem(r, 422, say(r, TEXT_EXPORT_FORMAT), say(r, TEXT_EXPORT_FORMAT_TEXT));
        return;
    }
    if (str_eq(r->method, STR("HEAD"))) {
        respond_bytes(r, 200, export_format_types[format], STR_EMPTY);
        return;
    }
    if (r->loop->exports_n >= EXPORTS_MAX) {
        respond_problem(r, 503, say(r, TEXT_EXPORT_BUSY), say(r, TEXT_EXPORT_BUSY_TEXT));
        return;
    }
    struct export *x = h2o_mem_alloc_shared(&r->h2o->pool, sizeof *x, dispose);
    *x = (struct export){
        .super = {on_proceed, NULL},
        .r = r,
        .loop = r->loop,
        .format = format,
        .actor = r->staff->actor,
        .limit = FIRST_ROWS,
    };
    buf_init(&x->chunk, EXPORT_PAGE_MOST);
    random_bytes(name, sizeof name);
    snprintf(x->name, sizeof x->name, "export/%.*s",
             STR_ARG(text_hex(&r->arena, str_of(name, sizeof name))));
    r->loop->exports_n++;
    ask_first(x);
}
