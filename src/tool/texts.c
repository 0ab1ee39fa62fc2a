/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts OUT_FOLDER REFERENCE.yaml OTHER.yaml…     makes texts.h, texts.c and texts.index there
 * texts --unused REFERENCE.yaml FILE…             names the texts that none of the files uses
 *
 * What is read, made and refused: texts.h. Here are only files and the command line.
 */
#include "tool/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { OUTPUT_MAX = 16 << 20 };

static bool write_file(const char *folder, const char *name, struct buf *b)
{
    char path[4096], temporary[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    int m = snprintf(temporary, sizeof temporary, "%s/%s.new", folder, name);
    bool ok = buf_ok(b) && n > 0 && m > 0 && (size_t)m < sizeof temporary;
    FILE *f = ok ? fopen(temporary, "wb") : NULL;
    ok = f && fwrite(b->ptr, 1, b->len, f) == b->len;
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok || rename(temporary, path) != 0) {
        fprintf(stderr, "%s/%s: %s\n", folder, name, strerror(errno));
        return false;
    }
    buf_release(b);
    buf_init(b, OUTPUT_MAX);
    return true;
}

static bool make(struct arena *a, const char *folder, char **files, size_t n)
{
    struct catalogue *all = arena_new_array(a, struct catalogue, n);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = texts_read(a, files[i], &all[i]) && ok;
    for (size_t i = 1; i < n && ok; i++)
        ok = texts_compare(&all[0], &all[i]) && ok;
    if (!ok)
        return false;
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    texts_write_source(all, n, &out);
    ok = write_file(folder, "texts.c", &out);
    texts_write_index(a, &all[0], &out);
    ok = ok && write_file(folder, "texts.index", &out);
    texts_write_header(a, all, n, &out);
    ok = ok && write_file(folder, "texts.h", &out);
    buf_release(&out);
    return ok;
}

int main(int argc, char **argv)
{
    struct arena a = ARENA_INIT;
    struct catalogue reference;
    bool ok;
    if (argc < 3) {
        fprintf(stderr, "usage: texts OUT_FOLDER REFERENCE.yaml OTHER.yaml…\n"
                        "       texts --unused REFERENCE.yaml FILE…\n");
        return 2;
    }
    if (strcmp(argv[1], "--unused") == 0)
        ok = texts_read(&a, argv[2], &reference) &&
             texts_unused(&a, &reference, argv + 3, (size_t)argc - 3);
    else
        ok = make(&a, argv[1], argv + 2, (size_t)argc - 2);
    arena_release(&a);
    return ok ? 0 : 1;
}
