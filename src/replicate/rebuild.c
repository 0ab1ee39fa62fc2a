/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/rebuild.h"

#include "base/must.h"
#include "replicate/ltx_checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { RUN = 1 << 20, AHEAD = 256 << 10, BEGIN_WRITING = 32 << 20 };

static const char op[] = "rebuild the database";

enum err rebuild_init(struct rebuild *r, int fd, struct why *why)
{
    *r = (struct rebuild){.fd = fd, .run = malloc(RUN)};
    must(r->run != NULL);
    ltx_decoder_init(&r->decoder, &r->unpacker, AHEAD);
    return ltx_unpacker_init(&r->unpacker, why);
}

void rebuild_release(struct rebuild *r)
{
    ltx_decoder_release(&r->decoder);
    ltx_unpacker_release(&r->unpacker);
    sums_release(&r->sums);
    free(r->run);
    r->run = NULL;
}

static enum err failed(int number, struct why *why)
{
    enum err e = err_set(why, ERR_IO, op, "the file cannot be written: %s", err_errno(number));
    err_hint(why, number == ENOSPC ? "The disk is full: free space, and start the restore again; "
                                     "it goes on where it was."
                                   : "Look at the disk and the kernel's log (dmesg).");
    return e;
}

static enum err flush(struct rebuild *r, struct why *why)
{
    for (size_t done = 0; done < r->run_n;) {
        ssize_t n = pwrite(r->fd, r->run + done, r->run_n - done, (off_t)(r->run_at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed(n < 0 ? errno : ENOSPC, why);
        done += (size_t)n;
    }
    r->unsynced += r->run_n;
    r->run_n = 0;
    /* The disk writes while we decode; the sync at the end then finds little left. */
    if (r->unsynced >= BEGIN_WRITING) {
        sync_file_range(r->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
        r->unsynced = 0;
    }
    return ERR_NONE;
}

static enum err put(struct rebuild *r, uint32_t pgno, const unsigned char *page, struct why *why)
{
    const size_t size = r->sums.page_size;
    const uint64_t at = (uint64_t)(pgno - 1) * size;
    if (r->run_n && (at != r->run_at + r->run_n || r->run_n + size > RUN)) {
        enum err e = flush(r, why);
        if (e)
            return e;
    }
    if (r->run_n == 0)
        r->run_at = at;
    memcpy(r->run + r->run_n, page, size);
    r->run_n += size;
    sums_set(&r->sums, pgno, page);
    return ERR_NONE;
}

/* Is it what its name says, and does it continue what is there? */
static enum err check_header(struct rebuild *r, const struct ltx_name *name, struct why *why)
{
    const struct ltx_header *h = &r->decoder.header;
    if (h->min_txid != name->min_txid || h->max_txid != name->max_txid)
        return err_set(why, ERR_DATA, op, "byte 16: it holds the TXIDs %llu to %llu",
                       (unsigned long long)h->min_txid, (unsigned long long)h->max_txid);
    if (h->min_txid > r->txid + 1)
        return err_set(why, ERR_DATA, op, "byte 16: it begins with TXID %llu, after %llu",
                       (unsigned long long)h->min_txid, (unsigned long long)r->txid);
    if (r->sums.page_size == 0)
        sums_init(&r->sums, h->page_size);
    if (r->sums.page_size != h->page_size)
        return err_set(why, ERR_DATA, op, "byte 8: its pages have %u bytes, and those before %u",
                       h->page_size, r->sums.page_size);
    return ERR_NONE;
}

enum err rebuild_file(struct rebuild *r, struct ltx_source source, const struct ltx_name *name,
                      struct why *why)
{
    const unsigned char *page;
    enum err e = ltx_decoder_begin(&r->decoder, source, r->sums.pages, why);
    if (!e)
        e = check_header(r, name, why);
    for (uint32_t pgno = 1; !e && pgno;) {
        e = ltx_decoder_page(&r->decoder, &pgno, &page, why);
        if (!e && pgno)
            e = put(r, pgno, page, why);
    }
    if (!e)
        e = flush(r, why);
    if (e)
        return e;
    const struct ltx_header *h = &r->decoder.header;
    sums_resize(&r->sums, h->commit);
    r->txid = h->max_txid;
    if (!(h->flags & LTX_FLAG_NO_CHECKSUM) && r->decoder.trailer.post_apply != r->sums.database)
        return err_set(why, ERR_DATA, op,
                       "the database's checksum after it is %016llx, and it says %016llx",
                       (unsigned long long)r->sums.database,
                       (unsigned long long)r->decoder.trailer.post_apply);
    return ERR_NONE;
}

static enum err read_at(int fd, unsigned char *out, size_t n, uint64_t at, struct why *why)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, out + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(why, got < 0 ? ERR_IO : ERR_DATA, op,
                           "what was restored before cannot be read: %s",
                           got < 0 ? err_errno(errno) : "it ends too soon");
        done += (size_t)got;
    }
    return ERR_NONE;
}

enum err rebuild_resume(struct rebuild *r, uint32_t page_size, uint32_t pages, uint64_t txid,
                        struct why *why)
{
    enum err e = ERR_NONE;
    sums_init(&r->sums, page_size);
    r->txid = txid;
    const uint32_t at_once = RUN / page_size;
    for (uint32_t first = 1; !e && first <= pages; first += at_once) {
        const uint32_t n = pages - first + 1 < at_once ? pages - first + 1 : at_once;
        e = read_at(r->fd, r->run, (size_t)n * page_size, (uint64_t)(first - 1) * page_size, why);
        for (uint32_t i = 0; !e && i < n; i++)
            if (first + i != ltx_lock_page(page_size))
                sums_set(&r->sums, first + i, r->run + (size_t)i * page_size);
    }
    sums_resize(&r->sums, pages);
    return e;
}

enum err rebuild_sync(struct rebuild *r, struct why *why)
{
    return fdatasync(r->fd) == 0 ? ERR_NONE : failed(errno, why);
}

enum err rebuild_end(struct rebuild *r, struct why *why)
{
    const uint64_t size = (uint64_t)r->sums.pages * r->sums.page_size;
    return ftruncate(r->fd, (off_t)size) == 0 ? ERR_NONE : failed(errno, why);
}
