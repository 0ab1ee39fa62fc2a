/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "cmd/command.h"
#include "config/config.h"
#include "core/field_reference.h"

enum { PAGE_MAX_BYTES = 256 * 1024 };

static void print_commands(void)
{
    printf("Anteroom receives new clients: a two-step form over HTTPS, a Client ID at its end.\n\n"
           "  anteroom serve            and open https://localhost:8443\n\nCommands:\n");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-8s %s\n", c->name, c->summary);
    printf("\nanteroom help COMMAND explains one; help config the options; help fields the "
           "fields.\n");
}

static void print_page(void (*write)(struct buf *))
{
    struct buf out;
    buf_init(&out, PAGE_MAX_BYTES);
    write(&out);
    fwrite(out.ptr, 1, out.len, stdout);
    buf_release(&out);
}

int cmd_help(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*write)(struct buf *);
    } pages[] = {
        {"config", config_write_reference},
        {"fields", fields_write_reference},
    };
    struct why why = {0};
    if (argc < 2) {
        print_commands();
        return 0;
    }
    if (command_no_more(argc - 2, argv + 2, &why) != ERR_NONE)
        return command_failed(ERR_USAGE, &why);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strcmp(argv[1], pages[i].name) == 0) {
            print_page(pages[i].write);
            return 0;
        }
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(argv[1], c->name) == 0) {
            printf("anteroom %s %s\n\n%s\n", c->name, c->usage, c->summary);
            return 0;
        }
    err_set(&why, ERR_USAGE, "explain it", "there is no command or page “%s”", argv[1]);
    err_hint(&why, "anteroom help lists them.");
    return command_failed(ERR_USAGE, &why);
}
