/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/stage.h"

#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AHEAD = 256 * 1024 };

static const char op[] = "stage a file of the replica";

void stage_init(struct stage *s)
{
    *s = (struct stage){.fd = -1, .ahead = malloc(AHEAD)};
    must(s->ahead != NULL);
}

void stage_close(struct stage *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

void stage_release(struct stage *s)
{
    if (s->fd >= 0 && s->part[0])
        unlink(s->part);
    stage_close(s);
    free(s->ahead);
    s->ahead = NULL;
}

enum err stage_path(const char *data, const struct ltx_name *name, char out[STAGE_PATH_MAX],
                    struct why *why)
{
    char text[LTX_NAME_SIZE];
    ltx_name_write(name, text);
    if (snprintf(out, STAGE_PATH_MAX, "%s/replica/%s", data, text) >= STAGE_PATH_MAX)
        return err_set(why, ERR_IO, op, "%s: the path is too long", data);
    return ERR_NONE;
}

/* Makes <data>/replica and what is below, as far as it is missing. */
static enum err make_folders(const char *data, char *path, struct why *why)
{
    for (char *slash = path + strlen(data); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int rc = mkdir(path, 0700);
        int number = errno;
        *slash = '/';
        if (rc != 0 && number != EEXIST)
            return err_set(why, ERR_IO, op, "%s: %s", path, err_errno(number));
    }
    return ERR_NONE;
}

enum err stage_begin(struct stage *s, const char *data, const struct ltx_name *name,
                     struct why *why)
{
    stage_close(s);
    s->ahead_n = 0;
    s->size = 0;
    enum err e = stage_path(data, name, s->path, why);
    if (!e && snprintf(s->part, sizeof s->part, "%s.part", s->path) >= (int)sizeof s->part)
        e = err_set(why, ERR_IO, op, "%s: the path is too long", data);
    if (e)
        return e;
    s->fd = open(s->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (s->fd < 0 && errno == ENOENT) {
        e = make_folders(data, s->part, why);
        if (e)
            return e;
        s->fd = open(s->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
    if (s->fd < 0)
        return err_set(why, ERR_IO, op, "%s: %s", s->part, err_errno(errno));
    return ERR_NONE;
}

static enum err flush(struct stage *s, struct why *why)
{
    for (size_t done = 0; done < s->ahead_n;) {
        ssize_t n = write(s->fd, s->ahead + done, s->ahead_n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_set(why, ERR_IO, op, "%s: %s", s->part, err_errno(errno));
        done += (size_t)n;
    }
    s->ahead_n = 0;
    return ERR_NONE;
}

static enum err take(void *to, const void *bytes, size_t n, struct why *why)
{
    struct stage *s = to;
    const unsigned char *from = bytes;
    s->size += n;
    while (n) {
        size_t now = AHEAD - s->ahead_n < n ? AHEAD - s->ahead_n : n;
        memcpy(s->ahead + s->ahead_n, from, now);
        s->ahead_n += now;
        from += now;
        n -= now;
        if (s->ahead_n == AHEAD) {
            enum err e = flush(s, why);
            if (e)
                return e;
        }
    }
    return ERR_NONE;
}

struct ltx_sink stage_sink(struct stage *s)
{
    return (struct ltx_sink){.write = take, .to = s};
}

enum err stage_end(struct stage *s, struct why *why)
{
    enum err e = flush(s, why);
    if (!e && rename(s->part, s->path) != 0)
        e = err_set(why, ERR_IO, op, "%s: %s", s->path, err_errno(errno));
    if (!e)
        s->part[0] = '\0';
    return e;
}
