/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"
#include "cmd/control.h"
#include "config/config.h"

/*
 * anteroom user add|list|reset|disable|enable|setup-link: the accounts of the team, beside a
 * running server or without one (control.h). Links are printed once; the database has only their
 * hashes.
 */

struct asked {
    const char *login, *name, *role, *email;
    bool anyway, json;
};

static const struct {
    const char *name, *request;
    bool takes_login, gives_link;
} things[] = {
    {"add", "user.add", true, true},        {"list", "user.list", false, false},
    {"reset", "user.reset", true, true},    {"disable", "user.disable", true, false},
    {"enable", "user.enable", true, false}, {"setup-link", "user.setup-link", false, true},
};

enum { THINGS = sizeof things / sizeof *things };

static enum err understand(int argc, char **argv, size_t *thing, struct why *why)
{
    for (*thing = 0; argc > 1 && *thing < THINGS; ++*thing)
        if (strcmp(things[*thing].name, argv[1]) == 0)
            return ERR_NONE;
    enum err e = err_set(why, ERR_USAGE, "understand the command line",
                         "user has these things to do: add, list, reset, disable, enable, "
                         "setup-link");
    err_hint(why, "Try: anteroom user list");
    return e;
}

int cmd_user(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL;
    struct asked asked = {.login = NULL};
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL}, {"--data", &data_dir, NULL},
        {"--name", &asked.name, NULL},    {"--role", &asked.role, NULL},
        {"--email", &asked.email, NULL},  {"--anyway", NULL, &asked.anyway},
        {"--json", NULL, &asked.json},
    };
    struct why why = {0};
    struct config config;
    size_t thing;
    enum err e = understand(argc, argv, &thing, &why);
    if (e)
        return command_failed(e, &why);
    argc--;
    argv++;
    e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (!e && things[thing].takes_login && argc > 0) {
        asked.login = argv[0];
        e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    }
    if (!e)
        e = command_no_more(argc, argv, &why);
    if (!e && things[thing].takes_login && !asked.login)
        e = err_set(&why, ERR_USAGE, "understand the command line", "user %s takes a login",
                    things[thing].name);
    if (e)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &config);
    if (code)
        return code;

    struct arena a = ARENA_INIT;
    struct str answer = STR_EMPTY;
    const struct control_pair pairs[] = {
        {"login", asked.login},
        {"name", asked.name},
        {"role", asked.role   ? asked.role
                 : thing == 0 ? "agent"
                              : NULL},
        {"email", asked.email},
        {"anyway", asked.anyway ? "yes" : NULL},
        {"json", asked.json ? "yes" : NULL},
    };
    e = control_ask(&config, things[thing].request, pairs, sizeof pairs / sizeof *pairs, &a,
                    &answer, &why);
    if (!e)
        printf("%.*s", STR_ARG(answer));
    if (!e && things[thing].gives_link)
        fputs("This link counts once, for a day. Hand it to nobody but its owner.\n", stderr);
    arena_release(&a);
    config_release(&config);
    return e ? command_failed(e, &why) : 0;
}
