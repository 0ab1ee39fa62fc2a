/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"
#include "cmd/control.h"
#include "config/config.h"

/*
 * anteroom token add|list|revoke: the tokens of programs that use the API, beside a running server
 * or without one (control.h). A token is printed once; the database has only its hash.
 */

struct asked {
    const char *what, *role, *days;
    bool json;
};

static const struct thing {
    const char *name, *request;
    const char *takes; /* what stands behind it, as the request calls it; or NULL */
} things[] = {
    {"add", "token.add", "name"},
    {"list", "token.list", NULL},
    {"revoke", "token.revoke", "number"},
};

enum { THINGS = sizeof things / sizeof *things };

static enum err understand(int argc, char **argv, const struct thing **out, struct why *why)
{
    for (*out = things; argc > 1 && *out < things + THINGS; ++*out)
        if (strcmp((*out)->name, argv[1]) == 0)
            return ERR_NONE;
    enum err e = err_set(why, ERR_USAGE, "understand the command line",
                         "token has these things to do: add, list, revoke");
    err_hint(why, "Try: anteroom token list");
    return e;
}

static int ask(const struct config *config, const struct thing *thing, const struct asked *asked)
{
    struct arena a = ARENA_INIT;
    struct str answer = STR_EMPTY;
    struct why why = {0};
    bool adds = thing == things;
    const struct control_pair pairs[] = {
        {thing->takes ? thing->takes : "name", asked->what},
        {"role", asked->role ? asked->role
                 : adds      ? "viewer"
                             : NULL},
        {"days", asked->days},
        {"json", asked->json ? "yes" : NULL},
    };
    enum err e =
        control_ask(config, thing->request, pairs, sizeof pairs / sizeof *pairs, &a, &answer, &why);
    if (!e)
        printf("%.*s", STR_ARG(answer));
    if (!e && adds)
        fputs("This token is shown once. Keep it where its program keeps its secrets.\n", stderr);
    arena_release(&a);
    return e ? command_failed(e, &why) : 0;
}

int cmd_token(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL;
    struct asked asked = {.what = NULL};
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL}, {"--data", &data_dir, NULL},
        {"--role", &asked.role, NULL},    {"--days", &asked.days, NULL},
        {"--json", NULL, &asked.json},
    };
    const size_t n = sizeof specs / sizeof *specs;
    struct why why = {0};
    struct config config;
    const struct thing *thing;
    enum err e = understand(argc, argv, &thing, &why);
    if (e)
        return command_failed(e, &why);
    argc--;
    argv++;
    e = command_options(&argc, &argv, specs, n, &why);
    if (!e && thing->takes && argc > 0) {
        asked.what = argv[0];
        e = command_options(&argc, &argv, specs, n, &why);
    }
    if (!e)
        e = command_no_more(argc, argv, &why);
    if (!e && thing->takes && !asked.what)
        e = err_set(&why, ERR_USAGE, "understand the command line", "token %s takes a %s",
                    thing->name, thing->takes);
    if (e)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &config);
    if (code)
        return code;
    code = ask(&config, thing, &asked);
    config_release(&config);
    return code;
}
