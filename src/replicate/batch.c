/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/batch.h"

#include "base/must.h"

#include <stdlib.h>

static int by_page(const void *a, const void *b)
{
    const struct batch_page *x = a, *y = b;
    if (x->pgno != y->pgno)
        return x->pgno < y->pgno ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void batch_make(struct batch *b, struct commit *commits)
{
    *b = (struct batch){.commits = commits, .page_size = commits->page_size};
    size_t frames = 0;
    for (const struct commit *c = commits; c; c = c->next)
        frames += c->frames_n;
    b->pages = calloc(frames, sizeof *b->pages);
    must(b->pages != NULL && frames <= UINT32_MAX);
    size_t n = 0;
    for (const struct commit *c = commits; c; c = c->next) {
        must(c->page_size == b->page_size);
        for (size_t i = 0; i < c->frames_n; i++, n++)
            b->pages[n] = (struct batch_page){commit_page(c, i), (uint32_t)n, commit_data(c, i)};
        b->db_pages = c->db_pages;
        b->seq = c->seq;
        b->at_ms = c->at_ms;
        b->head = c->head;
        b->commits_n++;
    }
    qsort(b->pages, n, sizeof *b->pages, by_page);
    for (size_t i = 0; i < n; i++) {
        bool newest = i + 1 == n || b->pages[i + 1].pgno != b->pages[i].pgno;
        if (newest && b->pages[i].pgno <= b->db_pages)
            b->pages[b->pages_n++] = b->pages[i];
    }
}

void batch_release(struct batch *b)
{
    while (b->commits) {
        struct commit *c = b->commits;
        b->commits = c->next;
        commit_free(c);
    }
    free(b->pages);
    *b = (struct batch){0};
}

static enum err write_page(struct ltx_encoder *encoder, struct sums *sums, uint32_t pgno,
                           const unsigned char *data, struct why *why)
{
    enum err e = ltx_encoder_page(encoder, pgno, data, why);
    if (!e)
        sums_set(sums, pgno, data);
    return e;
}

enum err batch_write(const struct batch *b, struct ltx_encoder *encoder, struct sums *sums,
                     struct why *why)
{
    static unsigned char zeros[LTX_PAGE_MAX];
    enum err e = ERR_NONE;
    uint32_t known = sums->pages; /* behind it every page is new */
    uint32_t next = ltx_next_page(b->page_size, known);
    for (size_t i = 0; !e && i < b->pages_n; i++) {
        uint32_t pgno = b->pages[i].pgno;
        for (; !e && next < pgno; next = ltx_next_page(b->page_size, next))
            e = write_page(encoder, sums, next, zeros, why);
        if (!e)
            e = write_page(encoder, sums, pgno, b->pages[i].data, why);
        if (next == pgno)
            next = ltx_next_page(b->page_size, next);
    }
    for (; !e && next <= b->db_pages; next = ltx_next_page(b->page_size, next))
        e = write_page(encoder, sums, next, zeros, why);
    if (!e)
        sums_resize(sums, b->db_pages);
    return e;
}
