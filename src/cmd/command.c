/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"

#include "config/config.h"

#include <unistd.h>

static const struct option_spec *spec_for(const struct option_spec *specs, size_t n,
                                          const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(specs[i].name, name) == 0)
            return &specs[i];
    return NULL;
}

enum err command_options(int *argc, char ***argv, const struct option_spec *specs, size_t n,
                         struct why *why)
{
    int at = 1;
    while (at < *argc && (*argv)[at][0] == '-') {
        const char *word = (*argv)[at++];
        const struct option_spec *spec = spec_for(specs, n, word);
        if (!spec) {
            enum err e = err_set(why, ERR_USAGE, "understand the command line",
                                 "there is no option %s", word);
            err_hint(why, "Try: anteroom help %s", (*argv)[0]);
            return e;
        }
        if (spec->flag) {
            *spec->flag = true;
            continue;
        }
        if (at == *argc) {
            enum err e = err_set(why, ERR_USAGE, "understand the command line",
                                 "%s needs a value behind it", word);
            err_hint(why, "Try: anteroom help %s", (*argv)[0]);
            return e;
        }
        *spec->value = (*argv)[at++];
    }
    *argc -= at;
    *argv += at;
    return ERR_NONE;
}

enum err command_no_more(int argc, char **argv, struct why *why)
{
    if (argc <= 0)
        return ERR_NONE;
    return err_set(why, ERR_USAGE, "understand the command line", "“%s” is too much", argv[0]);
}

int command_failed(enum err kind, const struct why *why)
{
    char text[1024];
    err_text(why, text, sizeof text);
    fprintf(stderr, "anteroom: %s\n", text);
    return err_exit_code(kind);
}

int command_config(const char *config_file, const char *data_dir, struct config *out)
{
    struct why why = {0};
    if (data_dir && !*data_dir) {
        enum err e = err_set(&why, ERR_USAGE, "understand the command line",
                             "--data needs the name of a directory");
        return command_failed(e, &why);
    }
    if (!config_file)
        config_file = getenv("ANTEROOM_CONFIG");
    enum err e = config_load(config_file, environ, out, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    if (data_dir)
        out->data_directory = str_from(data_dir);
    return 0;
}
