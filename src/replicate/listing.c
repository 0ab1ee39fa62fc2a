/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/listing.h"

#include "base/buf.h"
#include "replicate/patience.h"

static const char op[] = "look at the replica";

static void keep(struct buf *files, const struct destination_blob *blobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct plan_file file = {.size = blobs[i].size};
        if (ltx_name_read(blobs[i].name, &file.name))
            buf_bytes(files, &file, sizeof file);
    }
}

/* A thousand at a time, so that what a page of the list took is given back. */
static enum err read_all(struct destination *d, struct buf *files, struct why *why)
{
    char after[DESTINATION_NAME_MAX + 1] = "";
    size_t n = DESTINATION_LIST_MAX;
    unsigned failures = 0;
    enum err e = ERR_NONE;
    while (!e && n == DESTINATION_LIST_MAX) {
        struct arena page = ARENA_INIT;
        struct destination_blob *blobs;
        do {
            n = 0;
            e = destination_list(d, &page, STR("ltx/"), str_from(after), &blobs, &n, why);
        } while (patience(d, e, &failures));
        if (!e && n) {
            keep(files, blobs, n);
            snprintf(after, sizeof after, "%.*s", STR_ARG(blobs[n - 1].name));
        }
        arena_release(&page);
    }
    return e;
}

enum err listing_read(struct destination *d, struct arena *a, struct listing *out, struct why *why)
{
    struct buf files;
    buf_init(&files, SIZE_MAX / 2);
    *out = (struct listing){0};
    enum err e = read_all(d, &files, why);
    if (!e && !buf_ok(&files))
        e = err_set(why, ERR_IO, op, "out of memory");
    if (!e) {
        out->n = files.len / sizeof *out->files;
        out->files = arena_new_array(a, struct plan_file, out->n ? out->n : 1);
        if (files.len)
            memcpy(out->files, files.ptr, files.len);
    }
    buf_release(&files);
    return e;
}

static enum err take(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

enum err listing_header(struct destination *d, const struct ltx_name *name, struct ltx_header *out,
                        struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str path = ltx_name_write(name, text);
    struct buf head;
    unsigned failures = 0;
    enum err e;
    buf_init(&head, LTX_HEADER_SIZE);
    do {
        buf_clear(&head);
        e = destination_get(d, path, 0, LTX_HEADER_SIZE, take, &head, why);
    } while (patience(d, e, &failures));
    if (!e && (!buf_ok(&head) || head.len != LTX_HEADER_SIZE))
        e = err_set(why, ERR_DATA, op, "%s: it ends in its header", text);
    else if (!e)
        e = ltx_header_read((const unsigned char *)head.ptr, out, why);
    if (!e && (out->min_txid != name->min_txid || out->max_txid != name->max_txid))
        e = err_set(why, ERR_DATA, op, "%s holds the TXIDs %llu to %llu", text,
                    (unsigned long long)out->min_txid, (unsigned long long)out->max_txid);
    buf_release(&head);
    return e;
}

enum err listing_notes(struct destination *d, const struct ltx_name *name, struct notes *out,
                       bool *there, struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str path = ltx_name_write(name, text);
    struct arena a = ARENA_INIT;
    struct destination_blob blob;
    unsigned failures = 0;
    enum err e;
    *out = (struct notes){0};
    *there = false;
    do {
        e = destination_look(d, &a, path, &blob, why);
    } while (patience(d, e, &failures));
    for (size_t i = 0; !e && i < blob.notes.n; i++)
        *there = *there || !str_eq(blob.notes.items[i].key, STR("litestreamtimestamp"));
    if (!e && *there)
        e = notes_read(path, &blob.notes, out, why);
    if (!e)
        out->sealed = blob.sealed;
    arena_release(&a);
    return e;
}
