/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of `anteroom`: one file each, one row each in main.c. Answers go to stdout, talk to
 * stderr; a command returns the process's exit code (err_exit_code: 0 done, 1 the answer is no,
 * 2 usage, 3 configuration, 4 data, 5 unreachable).
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include "base/err.h"

struct config;

struct command {
    const char *name;
    const char *usage;                 /* behind the name: "[--config FILE] [--data DIR]" */
    const char *summary;               /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

int cmd_serve(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_funnel(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_replica(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_help(int argc, char **argv);

extern const struct command commands[]; /* ends with a row whose name is NULL */

/* One option of a command line: "--data DIR" or a switch "--json". */
struct option_spec {
    const char *name;   /* "--data" */
    const char **value; /* takes an argument; or NULL */
    bool *flag;         /* a switch; or NULL */
};

/*
 * Reads options up to the first argument that is none; the rest is left in *argc and *argv.
 * ERR_USAGE names what is not known.
 */
enum err command_options(int *argc, char ***argv, const struct option_spec *specs, size_t n,
                         struct why *why);

/* ERR_USAGE when something stands behind what the command understands. */
enum err command_no_more(int argc, char **argv, struct why *why);

/* Says on stderr what went wrong and gives the exit code. */
int command_failed(enum err kind, const struct why *why);

/*
 * --config FILE, else ANTEROOM_CONFIG; --data DIR goes above both. Says what is wrong on stderr
 * itself and gives the exit code; 0 when loaded.
 */
int command_config(const char *config_file, const char *data_dir, struct config *out);

#endif
