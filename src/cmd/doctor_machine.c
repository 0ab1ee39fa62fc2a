/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's look at what the machine gives, and at what visitors meet first. */
#include "base/clock.h"
#include "cmd/doctor.h"
#include "cmd/sandbox.h"
#include "net/address.h"
#include "net/tls.h"
#include "version.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

enum { DAY_MS = 24 * 3600 * 1000, RENEW_SOON_DAYS = 14, SPARE_FILES = 64, STATUS_MAX = 8192 };

/* ---- certificate ------------------------------------------------------------------------------*/

/* "onboarding.example.com" of "https://onboarding.example.com:8443/" */
static void public_host(const struct config *c, char out[256])
{
    struct str url = c->server_public_url.len ? c->server_public_url : STR("https://localhost");
    struct str host = str_slice(url, STR("https://").len, url.len);
    bool bracketed = str_starts(host, STR("["));
    size_t end = str_find(host, bracketed ? ']' : ':', 0);
    host = str_slice(host, bracketed ? 1 : 0, end);
    host = str_slice(host, 0, str_find(host, '/', 0));
    snprintf(out, 256, "%.*s", STR_ARG(host));
}

/* ours: made by the server, which renews it at its start. */
static void judge_certificate(const struct tls *tls, bool ours, const char *file, const char *host,
                              struct diagnosis *d)
{
    struct why warnings[TLS_WARNINGS_MAX];
    int64_t now = clock_wall_ms();
    long long days = (tls_expires_ms(tls) - now) / DAY_MS;
    size_t n = tls_warnings(tls, now, warnings);
    bool outside = strcmp(host, "localhost") != 0;
    if (n) /* out of date and not yet valid come first: browsers refuse; a readable key does not */
        diagnose_why(d,
                     now >= tls_expires_ms(tls) ||
                             str_contains(str_from(warnings[0].detail), STR("valid only from"))
                         ? DOCTOR_BAD
                         : DOCTOR_WARN,
                     &warnings[0]);
    else if (!tls_covers(tls, host))
        diagnose(d, DOCTOR_BAD,
                 "Order one for that name, or correct server.public_url: browsers refuse it.",
                 "%s is not for %s", file, host);
    else if (tls_is_self_signed(tls) && outside)
        diagnose(d, DOCTOR_WARN,
                 "Set server.tls.certificate_file and key_file to one that browsers trust.",
                 "%s is self-signed: each visitor's browser warns", file);
    else if (days < RENEW_SOON_DAYS && !ours)
        diagnose(d, DOCTOR_WARN, "Renew it; the running server takes the new files by itself.",
                 "%s ends in %lld days", file, days);
    else
        diagnose(d, DOCTOR_OK, NULL, "%s, for %s, %lld days left%s", file, host, days,
                 tls_is_self_signed(tls) ? ", self-signed" : "");
}

void doctor_certificate(struct patient *p, struct diagnosis *d)
{
    const struct config *c = &p->config;
    char file[PATH_MAX + 16], key[PATH_MAX + 16], host[256];
    struct tls *tls = NULL;
    struct why why = {0};
    public_host(c, host);
    if (c->server_tls_certificate_file.len) {
        snprintf(file, sizeof file, "%.*s", STR_ARG(c->server_tls_certificate_file));
        snprintf(key, sizeof key, "%.*s", STR_ARG(c->server_tls_key_file));
    } else {
        snprintf(file, sizeof file, "%s/keys/tls.crt", p->data);
        snprintf(key, sizeof key, "%s/keys/tls.key", p->data);
        if (access(file, F_OK) != 0) {
            diagnose(d, DOCTOR_WARN,
                     "For visitors set server.tls.certificate_file and server.tls.key_file.",
                     "none is configured; the first start makes a self-signed one");
            return;
        }
    }
    if (tls_open(file, key, &tls, &why) != ERR_NONE)
        diagnose_why(d, DOCTOR_BAD, &why);
    else
        judge_certificate(tls, !c->server_tls_certificate_file.len, file, host, d);
    tls_close(tls);
}

/* ---- clock ------------------------------------------------------------------------------------*/

void doctor_clock(struct patient *p, struct diagnosis *d)
{
    static const char remedy[] = "Set the clock, and let chrony or systemd-timesyncd keep it.";
    char now_text[CLOCK_RFC3339_SIZE], then[CLOCK_RFC3339_SIZE];
    int64_t now = clock_wall_ms();
    clock_rfc3339(now, now_text);
    if (now < ANTEROOM_SOURCE_MS) {
        clock_rfc3339(ANTEROOM_SOURCE_MS, then);
        diagnose(d, DOCTOR_BAD, remedy, "%s is before this version was written (%s)", now_text,
                 then);
        return;
    }
    if (now + INT64_C(60000) < p->newest_ms) {
        clock_rfc3339(p->newest_ms, then);
        diagnose(d, DOCTOR_BAD, remedy, "%s is before the newest audit event (%s)", now_text, then);
        return;
    }
    struct timex state = {0}; /* modes 0: only asked */
    int r = adjtimex(&state);
    if (r >= 0 && (state.status & STA_UNSYNC))
        diagnose(d, DOCTOR_WARN, remedy, "%s, and nothing keeps it right", now_text);
    else
        diagnose(d, DOCTOR_OK, NULL, "%s", now_text);
}

/* ---- ports ------------------------------------------------------------------------------------*/

void doctor_ports(struct patient *p, struct diagnosis *d)
{
    const struct config *c = &p->config;
    const struct str all[] = {c->server_listen, c->server_http_listen, c->server_ops_listen};
    struct address_list list;
    struct why why = {0};
    enum err e = ERR_NONE;
    for (size_t i = 0; e == ERR_NONE && i < sizeof all / sizeof *all; i++) {
        if (!all[i].len)
            continue;
        e = address_parse(all[i], &list, &why);
        for (size_t k = 0; e == ERR_NONE && !p->server && k < list.n; k++)
            e = address_free(&list.items[k], &why);
    }
    if (e != ERR_NONE)
        diagnose_why(d, DOCTOR_BAD, &why);
    else if (p->server)
        diagnose(d, DOCTOR_OK, NULL, "%.*s, with the running server", STR_ARG(c->server_listen));
    else
        diagnose(d, DOCTOR_OK, NULL, "%.*s is free", STR_ARG(c->server_listen));
}

/* ---- limits -----------------------------------------------------------------------------------*/

void doctor_limits(struct patient *p, struct diagnosis *d)
{
    struct rlimit files;
    unsigned long long wanted = (unsigned long long)p->config.limits_connections + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        diagnose(d, DOCTOR_WARN, NULL, "the limit on open files is not known: %s",
                 err_errno(errno));
    else if (files.rlim_max != RLIM_INFINITY && files.rlim_max < wanted)
        diagnose(d, DOCTOR_BAD,
                 "Raise it (LimitNOFILE= in the unit, ulimit -Hn), or lower limits.connections.",
                 "%llu open files allowed here, limits.connections needs %llu",
                 (unsigned long long)files.rlim_max, wanted);
    else
        diagnose(d, DOCTOR_OK, NULL, "%llu connections fit the limit on open files",
                 (unsigned long long)p->config.limits_connections);
}

/* ---- sandbox ----------------------------------------------------------------------------------*/

/* The line "Name:\tvalue" of /proc/PID/status; empty when there is none. */
static struct str status_line(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    if (!at)
        return STR_EMPTY;
    at += strlen(name);
    return str_trim(str_of(at, strcspn(at, "\n")));
}

static bool read_status(long pid, char out[STATUS_MAX])
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, STATUS_MAX - 1);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static void judge_running(const struct patient *p, struct diagnosis *d)
{
    char status[STATUS_MAX];
    if (p->server < 0 || !read_status(p->server, status)) {
        diagnose(d, DOCTOR_SKIPPED, NULL, "process %ld cannot be looked at from here", p->server);
        return;
    }
    struct str calls = status_line(status, "\nSeccomp:"),
               fixed = status_line(status, "\nNoNewPrivs:"),
               capabilities = status_line(status, "\nCapEff:");
    bool none = capabilities.len > 0;
    for (size_t i = 0; i < capabilities.len; i++)
        none = none && capabilities.ptr[i] == '0';
    if (str_eq(calls, STR("2")) && str_eq(fixed, STR("1")) && none)
        diagnose(d, DOCTOR_OK, NULL,
                 "process %ld: seccomp, no new privileges, no capabilities; Landlock %ld here",
                 p->server, sandbox_landlock());
    else
        diagnose(d, DOCTOR_WARN, "Its log says at start what is not in force, and why.",
                 "process %ld: seccomp %.*s, no new privileges %.*s, capabilities %.*s", p->server,
                 STR_ARG(calls), STR_ARG(fixed), STR_ARG(capabilities));
}

void doctor_sandbox(struct patient *p, struct diagnosis *d)
{
    long landlock = sandbox_landlock();
    bool calls = access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
    if (!str_eq(p->config.server_sandbox, STR("auto")))
        diagnose(d, DOCTOR_WARN, "Set server.sandbox: auto unless you know why not.",
                 "off, as configured");
    else if (p->server)
        judge_running(p, d);
    else if (landlock > 0 && calls)
        diagnose(d, DOCTOR_OK, NULL, "this kernel has Landlock %ld and seccomp", landlock);
    else
        diagnose(d, DOCTOR_WARN, "A newer kernel, or another container runtime, would have both.",
                 "this kernel has %s and %s", landlock > 0 ? "Landlock" : "no Landlock",
                 calls ? "seccomp" : "no seccomp");
}
