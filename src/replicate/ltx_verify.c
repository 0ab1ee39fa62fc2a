/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/ltx_verify.h"

#include "replicate/ltx_decode.h"

enum { AHEAD = 128 << 10 };

static enum err check_name(const struct ltx_header *h, const struct ltx_name *name, struct why *why)
{
    if (h->min_txid == name->min_txid && h->max_txid == name->max_txid)
        return ERR_NONE;
    char text[LTX_NAME_SIZE];
    ltx_name_write(name, text);
    return err_set(why, ERR_DATA, "read an LTX file",
                   "byte 16: TXIDs %016llx to %016llx, and the name is %s",
                   (unsigned long long)h->min_txid, (unsigned long long)h->max_txid, text);
}

enum err ltx_verify(struct ltx_source source, const struct ltx_name *name,
                    struct ltx_summary *summary, struct why *why)
{
    struct ltx_unpacker unpacker;
    struct ltx_decoder d;
    enum err err = ltx_unpacker_init(&unpacker, why);
    if (err)
        return err;
    ltx_decoder_init(&d, &unpacker, AHEAD);
    err = ltx_decoder_begin(&d, source, LTX_KNOWN_ALL, why);
    if (!err && name)
        err = check_name(&d.header, name, why);
    const unsigned char *page;
    for (uint32_t pgno = 1; !err && pgno;)
        err = ltx_decoder_page(&d, &pgno, &page, why);
    if (!err)
        *summary = (struct ltx_summary){
            .header = d.header,
            .trailer = d.trailer,
            .pages = d.pages.count,
            .bytes = d.used,
            .database = ltx_is_snapshot(&d.header) ? d.pages.database : 0,
        };
    ltx_decoder_release(&d);
    ltx_unpacker_release(&unpacker);
    return err;
}
