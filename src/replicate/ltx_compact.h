/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several LTX files that follow each other become one that does the same.
 *
 * Pages are merged by number; of a page that several files have, the newest one's is taken, and
 * what lies behind the end of the last file's database is left out. TXIDs run from the first file's
 * smallest to the last one's largest without a gap; size, time and checksum afterwards are the
 * last one's; the places in the WAL and the node are gone. Files that begin with TXID 1 make a
 * snapshot.
 *
 * Refused: nothing, more than LTX_COMPACT_MAX (do it in rounds), files with different page sizes or
 * flags, a gap or an overlap in TXIDs, a page that is new in a file's database and not in the file,
 * checksums that do not follow each other, and whatever ltx_decode.h refuses. Nothing is to be
 * published before ERR_NONE, because only then every input has been read to its end.
 *
 * Memory: per input some packed pages and a page (about 20 KiB at 4 KiB pages), and the encoder's.
 * Owner: sources and sink stay with the caller. Threads: safe anywhere with streams of one's own.
 */
#ifndef REPLICATE_LTX_COMPACT_H
#define REPLICATE_LTX_COMPACT_H

#include "replicate/ltx.h"

enum { LTX_COMPACT_MAX = 1024 };

/* Oldest first. *header and *trailer are those of the result; either may be NULL. */
enum err ltx_compact(const struct ltx_source *inputs, size_t n, struct ltx_sink sink,
                     struct ltx_header *header, struct ltx_trailer *trailer, struct why *why);

/*
 * One file with every page of its database, of whatever TXIDs, as a snapshot: the same, beginning
 * with TXID 1. Refused when a page is missing in it.
 */
enum err ltx_compact_whole(const struct ltx_source *input, struct ltx_sink sink,
                           struct ltx_trailer *trailer, struct why *why);

#endif
