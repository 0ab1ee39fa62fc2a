/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/shelf.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void shelf_release(struct shelf *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->files[i].notes);
    free(s->files);
    *s = (struct shelf){0};
}

/* The place of the first file that is not before it. */
static size_t place_of(const struct shelf *s, const struct ltx_name *name)
{
    size_t from = 0, to = s->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (retention_order(&s->files[middle].name, name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct retention_file *shelf_find(const struct shelf *s, const struct ltx_name *name)
{
    size_t i = place_of(s, name);
    return i < s->n && retention_order(&s->files[i].name, name) == 0 ? &s->files[i] : NULL;
}

static void set_notes(struct retention_file *file, const struct notes *notes)
{
    if (!file->notes)
        file->notes = malloc(sizeof *notes);
    must(file->notes != NULL);
    *file->notes = *notes;
    file->at_ms = notes->at_ms;
    file->filesum = notes->filesum;
}

void shelf_add(struct shelf *s, const struct ltx_name *name, uint64_t size, int64_t put_ms,
               const struct notes *notes)
{
    size_t i = place_of(s, name);
    if (i == s->n || retention_order(&s->files[i].name, name) != 0) {
        if (s->n == s->room) {
            s->room = s->room ? s->room * 2 : 256;
            s->files = realloc(s->files, s->room * sizeof *s->files);
            must(s->files != NULL);
        }
        memmove(&s->files[i + 1], &s->files[i], (s->n++ - i) * sizeof *s->files);
        s->files[i] = (struct retention_file){.name = *name, .at_ms = put_ms};
    }
    s->files[i].size = size;
    s->files[i].put_ms = put_ms;
    if (notes)
        set_notes(&s->files[i], notes);
}

void shelf_drop(struct shelf *s, const struct ltx_name *name)
{
    struct retention_file *file = shelf_find(s, name);
    if (!file)
        return;
    free(file->notes);
    memmove(file, file + 1, (size_t)(s->files + --s->n - file) * sizeof *file);
}

void shelf_forget_notes(struct shelf *s, const struct ltx_name *name)
{
    struct retention_file *file = shelf_find(s, name);
    if (!file)
        return;
    free(file->notes);
    file->notes = NULL;
}

enum err shelf_look(struct retention_file *file, struct destination *d, struct why *why)
{
    if (file->notes)
        return ERR_NONE;
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(&file->name, text);
    struct arena a;
    struct destination_blob blob;
    struct notes notes;
    arena_init(&a);
    enum err e = destination_look(d, &a, name, &blob, why);
    if (!e)
        e = notes_read(name, &blob.notes, &notes, why);
    if (!e)
        set_notes(file, &notes);
    arena_release(&a);
    return e;
}

static enum err list_level(struct shelf *s, struct destination *d, unsigned level, struct why *why)
{
    char prefix[16], after[LTX_NAME_SIZE] = "";
    int length = snprintf(prefix, sizeof prefix, "ltx/%u/", level);
    enum err e = ERR_NONE;
    for (bool more = true; !e && more;) {
        struct arena a;
        struct destination_blob *blobs;
        size_t n = 0;
        arena_init(&a);
        e = destination_list(d, &a, str_of(prefix, (size_t)length), str_from(after), &blobs, &n,
                             why);
        more = n == DESTINATION_LIST_MAX;
        for (size_t i = 0; !e && i < n; i++) {
            struct ltx_name name;
            if (more && i == n - 1)
                snprintf(after, sizeof after, "%.*s", STR_ARG(blobs[i].name));
            if (ltx_name_read(blobs[i].name, &name) && name.level == level)
                shelf_add(s, &name, blobs[i].size, blobs[i].changed_ms, NULL);
        }
        arena_release(&a);
    }
    return e;
}

/* What ends behind everything above its level is merged next. From the top down, so that the end
 * of what lies above is known; snapshots count for the oldest only. */
static enum err look_at_open_ones(struct shelf *s, struct destination *d, struct why *why)
{
    enum err e = ERR_NONE;
    uint64_t above = 0, end = 0;
    unsigned level = LTX_LEVEL_SNAPSHOT;
    for (size_t i = 0; i < s->n && !above; i++)
        if (s->files[i].name.level == LTX_LEVEL_SNAPSHOT)
            above = end = s->files[i].name.max_txid;
    for (size_t i = s->n; !e && i > 0; i--) {
        struct retention_file *f = &s->files[i - 1];
        if (f->name.level == LTX_LEVEL_SNAPSHOT)
            continue;
        if (f->name.level != level) {
            level = f->name.level;
            above = end;
        }
        if (f->name.max_txid > end)
            end = f->name.max_txid;
        if (f->name.max_txid > above)
            e = shelf_look(f, d, why);
    }
    return e;
}

enum err shelf_list(struct shelf *s, struct destination *d, struct why *why)
{
    enum err e = ERR_NONE;
    shelf_release(s);
    for (unsigned level = 0; !e && level <= LTX_LEVEL_SNAPSHOT; level++)
        e = list_level(s, d, level, why);
    if (!e)
        e = look_at_open_ones(s, d, why);
    return e;
}
