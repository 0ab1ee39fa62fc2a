/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret_file.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum err secret_file_read(struct arena *a, struct str path, const char *what, struct str *out,
                          struct why *why)
{
    char file[PATH_MAX], text[SECRET_FILE_MAX + 1];
    *out = STR_EMPTY;
    if (path.len == 0)
        return ERR_NONE;
    snprintf(file, sizeof file, "%.*s", STR_ARG(path));
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    ssize_t n = fd < 0 || fstat(fd, &st) != 0 ? -1 : read(fd, text, sizeof text);
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return err_set(why, ERR_CONFIG, what, "%s: %s", file, err_errno(number));
    if (n > SECRET_FILE_MAX)
        return err_set(why, ERR_CONFIG, what, "%s: it is too long for a secret", file);
    *out = str_trim(arena_str(a, str_of(text, (size_t)n)));
    if (out->len == 0)
        return err_set(why, ERR_CONFIG, what, "%s: it is empty", file);
    if (st.st_mode & 0007)
        log_event(LOG_WARN, "secret readable by everybody", LOG_TEXT("file", file),
                  LOG_TEXT("remedy", "chmod 0600 it"));
    return ERR_NONE;
}
