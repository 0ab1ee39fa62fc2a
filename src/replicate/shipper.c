/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/shipper.h"

#include "base/clock.h"

static const char op[] = "put a file of the replica";

enum err shipper_init(struct shipper *s, const char *data, struct destination *destination,
                      uint32_t page_size, struct why *why)
{
    *s = (struct shipper){.data = data, .destination = destination};
    stage_init(&s->stage);
    sums_init(&s->sums, page_size);
    return ltx_encoder_init(&s->encoder, why);
}

void shipper_release(struct shipper *s)
{
    ltx_encoder_release(&s->encoder);
    stage_release(&s->stage);
    sums_release(&s->sums);
}

/* ---- images --------------------------------------------------------------------------------- */

struct imaging {
    struct shipper *shipper;
    bool encode;
    enum err e;
    struct why *why;
};

static bool take_page(void *context, uint32_t pgno, const unsigned char *data)
{
    struct imaging *i = context;
    sums_set(&i->shipper->sums, pgno, data);
    if (i->encode)
        i->e = ltx_encoder_page(&i->shipper->encoder, pgno, data, i->why);
    return i->e == ERR_NONE;
}

static enum err read_image(struct shipper *s, struct image *image, bool encode, struct why *why)
{
    struct imaging imaging = {.shipper = s, .encode = encode, .why = why};
    uint32_t page_size = s->sums.page_size;
    sums_release(&s->sums);
    sums_init(&s->sums, page_size);
    enum err e = image_read(image, take_page, &imaging, why);
    return e ? e : imaging.e;
}

enum err shipper_learn(struct shipper *s, struct image *image, struct why *why)
{
    return read_image(s, image, false, why);
}

/* ---- files ---------------------------------------------------------------------------------- */

static enum err begin(struct shipper *s, uint32_t db_pages, uint32_t known, int64_t at_ms,
                      const struct commit_head *head, struct why *why)
{
    uint64_t txid = s->position.txid + 1;
    s->name = (struct ltx_name){.level = LTX_LEVEL_RAW, .min_txid = txid, .max_txid = txid};
    s->at_ms = at_ms;
    s->head = *head;
    s->size = 0;
    const struct ltx_header header = {
        .flags = LTX_FLAG_NO_CHECKSUM,
        .page_size = s->sums.page_size,
        .commit = db_pages,
        .min_txid = txid,
        .max_txid = txid,
        .at_ms = at_ms,
    };
    enum err e = stage_begin(&s->stage, s->data, &s->name, why);
    if (!e)
        e = ltx_encoder_begin(&s->encoder, &header, known, stage_sink(&s->stage), why);
    return e;
}

static enum err end(struct shipper *s, struct why *why)
{
    enum err e = ltx_encoder_end(&s->encoder, 0, &s->trailer, why);
    if (!e)
        e = stage_end(&s->stage, why);
    if (!e)
        s->size = s->stage.size;
    return e;
}

enum err shipper_batch(struct shipper *s, const struct batch *batch, struct why *why)
{
    enum err e = begin(s, batch->db_pages, s->sums.pages, batch->at_ms, &batch->head, why);
    if (!e)
        e = batch_write(batch, &s->encoder, &s->sums, why);
    return e ? e : end(s, why);
}

enum err shipper_image(struct shipper *s, struct image *image, int64_t at_ms, struct why *why)
{
    struct image_shape shape;
    struct commit_head head;
    enum err e = image_shape(image, &shape, why);
    if (!e)
        e = image_head(image, &head, why);
    if (!e)
        e = begin(s, shape.pages, 0, at_ms, &head, why);
    if (!e)
        e = read_image(s, image, true, why);
    return e ? e : end(s, why);
}

static bool take_first(void *context, uint32_t pgno, const unsigned char *data)
{
    struct imaging *i = context;
    i->e = ltx_encoder_page(&i->shipper->encoder, pgno, data, i->why);
    return false;
}

enum err shipper_mark(struct shipper *s, struct image *image, int64_t at_ms, struct why *why)
{
    struct imaging imaging = {.shipper = s, .why = why};
    struct commit_head head;
    enum err e = image_head(image, &head, why);
    if (!e)
        e = begin(s, s->sums.pages, s->sums.pages, at_ms, &head, why);
    if (!e)
        e = image_read(image, take_first, &imaging, why);
    if (!e)
        e = imaging.e;
    return e ? e : end(s, why);
}

/* ---- putting -------------------------------------------------------------------------------- */

struct notes shipper_notes(const struct shipper *s)
{
    struct notes notes = {
        .at_ms = s->at_ms,
        .epoch = s->position.epoch,
        .dbsum = s->sums.database,
        .filesum = s->trailer.file,
        .audit = s->head.audit,
        .erasure = s->head.erasure,
    };
    memcpy(notes.writer, s->position.writer, sizeof notes.writer);
    return notes;
}

static enum err taken_over(struct str name, const char *what, struct why *why)
{
    enum err e = err_set(why, ERR_CONFLICT, op, "%.*s %s", STR_ARG(name), what);
    err_hint(why, "Another process writes to this replica: find it, only one may go on. What this "
                  "one has stored and not put there is in its data directory.");
    return e;
}

/* The slot is taken: by this very file, or by another writer? */
static enum err look_whose(struct shipper *s, struct arena *a, struct str name,
                           const struct notes *ours, struct why *why)
{
    struct destination_blob there;
    struct notes theirs;
    enum err e = destination_look(s->destination, a, name, &there, why);
    if (e)
        return e;
    if (notes_read(name, &there.notes, &theirs, NULL))
        theirs = (struct notes){0};
    if (memcmp(theirs.writer, ours->writer, sizeof theirs.writer) == 0 &&
        theirs.filesum == ours->filesum)
        return ERR_NONE;
    return taken_over(name, "was put by another writer", why);
}

/* It was there for the taking: because nobody had it, or because it was deleted again? */
static enum err look_behind(struct shipper *s, struct arena *a, struct str name, struct why *why)
{
    struct destination_blob *blobs;
    size_t n;
    enum err e = destination_list(s->destination, a, STR("ltx/0/"), name, &blobs, &n, why);
    if (e || n == 0)
        return e;
    destination_delete(s->destination, &name, 1, NULL); /* if not: the next keeper deletes it */
    return taken_over(name, "is old: another writer went on behind it", why);
}

enum err shipper_put(struct shipper *s, struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(&s->name, text);
    struct arena a;
    arena_init(&a);
    int64_t began_ms = clock_boot_ms();
    struct notes ours = shipper_notes(s);
    struct destination_notes notes = notes_write(&a, &ours);
    enum err e = destination_put_file(s->destination, name, s->stage.fd, s->size, &notes, why);
    if (e == ERR_CONFLICT)
        e = look_whose(s, &a, name, &ours, why);
    if (!e && (s->proved_ms == 0 || clock_boot_ms() - s->proved_ms > SHIPPER_PAUSE_MS))
        e = look_behind(s, &a, name, why);
    arena_release(&a);
    if (e)
        return e;
    s->proved_ms = began_ms;
    stage_close(&s->stage);
    s->size = 0;
    s->position.txid = s->name.max_txid;
    s->position.dbsum = s->sums.database;
    return ERR_NONE;
}
