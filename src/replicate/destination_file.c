/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place in a directory: another disk, or a share. Each blob is a file of its name, and its notes
 * are ".NAME.notes" beside it, lines of "key value"; what begins with a dot is not in a list, and
 * stock tools pass over it. A file gets the time of its note litestreamtimestamp, which is what
 * they restore by.
 *
 * A put writes ".put", with fsync, and renames it to a name that must be free (renameat2
 * RENAME_NOREPLACE, else link): exactly one of many writers succeeds. Puts and leases take turns by
 * a lock on ".lock", so the notes are those of the file, and ".put" is one writer's at a time.
 */
#include "replicate/destination_file.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK = 128 * 1024,
    NOTES_TEXT_MAX = 8 * 1024,
    LEASE_TEXT_MAX = 128,
    LEASE_MAX_MS = 60 * 1000
};

/* ---- words and paths
 * -----------------------------------------------------------------------------
 */

enum err file_failed(struct str name, int number, struct why *why)
{
    enum err kind = number == ENOENT ? ERR_MISSING : ERR_IO;
    enum err e = err_set(why, kind, "use the replica's directory", "%.*s: %s", STR_ARG(name),
                         err_errno(number));
    if (number == ENOSPC || number == EDQUOT)
        err_hint(why, "Make room there; it is tried again until then.");
    else if (number == EACCES || number == EPERM || number == EROFS)
        err_hint(why, "The user that runs the server must be able to write there.");
    return e;
}

static void path_of(struct str name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.*s", STR_ARG(name));
}

/* "a/b/c" as "a/b/" and "c". */
static struct str folder_of(struct str name)
{
    size_t len = name.len;
    while (len > 0 && name.ptr[len - 1] != '/')
        len--;
    return str_slice(name, 0, len);
}

static void hidden_path(struct str name, const char *end, char out[PATH_MAX])
{
    struct str folder = folder_of(name);
    snprintf(out, PATH_MAX, "%.*s.%.*s.%s", STR_ARG(folder),
             STR_ARG(str_slice(name, folder.len, name.len)), end);
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR)
            return errno;
        size_t moved = done > 0 ? (size_t)done : 0;
        p += moved;
        n -= moved;
    }
    return 0;
}

static int write_read(int to, const struct destination_body *b)
{
    char *chunk = malloc(CHUNK);
    must(chunk);
    int error = 0;
    for (uint64_t at = 0; !error && at < b->size;) {
        size_t n = b->size - at < CHUNK ? (size_t)(b->size - at) : CHUNK;
        error = b->read(b->context, at, chunk, n, NULL) ? EIO : write_all(to, chunk, n);
        at += n;
    }
    free(chunk);
    return error;
}

static int write_body(int fd, const struct destination_body *b)
{
    int error = b->read ? write_read(fd, b) : 0;
    for (size_t i = 0; !error && i < b->n; i++)
        error = write_all(fd, b->parts[i].ptr, b->parts[i].len);
    return error;
}

/* Its note's time, when it has one. "2026-11-21T09:30:00.125000000Z" */
static void set_time(int fd, const struct destination_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++) {
        char text[64];
        struct tm tm = {0};
        if (!str_eq(notes->items[i].key, STR("litestreamtimestamp")))
            continue;
        snprintf(text, sizeof text, "%.*s", STR_ARG(notes->items[i].value));
        const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = rest ? timegm(&tm) : 0}};
        long unit = 100000000;
        for (const char *p = rest && *rest == '.' ? rest + 1 : ""; unit && *p >= '0' && *p <= '9';
             p++, unit /= 10)
            times[1].tv_nsec += (*p - '0') * unit;
        if (rest)
            futimens(fd, times);
    }
}

static int rename_new(int root, const char *from, const char *to)
{
    if (renameat2(root, from, root, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS) /* not every file system knows it */
        return errno;
    if (linkat(root, from, root, to, 0) != 0)
        return errno;
    unlinkat(root, from, 0);
    return 0;
}

static int sync_folder(int root, struct str folder)
{
    char path[PATH_MAX];
    path_of(folder.len ? folder : STR("."), path);
    int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return error;
}

/* Every folder on the way, each kept by an fsync of the one above. */
static int make_folders(int root, struct str folder)
{
    for (size_t i = 0; i < folder.len; i++) {
        char path[PATH_MAX];
        if (folder.ptr[i] != '/')
            continue;
        path_of(str_slice(folder, 0, i), path);
        if (mkdirat(root, path, 0700) == 0) {
            int error = sync_folder(root, folder_of(str_slice(folder, 0, i)));
            if (error)
                return error;
        } else if (errno != EEXIST) {
            return errno;
        }
    }
    return 0;
}

/* Whole on disk under the name of a draft. */
static int write_draft(int root, const char *draft, const struct destination_body *body,
                       const struct destination_notes *notes)
{
    int fd = openat(root, draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno;
    int error = write_body(fd, body);
    if (!error)
        set_time(fd, notes);
    if (!error && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    return error;
}

static int put_notes(int root, struct str name, const char *draft,
                     const struct destination_notes *notes)
{
    static const struct destination_notes none = {.n = 0};
    char path[PATH_MAX];
    hidden_path(name, "notes", path);
    if (notes->n == 0)
        return unlinkat(root, path, 0) != 0 && errno != ENOENT ? errno : 0;
    struct buf text;
    buf_init(&text, NOTES_TEXT_MAX);
    for (size_t i = 0; i < notes->n; i++)
        buf_fmt(&text, "%.*s %.*s\n", STR_ARG(notes->items[i].key), STR_ARG(notes->items[i].value));
    struct str content = buf_view(&text);
    int error =
        write_draft(root, draft, &(struct destination_body){.parts = &content, .n = 1}, &none);
    if (!error && renameat(root, draft, root, path) != 0)
        error = errno;
    buf_release(&text);
    return error;
}

static int put_locked(int root, struct str name, const struct destination_body *body,
                      const struct destination_notes *notes, bool replace)
{
    char path[PATH_MAX], draft[PATH_MAX];
    struct str folder = folder_of(name);
    path_of(name, path);
    snprintf(draft, sizeof draft, "%.*s.put", STR_ARG(folder));
    int error = make_folders(root, folder);
    if (!error && !replace && faccessat(root, path, F_OK, 0) == 0)
        return EEXIST;
    if (!error)
        error = put_notes(root, name, draft, notes);
    if (!error)
        error = write_draft(root, draft, body, notes);
    if (!error && replace)
        error = renameat(root, draft, root, path) == 0 ? 0 : errno;
    else if (!error)
        error = rename_new(root, draft, path);
    if (error)
        unlinkat(root, draft, 0);
    return error ? error : sync_folder(root, folder);
}

static int lock(const struct file_place *p)
{
    while (flock(p->lock, LOCK_EX) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

static enum err put(struct destination *d, struct str name, const struct destination_body *body,
                    const struct destination_notes *notes, bool replace, struct why *why)
{
    struct file_place *p = (struct file_place *)d;
    int error = lock(p);
    if (!error)
        error = put_locked(p->root, name, body, notes, replace);
    flock(p->lock, LOCK_UN);
    if (error == EEXIST)
        return err_set(why, ERR_CONFLICT, "put a file into the replica", "%.*s is there already",
                       STR_ARG(name));
    return error ? file_failed(name, error, why) : ERR_NONE;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

/* A small file's text; 0 or the errno. */
static int read_text(int root, const char *path, char *out, size_t size, struct str *text)
{
    int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno;
    ssize_t n = pread(fd, out, size, 0);
    int error = n < 0 ? errno : 0;
    close(fd);
    *text = str_of(out, n > 0 ? (size_t)n : 0);
    return error;
}

static void read_notes(const struct file_place *p, struct arena *a, struct str name,
                       struct destination_notes *out)
{
    char path[PATH_MAX], bytes[NOTES_TEXT_MAX];
    struct str text, line, key;
    hidden_path(name, "notes", path);
    if (read_text(p->root, path, bytes, sizeof bytes, &text) != 0)
        return;
    while (out->n < DESTINATION_NOTES_MAX && str_cut(&text, '\n', &line))
        if (str_cut(&line, ' ', &key) && line.ptr)
            out->items[out->n++] = (struct destination_note){arena_str(a, key), arena_str(a, line)};
}

int file_stat(const struct file_place *p, struct destination_blob *b)
{
    char path[PATH_MAX];
    struct stat st;
    path_of(b->name, path);
    if (fstatat(p->root, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return ENOENT;
    b->size = (uint64_t)st.st_size;
    b->changed_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    return 0;
}

static enum err look(struct destination *d, struct arena *a, struct str name,
                     struct destination_blob *out, struct why *why)
{
    const struct file_place *p = (struct file_place *)d;
    int error = file_stat(p, out);
    if (error)
        return file_failed(name, error, why);
    read_notes(p, a, name, &out->notes);
    return ERR_NONE;
}

static enum err get(struct destination *d, struct str name, uint64_t from, uint64_t n,
                    enum err (*take)(void *context, const void *bytes, size_t n, struct why *why),
                    void *context, struct why *why)
{
    const struct file_place *p = (struct file_place *)d;
    char path[PATH_MAX];
    path_of(name, path);
    int fd = openat(p->root, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return file_failed(name, errno, why);
    char *chunk = malloc(CHUNK);
    must(chunk);
    enum err e = ERR_NONE;
    ssize_t got = 1;
    for (uint64_t done = 0; e == ERR_NONE && got > 0 && done < n; done += (uint64_t)got) {
        if (destination_stopped(&p->base)) {
            e = err_set(why, ERR_NETWORK, "read the replica", "it was stopped");
            break;
        }
        got = pread(fd, chunk, n - done < CHUNK ? (size_t)(n - done) : CHUNK, (off_t)(from + done));
        if (got > 0)
            e = take(context, chunk, (size_t)got, why);
    }
    if (got < 0)
        e = file_failed(name, errno, why);
    free(chunk);
    close(fd);
    return e;
}

/* ---- the rest
 * ------------------------------------------------------------------------------------
 */

static enum err delete (struct destination *d, const struct str *names, size_t n, struct why *why) {
    const struct file_place *p = (struct file_place *)d; for (size_t i = 0; i < n; i++){
        char path[PATH_MAX]; path_of(names[i], path);
        if (unlinkat(p->root, path, 0) != 0 && errno != ENOENT) return file_failed(names[i], errno,
                                                                                   why);
        hidden_path(names[i], "notes", path); unlinkat(p->root, path, 0);}
return ERR_NONE;
}

/* "holder until" of the lease: free when its time is over, or further away than any lease goes:
 * then the clock was set back. */
static bool lease_is_free(const struct file_place *p, struct str name, struct str holder)
{
    char path[PATH_MAX], bytes[LEASE_TEXT_MAX];
    struct str text, owner;
    uint64_t until;
    const int64_t now_ms = clock_wall_ms();
    path_of(name, path);
    return read_text(p->root, path, bytes, sizeof bytes, &text) != 0 ||
           !str_cut(&text, ' ', &owner) || str_eq(owner, holder) ||
           !str_to_u64(str_trim(text), &until) || (int64_t)until <= now_ms ||
           (int64_t)until > now_ms + LEASE_MAX_MS;
}

static enum err set_lease(struct destination *d, struct str name, struct str holder, int64_t until,
                          struct why *why)
{
    static const struct destination_notes none = {.n = 0};
    const struct file_place *p = (struct file_place *)d;
    char text[LEASE_TEXT_MAX];
    snprintf(text, sizeof text, "%.*s %lld\n", STR_ARG(holder), (long long)until);
    struct str content = str_from(text);
    int error = lock(p);
    bool ours = !error && lease_is_free(p, name, holder);
    if (ours)
        error = put_locked(p->root, name, &(struct destination_body){.parts = &content, .n = 1},
                           &none, true);
    flock(p->lock, LOCK_UN);
    if (error)
        return file_failed(name, error, why);
    return ours ? ERR_NONE
                : err_set(why, ERR_CONFLICT, "take the lease of the replica",
                          "another process holds it");
}

static enum err lease(struct destination *d, struct str name, struct str holder, int seconds,
                      struct why *why)
{
    return set_lease(d, name, holder, clock_wall_ms() + (int64_t)seconds * 1000, why);
}

static enum err lease_end(struct destination *d, struct str name, struct str holder,
                          struct why *why)
{
    return set_lease(d, name, holder, 0, why);
}

static void needs(const struct destination *d, struct destination_needs *out)
{
    out->write = ((const struct file_place *)d)->path;
}

static void release(struct destination *d)
{
    struct file_place *p = (struct file_place *)d;
    if (p->root >= 0)
        close(p->root);
    if (p->lock >= 0)
        close(p->lock);
    free(p);
}

enum err destination_file_open(struct str directory, struct destination **out, struct why *why)
{
    static const struct destination_kind kind = {.put = put,
                                                 .look = look,
                                                 .get = get,
                                                 .list = file_list,
                                                 .delete = delete,
                                                 .lease = lease,
                                                 .lease_end = lease_end,
                                                 .needs = needs,
                                                 .free = release};
    char path[PATH_MAX];
    if (directory.len >= sizeof path)
        return file_failed(directory, ENAMETOOLONG, why);
    path_of(directory, path);
    struct file_place *p = calloc(1, sizeof *p);
    must(p);
    p->base.kind = &kind;
    p->lock = -1;
    p->path = arena_str(&p->base.arena, directory).ptr;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        p->root = -1;
    else
        p->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->root >= 0)
        p->lock = openat(p->root, ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->lock < 0) {
        int error = errno;
        arena_release(&p->base.arena);
        release(&p->base);
        file_failed(directory, error, why);
        if (error == ENOENT)
            err_hint(why, "Make the directory above it, or is a disk not mounted?");
        return ERR_IO;
    }
    *out = &p->base;
    return ERR_NONE;
}
