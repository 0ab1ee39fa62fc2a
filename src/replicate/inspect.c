/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/inspect.h"

#include "replicate/conveyor.h"
#include "replicate/erasures.h"
#include "replicate/ledger.h"
#include "replicate/listing.h"
#include "replicate/ltx_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { THREADS = 6 };

static const char op[] = "look through the replica";

struct inspect {
    const struct inspect_options *options;
    struct inspect_report *report;
    struct destination *place;
    struct listing listing;
    struct restore_progress progress;
    struct ltx_source source; /* the file at hand */
    int fd;                   /* its copy; -1: none */
};

/* What is read is written into the copy on the way. */
static enum err read_and_keep(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    struct inspect *i = from;
    enum err e = i->source.read(i->source.from, out, n, got, why);
    if (e)
        return e;
    i->progress.bytes += *got;
    for (size_t done = 0; i->fd >= 0 && done < *got;) {
        ssize_t wrote = write(i->fd, (const char *)out + done, *got - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return err_set(why, ERR_IO, op, "%s: %s", i->options->scratch, err_errno(errno));
        done += (size_t)wrote;
    }
    return ERR_NONE;
}

static enum err copy(struct inspect *i, struct str name, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct destination_blob blob;
    off_t size = lseek(i->fd, 0, SEEK_END);
    enum err e = size >= 0
                     ? destination_look(i->place, &a, name, &blob, why)
                     : err_set(why, ERR_IO, op, "%s: %s", i->options->scratch, err_errno(errno));
    if (!e)
        e = destination_put_file(i->options->copy, name, i->fd, (uint64_t)size, &blob.notes, why);
    arena_release(&a);
    return e;
}

static enum err inspect_file(struct inspect *i, struct conveyor *conveyor,
                             const struct plan_file *file, struct why *why)
{
    char text[LTX_NAME_SIZE];
    struct str name = ltx_name_write(&file->name, text);
    struct ltx_summary summary;
    struct notes notes = {0};
    bool there = false;
    i->source = conveyor_next(conveyor);
    if (i->options->copy) {
        i->fd = open(i->options->scratch, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (i->fd < 0)
            return err_set(why, ERR_IO, op, "%s: %s", i->options->scratch, err_errno(errno));
    }
    const struct ltx_source source = {.read = read_and_keep, .from = i};
    enum err e = ltx_verify(source, &file->name, &summary, why);
    if (!e)
        e = listing_notes(i->place, &file->name, &notes, &there, why);
    if (!e && there && notes.filesum != summary.trailer.file)
        e = err_set(why, ERR_DATA, op, "it is not the file that was put there: its checksum");
    if (!e && there && summary.database && notes.dbsum != summary.database)
        e = err_set(why, ERR_DATA, op, "the database in it is not the one that its notes say");
    if (!e)
        i->report->sealed[notes.sealed]++;
    if (!e && i->options->copy)
        e = copy(i, name, why);
    if (i->fd >= 0)
        close(i->fd);
    i->fd = -1;
    return e;
}

/* The files from *at on, to the first that fails; *at is that one, or the end. */
static enum err inspect_from(struct inspect *i, size_t *at, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct conveyor *conveyor;
    const size_t first = *at, n = i->listing.n - first;
    struct conveyor_item *items = arena_new_array(&a, struct conveyor_item, n);
    for (size_t k = 0; k < n; k++) {
        const struct plan_file *file = &i->listing.files[first + k];
        items[k].name = ltx_name_write(&file->name, arena_alloc(&a, LTX_NAME_SIZE));
        items[k].size = file->size;
    }
    enum err e = conveyor_open(i->options->from, THREADS, items, n, &conveyor, why);
    while (!e && *at < i->listing.n) {
        e = inspect_file(i, conveyor, &i->listing.files[*at], why);
        if (e)
            break;
        ++*at;
        i->progress.files = *at;
        if (i->options->progress)
            i->options->progress(i->options->context, &i->progress);
    }
    conveyor_close(conveyor);
    arena_release(&a);
    return e;
}

static enum err inspect_all(struct inspect *i, struct why *why)
{
    enum err e = ERR_NONE;
    for (size_t at = 0; at < i->listing.n;) {
        e = inspect_from(i, &at, why);
        if (e != ERR_DATA && e != ERR_MISSING)
            break;
        struct plan_file *file = &i->listing.files[at++];
        char text[LTX_NAME_SIZE], detail[sizeof why->detail];
        memcpy(detail, why->detail, sizeof detail);
        ltx_name_write(&file->name, text);
        file->out = true;
        if (e == ERR_MISSING) /* compaction has taken it away since it was listed */
            continue;
        i->report->damaged++;
        err_set(why, ERR_DATA, op, "%s is damaged: %.*s", text, (int)(sizeof detail - 64), detail);
        if (i->options->notice)
            i->options->notice(i->options->context, why);
    }
    return e == ERR_DATA || e == ERR_MISSING ? ERR_NONE : e;
}

static enum err inspect_ledger(struct inspect *i, struct why *why)
{
    struct arena a = ARENA_INIT;
    struct erasure *entries;
    size_t n;
    enum err e = erasures_all(i->place, &a, &entries, &n, why);
    for (size_t k = 0; !e && i->options->copy && k < n; k++)
        e = ledger_put(i->options->copy, &entries[k], 0, why);
    i->report->erasures = n;
    arena_release(&a);
    if (e != ERR_DATA)
        return e;
    i->report->damaged++;
    if (i->options->notice)
        i->options->notice(i->options->context, why);
    return ERR_NONE;
}

enum err inspect_run(const struct inspect_options *options, struct inspect_report *out,
                     struct why *why)
{
    struct arena a = ARENA_INIT;
    struct inspect i = {.options = options, .report = out, .fd = -1};
    *out = (struct inspect_report){0};
    enum err e = destination_open(options->from, &i.place, why);
    if (!e)
        e = listing_read(i.place, &a, &i.listing, why);
    if (!e && i.listing.n == 0)
        e = err_set(why, ERR_MISSING, op, "there is no replica at %.*s",
                    STR_ARG(options->from->url));
    for (size_t k = 0; !e && k < i.listing.n; k++) {
        out->bytes += i.listing.files[k].size;
        out->levels[i.listing.files[k].name.level]++;
    }
    out->files = i.listing.n;
    i.progress = (struct restore_progress){.files_n = i.listing.n, .bytes_n = out->bytes};
    if (!e)
        e = inspect_all(&i, why);
    if (!e)
        e = inspect_ledger(&i, why);
    out->newest = plan_newest(i.listing.files, i.listing.n);
    struct plan plan;
    plan_make(&a, i.listing.files, i.listing.n, 0, out->newest, &plan);
    out->good = plan.txid;
    destination_free(i.place);
    arena_release(&a);
    return e;
}
