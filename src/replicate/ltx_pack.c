/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_pack.h"

#include "base/must.h"

#include <lz4.h>

static const LZ4F_preferences_t preferences = {
    .frameInfo = {.blockSizeID = LZ4F_max64KB,
                  .blockMode = LZ4F_blockIndependent,
                  .contentChecksumFlag = LZ4F_contentChecksumEnabled},
};

size_t ltx_packed_max(size_t page_size)
{
    /* LZ4 grows what it cannot compress by 1/255 and 16 bytes; a frame adds at most 19 + 4 + 4 + 4.
     */
    return page_size + page_size / 128 + 64;
}

static enum err no_memory(struct why *why)
{
    return err_set(why, ERR_IO, "compress pages", "out of memory");
}

enum err ltx_packer_init(struct ltx_packer *p, struct why *why)
{
    p->context = NULL;
    if (LZ4F_isError(LZ4F_createCompressionContext(&p->context, LZ4F_VERSION)))
        return no_memory(why);
    return ERR_NONE;
}

void ltx_packer_release(struct ltx_packer *p)
{
    LZ4F_freeCompressionContext(p->context);
    p->context = NULL;
}

size_t ltx_pack(struct ltx_packer *p, const void *page, size_t n, unsigned char *out)
{
    size_t used = LZ4F_compressFrame_usingCDict(p->context, out, ltx_packed_max(n), page, n, NULL,
                                                &preferences);
    must(!LZ4F_isError(used));
    return used;
}

enum err ltx_unpacker_init(struct ltx_unpacker *u, struct why *why)
{
    *u = (struct ltx_unpacker){.page = malloc(LTX_PAGE_MAX)};
    if (u->page && !LZ4F_isError(LZ4F_createDecompressionContext(&u->context, LZ4F_VERSION)))
        return ERR_NONE;
    ltx_unpacker_release(u);
    return no_memory(why);
}

void ltx_unpacker_release(struct ltx_unpacker *u)
{
    LZ4F_freeDecompressionContext(u->context);
    free(u->page);
    *u = (struct ltx_unpacker){NULL, NULL};
}

const char *ltx_unpack_frame(struct ltx_unpacker *u, struct str in, size_t n, size_t *used)
{
    size_t got = 0;
    *used = 0;
    LZ4F_resetDecompressionContext(u->context);
    for (;;) {
        size_t out = LTX_PAGE_MAX - got, read = in.len - *used;
        size_t more = LZ4F_decompress(u->context, u->page + got, &out, in.ptr + *used, &read, NULL);
        if (LZ4F_isError(more))
            return LZ4F_getErrorName(more);
        got += out;
        *used += read;
        if (more == 0)
            return got == n ? NULL : "it does not hold exactly one page";
        if (got > n)
            return "it holds more than one page";
        if (!out && !read)
            return "it is cut off, or longer than any page makes it";
    }
}

const char *ltx_unpack_block(struct ltx_unpacker *u, struct str in, size_t n)
{
    int got = LZ4_decompress_safe(in.ptr, (char *)u->page, (int)in.len, (int)n);
    return got == (int)n ? NULL : "the block does not hold exactly one page";
}
