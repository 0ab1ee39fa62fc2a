/* SPDX-License-Identifier: Apache-2.0 */
#include "web/ops.h"

#include "base/buf.h"
#include "base/exposition.h"
#include "base/metric.h"
#include "store/reader.h"
#include "store/writer.h"
#include "web/loop.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/state.h"

#include <inttypes.h>

static const struct str text_plain = STR_INIT("text/plain; charset=utf-8");

enum { ANSWER_MAX = 4096, METRICS_MAX = 8 << 20 };

static bool check_serving(struct request *r, struct buf *detail)
{
    bool ok = !atomic_load(&r->web->stopping);
    buf_str(detail, ok ? STR("taking connections") : STR("draining, about to stop"));
    return ok;
}

static bool check_writer(struct request *r, struct buf *detail)
{
    struct writer_stats stats;
    writer_stats(r->web->writer, &stats);
    buf_fmt(detail, "%s, %u waiting, %" PRIu64 " submissions stored",
            stats.healthy ? "storing" : "the last write failed, see the log", stats.waiting,
            stats.submissions);
    return stats.healthy;
}

static bool check_reader(struct request *r, struct buf *detail)
{
    struct why why = {0};
    bool ok = reader_ping(r->loop->reader, &why) == ERR_NONE;
    buf_str(detail, ok ? STR("readable") : str_from(why.detail));
    return ok;
}

static const struct {
    const char *name;
    bool (*run)(struct request *r, struct buf *detail);
} checks[] = {
    {"serving", check_serving},
    {"writer", check_writer},
    {"database", check_reader},
};

static void readyz(struct request *r)
{
    struct buf lines;
    bool ready = true;
    buf_init(&lines, ANSWER_MAX);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct buf detail;
        buf_init(&detail, ANSWER_MAX);
        bool ok = checks[i].run(r, &detail);
        buf_fmt(&lines, "[%s] %s: %.*s\n", ok ? "ok" : "no", checks[i].name,
                STR_ARG(buf_view(&detail)));
        buf_release(&detail);
        ready &= ok;
    }
    buf_fmt(&lines, "%s\n", ready ? "ready" : "not ready");
    for (enum metric m = 0; m < METRIC_COUNT; m++)
        buf_fmt(&lines, "%s{%s} %" PRIu64 "\n", metric_rows[m].name, metric_rows[m].labels,
                metric_value(m));
    bool verbose = !ready || str_contains(r->query, STR("verbose"));
    struct str body = verbose ? arena_str(&r->arena, buf_view(&lines)) : STR("ready\n");
    buf_release(&lines);
    respond_bytes(r, ready ? 200 : 503, text_plain, body);
}

static void metrics(struct request *r)
{
    struct buf out;
    bool open = exposition_wants_open(request_header(r, STR("accept")));
    buf_init(&out, METRICS_MAX);
    bool whole = exposition_write(&out, open);
    struct str body = arena_str(&r->arena, buf_view(&out));
    buf_release(&out);
    if (whole)
        respond_bytes(r, 200, exposition_types[open], body);
    else
        respond_bytes(r, 500, text_plain, STR("There is no room for all of it.\n"));
}

void ops_dispatch(struct request *r)
{
    if (str_eq(r->path, STR("/livez")))
        respond_bytes(r, 200, text_plain, STR("alive\n"));
    else if (str_eq(r->path, STR("/readyz")))
        readyz(r);
    else if (str_eq(r->path, STR("/metrics")))
        metrics(r);
    else
        respond_bytes(r, 404, text_plain,
                      STR("There is /livez, /readyz?verbose and /metrics here.\n"));
}
