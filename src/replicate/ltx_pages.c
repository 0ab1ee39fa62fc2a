/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_pages.h"

#include "replicate/ltx_checksum.h"

void ltx_pages_begin(struct ltx_pages *p, const struct ltx_header *header, uint32_t known,
                     const char *op)
{
    *p = (struct ltx_pages){.header = header,
                            .op = op,
                            .known = ltx_is_snapshot(header) ? 0 : known,
                            .database = LTX_DATABASE_EMPTY};
}

/* The new page that has to come before any behind it. */
static uint32_t wanted(const struct ltx_pages *p)
{
    return ltx_next_page(p->header->page_size, p->last > p->known ? p->last : p->known);
}

enum err ltx_pages_next(struct ltx_pages *p, uint32_t pgno, uint64_t at, struct why *why)
{
    const unsigned long long byte = at;
    if (pgno <= p->last)
        return err_set(why, ERR_DATA, p->op, "byte %llu: page %u after page %u", byte, pgno,
                       p->last);
    if (pgno > p->header->commit)
        return err_set(why, ERR_DATA, p->op, "byte %llu: page %u of a database of %u", byte, pgno,
                       p->header->commit);
    if (pgno == ltx_lock_page(p->header->page_size))
        return err_set(why, ERR_DATA, p->op, "byte %llu: page %u, SQLite's lock page", byte, pgno);
    if (pgno > p->known && pgno != wanted(p))
        return err_set(why, ERR_DATA, p->op, "byte %llu: page %u, and page %u is missing", byte,
                       pgno, wanted(p));
    p->last = pgno;
    p->count++;
    return ERR_NONE;
}

void ltx_pages_add(struct ltx_pages *p, const void *page)
{
    if (ltx_is_snapshot(p->header))
        p->database = ltx_database_toggle(p->database,
                                          ltx_page_checksum(p->last, page, p->header->page_size));
}

enum err ltx_pages_end(const struct ltx_pages *p, uint64_t at, struct why *why)
{
    if (p->known != LTX_KNOWN_ALL && wanted(p) <= p->header->commit)
        return err_set(why, ERR_DATA, p->op, "byte %llu: no more pages, and page %u is missing",
                       (unsigned long long)at, wanted(p));
    return ERR_NONE;
}
