/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_checksum.h"

#include "replicate/crc64.h"
#include "replicate/ltx.h"

uint64_t ltx_page_checksum(uint32_t pgno, const void *page, size_t page_size)
{
    unsigned char number[4];
    ltx_put_u32(number, pgno);
    return LTX_CHECKSUM_BIT | crc64(crc64(0, number, sizeof number), page, page_size);
}

uint64_t ltx_database_toggle(uint64_t database, uint64_t page)
{
    return LTX_CHECKSUM_BIT | (database ^ page);
}

uint64_t ltx_database_swap(uint64_t database, uint64_t before, uint64_t after)
{
    return LTX_CHECKSUM_BIT | (database ^ before ^ after);
}
