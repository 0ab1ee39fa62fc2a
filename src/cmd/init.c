/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "cmd/command.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 256 * 1024 };

/* Never over a file that is there: it may hold somebody's work. */
static enum err write_new(const char *path, struct str text, struct why *why)
{
    static const char op[] = "write the configuration";
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        int number = errno;
        enum err e = err_set(why, number == EEXIST ? ERR_CONFLICT : ERR_IO, op, "%s: %s", path,
                             err_errno(number));
        if (number == EEXIST)
            err_hint(why, "Name another file: anteroom init other.yaml");
        return e;
    }
    size_t done = 0;
    while (done < text.len) {
        ssize_t n = write(fd, text.ptr + done, text.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            enum err e = err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
            close(fd);
            unlink(path);
            return e;
        }
        done += (size_t)n;
    }
    close(fd);
    return ERR_NONE;
}

int cmd_init(int argc, char **argv)
{
    struct why why = {0};
    const char *path = "anteroom.yaml";
    enum err e = command_options(&argc, &argv, NULL, 0, &why);
    if (e == ERR_NONE)
        e = command_no_more(argc - 1, argv + 1, &why);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    if (argc > 0)
        path = argv[0];
    struct buf text;
    buf_init(&text, FILE_MAX_BYTES);
    config_write_example(&text);
    e = write_new(path, buf_view(&text), &why);
    buf_release(&text);
    if (e != ERR_NONE)
        return command_failed(e, &why);
    printf("%s\n", path);
    fprintf(stderr,
            "Every option stands in it with its default. Change what you need, then:\n"
            "  anteroom check --config %s\n  anteroom serve --config %s\n",
            path, path);
    return 0;
}
