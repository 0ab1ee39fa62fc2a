/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"

#include <fcntl.h>

const struct command commands[] = {
    {"serve", "[--config FILE] [--data DIR] [--assets DIR] [--standby]",
     "Serve the form over HTTPS, or follow the server that does.", cmd_serve},
    {"init", "[FILE]", "Write a commented configuration (default: anteroom.yaml).", cmd_init},
    {"check", "[--config FILE]", "Check a configuration and say what it means.", cmd_check},
    {"doctor", "[--config FILE] [--data DIR] [--json]",
     "Say what is wrong with this deployment, or will be, and what to do.", cmd_doctor},
    {"list", "[--data DIR] [--json] [--limit N]", "List the submissions, newest first.", cmd_list},
    {"funnel", "[--data DIR] [--days N] [--json]",
     "Show how far visitors come, and what is sent back.", cmd_funnel},
    {"audit", "verify [--head FILE|- [--key FILE]] | head  [--data DIR]",
     "Check the audit chain, or sign its head to be kept elsewhere.", cmd_audit},
    {"user",
     "add LOGIN --role ROLE [--name NAME] [--email E] | list | reset LOGIN | disable LOGIN | "
     "enable LOGIN | setup-link [--anyway] [--data DIR] [--config FILE] [--json]",
     "Keep the accounts of the team, also while the server runs.", cmd_user},
    {"token",
     "add NAME [--role ROLE] [--days N] | list | revoke NUMBER  [--data DIR] [--config FILE] "
     "[--json]",
     "Keep the tokens of programs that use the API, also while the server runs.", cmd_token},
    {"restore",
     "--from URL --to DIR [--timestamp T | --txid N] [--verify] [--config FILE] [--json]",
     "Restore a replica's newest state, or an older one, and check it.", cmd_restore},
    {"replica",
     "status | verify | export --to DIR [--from URL] [--config FILE] [--data DIR] [--json]",
     "Say what a replica holds, check every file of it, copy it.", cmd_replica},
    {"bench", "seed --to DIR [--records N] [--seed S]",
     "Fill an empty data directory with made-up submissions, for measuring.", cmd_bench},
    {"version", "", "Print the version of Anteroom and of what it contains.", cmd_version},
    {"help", "[COMMAND | config | fields]", "Explain a command, the options, the fields.",
     cmd_help},
    {NULL, NULL, NULL, NULL},
};

static const struct command *find(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/*
 * Somebody may start us with descriptors 0 to 2 closed; then the next file we open (the database)
 * would get one of them, and a message meant for people would be written into it.
 */
static void keep_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            return; /* an empty chroot: nothing to open, and nobody to read */
}

/* An answer that did not reach its file (the disk is full) is no answer. */
static int delivered(int code)
{
    bool lost = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !lost)
        return code;
    struct why why = {0};
    enum err e = err_set(&why, ERR_IO, "write the answer", "standard output takes no more");
    int failed = command_failed(e, &why);
    return code ? code : failed;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run(int argc, char **argv)
{
    keep_standard_descriptors();
    if (argc < 2)
        return cmd_help(1, argv);
    /* What people try first. */
    if (asks_for_help(argv[1]))
        return cmd_help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--version") == 0)
        return cmd_version(argc - 1, argv + 1);
    const struct command *command = find(argv[1]);
    if (command && argc > 2 && asks_for_help(argv[2]))
        return cmd_help(2, argv);
    if (command)
        return command->run(argc - 1, argv + 1);

    struct why why = {0};
    err_set(&why, ERR_USAGE, "understand the command line", "there is no command “%s”", argv[1]);
    err_hint(&why, "anteroom help lists them.");
    return command_failed(ERR_USAGE, &why);
}

int main(int argc, char **argv)
{
    return delivered(run(argc, argv));
}
