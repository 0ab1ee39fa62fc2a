/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LTX files for scripts, by the code under test.
 *
 *     ltx encode OUT MIN MAX MS FLAGS OLD NEW    from one database file to the next; OLD "-": a
 * snapshot ltx compact OUT IN...                      oldest first ltx apply DATABASE IN into a
 * database file, which is made if it is missing ltx verify IN...                           a line
 * about each
 */
#include "replicate/ltx_checksum.h"
#include "replicate/ltx_compact.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"
#include "replicate/ltx_verify.h"

#include <unistd.h>

enum { ARGUMENTS_MAX = 64 };

static const size_t file_max = (size_t)1 << 30;

_Noreturn static void stop(const struct why *why)
{
    fprintf(stderr, "cannot %s: %s\n", why->op, why->detail);
    exit(1);
}

static void must_be(enum err err, const struct why *why)
{
    if (err)
        stop(why);
}

static void read_whole(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    buf_init(out, file_max);
    for (size_t n = 1; f && n;) {
        char *room = buf_extend(out, 1 << 16);
        if (!room)
            break;
        n = fread(room, 1, 1 << 16, f);
        out->len -= (1 << 16) - n;
    }
    if (!f || ferror(f) || !buf_ok(out)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fclose(f);
}

static void write_whole(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes.ptr, 1, bytes.len, f) != bytes.len || fclose(f) != 0) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(1);
    }
}

static uint64_t number(const char *text)
{
    uint64_t n;
    if (!str_to_u64(str_from(text), &n)) {
        fprintf(stderr, "%s is no number\n", text);
        exit(2);
    }
    return n;
}

/* https://sqlite.org/fileformat2.html#the_database_header: bytes 16 and 17, where 1 is 65536. */
static uint32_t page_size_of(struct str database)
{
    uint32_t n = database.len < 100 ? 0 : ltx_get_u16((const unsigned char *)database.ptr + 16);
    return n == 1 ? LTX_PAGE_MAX : n;
}

static uint64_t checksum_of(struct str database, uint32_t page_size)
{
    uint64_t sum = LTX_DATABASE_EMPTY;
    for (uint32_t pgno = 1; (size_t)pgno * page_size <= database.len; pgno++)
        sum = ltx_database_toggle(
            sum, ltx_page_checksum(pgno, database.ptr + (size_t)(pgno - 1) * page_size, page_size));
    return sum;
}

static int encode(char **argument)
{
    struct buf before, after, out;
    struct ltx_encoder e;
    struct why why;
    buf_init(&before, 0);
    buf_init(&out, file_max);
    if (!str_eq(str_from(argument[5]), STR("-")))
        read_whole(argument[5], &before);
    read_whole(argument[6], &after);
    const uint32_t size = page_size_of(buf_view(&after));
    struct ltx_header h = {
        .flags = (uint32_t)number(argument[4]),
        .page_size = size,
        .commit = size ? (uint32_t)(after.len / size) : 0,
        .min_txid = number(argument[1]),
        .max_txid = number(argument[2]),
        .at_ms = (int64_t)number(argument[3]),
    };
    const bool kept = !(h.flags & LTX_FLAG_NO_CHECKSUM);
    if (kept && !ltx_is_snapshot(&h))
        h.pre_apply = checksum_of(buf_view(&before), size);
    must_be(ltx_encoder_init(&e, &why), &why);
    must_be(ltx_encoder_begin(&e, &h, (uint32_t)(before.len / (size ? size : 1)),
                              ltx_sink_buf(&out), &why),
            &why);
    for (uint32_t pgno = 1; pgno <= h.commit; pgno++) {
        const size_t at = (size_t)(pgno - 1) * size;
        if (at >= before.len || memcmp(before.ptr + at, after.ptr + at, size) != 0)
            must_be(ltx_encoder_page(&e, pgno, after.ptr + at, &why), &why);
    }
    must_be(ltx_encoder_end(&e, kept ? checksum_of(buf_view(&after), size) : 0, NULL, &why), &why);
    write_whole(argument[0], buf_view(&out));
    ltx_encoder_release(&e);
    buf_release(&before);
    buf_release(&after);
    buf_release(&out);
    return 0;
}

static int compact(int count, char **argument)
{
    struct buf in[ARGUMENTS_MAX], out;
    struct str rest[ARGUMENTS_MAX];
    struct ltx_source source[ARGUMENTS_MAX];
    struct why why;
    const size_t n = (size_t)count - 1;
    for (size_t i = 0; i < n; i++) {
        read_whole(argument[i + 1], &in[i]);
        rest[i] = buf_view(&in[i]);
        source[i] = ltx_source_str(&rest[i]);
    }
    buf_init(&out, file_max);
    must_be(ltx_compact(source, n, ltx_sink_buf(&out), NULL, NULL, &why), &why);
    write_whole(argument[0], buf_view(&out));
    buf_release(&out);
    for (size_t i = 0; i < n; i++)
        buf_release(&in[i]);
    return 0;
}

static int apply(char **argument)
{
    struct ltx_unpacker unpacker;
    struct ltx_decoder d;
    struct buf in;
    struct why why;
    read_whole(argument[1], &in);
    struct str rest = buf_view(&in);
    FILE *f = fopen(argument[0], "r+b");
    if (!f)
        f = fopen(argument[0], "w+b");
    must_be(ltx_unpacker_init(&unpacker, &why), &why);
    ltx_decoder_init(&d, &unpacker, 0);
    must_be(ltx_decoder_begin(&d, ltx_source_str(&rest), LTX_KNOWN_ALL, &why), &why);
    const uint32_t size = d.header.page_size;
    for (uint32_t pgno = 1; pgno;) {
        const unsigned char *page;
        must_be(ltx_decoder_page(&d, &pgno, &page, &why), &why);
        if (pgno && (!f || fseeko(f, (off_t)(pgno - 1) * size, SEEK_SET) != 0 ||
                     fwrite(page, 1, size, f) != size))
            must_be(err_set(&why, ERR_IO, "write", "%s", argument[0]), &why);
    }
    if (!f || fflush(f) != 0 || ftruncate(fileno(f), (off_t)d.header.commit * size) != 0 ||
        fclose(f) != 0)
        must_be(err_set(&why, ERR_IO, "write", "%s", argument[0]), &why);
    ltx_decoder_release(&d);
    ltx_unpacker_release(&unpacker);
    buf_release(&in);
    return 0;
}

static int verify(int count, char **argument)
{
    for (int i = 0; i < count; i++) {
        struct ltx_summary s;
        struct buf in;
        struct why why;
        read_whole(argument[i], &in);
        struct str rest = buf_view(&in);
        must_be(ltx_verify(ltx_source_str(&rest), NULL, &s, &why), &why);
        printf("%016llx-%016llx flags %u: %u pages of %u bytes of %u, database %016llx, file "
               "%016llx, %llu bytes\n",
               (unsigned long long)s.header.min_txid, (unsigned long long)s.header.max_txid,
               s.header.flags, s.pages, s.header.page_size, s.header.commit,
               (unsigned long long)s.trailer.post_apply, (unsigned long long)s.trailer.file,
               (unsigned long long)s.bytes);
        buf_release(&in);
    }
    return 0;
}

int main(int count, char **argument)
{
    const struct str verb = count > 1 ? str_from(argument[1]) : STR_EMPTY;
    const int n = count - 2;
    if (str_eq(verb, STR("encode")) && n == 7)
        return encode(argument + 2);
    if (str_eq(verb, STR("compact")) && n >= 2 && n <= ARGUMENTS_MAX)
        return compact(n, argument + 2);
    if (str_eq(verb, STR("apply")) && n == 2)
        return apply(argument + 2);
    if (str_eq(verb, STR("verify")) && n >= 1)
        return verify(n, argument + 2);
    fputs("usage: ltx encode|compact|apply|verify …; the source says what follows\n", stderr);
    return 2;
}
