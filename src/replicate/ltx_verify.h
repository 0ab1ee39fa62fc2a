/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole LTX file looked at and thrown away: is it right, and what is in it?
 *
 * With a name, the TXIDs inside must be those of the name. Owner: nothing is kept. Threads: safe
 * anywhere with a source of one's own.
 */
#ifndef REPLICATE_LTX_VERIFY_H
#define REPLICATE_LTX_VERIFY_H

#include "replicate/ltx.h"
#include "replicate/ltx_name.h"

struct ltx_summary {
    struct ltx_header header;
    struct ltx_trailer trailer;
    uint32_t pages;
    uint64_t bytes;
    uint64_t database; /* checksum of the database: of a snapshot only, else 0 */
};

/* name may be NULL. */
enum err ltx_verify(struct ltx_source source, const struct ltx_name *name,
                    struct ltx_summary *summary, struct why *why);

#endif
