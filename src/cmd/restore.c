/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/meter.h"
#include "cmd/replica_at.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

/*
 * anteroom restore: a replica into a data directory, or, with --verify, into a scratch place that
 * goes away again: the drill.
 */

enum { ANSWER_MAX = 64 * 1024 };

static void show_progress(void *context, const struct restore_progress *progress)
{
    meter_tell(context, progress);
}

static void show_damage(void *context, const struct why *why)
{
    meter_end(context);
    fprintf(stderr, "anteroom: %s. Going around it.\n", why->detail);
}

static void print_report(const struct restore_report *r, const char *to)
{
    char time[CLOCK_RFC3339_SIZE], size[24], read[24];
    struct arena a = ARENA_INIT;
    const struct examine_report *d = &r->database;
    printf("%s TXID %" PRIu64 " of %.*s%s%s: %s from %s in %zu files, %.1f s.\n",
           to ? "Restored" : "Would restore", r->txid, STR_ARG(clock_rfc3339(r->at_ms, time)),
           to ? " into " : "", to ? to : "", meter_size((uint64_t)r->pages * r->page_size, size),
           meter_size(r->bytes, read), r->files, (double)r->restore_ms / 1000);
    if (r->resumed)
        printf("  went on       where an earlier try ended, behind TXID %" PRIu64 "\n", r->resumed);
    printf("  files         each has the checksum it says%s\n",
           r->damaged ? "; damaged ones were gone around" : "");
    printf("  database      checksum %016" PRIx64 ", %s\n", r->dbsum,
           r->compared ? "as its writer noted it"
                       : "not compared: the files were copied without their notes");
    printf("  pages         SQLite found each of the %u sound\n", r->pages);
    printf("  audit chain   %" PRIu64 " events, head %.*s\n", d->events,
           STR_ARG(text_hex(&a, str_of(d->head.hash.bytes, AUDIT_HASH_SIZE))));
    if (r->erased)
        printf("  erased again  %" PRIu64 ": what was erased after that moment\n", r->erased);
    printf("  rows         ");
    for (size_t i = 0; i < d->tables_n; i++)
        printf(" %.*s %" PRIu64, STR_ARG(d->tables[i].name), d->tables[i].rows);
    putchar('\n');
    if (to)
        printf(
            "The keys (keys/ in the data directory) are not in a replica: put yours back, or the "
            "links\nthat visitors have to their status end, and nobody's second step can be "
            "checked.\n");
    arena_release(&a);
}

static void print_json(const struct restore_report *r, const char *to)
{
    char time[CLOCK_RFC3339_SIZE], sum[17];
    struct arena a = ARENA_INIT;
    struct buf out;
    struct json j;
    const struct examine_report *d = &r->database;
    snprintf(sum, sizeof sum, "%016" PRIx64, r->dbsum);
    buf_init(&out, ANSWER_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_bool(&j, "restored", to != NULL);
    json_bool(&j, "verified", true);
    json_int(&j, "txid", (int64_t)r->txid);
    json_str(&j, "committed", clock_rfc3339(r->at_ms, time));
    json_int(&j, "files", (int64_t)r->files);
    json_int(&j, "bytes", (int64_t)r->bytes);
    json_int(&j, "database_bytes", (int64_t)r->pages * r->page_size);
    json_int(&j, "damaged_files", r->damaged);
    json_int(&j, "resumed_txid", (int64_t)r->resumed);
    json_str(&j, "database_checksum", str_from(sum));
    json_bool(&j, "database_checksum_compared", r->compared);
    json_str(&j, "quick_check", STR("ok"));
    json_int(&j, "audit_events", (int64_t)d->events);
    json_str(&j, "audit_head", text_hex(&a, str_of(d->head.hash.bytes, AUDIT_HASH_SIZE)));
    json_int(&j, "erased_again", (int64_t)r->erased);
    json_object(&j, "rows");
    for (size_t i = 0; i < d->tables_n; i++)
        json_int(&j, arena_str(&a, d->tables[i].name).ptr, (int64_t)d->tables[i].rows);
    json_end(&j);
    json_int(&j, "restore_ms", r->restore_ms - r->examine_ms);
    json_int(&j, "examine_ms", r->examine_ms);
    json_end(&j);
    buf_byte(&out, '\n');
    fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
    arena_release(&a);
}

/* A directory for a drill, below `in`. */
static enum err make_scratch(const char *in, char out[PATH_MAX], struct why *why)
{
    const char *temporary = getenv("TMPDIR");
    if (!in)
        in = temporary && *temporary ? temporary : "/tmp";
    snprintf(out, PATH_MAX, "%s/anteroom-verify-XXXXXX", in);
    if (mkdtemp(out))
        return ERR_NONE;
    enum err e = err_set(why, ERR_IO, "make a scratch directory", "%s: %s", in, err_errno(errno));
    err_hint(why, "Name one that exists and has room with --to.");
    return e;
}

struct wish {
    const char *config_file, *from, *to, *timestamp, *txid;
    bool verify, json;
};

static enum err read_aim(const struct wish *w, struct restore_options *o, struct why *why)
{
    static const char understand[] = "understand the command line";
    enum err e = ERR_NONE;
    if (w->timestamp && w->txid)
        return err_set(why, ERR_USAGE, understand, "--timestamp and --txid exclude each other");
    if (!w->to && !w->verify) {
        e = err_set(why, ERR_USAGE, understand, "nobody says where to");
        err_hint(why, "Name a directory that does not exist yet with --to, or --verify only.");
    } else if (w->to && !*w->to) {
        e = err_set(why, ERR_USAGE, understand, "--to is empty");
    } else if (w->timestamp) {
        o->aim = RESTORE_TIME;
        if (!clock_read_rfc3339(str_from(w->timestamp), &o->at_ms)) {
            e = err_set(why, ERR_USAGE, understand, "“%s” is no moment", w->timestamp);
            err_hint(why, "Write it like 2026-11-21T09:30:00Z or 2026-11-21T10:30:00+01:00.");
        }
    } else if (w->txid) {
        o->aim = RESTORE_TXID;
        if (!str_to_u64(str_from(w->txid), &o->txid) || o->txid == 0)
            e = err_set(why, ERR_USAGE, understand, "“%s” is no TXID: 1, 2, 3, …", w->txid);
    }
    return e;
}

static int run(const struct wish *w, struct restore_options o)
{
    struct why why = {0};
    struct replica_at place;
    char scratch[PATH_MAX];
    struct restore_report report;
    struct meter meter = {.verb = w->verify ? "checking" : "restoring"};
    int code = replica_at_load(&place, w->config_file, w->from);
    if (code)
        return code;
    enum err e = w->verify ? make_scratch(w->to, scratch, &why) : ERR_NONE;
    o.from = &place.options;
    o.to = w->verify ? scratch : w->to;
    o.scratch = w->verify;
    o.progress = show_progress;
    o.notice = show_damage;
    o.context = &meter;
    if (!e) {
        e = restore_run(&o, &place.arena, &report, &why);
        meter_end(&meter);
        if (w->verify)
            restore_discard(scratch);
    }
    const char *to = w->verify ? NULL : w->to;
    if (!e && w->json)
        print_json(&report, to);
    else if (!e)
        print_report(&report, to);
    replica_at_release(&place);
    return e ? command_failed(e, &why) : 0;
}

int cmd_restore(int argc, char **argv)
{
    struct wish w = {0};
    const struct option_spec specs[] = {
        {"--config", &w.config_file, NULL},
        {"--from", &w.from, NULL},
        {"--to", &w.to, NULL},
        {"--timestamp", &w.timestamp, NULL},
        {"--txid", &w.txid, NULL},
        {"--verify", NULL, &w.verify},
        {"--json", NULL, &w.json},
    };
    struct why why = {0};
    struct restore_options options = {.aim = RESTORE_LATEST};
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e == ERR_NONE)
        e = read_aim(&w, &options, &why);
    return e ? command_failed(e, &why) : run(&w, options);
}
