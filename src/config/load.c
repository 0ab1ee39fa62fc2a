/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the file itself; everything after that is config.c's. */
#include "base/buf.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char op_read[] = "read the configuration";

static enum err refuse_system(const char *path, int number, struct why *why)
{
    enum err e = err_set(why, ERR_CONFIG, op_read, "%s: %s", path, err_errno(number));
    if (number == ENOENT)
        err_hint(why, "anteroom init FILE writes one with every option at its default.");
    else if (number == EACCES)
        err_hint(why, "Let the user that runs anteroom read it.");
    else if (number == EISDIR)
        err_hint(why, "Name the file in it.");
    return e;
}

/* Everything up to the limit; also from a pipe, which has no size to ask for. */
static enum err read_all(int fd, const char *path, struct buf *text, struct why *why)
{
    for (;;) {
        char part[16 * 1024];
        ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return refuse_system(path, errno, why);
        if (n == 0)
            return ERR_NONE;
        buf_bytes(text, part, (size_t)n);
        if (!buf_ok(text)) {
            enum err e = err_set(why, ERR_CONFIG, op_read, "%s: it is larger than 1 MiB", path);
            err_hint(why, "Is it the right file?");
            return e;
        }
    }
}

enum err config_load(const char *path, char *const *environment, struct config *out,
                     struct why *why)
{
    memset(out, 0, sizeof *out);
    if (!path)
        return config_parse(STR_EMPTY, "the configuration", environment, out, why);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return refuse_system(path, errno, why);
    struct buf text;
    buf_init(&text, CONFIG_FILE_MAX);
    enum err e = read_all(fd, path, &text, why);
    close(fd);
    if (e == ERR_NONE)
        e = config_parse(buf_view(&text), path, environment, out, why);
    buf_release(&text);
    return e;
}
