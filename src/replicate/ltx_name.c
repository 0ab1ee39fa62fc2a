/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_name.h"

#include "base/must.h"
#include "base/text.h"
#include "replicate/ltx.h"

enum { TXID_DIGITS = 16 };

struct str ltx_name_write(const struct ltx_name *name, char out[LTX_NAME_SIZE])
{
    must(name->level <= LTX_LEVEL_SNAPSHOT);
    int n = snprintf(out, LTX_NAME_SIZE, "ltx/%u/%016llx-%016llx.ltx", name->level,
                     (unsigned long long)name->min_txid, (unsigned long long)name->max_txid);
    return str_of(out, (size_t)n);
}

static bool read_txid(struct str text, uint64_t *txid)
{
    unsigned char bytes[8];
    if (!text_unhex(text, bytes, sizeof bytes))
        return false;
    *txid = ltx_get_u64(bytes);
    return true;
}

bool ltx_name_read(struct str text, struct ltx_name *name)
{
    const struct str before = STR("ltx/"), after = STR(".ltx");
    const size_t first = before.len + 2, second = first + TXID_DIGITS + 1;
    if (text.len != second + TXID_DIGITS + after.len || !str_starts(text, before) ||
        !str_ends(text, after))
        return false;
    char level = text.ptr[before.len];
    if (level < '0' || level > '9' || text.ptr[first - 1] != '/' || text.ptr[second - 1] != '-')
        return false;
    name->level = (unsigned)(level - '0');
    return read_txid(str_slice(text, first, first + TXID_DIGITS), &name->min_txid) &&
           read_txid(str_slice(text, second, second + TXID_DIGITS), &name->max_txid) &&
           name->min_txid && name->min_txid <= name->max_txid;
}
