/* SPDX-License-Identifier: Apache-2.0 */
#include "store/health.h"

#include "base/clock.h"
#include "store/audit_walk.h"
#include "store/directory.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { AUDIT_EVENTS = 256, PROBE_SIZE = 16 * 1024 };

enum err health_directory(const char *directory, struct why *why)
{
    if (access(directory, F_OK) != 0 && errno == ENOENT)
        return err_set(why, ERR_MISSING, "look at the data directory", "there is no %s yet",
                       directory);
    return directory_prepare(directory, why); /* makes nothing where something is */
}

enum err health_served(const char *directory, long *pid, struct why *why)
{
    char path[CONNECTION_PATH_MAX + 8], text[24] = "";
    *pid = 0;
    snprintf(path, sizeof path, "%s/lock", directory);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT
                   ? ERR_NONE
                   : err_set(why, ERR_IO, "look at the lock", "%s: %s", path, err_errno(errno));
    /* Shared, and given back at once: it is refused only while a server holds its own. */
    if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
        uint64_t number = 0;
        ssize_t n = pread(fd, text, sizeof text - 1, 0);
        bool said = str_to_u64(str_trim(str_of(text, n > 0 ? (size_t)n : 0)), &number);
        *pid = said && number > 0 && number < INT32_MAX ? (long)number : -1;
    }
    close(fd);
    return ERR_NONE;
}

enum err health_disk(const char *directory, struct health_disk *out, struct why *why)
{
    struct statvfs fs;
    if (statvfs(directory, &fs) != 0)
        return err_set(why, ERR_IO, "look at the disk", "%s: %s", directory, err_errno(errno));
    *out = (struct health_disk){
        .free = (uint64_t)fs.f_bavail * fs.f_frsize,
        .size = (uint64_t)fs.f_blocks * fs.f_frsize,
        .files_free = fs.f_files ? (uint64_t)fs.f_favail : UINT64_MAX,
    };
    return ERR_NONE;
}

/* 0, or the errno of what failed. */
static int write_and_read(int fd)
{
    char out[PROBE_SIZE], in[PROBE_SIZE];
    memset(out, 0xa5, sizeof out);
    if (pwrite(fd, out, sizeof out, 0) != (ssize_t)sizeof out)
        return errno ? errno : ENOSPC;
    if (fsync(fd) != 0)
        return errno;
    if (pread(fd, in, sizeof in, 0) != (ssize_t)sizeof in || memcmp(in, out, sizeof in) != 0)
        return EIO;
    return 0;
}

enum err health_write(const char *directory, int64_t *us, struct why *why)
{
    static const char op[] = "write to the disk";
    char path[CONNECTION_PATH_MAX + 40];
    snprintf(path, sizeof path, "%s/.doctor-%ld", directory, (long)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        enum err e = err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
        err_hint(why, "Make the directory writable for this user, and see that the disk has room.");
        return e;
    }
    int64_t start = clock_monotonic_us();
    errno = 0;
    int failed = write_and_read(fd);
    *us = clock_monotonic_us() - start;
    close(fd);
    unlink(path);
    if (!failed)
        return ERR_NONE;
    enum err e = err_set(why, ERR_IO, op, "%s: %s", path, err_errno(failed));
    err_hint(why, "Free space there, or look at the disk and the kernel's log (dmesg).");
    return e;
}

static enum err look(struct connection *c, int64_t budget_ms, struct health_database *out,
                     struct why *why)
{
    struct schema_state state;
    struct audit_head head = {0};
    enum err e = schema_look(c, SQL_SCHEMA_VERSION, &state, why);
    if (e)
        return e;
    out->schema = state.version;
    e = schema_check(c, budget_ms, &out->finished, why);
    if (e || state.version == 0)
        return e;
    e = audit_check_tail(c, AUDIT_EVENTS, why);
    if (!e)
        e = audit_read_head(c, &head, why);
    out->audit_seq = head.seq;
    if (e || head.seq == 0)
        return e;
    sqlite3_stmt *s = connection_query(c, SQL_AUDIT_TAIL);
    if (!s)
        return connection_error(c, "read the newest audit event", why);
    sqlite3_bind_int(s, P_AUDIT_TAIL_N, 1);
    if (sqlite3_step(s) == SQLITE_ROW)
        out->audit_ms = sqlite3_column_int64(s, C_AUDIT_TAIL_AT_MS);
    else
        e = connection_error(c, "read the newest audit event", why);
    sqlite3_reset(s);
    return e;
}

enum err health_database(const char *directory, int64_t budget_ms, struct health_database *out,
                         struct why *why)
{
    char path[CONNECTION_PATH_MAX + 16];
    struct connection c;
    *out = (struct health_database){0};
    snprintf(path, sizeof path, "%s/anteroom.db", directory);
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(why, ERR_MISSING, "look at the database", "there is no %s yet", path);
    enum err e = connection_open(&c, path, CONNECTION_READ, why);
    if (e)
        return e;
    e = look(&c, budget_ms, out, why);
    connection_close(&c);
    return e;
}
