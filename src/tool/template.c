/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template ASSETS_INDEX TEXTS_INDEX OUT.c OUT.h PAGE.html...
 *
 * Compiles templates to C functions that write escaped HTML (the language and what is refused:
 * docs/how-to/add-a-page.md). The indexes are what build/tool/assets and build/tool/texts wrote.
 * Prints file:line:column: reason for each file that is refused, and then writes nothing.
 *
 * The parts are in template_*.c; here are only files and the command line.
 */
#include "tool/template.h"

#include <errno.h>

enum { FILE_MAX = 1 << 20, OUTPUT_MAX = 64 << 20 };

static bool read_file(struct arena *a, const char *path, struct str *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    char *bytes = arena_alloc(a, FILE_MAX);
    size_t n = fread(bytes, 1, FILE_MAX, f);
    bool ok = !ferror(f) && n < FILE_MAX;
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, ferror(f) ? "cannot be read" : "is over 1 MiB");
    fclose(f);
    *out = str_of(bytes, n);
    return ok;
}

/* Under another name first: a build that is interrupted leaves no half file. */
static bool write_file(const char *path, struct buf *b)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof temporary || !buf_ok(b))
        return false;
    FILE *f = fopen(temporary, "wb");
    bool ok = f && fwrite(b->ptr, 1, b->len, f) == b->len;
    if (f && fclose(f) != 0)
        ok = false;
    if (ok && rename(temporary, path) == 0)
        return true;
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return false;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Every template that can be read is checked, so that one run shows one error a file. */
static bool compile(struct arena *a, const struct template_assets *assets,
                    const struct template_texts *texts, char **paths, size_t n,
                    struct template *all)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        struct template *t = &all[i];
        struct str source;
        if (!read_file(a, paths[i], &source))
            return false;
        ok = template_parse(a, paths[i], source, t) && template_place(t, assets, texts) && ok;
    }
    ok = ok && template_link(all, n);
    for (size_t i = 0; i < n; i++)
        if (all[i].failed)
            fprintf(stderr, "%s:%u:%u: %s\n", all[i].file, all[i].error.line, all[i].error.column,
                    all[i].error.text);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: template ASSETS_INDEX TEXTS_INDEX OUT.c OUT.h PAGE.html...\n");
        return 2;
    }
    size_t n = (size_t)argc - 5;
    struct arena a = ARENA_INIT;
    struct template *all = arena_new_array(&a, struct template, n);
    struct template_assets assets;
    struct template_texts texts;
    struct str index;
    bool ok = read_file(&a, argv[1], &index);
    if (ok && !template_read_assets(&a, index, &assets)) {
        fprintf(stderr, "%s: not an index of assets\n", argv[1]);
        ok = false;
    }
    ok = ok && read_file(&a, argv[2], &index);
    if (ok && !template_read_texts(&a, index, &texts)) {
        fprintf(stderr, "%s: not an index of texts\n", argv[2]);
        ok = false;
    }
    ok = ok && compile(&a, &assets, &texts, argv + 5, n, all);
    if (ok) {
        struct buf source, header;
        buf_init(&source, OUTPUT_MAX);
        buf_init(&header, OUTPUT_MAX);
        template_write_source(all, n, argv[3], file_name(argv[4]), &source);
        template_write_header(all, n, argv[4], &header);
        ok = write_file(argv[3], &source) && write_file(argv[4], &header);
        buf_release(&source);
        buf_release(&header);
    }
    arena_release(&a);
    return ok ? 0 : 1;
}
