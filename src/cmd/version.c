/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/command.h"

#include "version.h"

#include <versions.h>

/* anteroom version: ours, and each library in this file, as build.sh noted them. */
int cmd_version(int argc, char **argv)
{
    static const struct {
        const char *name, *version;
    } libraries[] = {
#define ROW(name, version) {name, version},
        VENDOR_LIBRARIES(ROW)
#undef ROW
    };
    struct why why = {0};
    enum err e = command_options(&argc, &argv, NULL, 0, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc, argv, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    printf("anteroom %s\n", ANTEROOM_VERSION);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        printf("  %-10s %s\n", libraries[i].name, libraries[i].version);
    return 0;
}
