/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cmd/command.h"
#include "config/config.h"
#include "store/reader.h"

#include <inttypes.h>

/*
 * anteroom audit verify: walks the hash chain. The head it prints is what to keep elsewhere: a
 * chain that was rewritten as a whole is right in itself, and shows only against a head kept
 * before.
 */
int cmd_audit(int argc, char **argv)
{
    const char *config_file = NULL, *data_dir = NULL;
    const struct option_spec specs[] = {
        {"--config", &config_file, NULL},
        {"--data", &data_dir, NULL},
    };
    struct why why = {0};
    struct config config;
    enum err e = ERR_NONE;
    if (argc < 2 || strcmp(argv[1], "verify") != 0) {
        e = err_set(&why, ERR_USAGE, "understand the command line",
                    "audit has one thing to do: verify");
        err_hint(&why, "Try: anteroom audit verify");
        return command_failed(e, &why);
    }
    argc--;
    argv++;
    e = command_options(&argc, &argv, specs, sizeof specs / sizeof *specs, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    int code = command_config(config_file, data_dir, &config);
    if (code)
        return code;

    struct reader *reader = NULL;
    struct audit_report report = {0};
    e = reader_open_directory(config.data_directory.ptr, &reader, &why);
    if (e == ERR_NONE)
        e = reader_audit_verify(reader, &report, &why);
    if (e == ERR_NONE) {
        struct arena a = ARENA_INIT;
        struct str head = text_hex(&a, str_of(report.head.bytes, AUDIT_HASH_SIZE));
        printf("%" PRIu64 " events, each follows from the one before it.\nhead %.*s\n",
               report.events, STR_ARG(head));
        arena_release(&a);
    }
    reader_close(reader);
    config_release(&config);
    return e == ERR_NONE ? 0 : command_failed(e, &why);
}
