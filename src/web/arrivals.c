/* SPDX-License-Identifier: Apache-2.0 */
#include "web/arrivals.h"

#include "base/clock.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/router.h"
#include "web/staff.h"
#include "web/state.h"

#include <inttypes.h>

/* The server stops: come back later. And for good. */
static const struct str stops = STR_INIT("event: end\ndata: later\n\n"),
                        over = STR_INIT("event: end\ndata: over\n\n");

/* One stream; lies on the request's pool. */
struct arrivals {
    h2o_generator_t super;
    struct arrivals *next, **link; /* the loop's list, newest first; link NULL: not in it */
    struct request *r;
    struct connection *connection;
    int64_t since, told;
    int64_t sent_ms; /* monotonic; the last time */
    bool listens;    /* counted in the connection's listening */
    bool sending;    /* until proceed */
    struct str bye;  /* to say as soon as it can be; empty: it goes on */
    bool end;        /* it was said */
    char text[64];   /* what is being sent */
};

/* What was sent has gone out: the connection is quiet because there is nothing to say. */
static void listens(struct arrivals *a, bool does)
{
    if (a->connection && a->listens != does)
        a->connection->listening += does ? 1U : -1U;
    a->listens = does;
}

static void leave(struct arrivals *a)
{
    listens(a, false);
    if (!a->link)
        return;
    *a->link = a->next;
    if (a->next)
        a->next->link = a->link;
    a->link = NULL;
    a->r->loop->arrivals_n--;
}

static void dispose(void *pointer)
{
    leave(pointer);
}

static void say_bytes(struct arrivals *a, size_t n, bool last)
{
    h2o_iovec_t bytes = h2o_iovec_init(a->text, n);
    a->sending = true;
    a->end = last;
    a->sent_ms = clock_monotonic_ms();
    listens(a, false);
    if (a->connection)
        a->connection->quiet_since_ms = a->sent_ms;
    if (last)
        leave(a);
    h2o_send(a->r->h2o, &bytes, 1, last ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static void say_text(struct arrivals *a, struct str text, bool last)
{
    memcpy(a->text, text.ptr, text.len);
    say_bytes(a, text.len, last);
}

/* Now, or as soon as what is on its way has gone. */
static void end(struct arrivals *a, struct str bye)
{
    a->bye = bye;
    if (!a->sending)
        say_text(a, bye, true);
}

static void on_proceed(h2o_generator_t *self, h2o_req_t *req)
{
    (void)req;
    struct arrivals *a = (struct arrivals *)(void *)self;
    if (a->end)
        return;
    a->sending = false;
    listens(a, true);
    if (a->bye.len)
        say_text(a, a->bye, true);
}

static void on_gone(h2o_generator_t *self, h2o_req_t *req)
{
    (void)req;
    leave((struct arrivals *)(void *)self);
}

/* What one stream is due to be told. May take it out of the list. */
static void look(struct arrivals *a, int64_t newest, int64_t now_ms)
{
    int64_t pause_ms = a->r->loop->quiet_max_ms; /* shorter in tests */
    bool beat = now_ms - a->sent_ms >= (pause_ms < ARRIVALS_BEAT_MS ? pause_ms : ARRIVALS_BEAT_MS);
    if (a->sending)
        return;
    if (beat && !staff_goes_on(a->r)) {
        end(a, over);
    } else if (newest > a->told && newest > a->since) {
        a->told = newest;
        int n = snprintf(a->text, sizeof a->text, "event: arrivals\ndata: %" PRId64 "\n\n",
                         newest - a->since);
        say_bytes(a, (size_t)n, false);
    } else if (beat) {
        say_text(a, STR(":\n\n"), false);
    }
}

static void on_second(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, arrivals_second, entry);
    int64_t newest = writer_newest(loop->web->writer), now_ms = clock_monotonic_ms();
    for (struct arrivals *a = loop->arrivals, *next; a; a = next) {
        next = a->next; /* sending may end this stream, never another */
        look(a, newest, now_ms);
    }
    if (loop->arrivals)
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout, entry);
}

/* Room for one more of this session; false when there is none. */
static bool make_room(struct loop *loop, const struct session_hash *session)
{
    struct arrivals *oldest = NULL;
    unsigned own = 0;
    for (struct arrivals *a = loop->arrivals; a; a = a->next)
        if (!a->bye.len &&
            memcmp(a->r->staff->session.bytes, session->bytes, SESSION_HASH_SIZE) == 0) {
            own++;
            oldest = a;
        }
    if (own >= ARRIVALS_OWN)
        end(oldest, over);
    return loop->arrivals_n < ARRIVALS_MAX;
}

static void join(struct loop *loop, struct arrivals *a)
{
    a->next = loop->arrivals;
    a->link = &loop->arrivals;
    if (a->next)
        a->next->link = &a->next;
    loop->arrivals = a;
    loop->arrivals_n++;
    loop->arrivals_second.cb = on_second;
    if (!h2o_timeout_is_linked(&loop->arrivals_second))
        h2o_timeout_link(loop->context.loop, &loop->context.one_sec_timeout,
                         &loop->arrivals_second);
}

void handle_staff_arrivals(struct request *r)
{
    struct loop *loop = r->loop;
    uint64_t since;
    struct str asked = request_query(r, STR("since"));
    int64_t newest = writer_newest(r->web->writer);
    if (!str_to_u64(asked, &since) || since > (uint64_t)newest)
        since = (uint64_t)newest;
    if (str_eq(r->method, STR("HEAD"))) {
        respond_bytes(r, 200, STR("text/event-stream"), STR_EMPTY);
        return;
    }
    if (atomic_load(&r->web->stopping) || !make_room(loop, &r->staff->session)) {
        respond_error(r, ERR_BUSY, NULL);
        return;
    }
    h2o_req_t *req = r->h2o;
    struct arrivals *a = h2o_mem_alloc_shared(&req->pool, sizeof *a, dispose);
    *a = (struct arrivals){
        .super = {on_proceed, on_gone},
        .r = r,
        .connection = req->conn->callbacks->get_socket(req->conn)->on_close.data,
        .since = (int64_t)since,
        .told = (int64_t)since,
    };
    join(loop, a);
    r->begun_us = clock_monotonic_us();
    req->res.status = 200;
    req->res.reason = "OK";
    req->res.content_length = SIZE_MAX;
    req->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    respond_header(r, STR("content-type"), STR("text/event-stream"));
    respond_header(r, STR("cache-control"), STR("no-store"));
    respond_header(r, STR("x-accel-buffering"),
                   STR("no")); /* nginx in front passes it on at once */
    h2o_start_response(req, &a->super);
    say_text(a, STR("retry: 10000\n\n"), false);
}

struct str arrivals_now(struct request *r)
{
    return arena_fmt(&r->arena, "%" PRId64, writer_newest(r->web->writer));
}

/* Who has not read for a second would be waited for in vain. */
void arrivals_end(struct loop *loop)
{
    enum { UNREAD_MS = 1000 };
    int64_t now_ms = clock_monotonic_ms();
    for (struct arrivals *a = loop->arrivals, *next; a; a = next) {
        struct connection *c = a->connection;
        next = a->next;
        end(a, stops);
        if (!a->end && c && c->requests == 1 && now_ms - a->sent_ms > UNREAD_MS)
            shutdown(h2o_socket_get_fd(c->sock), SHUT_RDWR);
    }
}

void arrivals_take_down(struct loop *loop)
{
    h2o_timeout_unlink(&loop->arrivals_second);
}
