/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "cmd/command.h"
#include "cmd/meter.h"
#include "cmd/replica_at.h"
#include "cmd/replica_server.h"
#include "replicate/inspect.h"
#include "replicate/listing.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>

/*
 * anteroom replica: looks at a replica where it lies, beside the server that writes it or without.
 *
 *   status   what is there, from when to when it reaches: a list and two headers; and what the
 *            server of the data directory says of it
 *   verify   every file read
 *   export   every file read, and copied into a directory: for stock tools, for a shelf
 */

enum { ANSWER_MAX = 16 * 1024, LEVELS = 10 };

struct wish {
    const char *config_file, *data, *from, *to;
    bool json;
};

static void show_progress(void *context, const struct restore_progress *progress)
{
    meter_tell(context, progress);
}

static void show_damage(void *context, const struct why *why)
{
    meter_end(context);
    fprintf(stderr, "anteroom: %s.\n", why->detail);
}

static void answer(struct json *j)
{
    while (j->depth)
        json_end(j);
    buf_byte(j->out, '\n');
    fwrite(j->out->ptr, 1, j->out->len, stdout);
    buf_release(j->out);
}

static void begin_answer(struct json *j, struct buf *out)
{
    buf_init(out, ANSWER_MAX);
    json_init(j, out);
    json_object(j, NULL);
}

/* ---- status ---------------------------------------------------------------------------------- */

struct status {
    size_t files, levels[LEVELS];
    uint64_t bytes, oldest, newest, good;
    int64_t oldest_ms, newest_ms;
    bool noted;
    struct notes notes; /* of the newest */
};

/* The header of a file that ends with that TXID. */
static enum err look_at(struct destination *d, const struct listing *l, uint64_t txid,
                        int64_t *at_ms, struct status *newest, struct why *why)
{
    for (size_t i = 0; i < l->n; i++) {
        struct ltx_header h;
        if (l->files[i].name.max_txid != txid)
            continue;
        enum err e = listing_header(d, &l->files[i].name, &h, why);
        *at_ms = e ? 0 : h.at_ms;
        if (!e && newest)
            e = listing_notes(d, &l->files[i].name, &newest->notes, &newest->noted, why);
        return e;
    }
    return ERR_NONE;
}

static enum err read_status(const struct replica_at *p, struct status *out, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct destination *d;
    struct listing l = {0};
    *out = (struct status){0};
    enum err e = destination_open(&p->options, &d, why);
    if (!e)
        e = listing_read(d, &a, &l, why);
    if (!e && l.n == 0)
        e = err_set(why, ERR_MISSING, "look at the replica", "there is none at %.*s",
                    STR_ARG(p->options.url));
    out->files = l.n;
    for (size_t i = 0; i < l.n; i++) {
        const struct ltx_name *name = &l.files[i].name;
        out->levels[name->level]++;
        out->bytes += l.files[i].size;
        if (name->min_txid == 1 && (!out->oldest || name->max_txid < out->oldest))
            out->oldest = name->max_txid;
    }
    out->newest = plan_newest(l.files, l.n);
    struct plan plan;
    plan_make(&a, l.files, l.n, 0, out->newest, &plan);
    out->good = plan.txid;
    if (!e)
        e = look_at(d, &l, out->oldest, &out->oldest_ms, NULL, why);
    if (!e)
        e = look_at(d, &l, out->newest, &out->newest_ms, out, why);
    destination_free(d);
    arena_release(&a);
    return e;
}

static void print_status(const struct replica_at *p, const struct status *s)
{
    char time[CLOCK_RFC3339_SIZE], size[24];
    printf("%.*s\n  newest    TXID %" PRIu64 " of %.*s\n", STR_ARG(p->options.url), s->newest,
           STR_ARG(clock_rfc3339(s->newest_ms, time)));
    if (s->oldest)
        printf("  oldest    TXID %" PRIu64 " of %.*s\n", s->oldest,
               STR_ARG(clock_rfc3339(s->oldest_ms, time)));
    printf("  files     %zu, %s:", s->files, meter_size(s->bytes, size));
    for (size_t level = 0; level < LEVELS; level++)
        if (s->levels[level])
            printf(" %zu of level %zu", s->levels[level], level);
    putchar('\n');
    if (s->noted)
        printf("  writer    %s, epoch %" PRIu64 "\n", s->notes.writer, s->notes.epoch);
    if (s->notes.sealed)
        printf("  encrypted the newest file, with %s\n",
               s->notes.sealed == DESTINATION_SEALED ? "the first key" : "an older key");
    if (s->good < s->newest)
        printf("  GAP       files behind TXID %" PRIu64 " are missing\n", s->good);
}

/* What its server says alone: the place does not answer. */
static void print_server(const struct replica_server *server, bool as_json)
{
    struct buf out;
    struct json j;
    if (!as_json) {
        replica_server_print(server);
        return;
    }
    begin_answer(&j, &out);
    replica_server_json(server, &j, "server");
    answer(&j);
}

static void print_status_json(const struct replica_at *p, const struct status *s,
                              const struct replica_server *server)
{
    char time[CLOCK_RFC3339_SIZE];
    struct buf out;
    struct json j;
    begin_answer(&j, &out);
    json_str(&j, "url", p->options.url);
    json_bool(&j, "whole", s->good == s->newest);
    json_int(&j, "newest_txid", (int64_t)s->newest);
    json_str(&j, "newest", clock_rfc3339(s->newest_ms, time));
    json_int(&j, "oldest_txid", (int64_t)s->oldest);
    json_str(&j, "oldest", clock_rfc3339(s->oldest_ms, time));
    json_int(&j, "good_txid", (int64_t)s->good);
    json_int(&j, "files", (int64_t)s->files);
    json_int(&j, "bytes", (int64_t)s->bytes);
    json_bool(&j, "encrypted", s->notes.sealed != DESTINATION_PLAIN);
    json_array(&j, "levels");
    for (size_t level = 0; level < LEVELS; level++)
        json_int(&j, NULL, (int64_t)s->levels[level]);
    json_end(&j);
    if (s->noted) {
        json_str(&j, "writer", str_from(s->notes.writer));
        json_int(&j, "epoch", (int64_t)s->notes.epoch);
    }
    replica_server_json(server, &j, "server");
    answer(&j);
}

static enum err status(struct replica_at *p, const struct wish *w, int *code, struct why *why)
{
    struct status s = {0};
    struct replica_server server;
    struct str data = w->data ? str_from(w->data) : p->config.data_directory;
    enum err e = replica_server_read(&p->arena, data, &server, why);
    if (!e && server.there && !str_eq(server.url, p->options.url))
        server.there = false; /* of another replica */
    if (!e)
        e = read_status(p, &s, why);
    if (e && server.there)
        print_server(&server, w->json);
    else if (!e && w->json)
        print_status_json(p, &s, &server);
    else if (!e) {
        print_status(p, &s);
        replica_server_print(&server);
    }
    *code = !e && s.good < s.newest;
    return e;
}

/* ---- verify and export ----------------------------------------------------------------------- */

static enum err look_through(struct replica_at *p, const struct wish *w, struct inspect_options o,
                             int *code, struct why *why)
{
    struct inspect_report r;
    struct meter meter = {.verb = o.copy ? "copying" : "checking"};
    o.from = &p->options;
    o.progress = show_progress;
    o.notice = show_damage;
    o.context = &meter;
    enum err e = inspect_run(&o, &r, why);
    meter_end(&meter);
    if (e)
        return e;
    bool whole = r.damaged == 0 && r.good == r.newest;
    size_t sealed = r.sealed[DESTINATION_SEALED] + r.sealed[DESTINATION_SEALED_BEFORE];
    char size[24];
    *code = whole ? 0 : err_exit_code(ERR_DATA);
    if (w->json) {
        struct buf out;
        struct json j;
        begin_answer(&j, &out);
        json_bool(&j, "whole", whole);
        json_int(&j, "files", (int64_t)r.files);
        json_int(&j, "damaged", (int64_t)r.damaged);
        json_int(&j, "encrypted", (int64_t)sealed);
        json_int(&j, "encrypted_with_older_keys", (int64_t)r.sealed[DESTINATION_SEALED_BEFORE]);
        json_int(&j, "bytes", (int64_t)r.bytes);
        json_int(&j, "newest_txid", (int64_t)r.newest);
        json_int(&j, "good_txid", (int64_t)r.good);
        json_int(&j, "erasures", (int64_t)r.erasures);
        answer(&j);
        return ERR_NONE;
    }
    printf("%zu files, %s, %zu damaged.\n", r.files, meter_size(r.bytes, size), r.damaged);
    if (r.erasures)
        printf("%" PRIu64 " erasures in the ledger.\n", r.erasures);
    if (sealed)
        printf("%zu are encrypted, %zu of them with older keys; %zu are not.\n", sealed,
               r.sealed[DESTINATION_SEALED_BEFORE], r.sealed[DESTINATION_PLAIN]);
    if (whole)
        printf("Restorable up to the newest, TXID %" PRIu64 ".%s\n", r.newest,
               o.copy ? " All of it is copied." : "");
    else
        printf("Restorable without a gap up to TXID %" PRIu64 "; the newest is %" PRIu64 ".\n",
               r.good, r.newest);
    return ERR_NONE;
}

static enum err verify(struct replica_at *p, const struct wish *w, int *code, struct why *why)
{
    struct inspect_options o = {0};
    return look_through(p, w, o, code, why);
}

static enum err export(struct replica_at *p, const struct wish *w, int *code, struct why *why) {
    static const char op[] = "export the replica"; char directory[PATH_MAX], url[PATH_MAX + 16];
    if (!w->to || !*w->to){enum err e = err_set(why, ERR_USAGE, op, "nobody says where to");
                           err_hint(why, "Name a directory with --to."); return e;}
if (mkdir(w->to, 0700) != 0 && errno != EEXIST) return err_set(why, ERR_IO, op, "%s: %s", w->to,
                                                               err_errno(errno));
if (!realpath(w->to, directory))
    return err_set(why, ERR_IO, op, "%s: %s", w->to, err_errno(errno));
snprintf(url, sizeof url, "file://%s", directory);
const struct destination_options to = {.url = str_from(url)};
struct inspect_options o = {.scratch = directory};
enum err e = destination_open(&to, &o.copy, why);
if (!e)
    e = look_through(p, w, o, code, why);
if (e == ERR_CONFLICT)
    err_hint(why, "There is a replica already: choose an empty directory.");
destination_free(o.copy);
return e;
}

static const struct {
    const char *name;
    enum err (*run)(struct replica_at *p, const struct wish *w, int *code, struct why *why);
} verbs[] = {{"status", status}, {"verify", verify}, {"export", export}};

/* Where the server of a data directory has its replica. */
static bool server_url(const char *data, char out[DESTINATION_NAME_MAX + 1])
{
    struct arena a = ARENA_INIT;
    struct replica_server server;
    replica_server_read(&a, str_from(data), &server, NULL);
    snprintf(out, DESTINATION_NAME_MAX + 1, "%.*s", STR_ARG(server.url));
    arena_release(&a);
    return server.there;
}

int cmd_replica(int argc, char **argv)
{
    struct wish w = {0};
    const struct option_spec specs[] = {
        {"--config", &w.config_file, NULL}, {"--data", &w.data, NULL},
        {"--from", &w.from, NULL},          {"--to", &w.to, NULL},
        {"--json", NULL, &w.json},
    };
    struct why why = {0};
    size_t verb = 0;
    while (argc > 1 && verb < sizeof verbs / sizeof *verbs &&
           strcmp(argv[1], verbs[verb].name) != 0)
        verb++;
    if (argc < 2 || verb == sizeof verbs / sizeof *verbs) {
        enum err e = err_set(&why, ERR_USAGE, "understand the command line",
                             "replica has three things to do: status, verify, export");
        err_hint(&why, "Try: anteroom help replica");
        return command_failed(e, &why);
    }
    argc--;
    argv++;
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    struct replica_at place;
    char url[DESTINATION_NAME_MAX + 1];
    if (w.data && !w.config_file && !w.from && server_url(w.data, url))
        w.from = url;
    int code = replica_at_load(&place, w.config_file, w.from);
    if (code)
        return code;
    e = verbs[verb].run(&place, &w, &code, &why);
    replica_at_release(&place);
    return e ? command_failed(e, &why) : code;
}
