/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/merge.h"

#include "base/must.h"
#include "replicate/ltx_compact.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char op[] = "merge files of the replica";

void merge_init(struct merge *m, const char *data, struct destination *destination)
{
    *m = (struct merge){.data = data, .destination = destination};
    stage_init(&m->stage);
}

void merge_release(struct merge *m)
{
    stage_release(&m->stage);
}

void merge_drop_copy(struct merge *m, const struct ltx_name *name)
{
    char path[STAGE_PATH_MAX];
    if (!stage_path(m->data, name, path, NULL))
        unlink(path);
}

/* ---- inputs --------------------------------------------------------------------------------- */

/* The copy here, when it is complete and what the replica has; else -1. */
static int open_copy(struct merge *m, const struct retention_file *file)
{
    char path[STAGE_PATH_MAX];
    unsigned char sum[8];
    struct stat st;
    if (stage_path(m->data, &file->name, path, NULL))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    /* The size of a list may be that of the encrypted file; the checksum at the end decides. */
    if (fstat(fd, &st) == 0 && (uint64_t)st.st_size <= file->size &&
        st.st_size > LTX_TRAILER_SIZE &&
        pread(fd, sum, sizeof sum, st.st_size - (off_t)sizeof sum) == (ssize_t)sizeof sum &&
        ltx_get_u64(sum) == file->filesum)
        return fd;
    close(fd);
    return -1;
}

static enum err take(void *context, const void *bytes, size_t n, struct why *why)
{
    struct ltx_sink *sink = context;
    return sink->write(sink->to, bytes, n, why);
}

static enum err fetch(struct merge *m, const struct retention_file *file, struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(&file->name, text);
    enum err e = stage_begin(&m->stage, m->data, &file->name, why);
    struct ltx_sink sink = stage_sink(&m->stage);
    if (!e)
        e = destination_get(m->destination, name, 0, file->size, take, &sink, why);
    if (!e)
        e = stage_end(&m->stage, why);
    stage_close(&m->stage);
    m->fetched += file->size;
    return e;
}

static enum err open_input(struct merge *m, struct retention_file *file, int *fd, struct why *why)
{
    enum err e = file->filesum ? ERR_NONE : shelf_look(file, m->destination, why);
    if (e)
        return e;
    *fd = open_copy(m, file);
    if (*fd >= 0)
        return ERR_NONE;
    e = fetch(m, file, why);
    if (e)
        return e;
    *fd = open_copy(m, file);
    if (*fd >= 0)
        return ERR_NONE;
    char text[LTX_NAME_SIZE];
    e = err_set(why, ERR_DATA, op, "%.*s is not what it was when it was put",
                STR_ARG(ltx_name_write(&file->name, text)));
    err_hint(why, "The destination changed or cut it. `anteroom restore --verify` tells what of "
                  "the replica is good.");
    return e;
}

static enum err read_fd(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    ssize_t now;
    do
        now = read(*(int *)from, out, n);
    while (now < 0 && errno == EINTR);
    if (now < 0)
        return err_set(why, ERR_IO, op, "%s", err_errno(errno));
    *got = (size_t)now;
    return ERR_NONE;
}

/* ---- the file ------------------------------------------------------------------------------- */

/* Somebody put it before: we did, before a crash, or the writer before us. Its range says what is
 * in it; its notes say how it is written. */
static enum err take_theirs(struct merge *m, struct str name, struct notes *notes, uint64_t *size,
                            struct why *why)
{
    struct arena a;
    struct destination_blob there;
    struct notes theirs = {0};
    arena_init(&a);
    enum err e = destination_look(m->destination, &a, name, &there, why);
    if (!e)
        e = notes_read(name, &there.notes, &theirs, why);
    if (!e) {
        *notes = theirs;
        *size = there.size;
    }
    arena_release(&a);
    return e;
}

static enum err put(struct merge *m, const struct ltx_name *result, struct notes *notes,
                    uint64_t *size, struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(result, text);
    struct arena a;
    arena_init(&a);
    struct destination_notes written = notes_write(&a, notes);
    enum err e =
        destination_put_file(m->destination, name, m->stage.fd, m->stage.size, &written, why);
    arena_release(&a);
    if (!e)
        m->put += m->stage.size;
    if (e == ERR_CONFLICT)
        e = take_theirs(m, name, notes, size, why);
    return e;
}

/* whole: the one input becomes a snapshot. */
static enum err write_result(struct merge *m, const struct ltx_source *sources, size_t n,
                             bool whole, const struct ltx_name *result, struct notes *notes,
                             uint64_t *size, struct why *why)
{
    struct ltx_trailer trailer = {0};
    enum err e = stage_begin(&m->stage, m->data, result, why);
    if (!e && whole)
        e = ltx_compact_whole(sources, stage_sink(&m->stage), &trailer, why);
    else if (!e)
        e = ltx_compact(sources, n, stage_sink(&m->stage), NULL, &trailer, why);
    if (!e)
        e = stage_end(&m->stage, why);
    if (!e) {
        notes->filesum = trailer.file;
        *size = m->stage.size;
        e = put(m, result, notes, size, why);
    }
    stage_close(&m->stage);
    return e;
}

enum err merge_run(struct merge *m, struct retention_file **files, size_t n,
                   const struct ltx_name *result, struct notes *notes, uint64_t *size,
                   struct why *why)
{
    int *fds = calloc(n, sizeof *fds);
    struct ltx_source *sources = calloc(n, sizeof *sources);
    must(fds && sources && n > 0);
    size_t opened = 0;
    enum err e = shelf_look(files[n - 1], m->destination, why);
    for (; !e && opened < n; opened += !e) {
        e = open_input(m, files[opened], &fds[opened], why);
        sources[opened] = (struct ltx_source){.read = read_fd, .from = &fds[opened]};
    }
    if (!e) {
        *notes = *files[n - 1]->notes;
        bool whole = n == 1 && result->min_txid < files[0]->name.min_txid;
        e = write_result(m, sources, n, whole, result, notes, size, why);
    }
    for (size_t i = 0; i < opened; i++)
        close(fds[i]);
    for (size_t i = 0; e == ERR_DATA && i < n; i++)
        merge_drop_copy(m, &files[i]->name);
    free(sources);
    free(fds);
    return e;
}

/* ---- tidying -------------------------------------------------------------------------------- */

/* Shipped files that are newer than any we know of, finished or not, are the shipper's. */
static bool is_needless(const struct shelf *shelf, uint64_t newest, unsigned level,
                        const char *file)
{
    char text[LTX_NAME_SIZE + sizeof ".part"];
    struct ltx_name name;
    int n = snprintf(text, sizeof text, "ltx/%u/%s", level, file);
    if (n <= 0 || n >= (int)sizeof text)
        return true;
    struct str whole = str_of(text, (size_t)n), part = STR(".part");
    bool unfinished = str_ends(whole, part);
    if (!ltx_name_read(str_slice(whole, 0, whole.len - (unfinished ? part.len : 0)), &name))
        return true;
    if (level == LTX_LEVEL_RAW && name.max_txid > newest)
        return false;
    return unfinished || !shelf_find(shelf, &name);
}

void merge_tidy(struct merge *m, const struct shelf *shelf)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < shelf->n; i++)
        if (shelf->files[i].name.max_txid > newest)
            newest = shelf->files[i].name.max_txid;
    for (unsigned level = 0; level <= LTX_LEVEL_SNAPSHOT; level++) {
        char path[STAGE_PATH_MAX];
        if (snprintf(path, sizeof path, "%s/replica/ltx/%u", m->data, level) >= (int)sizeof path)
            return;
        DIR *folder = opendir(path);
        for (struct dirent *d; folder && (d = readdir(folder));)
            if (d->d_name[0] != '.' && is_needless(shelf, newest, level, d->d_name))
                unlinkat(dirfd(folder), d->d_name, 0);
        if (folder)
            closedir(folder);
    }
}
