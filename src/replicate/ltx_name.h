/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an LTX file lies in a replica, below its path:
 *
 *     ltx/LEVEL/MIN-MAX.ltx        ltx/0/00000000000000a1-00000000000000a1.ltx
 *
 * Level in decimal, 0 as captured, 1 to 8 compacted, 9 snapshots; TXIDs as sixteen lower-case
 * hexadecimal digits, so that names sort as transactions do. Stock tools pass over every other
 * name: what is ours alone may lie beside ltx/. One spelling per file; every other is refused.
 */
#ifndef REPLICATE_LTX_NAME_H
#define REPLICATE_LTX_NAME_H

#include "base/str.h"

enum {
    LTX_LEVEL_RAW = 0,
    LTX_LEVEL_SNAPSHOT = 9,
    LTX_NAME_SIZE = 48, /* room for a name and its NUL */
};

struct ltx_name {
    unsigned level;
    uint64_t min_txid;
    uint64_t max_txid;
};

/* The name into out, NUL-terminated, and as a view of it. */
struct str ltx_name_write(const struct ltx_name *name, char out[LTX_NAME_SIZE]);

/* False for what is no such name, and for a range that starts at 0 or ends before it starts. */
bool ltx_name_read(struct str text, struct ltx_name *name);

#endif
