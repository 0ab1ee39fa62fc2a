/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/restore_place.h"

#include "replicate/restore.h"
#include "store/examine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { STATE_MAX = 2048, ROOM_MARGIN = 16 << 20 };

static const char op[] = "restore into the directory";

enum err restore_empty(const char *directory, struct why *why)
{
    static const char *const ours[] = {".",
                                       "..",
                                       "anteroom.db.part",
                                       "anteroom.db.part-wal",
                                       "anteroom.db.part-shm",
                                       "anteroom.db.restore",
                                       "anteroom.db.restore.new",
                                       "lock",
                                       "keys",
                                       "replica",
                                       "lost+found"};
    DIR *d = opendir(directory);
    if (!d)
        return errno == ENOENT ? ERR_NONE
                               : err_set(why, ERR_IO, op, "%s: %s", directory, err_errno(errno));
    enum err e = ERR_NONE;
    struct dirent *entry;
    while (!e && (entry = readdir(d))) {
        bool known = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            known = known || strcmp(entry->d_name, ours[i]) == 0;
        if (!known) {
            e = err_set(why, ERR_CONFLICT, op, "%s is not empty: there is %.100s", directory,
                        entry->d_name);
            err_hint(why, "Choose a directory that does not exist yet; nothing is overwritten.");
        }
    }
    closedir(d);
    return e;
}

static enum err open_part(struct restore_place *p, int flags, struct why *why)
{
    p->fd = open(p->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    return p->fd >= 0 ? ERR_NONE : err_set(why, ERR_IO, op, "%s: %s", p->part, err_errno(errno));
}

enum err restore_place_open(struct restore_place *p, const char *directory, struct str url,
                            struct why *why)
{
    *p = (struct restore_place){.directory = directory, .url = url, .fd = -1, .lock = -1};
    if (snprintf(p->database, sizeof p->database, "%s/anteroom.db", directory) >=
        RESTORE_PATH_MAX - 16)
        return err_set(why, ERR_USAGE, op, "%s: the path is too long", directory);
    snprintf(p->part, sizeof p->part, "%s/anteroom.db.part", directory);
    snprintf(p->state, sizeof p->state, "%s/anteroom.db.restore", directory);
    enum err e = restore_empty(directory, why);
    if (!e)
        e = examine_take(directory, &p->lock, why);
    if (!e)
        e = restore_empty(directory, why); /* now that nobody else may put something there */
    if (!e)
        e = open_part(p, 0, why);
    if (e)
        restore_place_close(p);
    return e;
}

void restore_place_close(struct restore_place *p)
{
    if (p->fd >= 0)
        close(p->fd);
    if (p->lock >= 0)
        close(p->lock);
    p->fd = p->lock = -1;
}

/* "key value\n" taken off *rest. */
static bool line(struct str *rest, const char *key, struct str *value)
{
    struct str text;
    if (!str_cut(rest, '\n', &text) || !str_starts(text, str_from(key)))
        return false;
    *value = str_trim(str_slice(text, strlen(key), text.len));
    return true;
}

static bool number(struct str *rest, const char *key, uint64_t most, uint64_t *out)
{
    struct str value;
    return line(rest, key, &value) && str_to_u64(value, out) && *out > 0 && *out <= most;
}

bool restore_state_read(struct str rest, struct str from, struct restore_state *out)
{
    struct str url;
    uint64_t page_size, pages;
    bool known =
        line(&rest, "from ", &url) && str_eq(url, from) &&
        number(&rest, "to ", UINT64_MAX, &out->to) && number(&rest, "txid ", out->to, &out->txid) &&
        number(&rest, "page_size ", 65536, &page_size) && page_size >= 512 &&
        (page_size & (page_size - 1)) == 0 && number(&rest, "pages ", UINT32_MAX - 1, &pages);
    if (known) {
        out->page_size = (uint32_t)page_size;
        out->pages = (uint32_t)pages;
    }
    return known;
}

bool restore_place_known(struct restore_place *p, struct restore_state *out)
{
    char text[STATE_MAX];
    int fd = open(p->state, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    return restore_state_read(str_of(text, n > 0 ? (size_t)n : 0), p->url, out);
}

enum err restore_place_keep(struct restore_place *p, const struct restore_state *state,
                            struct why *why)
{
    char text[STATE_MAX], fresh[RESTORE_PATH_MAX + 8];
    int n = snprintf(text, sizeof text, "from %.*s\nto %llu\ntxid %llu\npage_size %u\npages %u\n",
                     STR_ARG(p->url), (unsigned long long)state->to,
                     (unsigned long long)state->txid, state->page_size, state->pages);
    if (n >= (int)sizeof text)
        return ERR_NONE; /* so long a URL: then it cannot be resumed */
    snprintf(fresh, sizeof fresh, "%s.new", p->state);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, text, (size_t)n) == n && fdatasync(fd) == 0;
    int failed = done ? 0 : errno;
    if (fd >= 0)
        close(fd);
    if (done && rename(fresh, p->state) != 0)
        failed = errno;
    return failed ? err_set(why, ERR_IO, op, "%s: %s", fresh, err_errno(failed)) : ERR_NONE;
}

void restore_place_forget(struct restore_place *p)
{
    unlink(p->state);
}

enum err restore_place_clear(struct restore_place *p, struct why *why)
{
    unlink(p->state);
    examine_tidy(p->part);
    return ftruncate(p->fd, 0) == 0 ? ERR_NONE
                                    : err_set(why, ERR_IO, op, "%s: %s", p->part, err_errno(errno));
}

enum err restore_place_room(struct restore_place *p, uint64_t size, struct why *why)
{
    struct statvfs fs;
    struct stat st;
    if (fstatvfs(p->fd, &fs) != 0 || fstat(p->fd, &st) != 0)
        return err_set(why, ERR_IO, op, "%s: %s", p->directory, err_errno(errno));
    uint64_t there = (uint64_t)st.st_blocks * 512, free = (uint64_t)fs.f_bavail * fs.f_frsize;
    uint64_t more = size > there ? size - there + ROOM_MARGIN : 0;
    if (more <= free)
        return ERR_NONE;
    enum err e =
        err_set(why, ERR_IO, op, "%s: the database needs %llu MiB more, and %llu are free",
                p->directory, (unsigned long long)(more >> 20), (unsigned long long)(free >> 20));
    err_hint(why, "Free space there, or choose a larger disk.");
    return e;
}

void restore_place_leave(struct restore_place *p)
{
    struct restore_state state;
    if (restore_place_known(p, &state))
        return;
    unlink(p->part);
    examine_tidy(p->part);
}

enum err restore_place_finish(struct restore_place *p, bool durable, struct why *why)
{
    close(p->fd);
    p->fd = -1;
    if (rename(p->part, p->database) != 0)
        return err_set(why, ERR_IO, op, "%s: %s", p->database, err_errno(errno));
    unlink(p->state);
    return durable ? examine_sync(p->directory, why) : ERR_NONE;
}
