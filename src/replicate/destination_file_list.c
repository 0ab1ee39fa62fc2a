/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in a place that is a directory, in the order of the names. */
#include "base/must.h"
#include "replicate/destination_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that are wanted, and folders still to look into. */
struct names {
    struct str *items;
    size_t n, cap;
};

struct walk {
    int root;
    struct arena *arena;
    struct str prefix, after;
    struct names found, folders;
};

static void add(struct names *to, struct str name)
{
    if (to->n == to->cap) {
        to->cap = to->cap ? to->cap * 2 : 64;
        to->items = realloc(to->items, to->cap * sizeof *to->items);
        must(to->items);
    }
    to->items[to->n++] = name;
}

/* Could a name in this folder ("a/b/") begin with the prefix and come after? */
static bool worth_looking(const struct walk *w, struct str folder)
{
    size_t common = folder.len < w->prefix.len ? folder.len : w->prefix.len;
    if (!str_eq(str_slice(folder, 0, common), str_slice(w->prefix, 0, common)))
        return false;
    struct str same = str_slice(w->after, 0, folder.len);
    return str_cmp(folder, same) >= 0;
}

static bool is_folder(int fd, const struct dirent *e)
{
    struct stat st;
    if (e->d_type != DT_UNKNOWN)
        return e->d_type == DT_DIR;
    return fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int look_into(struct walk *w, struct str folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "./%.*s", STR_ARG(folder));
    int fd = openat(w->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int error = errno;
        close(fd);
        return error;
    }
    const struct dirent *e;
    while (errno = 0, (e = readdir(dir))) {
        char name[PATH_MAX];
        snprintf(name, sizeof name, "%.*s%s", STR_ARG(folder), e->d_name);
        struct str view = str_from(name);
        if (!destination_name_valid(view))
            continue;
        if (is_folder(fd, e)) {
            struct str inner = arena_fmt(w->arena, "%s/", name);
            if (worth_looking(w, inner))
                add(&w->folders, inner);
        } else if (str_starts(view, w->prefix) && str_cmp(view, w->after) > 0) {
            add(&w->found, arena_str(w->arena, view));
        }
    }
    int error = errno;
    closedir(dir);
    return error;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

enum err file_list(struct destination *d, struct arena *a, struct str prefix, struct str after,
                   struct destination_blob **out, size_t *n, struct why *why)
{
    const struct file_place *p = (struct file_place *)d;
    struct arena scratch = ARENA_INIT;
    struct walk w = {.root = p->root, .arena = &scratch, .prefix = prefix, .after = after};
    int error = look_into(&w, STR(""));
    while (!error && w.folders.n > 0)
        error = look_into(&w, w.folders.items[--w.folders.n]);
    if (!error && w.found.n)
        qsort(w.found.items, w.found.n, sizeof *w.found.items, by_name);
    for (size_t i = 0; !error && i < w.found.n && *n < DESTINATION_LIST_MAX; i++) {
        struct destination_blob b = {.name = w.found.items[i]};
        int gone = file_stat(p, &b);
        b.name = arena_str(a, b.name);
        if (gone == 0)
            (*out)[(*n)++] = b;
        else if (gone != ENOENT)
            error = gone;
    }
    free(w.found.items);
    free(w.folders.items);
    arena_release(&scratch);
    return error ? file_failed(prefix, error, why) : ERR_NONE;
}
