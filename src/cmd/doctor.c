/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/doctor.h"

#include "base/json.h"
#include "base/utf8.h"
#include "cmd/command.h"

#include <stdarg.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 };

static const char *const state_names[] = {
    [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_BAD] = "bad", [DOCTOR_SKIPPED] = "skipped"};

void diagnose(struct diagnosis *d, enum doctor_state state, const char *remedy, const char *format,
              ...)
{
    va_list args;
    d->state = state;
    va_start(args, format);
    vsnprintf(d->finding, sizeof d->finding, format, args);
    va_end(args);
    snprintf(d->remedy, sizeof d->remedy, "%s", remedy ? remedy : "");
}

void diagnose_why(struct diagnosis *d, enum doctor_state state, const struct why *why)
{
    diagnose(d, state, why->hint, "%s", why->detail);
}

static void doctor_configuration(struct patient *p, struct diagnosis *d)
{
    if (!p->configured)
        diagnose_why(d, DOCTOR_BAD, &p->why);
    else if (p->file)
        diagnose(d, DOCTOR_OK, NULL, "%s is right", p->file);
    else
        diagnose(d, DOCTOR_OK, NULL, "no file: defaults and environment");
}

static const struct {
    const char *name;
    void (*run)(struct patient *p, struct diagnosis *d);
    bool unconfigured; /* makes sense without a configuration */
} checks[] = {
    {"configuration", doctor_configuration, true},
    {"directory", doctor_directory, false},
    {"disk", doctor_disk, false},
    {"database", doctor_database, false},
    {"clock", doctor_clock, true},      /* behind database: it compares with the newest event */
    {"replica", doctor_replica, false}, /* the same */
    {"accounts", doctor_accounts, false},
    {"sign-in", doctor_issuers, false},
    {"certificate", doctor_certificate, false},
    {"ports", doctor_ports, false},
    {"limits", doctor_limits, false},
    {"sandbox", doctor_sandbox, false},
};

enum { CHECKS = sizeof checks / sizeof *checks };

/* A sentence with a path or a certificate's words in it: what drives a terminal is replaced. */
static void print_text(const char *text)
{
    struct str s = str_from(text);
    for (size_t at = 0; at < s.len;) {
        uint32_t code;
        size_t n = utf8_decode(s, at, &code);
        if (n == 0 || utf8_is_control(code))
            fputs("\xEF\xBF\xBD", stdout);
        else
            fwrite(s.ptr + at, 1, n, stdout);
        at += n ? n : 1;
    }
    putchar('\n');
}

static void print_lines(const struct diagnosis *all)
{
    for (size_t i = 0; i < CHECKS; i++) {
        printf("%-8s %-14s ", state_names[all[i].state], checks[i].name);
        print_text(all[i].finding);
        if (all[i].remedy[0]) {
            printf("%24s", "");
            print_text(all[i].remedy);
        }
    }
}

static void print_json(const struct diagnosis *all, bool healthy)
{
    struct buf out;
    struct json j;
    buf_init(&out, ANSWER_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_bool(&j, "healthy", healthy);
    json_array(&j, "checks");
    for (size_t i = 0; i < CHECKS; i++) {
        json_object(&j, NULL);
        json_str(&j, "name", str_from(checks[i].name));
        json_str(&j, "state", str_from(state_names[all[i].state]));
        json_str(&j, "finding", str_from(all[i].finding));
        json_str(&j, "remedy", str_from(all[i].remedy));
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    buf_byte(&out, '\n');
    fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
}

int cmd_doctor(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL;
    bool json = false, healthy = true;
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL},
        {"--data", &data_dir, NULL},
        {"--json", NULL, &json},
    };
    struct why why = {0};
    static struct patient p;
    struct diagnosis all[CHECKS] = {0};
    enum err e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e == ERR_NONE && data_dir && !data_dir[0])
        e = err_set(&why, ERR_USAGE, "understand the command line", "--data is empty");
    if (e != ERR_NONE)
        return command_failed(e, &why);
    p.file = config_file ? config_file : getenv("ANTEROOM_CONFIG");
    p.configured = config_load(p.file, environ, &p.config, &p.why) == ERR_NONE;
    if (data_dir)
        snprintf(p.data, sizeof p.data, "%s", data_dir);
    else if (p.configured)
        snprintf(p.data, sizeof p.data, "%.*s", STR_ARG(p.config.data_directory));

    for (size_t i = 0; i < CHECKS; i++) {
        if (p.configured || checks[i].unconfigured)
            checks[i].run(&p, &all[i]);
        else
            diagnose(&all[i], DOCTOR_SKIPPED, NULL, "the configuration cannot be read");
        healthy = healthy && all[i].state != DOCTOR_BAD;
    }
    if (json)
        print_json(all, healthy);
    else
        print_lines(all);
    config_release(&p.config);
    return healthy ? 0 : 1;
}
