/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/sums.h"

#include "base/must.h"
#include "replicate/ltx_checksum.h"

#include <stdlib.h>
#include <string.h>

void sums_init(struct sums *s, uint32_t page_size)
{
    *s = (struct sums){.page_size = page_size, .database = LTX_DATABASE_EMPTY};
}

void sums_release(struct sums *s)
{
    free(s->page);
    *s = (struct sums){0};
}

void sums_resize(struct sums *s, uint32_t pages)
{
    for (uint32_t i = pages; i < s->pages; i++)
        if (s->page[i])
            s->database = ltx_database_toggle(s->database, s->page[i]);
    if (pages > s->room) {
        uint32_t room = s->room ? s->room : 1024;
        while (room < pages)
            room = room > UINT32_MAX / 2 ? UINT32_MAX : room * 2;
        s->page = reallocarray(s->page, room, sizeof *s->page);
        must(s->page != NULL);
        s->room = room;
    }
    if (pages > s->pages)
        memset(s->page + s->pages, 0, (pages - s->pages) * sizeof *s->page);
    s->pages = pages;
}

void sums_set(struct sums *s, uint32_t pgno, const void *data)
{
    if (pgno > s->pages)
        sums_resize(s, pgno);
    uint64_t before = s->page[pgno - 1], after = ltx_page_checksum(pgno, data, s->page_size);
    s->page[pgno - 1] = after;
    s->database = before ? ltx_database_swap(s->database, before, after)
                         : ltx_database_toggle(s->database, after);
}
