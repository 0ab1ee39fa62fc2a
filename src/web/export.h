/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports: the records that the queue's address shows, all of them, as one file (export_rows.h).
 *
 *     GET /staff/export?status=new&from=30d&format=csv          people; also json
 *     GET /api/v1/submissions/export?…                          programs; json unless asked for csv
 *
 *     desk: a page of the search, as text ─▶ audit: it begins ─▶ send ─▶ sent: the next page …
 *
 * Memory: one page of text, about EXPORT_PAGE_BYTES, whatever there is to export; who reads slowly
 * is waited for, and let go when nothing moves (loop.h). At most EXPORTS_MAX on a loop; the others
 * are told to come back. A filter that is not understood exports nothing, where the queue would
 * show more than was asked for.
 *
 * When something fails on the way the connection is broken off, so that nobody takes a part for the
 * whole. The audit has the beginning before the first record leaves, and the end with the number of
 * records that were sent and whether that was all (store/exports.h). A session that ended meanwhile
 * ends its export.
 *
 * Threads: the request's loop; pages are made at DESK_READ.
 */
#ifndef WEB_EXPORT_H
#define WEB_EXPORT_H

enum {
    EXPORTS_MAX = 4,
    EXPORT_PAGE_BYTES = 256 * 1024,
    EXPORT_PAGE_MOST = 40 * 1024 * 1024, /* of SEARCH_PAGE_MOST records as long as they can be */
    EXPORT_WITHIN_MS = 5000              /* for a page; a search for people has less */
};

#endif
