/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/follow.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/must.h"
#include "replicate/conveyor.h"
#include "replicate/listing.h"
#include "replicate/position.h"
#include "replicate/rebuild.h"
#include "replicate/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file up to so many bytes is fetched whole before any of it is applied. */
enum { WHOLE = 8 << 20 };

static const char op[] = "follow the replica";

struct follow {
    const struct destination_options *from;
    struct destination *place;
    struct rebuild rebuild; /* fd -1: nothing is restored */
    bool half; /* a file was applied in part: until it is whole, no state of any kind */
    struct follow_state state;
    char data[PATH_MAX - 64];
    char folder[PATH_MAX - 32];
    char file[PATH_MAX];
    char note[PATH_MAX]; /* which state it is: position.h */
    bool asked;          /* whether there is a file from an earlier run */
};

enum err follow_open(const struct destination_options *from, const char *data, struct follow **out,
                     struct why *why)
{
    *out = NULL;
    struct destination *place;
    enum err e = destination_open(from, &place, why);
    if (e)
        return e;
    struct follow *f = calloc(1, sizeof *f);
    must(f != NULL);
    f->from = from;
    f->place = place;
    f->rebuild.fd = -1;
    snprintf(f->data, sizeof f->data, "%s", data);
    snprintf(f->folder, sizeof f->folder, "%s/replica/following", f->data);
    snprintf(f->file, sizeof f->file, "%s/anteroom.db", f->folder);
    snprintf(f->note, sizeof f->note, "%s/position", f->folder);
    *out = f;
    return ERR_NONE;
}

/* What was restored is not used any more. */
static void forget(struct follow *f)
{
    if (f->rebuild.fd < 0)
        return;
    int fd = f->rebuild.fd;
    rebuild_release(&f->rebuild);
    close(fd);
    f->rebuild.fd = -1;
    f->half = false;
    f->state.txid = 0;
}

void follow_close(struct follow *f)
{
    if (!f)
        return;
    forget(f);
    destination_free(f->place);
    free(f);
}

struct follow_state follow_state(const struct follow *f)
{
    return f->state;
}

/* ---- restoring ------------------------------------------------------------------------------- */

static enum err failed(const char *path, struct why *why)
{
    return err_set(why, ERR_IO, op, "%s: %s", path, err_errno(errno));
}

/* Where it is now, for who comes after us. That it cannot be written costs a restore, no more. */
static void keep_position(struct follow *f)
{
    const struct position p = {.txid = f->state.txid,
                               .page_size = f->rebuild.sums.page_size,
                               .pages = f->rebuild.sums.pages,
                               .dbsum = f->rebuild.sums.database};
    position_write(f->note, destination_url(f->place), &p, NULL);
}

/* A restore that was interrupted is resumed by what lies there. */
static enum err make_room(struct follow *f, struct why *why)
{
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%s/replica", f->data);
    if (mkdir(above, 0700) != 0 && errno != EEXIST)
        return failed(above, why);
    if (mkdir(f->folder, 0700) != 0 && errno != EEXIST)
        return failed(f->folder, why);
    position_forget(f->note);
    return unlink(f->file) == 0 || errno == ENOENT ? ERR_NONE : failed(f->file, why);
}

static enum err restore(struct follow *f, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct restore_report report;
    const struct restore_options options = {.from = f->from, .to = f->folder, .as_it_was = true};
    forget(f);
    enum err e = make_room(f, why);
    if (!e)
        e = restore_run(&options, &a, &report, why);
    arena_release(&a);
    if (e)
        return e;
    int fd = open(f->file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return failed(f->file, why);
    e = rebuild_init(&f->rebuild, fd, why);
    if (!e)
        e = rebuild_resume(&f->rebuild, report.page_size, report.pages, report.txid, why);
    if (!e && f->rebuild.sums.database != report.dbsum)
        e = err_set(why, ERR_DATA, op, "what was restored reads otherwise than it was written");
    if (e) {
        forget(f);
        return e;
    }
    f->state.txid = report.txid;
    f->state.at_ms = report.at_ms;
    if (f->state.newest < report.txid)
        f->state.newest = report.txid;
    f->state.restores++;
    keep_position(f);
    log_event(LOG_INFO, "following", LOG_STR("url", destination_url(f->place)),
              LOG_INT("txid", report.txid), LOG_INT("restore_ms", report.restore_ms));
    return ERR_NONE;
}

/* ---- what is there already ------------------------------------------------------------------- */

/*
 * Opens the file as what its position says it is: *same when its pages have that checksum. If not
 * it may have been left in the middle of the next file.
 */
static enum err open_at(struct follow *f, const char *path, const struct position *p, bool *same,
                        struct why *why)
{
    struct stat st;
    *same = false;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0) {
        enum err e = failed(path, why);
        if (fd >= 0)
            close(fd);
        return e;
    }
    enum err e = rebuild_init(&f->rebuild, fd, why);
    if (!e && (uint64_t)st.st_size < (uint64_t)p->pages * p->page_size)
        e = err_set(why, ERR_DATA, op, "%s is shorter than it was", path);
    if (!e)
        e = rebuild_resume(&f->rebuild, p->page_size, p->pages, p->txid, why);
    *same = !e && f->rebuild.sums.database == p->dbsum;
    f->state.txid = p->txid;
    if (f->state.newest < p->txid)
        f->state.newest = p->txid;
    if (e)
        forget(f);
    return e;
}

static void say_following(const struct follow *f, const char *from)
{
    log_event(LOG_INFO, "following", LOG_STR("url", destination_url(f->place)),
              LOG_INT("txid", f->state.txid), LOG_TEXT("from", from));
}

/* What an earlier run followed, when it is known where it was. */
static void resume(struct follow *f)
{
    struct position p;
    bool same;
    if (f->asked || f->rebuild.fd >= 0)
        return;
    f->asked = true;
    if (!position_read(f->note, destination_url(f->place), &p) ||
        open_at(f, f->file, &p, &same, NULL) != ERR_NONE)
        return;
    f->half = !same; /* the next file makes it whole, or it is restored */
    say_following(f, same ? "what was followed before" : "what was left half");
}

enum err follow_adopt(struct follow *f, bool *adopted, struct why *why)
{
    char path[PATH_MAX], note[PATH_MAX], log[PATH_MAX];
    struct position p;
    struct stat st;
    enum err e = ERR_NONE;
    *adopted = false;
    snprintf(path, sizeof path, "%s/anteroom.db", f->data);
    snprintf(log, sizeof log, "%s/anteroom.db-wal", f->data);
    snprintf(note, sizeof note, "%s/replica/position", f->data);
    if ((stat(log, &st) == 0 && st.st_size > 0) ||
        !position_read(note, destination_url(f->place), &p))
        return ERR_NONE;
    forget(f);
    e = open_at(f, path, &p, adopted, why);
    if (e || !*adopted) {
        forget(f);
        return e == ERR_DATA ? ERR_NONE : e;
    }
    e = make_room(f, why);
    if (!e && rename(path, f->file) != 0)
        e = failed(f->file, why);
    position_forget(note);
    if (e) {
        *adopted = false;
        forget(f);
        return e;
    }
    unlink(log);
    snprintf(log, sizeof log, "%s/anteroom.db-shm", f->data);
    unlink(log);
    f->asked = true;
    keep_position(f);
    say_following(f, "the database here");
    return ERR_NONE;
}

/* ---- one file -------------------------------------------------------------------------------- */

static enum err take(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static enum err apply_whole(struct follow *f, const struct ltx_name *name, struct str text,
                            uint64_t size, struct why *why)
{
    struct buf bytes;
    buf_init(&bytes, WHOLE);
    enum err e = destination_get(f->place, text, 0, size, take, &bytes, why);
    if (!e && (!buf_ok(&bytes) || bytes.len != size))
        e = err_set(why, ERR_NETWORK, op, "%.*s did not come whole", STR_ARG(text));
    if (!e) {
        struct str rest = buf_view(&bytes);
        f->half = true;
        e = rebuild_file(&f->rebuild, ltx_source_str(&rest), name, why);
    }
    buf_release(&bytes);
    return e;
}

static enum err apply_large(struct follow *f, const struct ltx_name *name, struct str text,
                            uint64_t size, struct why *why)
{
    const struct conveyor_item item = {text, size};
    struct conveyor *conveyor;
    enum err e = conveyor_open(f->from, 2, &item, 1, &conveyor, why);
    if (!e) {
        f->half = true;
        e = rebuild_file(&f->rebuild, conveyor_next(conveyor), name, why);
    }
    conveyor_close(conveyor);
    return e;
}

static enum err apply(struct follow *f, const struct ltx_name *name, uint64_t size,
                      const struct destination_notes *beside, struct why *why)
{
    char path[LTX_NAME_SIZE];
    struct str text = ltx_name_write(name, path);
    struct notes notes = {0};
    enum err e = size <= WHOLE ? apply_whole(f, name, text, size, why)
                               : apply_large(f, name, text, size, why);
    if (!e && beside->n > 1)
        e = notes_read(text, beside, &notes, why);
    if (!e && beside->n > 1 && notes.dbsum != f->rebuild.sums.database)
        e = err_set(why, ERR_DATA, op,
                    "%s: the database after it has the checksum %016llx, and not %016llx", path,
                    (unsigned long long)f->rebuild.sums.database, (unsigned long long)notes.dbsum);
    if (e)
        return e;
    f->half = false;
    f->state.txid = name->max_txid;
    f->state.at_ms = f->rebuild.decoder.header.at_ms;
    f->state.files++;
    if (f->state.newest < name->max_txid)
        f->state.newest = name->max_txid;
    keep_position(f);
    return ERR_NONE;
}

static enum err look_and_apply(struct follow *f, const struct ltx_name *name, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct destination_blob blob;
    char path[LTX_NAME_SIZE];
    enum err e = destination_look(f->place, &a, ltx_name_write(name, path), &blob, why);
    if (!e)
        e = apply(f, name, blob.size, &blob.notes, why);
    arena_release(&a);
    return e;
}

/* ---- many ------------------------------------------------------------------------------------ */

/* One slot after the other, until one is not there. */
static enum err follow_slots(struct follow *f, struct why *why)
{
    enum err e = ERR_NONE;
    for (unsigned i = 0; !e && i < FOLLOW_STEP; i++) {
        uint64_t txid = f->state.txid + 1;
        e = look_and_apply(f, &(struct ltx_name){LTX_LEVEL_RAW, txid, txid}, why);
    }
    f->state.all = e == ERR_MISSING;
    return e == ERR_MISSING ? ERR_NONE : e;
}

/* What the list says leads on. */
static enum err follow_list(struct follow *f, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct listing listing;
    struct plan plan = {0};
    enum err e = listing_read(f->place, &a, &listing, why);
    if (!e) {
        f->state.newest = plan_newest(listing.files, listing.n);
        if (f->state.newest < f->state.txid)
            e = err_set(why, ERR_DATA, op, "it ends before TXID %llu, which was there",
                        (unsigned long long)f->state.txid);
    }
    if (!e && f->state.newest > f->state.txid) {
        plan_make(&a, listing.files, listing.n, f->state.txid, f->state.newest, &plan);
        if (plan.end != PLAN_THERE)
            e = err_set(why, ERR_DATA, op, "nothing leads from TXID %llu to %llu",
                        (unsigned long long)f->state.txid, (unsigned long long)f->state.newest);
    }
    for (size_t i = 0; !e && i < plan.n && i < FOLLOW_STEP; i++)
        e = look_and_apply(f, &listing.files[plan.files[i]].name, why);
    f->state.all = !e && f->state.txid == f->state.newest;
    arena_release(&a);
    return e;
}

enum err follow_step(struct follow *f, bool thorough, struct why *why)
{
    resume(f);
    enum err e = f->rebuild.fd < 0 ? restore(f, why) : ERR_NONE;
    if (!e)
        e = follow_slots(f, why);
    if (!e && f->half && f->state.all) /* nothing came that would make it whole */
        e = err_set(why, ERR_DATA, op, "what was left half by an earlier run stays so");
    if (!e && thorough && f->state.all)
        e = follow_list(f, why);
    if (e == ERR_DATA)
        forget(f); /* the next step restores, and goes around what is damaged if it can */
    return e;
}

static enum err sync_folder(const char *path, struct why *why)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = fd >= 0 && fsync(fd) == 0 ? ERR_NONE : failed(path, why);
    if (fd >= 0)
        close(fd);
    return e;
}

enum err follow_take(struct follow *f, struct why *why)
{
    char to[PATH_MAX];
    snprintf(to, sizeof to, "%s/anteroom.db", f->data);
    if (f->rebuild.fd < 0 || f->half || !f->state.all)
        return err_set(why, ERR_DATA, op, "what was followed is not whole");
    enum err e = rebuild_end(&f->rebuild, why);
    if (!e)
        e = rebuild_sync(&f->rebuild, why);
    if (!e && access(to, F_OK) == 0)
        e = err_set(why, ERR_CONFLICT, op, "%s is there already", to);
    if (!e && rename(f->file, to) != 0)
        e = failed(to, why);
    if (!e)
        e = sync_folder(f->data, why);
    position_forget(f->note);
    forget(f);
    return e;
}
