/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets DIR OUT_DIR
 *
 * Packs the files below DIR into OUT_DIR/assets.c (bytes, for web/asset.h), assets.h (a macro for
 * each URL) and assets.index (NAME URL, for the template compiler). Each file gets the hash of its
 * content into its name, so that browsers may keep it for ever. Brotli forms are made when there is
 * a `brotli` program.
 */
#include "tool/assets.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { FILES_MAX = 512, OUTPUT_MAX = 256 << 20 };

struct packer {
    struct arena arena;
    const char *dir;
    struct packed items[FILES_MAX];
    size_t n;
};

static bool walk(struct packer *p, struct str below);

static bool add(struct packer *p, struct str name)
{
    struct arena *a = &p->arena;
    struct str path = arena_fmt(a, "%s/%.*s", p->dir, STR_ARG(name));
    struct stat st;
    if (lstat(path.ptr, &st) != 0) {
        fprintf(stderr, "%s: %s\n", path.ptr, strerror(errno));
        return false;
    }
    if (!packed_name_ok(name)) {
        fprintf(stderr, "%s: a name here is made of a-z 0-9 . _ - and begins with no dot\n",
                path.ptr);
        return false;
    }
    if (S_ISDIR(st.st_mode))
        return walk(p, name);
    struct packed item = {.name = name, .type = packed_type(name)};
    if (!S_ISREG(st.st_mode) || !item.type.len) {
        fprintf(stderr, "%s: %s\n", path.ptr,
                S_ISREG(st.st_mode) ? "no content type is known for this extension"
                                    : "is not a plain file");
        return false;
    }
    if (p->n == FILES_MAX) {
        fprintf(stderr, "%s: more than %d files\n", p->dir, FILES_MAX);
        return false;
    }
    if (!packed_read(a, path.ptr, &item.plain))
        return false;
    p->items[p->n++] = item;
    return true;
}

/* below: a folder inside dir, empty for dir itself. */
static bool walk(struct packer *p, struct str below)
{
    struct str path = arena_fmt(&p->arena, "%s/%.*s", p->dir, STR_ARG(below));
    DIR *dir = opendir(path.ptr);
    if (!dir) {
        fprintf(stderr, "%s: %s\n", path.ptr, strerror(errno));
        return false;
    }
    bool ok = true;
    struct dirent *entry;
    while (ok && (entry = readdir(dir))) {
        struct str name = str_from(entry->d_name);
        if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
            continue;
        if (below.len)
            ok = add(p, arena_fmt(&p->arena, "%.*s/%.*s", STR_ARG(below), STR_ARG(name)));
        else
            ok = add(p, arena_str(&p->arena, name));
    }
    closedir(dir);
    return ok;
}

/* Style sheets last: their content, and so their hash, holds the others' names. */
static bool hash_all(struct packer *p)
{
    struct packed_list list = {p->items, p->n};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < p->n; i++) {
            struct packed *item = &p->items[i];
            bool is_css = str_ends(item->name, STR(".css"));
            if (is_css != (pass == 1))
                continue;
            if (is_css && !packed_rewrite_css(&p->arena, &list, item))
                return false;
            /* Not before every style sheet is rewritten: one does not load another. */
            if (!is_css && !packed_hash(&p->arena, item))
                return false;
        }
    }
    for (size_t i = 0; i < p->n; i++)
        if (!p->items[i].hashed.len && !packed_hash(&p->arena, &p->items[i]))
            return false;
    return true;
}

static bool compress_all(struct packer *p, const char *scratch)
{
    bool brotli = true;
    for (size_t i = 0; i < p->n; i++) {
        if (!packed_gzip(&p->arena, &p->items[i]))
            return false;
        if (brotli && !packed_brotli(&p->arena, scratch, &p->items[i], &brotli))
            return false;
    }
    if (!brotli)
        fprintf(stderr, "assets: no brotli program here: gzip only\n");
    return true;
}

static int by_hashed(const void *a, const void *b)
{
    const struct packed *x = a, *y = b;
    return str_cmp(x->hashed, y->hashed);
}

/* Under another name first: a build that is interrupted leaves no half file. */
static bool write_one(struct packer *p, const char *out_dir, const char *name,
                      void (*write)(const struct packed_list *, struct buf *))
{
    struct packed_list list = {p->items, p->n};
    struct str path = arena_fmt(&p->arena, "%s/%s", out_dir, name);
    struct str temporary = arena_fmt(&p->arena, "%s.new", path.ptr);
    struct buf b;
    buf_init(&b, OUTPUT_MAX);
    write(&list, &b);
    FILE *f = fopen(temporary.ptr, "wb");
    bool ok = f && buf_ok(&b) && fwrite(b.ptr, 1, b.len, f) == b.len;
    if (f && fclose(f) != 0)
        ok = false;
    ok = ok && rename(temporary.ptr, path.ptr) == 0;
    if (!ok)
        fprintf(stderr, "%s: %s\n", path.ptr, strerror(errno));
    buf_release(&b);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: assets DIR OUT_DIR\n");
        return 2;
    }
    static struct packer p;
    p.arena = ARENA_INIT;
    p.dir = argv[1];
    bool ok = walk(&p, STR_EMPTY);
    if (ok && p.n == 0) {
        fprintf(stderr, "%s: no files\n", p.dir);
        ok = false;
    }
    ok = ok && hash_all(&p) && compress_all(&p, argv[2]);
    if (ok)
        qsort(p.items, p.n, sizeof p.items[0], by_hashed);
    ok = ok && write_one(&p, argv[2], "assets.c", packed_write_source) &&
         write_one(&p, argv[2], "assets.h", packed_write_header) &&
         write_one(&p, argv[2], "assets.index", packed_write_index);
    arena_release(&p.arena);
    return ok ? 0 : 1;
}
