/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "cmd/audit_heads.h"
#include "cmd/certificate.h"
#include "cmd/command.h"
#include "cmd/control.h"
#include "cmd/interrupt.h"
#include "cmd/metrics.h"
#include "cmd/replication.h"
#include "cmd/sandbox.h"
#include "cmd/standby.h"
#include "config/config.h"
#include "store/consent.h"
#include "store/store.h"
#include "store/writer.h"
#include "web/issuers.h"
#include "web/web.h"

#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * anteroom serve: opens what is needed in order, tells where to look, watches the certificate until
 * SIGTERM or SIGINT, drains, and closes in the opposite order.
 */

struct service {
    struct config config;
    struct store *store;
    struct writer *writer;
    struct interrupt interrupt;
    struct replication replication;
    struct standby standby;
    struct arena secrets;
    struct certificate certificate;
    struct audit_heads heads;
    struct web *web;
    struct control *control; /* the door for commands; NULL: there is none */
};

static enum log_level level_of(struct str name)
{
    static const struct {
        struct str name;
        enum log_level level;
    } levels[] = {
        {STR_INIT("debug"), LOG_DEBUG},
        {STR_INIT("info"), LOG_INFO},
        {STR_INIT("warn"), LOG_WARN},
        {STR_INIT("error"), LOG_ERROR},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_eq(levels[i].name, name))
            return levels[i].level;
    return LOG_INFO;
}

static enum log_format format_of(struct str name)
{
    return str_eq(name, STR("json"))   ? LOG_FORMAT_JSON
           : str_eq(name, STR("text")) ? LOG_FORMAT_TEXT
                                       : LOG_FORMAT_AUTO;
}

/* "/etc/tls" of "/etc/tls/tls.crt" */
static const char *folder_of(const char *file, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s", file);
    char *slash = strrchr(out, '/');
    if (slash)
        slash[slash == out] = '\0';
    return slash ? out : ".";
}

/*
 * What a server needs while it runs: its data, and the folders that the certificate's files are
 * found in and really lie in, so that they can be exchanged.
 */
static void enter_sandbox(const struct service *s, const char *assets_dir)
{
    if (!str_eq(s->config.server_sandbox, STR("auto"))) {
        log_event(LOG_WARN, "sandbox", LOG_TEXT("state", "off, as configured"));
        return;
    }
    char data[PATH_MAX], database[PATH_MAX], folders[4][PATH_MAX], real[PATH_MAX];
    struct issuers_needs issuers;
    uint16_t ports[DESTINATION_PORTS_MAX + ISSUERS_PORTS];
    struct sandbox_path paths[12 + DESTINATION_FILES_MAX + ISSUERS_READS] = {
        {store_path(s->store, ".", data, sizeof data), true},
        {store_path(s->store, "anteroom.db", database, sizeof database), true},
        {"/dev/urandom", false},
    };
    size_t n = 3;
    const char *const files[] = {s->certificate.certificate_file, s->certificate.key_file};
    for (size_t i = 0; i < 2; i++) {
        paths[n++] = (struct sandbox_path){files[i], false};
        paths[n++] = (struct sandbox_path){folder_of(files[i], folders[i * 2]), false};
        if (realpath(files[i], real))
            paths[n++] = (struct sandbox_path){folder_of(real, folders[i * 2 + 1]), false};
    }
    const struct destination_needs *replica = &s->replication.needs;
    for (size_t i = 0; i < replica->n_read; i++)
        paths[n++] = (struct sandbox_path){replica->read[i], false};
    if (replica->write)
        paths[n++] = (struct sandbox_path){replica->write, true};
    web_needs(s->web, &issuers);
    for (size_t i = 0; i < issuers.n_read; i++)
        paths[n++] = (struct sandbox_path){issuers.read[i], false};
    memcpy(ports, replica->ports, sizeof *ports * replica->n_ports);
    memcpy(ports + replica->n_ports, issuers.ports, sizeof *ports * issuers.n_ports);
    if (assets_dir)
        paths[n++] = (struct sandbox_path){assets_dir, false};
    struct sandbox_report report;
    sandbox_enter(paths, n, (struct sandbox_ports){ports, replica->n_ports + issuers.n_ports},
                  &report);
    log_event(report.in_force ? LOG_INFO : LOG_WARN, "sandbox",
              LOG_TEXT("state", report.in_force ? "in force" : "not whole"),
              LOG_TEXT("privileges", report.privileges), LOG_TEXT("files", report.files),
              LOG_TEXT("calls", report.calls));
}

/* What visitors may agree to from now on, in each language that is offered. */
static enum err keep_consent(const struct service *s, struct why *why)
{
    const struct config *c = &s->config;
    enum err e = ERR_NONE;
    for (enum language l = 0; e == ERR_NONE && l < LANGUAGE_COUNT; l++)
        if (c->languages & (1U << l))
            e = consent_keep(s->store, c->form_consent_version, language_codes[l],
                             c->local[l].fields[FIELD_CONSENT_GIVEN].label, why);
    return e;
}

static enum err open_database(struct service *s, struct why *why)
{
    const struct config *c = &s->config;
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%.*s", STR_ARG(c->data_directory));
    enum err e = replication_restore(c, &s->interrupt.stop, &s->secrets, why);
    if (e == ERR_NONE)
        e = store_open(directory, &s->store, why);
    if (e == ERR_NONE)
        e = keep_consent(s, why);
    if (e == ERR_NONE)
        e = replication_open(c, &s->interrupt.stop, s->store, &s->secrets, &s->replication, why);
    return e;
}

/*
 * The database, when it is this server's turn to have it. Others have led since this one's was
 * written, or one came first just now: then theirs is followed in its place, until it is our turn
 * again. A signal came meanwhile (interrupt.stop): maybe without a database.
 */
static enum err lead(struct service *s, struct why *why)
{
    enum err e = standby_wait(&s->standby, &s->config, &s->secrets, false, &s->interrupt, why);
    while (e == ERR_NONE && !atomic_load(&s->interrupt.stop)) {
        e = open_database(s, why);
        if (e != ERR_CONFLICT || !s->standby.lease || !s->store)
            break;
        log_why(LOG_WARN, "not leading", why);
        store_close(s->store);
        s->store = NULL;
        e = standby_wait(&s->standby, &s->config, &s->secrets, true, &s->interrupt, why);
    }
    return e;
}

static void add_metrics(struct service *s)
{
    exposition_source(writer_expose, s->writer);
    exposition_source(metrics_certificate, &s->certificate);
    exposition_source(audit_heads_expose, &s->heads);
    if (s->replication.replicator)
        exposition_source(metrics_replication, &s->replication);
}

/* Threads start behind the sandbox, so that each of them is in it: they come last. */
static enum err open_all(struct service *s, const char *assets_dir, const sigset_t *signals,
                         struct why *why)
{
    const struct config *c = &s->config;
    interrupt_begin(&s->interrupt, signals);
    enum err e = lead(s, why);
    if (interrupt_end(&s->interrupt))
        return ERR_NONE;
    if (e == ERR_NONE)
        e = certificate_open(&s->certificate, c, s->store, why);
    if (e != ERR_NONE)
        return e;
    const struct web_options web = {
        .config = c,
        .store = s->store,
        .tls = s->certificate.tls,
        .assets_dir = assets_dir,
    };
    e = web_open(&web, &s->web, why);
    if (e != ERR_NONE)
        return e;
    e = audit_heads_open(&s->heads, s->store, why);
    if (e != ERR_NONE)
        return e;
    struct why no_door = {0};
    control_open(c, s->store, &s->control, &no_door);
    if (!s->control)
        log_why(LOG_WARN, "no door for commands", &no_door);
    enter_sandbox(s, assets_dir);
    const struct writer_options writer = {
        .rules = &c->rules,
        .inbox_limit = (unsigned)c->limits_writer_queue,
        .group_limit = (unsigned)c->limits_writer_group,
        .duplicate_ms = c->form_duplicate_days * 24 * 3600 * 1000,
        .search = true,
        .sink = replication_sink(&s->replication),
    };
    e = writer_start(s->store, &writer, &s->writer, why);
    if (e == ERR_NONE) {
        standby_keep(&s->standby);
        replication_run(&s->replication, s->writer);
        add_metrics(s);
        web_run(s->web, s->writer);
        control_run(s->control, s->writer);
    }
    return e;
}

/* replica_ms: for what waits to be put there. */
static void close_all(struct service *s, int64_t replica_ms)
{
    exposition_drop(s->writer);
    exposition_drop(&s->certificate);
    exposition_drop(&s->heads);
    exposition_drop(&s->replication);
    control_close(s->control);
    writer_stop(s->writer); /* it sends to the loops until it has ended */
    audit_heads_look(&s->heads, s->replication.keeper, true);
    audit_heads_close(&s->heads);
    replication_close(&s->replication, replica_ms);
    standby_close(&s->standby);
    arena_release(&s->secrets);
    web_close(s->web);
    certificate_close(&s->certificate);
    store_close(s->store);
    config_release(&s->config);
    metrics_close();
}

/* Signals are waited for, not handled: nothing of ours ever runs inside a signal handler. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A connection is a descriptor: take as many as the system allows. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* On a terminal a person waits: tell them where to look, without the log's ceremony. */
static void greet(const struct service *s)
{
    struct arena a = ARENA_INIT;
    struct str link = web_setup_link(s->web, &a);
    if (!isatty(STDERR_FILENO)) {
        /* Whoever reads the log of the first start may set up the first account: the link ends with
         * that, and in a day. */
        if (link.len)
            log_event(LOG_WARN, "no account yet", LOG_STR("setup_link", link));
        arena_release(&a);
        return;
    }
    fprintf(stderr,
            "\n  Anteroom is open at %.*s\n"
            "  Answers are kept in %.*s; see them with:\n"
            "    anteroom list --data %.*s\n"
            "  Ctrl-C closes it.\n\n",
            STR_ARG(web_public_url(s->web)), STR_ARG(s->config.data_directory),
            STR_ARG(s->config.data_directory));
    if (link.len)
        fprintf(stderr,
                "  Nobody can sign in yet. Set up the first account within a day at\n\n"
                "    %.*s\n\n",
                STR_ARG(link));
    arena_release(&a);
    if (s->config.server_tls_certificate_file.len == 0)
        fprintf(stderr, "  The certificate is self-signed: your browser will ask once whether to "
                        "trust it.\n\n");
}

/*
 * Until it is time to stop; returns the signal that says so, or 0 when another writer has taken the
 * replica over: then this one must not go on. SIGHUP means to read the certificate
 * again, but for a server that was started on a terminal which is no longer there: it ends with it.
 */
static int watch(struct service *s, const sigset_t *signals)
{
    static const struct timespec turn = {.tv_sec = CERTIFICATE_LOOK_MS / 1000,
                                         .tv_nsec = CERTIFICATE_LOOK_MS % 1000 * 1000000L};
    bool on_terminal = isatty(STDERR_FILENO);
    for (;;) {
        int caught = sigtimedwait(signals, NULL, &turn);
        if (caught == SIGTERM || caught == SIGINT ||
            (caught == SIGHUP && on_terminal && !isatty(STDERR_FILENO)))
            return caught;
        if (atomic_load(&s->replication.fenced))
            return 0;
        certificate_look(&s->certificate, caught == SIGHUP);
        audit_heads_look(&s->heads, s->replication.keeper, false);
        replication_report(&s->replication);
        metric_log(clock_monotonic_ms(), false);
    }
}

static const char *signal_name(int number)
{
    return number == SIGTERM  ? "SIGTERM"
           : number == SIGINT ? "SIGINT"
           : number == SIGHUP ? "SIGHUP"
                              : "none: another writer has the replica";
}

int cmd_serve(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL, *assets_dir = NULL;
    bool standby = false;
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL},
        {"--data", &data_dir, NULL},
        {"--assets", &assets_dir, NULL},
        {"--standby", NULL, &standby},
    };
    struct why why = {0};
    struct service s = {0};
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    struct stat folder;
    if (e == ERR_NONE && assets_dir && (stat(assets_dir, &folder) != 0 || !S_ISDIR(folder.st_mode)))
        e = err_set(&why, ERR_USAGE, "serve assets", "there is no directory %s", assets_dir);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &s.config);
    if (code)
        return code;
    if (standby)
        s.config.replica_role = STR("standby");
    log_init(STDERR_FILENO, level_of(s.config.telemetry_log_level),
             format_of(s.config.telemetry_log_format));

    sigset_t signals;
    int64_t began_ms = clock_monotonic_ms();
    block_signals(&signals);
    raise_descriptor_limit();
    metrics_open();
    e = open_all(&s, assets_dir, &signals, &why);
    if (e != ERR_NONE || atomic_load(&s.interrupt.stop)) {
        if (e != ERR_NONE)
            log_why(LOG_ERROR, "cannot start", &why);
        else
            log_event(LOG_INFO, "stopped", LOG_TEXT("state", "it had not begun to serve"));
        close_all(&s, 0);
        return e ? err_exit_code(e) : 0;
    }
    log_event(LOG_INFO, "ready", LOG_STR("url", web_public_url(s.web)),
              LOG_STR("operations", s.config.server_ops_listen),
              LOG_INT("start_ms", clock_monotonic_ms() - began_ms), LOG_INT("pid", getpid()));
    greet(&s);

    int caught = watch(&s, &signals);
    log_event(LOG_INFO, "draining", LOG_TEXT("signal", signal_name(caught)));
    int64_t drain_began_ms = clock_monotonic_ms();
    bool clean = web_drain(s.web, s.config.server_drain_time);
    close_all(&s, s.config.server_drain_time - (clock_monotonic_ms() - drain_began_ms));
    metric_log(clock_monotonic_ms(), true);
    log_event(clean ? LOG_INFO : LOG_WARN, "stopped", LOG_BOOL("clean", clean),
              LOG_INT("took_ms", clock_monotonic_ms() - drain_began_ms),
              LOG_INT("handshakes", atomic_load(&s.certificate.handshakes)),
              LOG_INT("handshakes_failed", atomic_load(&s.certificate.failed)));
    return caught ? 0 : err_exit_code(ERR_CONFLICT);
}
