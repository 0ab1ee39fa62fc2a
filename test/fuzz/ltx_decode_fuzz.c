/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an LTX file that anybody may have changed. Whatever it is, the decoder ends, leaks
 * nothing and either names the byte where it is wrong or has found every page in order. With the
 * checksum at the end put right, so that the fuzzer gets behind it, what was taken is written again
 * by our own encoder, read again, and is the same.
 */
#include "base/must.h"
#include "replicate/crc64.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decodes; the pages go into e when it is there. *sum is the checksum of all that was decoded. */
static enum err decode(struct str file, struct ltx_decoder *d, struct ltx_encoder *e,
                       struct buf *out, uint64_t *sum, struct why *why)
{
    uint32_t pgno = 1, last = 0;
    const unsigned char *page;
    *sum = 0;
    enum err err = ltx_decoder_begin(d, ltx_source_str(&file), LTX_KNOWN_ALL, why);
    if (!err && e)
        must(!ltx_encoder_begin(e, &d->header, LTX_KNOWN_ALL, ltx_sink_buf(out), why));
    while (!err && !(err = ltx_decoder_page(d, &pgno, &page, why)) && pgno) {
        must(pgno > last && pgno <= d->header.commit);
        last = pgno;
        *sum = crc64(crc64(*sum, &pgno, sizeof pgno), page, d->header.page_size);
        if (e)
            must(!ltx_encoder_page(e, pgno, page, why));
    }
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ltx_unpacker unpacker;
    struct ltx_decoder d;
    struct ltx_encoder e;
    struct why why = {.detail = ""};
    struct buf file, again;
    uint64_t sum, sum_again;
    buf_init(&file, size + 1);
    buf_init(&again, 64 << 20);
    buf_bytes(&file, data, size);
    must(!ltx_unpacker_init(&unpacker, &why) && !ltx_encoder_init(&e, &why));
    ltx_decoder_init(&d, &unpacker, 0);

    enum err err = decode(buf_view(&file), &d, NULL, NULL, &sum, &why);
    if (err) {
        must(err == ERR_DATA && strstr(why.detail, "byte "));
        /* The last thing that is compared: made right, it is another file. */
        if (strstr(why.detail, "the file's checksum is")) {
            ltx_put_u64((unsigned char *)file.ptr + d.used - 8, d.file);
            err = decode(buf_view(&file), &d, NULL, NULL, &sum, &why);
        }
    }
    if (!err) {
        must(!decode(buf_view(&file), &d, &e, &again, &sum, &why));
        must(!ltx_encoder_end(&e, d.trailer.post_apply, NULL, &why));
        must(!decode(buf_view(&again), &d, NULL, NULL, &sum_again, &why));
        must(sum == sum_again);
    }
    ltx_decoder_release(&d);
    ltx_encoder_release(&e);
    ltx_unpacker_release(&unpacker);
    buf_release(&file);
    buf_release(&again);
    return 0;
}
