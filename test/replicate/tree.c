/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/tree.h"

#include "base/must.h"
#include "replicate/destination_kind.h"
#include "replicate/ltx_checksum.h"
#include "replicate/ltx_compact.h"
#include "replicate/ltx_encode.h"
#include "replicate/ltx_name.h"

enum { TREE_FILE_MAX = 64 << 20 };

/* In memory where that is to be had: thousands of files are put there, each of them synced. */
static struct trial_directory quick_directory(void)
{
    struct trial_directory d = {"/dev/shm/anteroom-test-XXXXXX"};
    return mkdtemp(d.path) ? d : trial_directory();
}

void tree_init(struct tree *t, const struct sealed_keys *keys)
{
    struct why why;
    *t = (struct tree){.trial.directory = trial_directory(),
                       .replica = quick_directory(),
                       .scratch = quick_directory(),
                       .pages = calloc(TREE_PAGES_MAX, TREE_PAGE)};
    must(t->pages != NULL);
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    trial_start(&t->trial, NULL);
    snprintf(t->url, sizeof t->url, "file://%s/tree", t->replica.path);
    t->options = (struct destination_options){.url = str_from(t->url), .keys = keys};
    trial_must(destination_open(&t->options, &t->place, &why), &why);
    trial_must(destination_file_open(str_from(t->url + strlen("file://")), &t->stored, &why), &why);
    trial_must(image_open(t->trial.store, &t->image, &why), &why);
}

void tree_release(struct tree *t)
{
    image_close(t->image);
    destination_free(t->place);
    destination_free(t->stored);
    trial_stop(&t->trial);
    trial_remove(&t->trial.directory);
    trial_remove(&t->replica);
    trial_remove(&t->scratch);
    free(t->pages);
}

static struct notes notes_of(const struct tree *t, const struct ltx_header *h, uint64_t filesum)
{
    struct why why;
    struct audit_report report;
    trial_must(reader_audit_verify(t->trial.reader, &report, &why), &why);
    return (struct notes){
        .at_ms = h->at_ms,
        .writer = "00112233445566778899aabbccddeeff",
        .epoch = 1,
        .dbsum = t->dbsum[h->max_txid],
        .filesum = filesum,
        .audit = {.seq = report.events, .hash = report.head},
    };
}

static void put(struct tree *t, const struct ltx_name *name, struct str file,
                const struct notes *notes)
{
    struct why why;
    char text[LTX_NAME_SIZE];
    struct arena a = ARENA_INIT;
    struct destination_notes written = notes_write(&a, notes);
    trial_must(destination_put(t->place, ltx_name_write(name, text), &file, 1, &written, &why),
               &why);
    arena_release(&a);
}

struct growing {
    struct tree *tree;
    struct ltx_encoder *encoder;
    uint64_t sum;
    bool whole;
};

static bool take_page(void *context, uint32_t pgno, const unsigned char *data)
{
    struct growing *g = context;
    struct tree *t = g->tree;
    struct why why;
    assert_true(pgno <= TREE_PAGES_MAX);
    bool changed = pgno > t->pages_n || memcmp(t->pages[pgno - 1], data, TREE_PAGE) != 0;
    if (changed || g->whole)
        trial_must(ltx_encoder_page(g->encoder, pgno, data, &why), &why);
    memcpy(t->pages[pgno - 1], data, TREE_PAGE);
    g->sum = ltx_database_toggle(g->sum, ltx_page_checksum(pgno, data, TREE_PAGE));
    return true;
}

void tree_grow(struct tree *t, unsigned n, bool whole)
{
    struct why why;
    for (unsigned i = 0; i < n; i++) {
        struct job job = trial_submission(NULL);
        trial_must(trial_do(t->trial.writer, &job), &job.why);
    }
    t->submissions += n;
    struct image_shape shape;
    trial_must(image_pin(t->image, &why), &why);
    trial_must(image_shape(t->image, &shape, &why), &why);
    const uint64_t txid = ++t->txid;
    t->rows[txid] = t->submissions;
    const struct ltx_header header = {
        .flags = LTX_FLAG_NO_CHECKSUM,
        .page_size = TREE_PAGE,
        .commit = shape.pages,
        .min_txid = txid,
        .max_txid = txid,
        .at_ms = 1795225800000 + (int64_t)txid * 1000,
    };
    struct ltx_encoder e;
    struct ltx_trailer trailer;
    struct buf file;
    buf_init(&file, TREE_FILE_MAX);
    trial_must(ltx_encoder_init(&e, &why), &why);
    trial_must(ltx_encoder_begin(&e, &header, t->pages_n, ltx_sink_buf(&file), &why), &why);
    struct growing g = {.tree = t, .encoder = &e, .sum = LTX_DATABASE_EMPTY, .whole = whole};
    trial_must(image_read(t->image, take_page, &g, &why), &why);
    trial_must(ltx_encoder_end(&e, 0, &trailer, &why), &why);
    t->pages_n = shape.pages;
    t->dbsum[txid] = g.sum;
    struct notes notes = notes_of(t, &header, trailer.file);
    put(t, &(struct ltx_name){0, txid, txid}, buf_view(&file), &notes);
    image_unpin(t->image);
    ltx_encoder_release(&e);
    buf_release(&file);
}

static enum err take(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static void take_from(struct destination *place, const char *name, struct tree_blob *blob)
{
    struct why why;
    struct destination_blob there;
    *blob = (struct tree_blob){.arena = ARENA_INIT};
    snprintf(blob->name, sizeof blob->name, "%s", name);
    buf_init(&blob->content, TREE_FILE_MAX);
    trial_must(destination_look(place, &blob->arena, str_from(blob->name), &there, &why), &why);
    trial_must(
        destination_get(place, str_from(blob->name), 0, there.size, take, &blob->content, &why),
        &why);
    blob->notes = there.notes;
}

void tree_compact(struct tree *t, unsigned from, unsigned to, uint64_t min, uint64_t max)
{
    struct why why;
    struct ltx_header header;
    struct ltx_trailer trailer;
    struct tree_blob blobs[64];
    struct str rest[64];
    struct ltx_source sources[64];
    size_t n = 0;
    struct notes notes;
    for (uint64_t txid = min; txid <= max; txid++, n++) {
        char name[LTX_NAME_SIZE];
        ltx_name_write(&(struct ltx_name){from, txid, txid}, name);
        take_from(t->place, name, &blobs[n]);
        rest[n] = buf_view(&blobs[n].content);
        sources[n] = ltx_source_str(&rest[n]);
        trial_must(notes_read(str_from(name), &blobs[n].notes, &notes, &why), &why);
    }
    struct buf file;
    buf_init(&file, TREE_FILE_MAX);
    trial_must(ltx_compact(sources, n, ltx_sink_buf(&file), &header, &trailer, &why), &why);
    notes.filesum = trailer.file;
    put(t, &(struct ltx_name){to, min, max}, buf_view(&file), &notes);
    buf_release(&file);
    while (n)
        tree_drop(&blobs[--n]);
}

void tree_take(struct tree *t, const char *name, struct tree_blob *blob)
{
    take_from(t->stored, name, blob);
}

void tree_put(struct tree *t, const char *name, const struct tree_blob *blob)
{
    struct why why;
    trial_must(destination_replace(t->stored, str_from(name), buf_view(&blob->content),
                                   &blob->notes, &why),
               &why);
}

void tree_delete(struct tree *t, const char *name)
{
    struct why why;
    struct str text = str_from(name);
    trial_must(destination_delete(t->place, &text, 1, &why), &why);
}

void tree_drop(struct tree_blob *blob)
{
    buf_release(&blob->content);
    arena_release(&blob->arena);
}

const char *tree_target(struct tree *t, char out[128])
{
    static unsigned n;
    snprintf(out, 128, "%s/%u", t->scratch.path, n++);
    return out;
}
