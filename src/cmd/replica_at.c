/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/replica_at.h"

#include "base/log.h"
#include "cmd/command.h"
#include "cmd/replication.h"

#include <unistd.h>

int replica_at_load(struct replica_at *p, const char *config_file, const char *from)
{
    struct why why = {0};
    *p = (struct replica_at){.arena = ARENA_INIT};
    int code = command_config(config_file, NULL, &p->config);
    if (code)
        return code;
    log_init(STDERR_FILENO, LOG_WARN, LOG_FORMAT_TEXT);
    enum err e = replication_options(&p->config, &p->arena, &p->options, &why);
    if (from)
        p->options.url = str_from(from);
    if (!e && p->options.url.len == 0) {
        e = err_set(&why, ERR_USAGE, "find the replica", "nobody says where it is");
        err_hint(&why, "Name it with --from, or the configuration that has replica.url with "
                       "--config.");
    }
    if (!e)
        return 0;
    replica_at_release(p);
    return command_failed(e, &why);
}

void replica_at_release(struct replica_at *p)
{
    arena_release(&p->arena);
    config_release(&p->config);
}
