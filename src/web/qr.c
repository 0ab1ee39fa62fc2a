/* SPDX-License-Identifier: Apache-2.0 */
#include "web/qr.h"

#include "base/buf.h"

#include <qrencode.h>

enum { PATH_MAX_BYTES = 256 * 1024 };

/* "M4 7h3m1 0h2": from the row's start, each run as its gap and its length. */
static void write_row(struct buf *out, const unsigned char *row, size_t width, size_t y)
{
    size_t pen = 0;
    for (size_t x = 0, run; x < width; x += run ? run : 1) {
        for (run = 0; x + run < width && (row[x + run] & 1); run++)
            ;
        if (!run)
            continue;
        if (pen == 0)
            buf_fmt(out, "M%zu %zuh%zu", x + QR_QUIET, y + QR_QUIET, run);
        else
            buf_fmt(out, "m%zu 0h%zu", x - pen, run);
        pen = x + run;
    }
}

struct view_qr qr_of(struct arena *a, struct str text)
{
    struct view_qr qr = {0};
    if (text.len == 0 || text.len > QR_TEXT_MAX)
        return qr;
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code)
        return qr;
    struct buf out;
    buf_init(&out, PATH_MAX_BYTES);
    size_t width = (size_t)code->width;
    for (size_t y = 0; y < width; y++)
        write_row(&out, code->data + y * width, width, y);
    if (buf_ok(&out)) {
        qr.size = width + (size_t)2 * QR_QUIET;
        qr.path = arena_str(a, buf_view(&out));
    }
    buf_release(&out);
    QRcode_free(code);
    return qr;
}
