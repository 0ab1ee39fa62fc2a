/* SPDX-License-Identifier: Apache-2.0 */
/* Encoder and decoder against each other, and the decoder against damage. */
#include "replicate/crc64.h"
#include "replicate/database.h"
#include "replicate/ltx_verify.h"

#include <lz4.h>

static const uint32_t both_flags[] = {0, LTX_FLAG_NO_CHECKSUM};

/* A database lives, and one that is restored from the files of its life is the same. */
static void live(uint32_t page_size, uint32_t flags)
{
    struct database now, restored, before;
    struct why why;
    database_init(&now, page_size, 1 + chance(20));
    database_init(&restored, page_size, 0);
    struct buf file = database_file(NULL, &now, flags);
    expect_fine(database_apply(&restored, buf_view(&file), &why), &why);
    expect_same(&now, &restored);
    buf_release(&file);
    for (int i = 0; i < 12; i++) {
        database_copy(&before, &now);
        database_change(&now);
        file = database_file(&before, &now, flags);
        expect_fine(database_apply(&restored, buf_view(&file), &why), &why);
        expect_same(&now, &restored);
        buf_release(&file);
        database_release(&before);
    }
    database_release(&now);
    database_release(&restored);
}

static void every_page_size(void **state)
{
    (void)state;
    for (uint32_t size = LTX_PAGE_MIN; size <= LTX_PAGE_MAX; size *= 2)
        for (int f = 0; f < 2; f++)
            live(size, both_flags[f]);
}

static void portions_of_any_size(void **state)
{
    (void)state;
    struct database d;
    struct why why;
    struct ltx_summary s;
    database_init(&d, 65536, 3);
    struct buf file = database_file(NULL, &d, 0);
    static const size_t sizes[] = {1, 7, 4096, 1 << 20};
    for (size_t i = 0; i < 4; i++) {
        struct portions p = {buf_view(&file), sizes[i]};
        expect_fine(ltx_verify(portions_source(&p), NULL, &s, &why), &why);
        assert_int_equal(s.bytes, file.len);
        assert_int_equal(s.pages, 3);
        assert_true(s.database == database_checksum(&d) && s.trailer.post_apply == s.database);
    }
    buf_release(&file);
    database_release(&d);
}

/* A damaged file is refused, or it was not damaged: LZ4 can say one thing in several ways. */
static void expect_refused_or_same(const struct database *base, const struct database *after,
                                   struct str file, const struct ltx_header *header)
{
    struct database d;
    struct why why = {.detail = ""};
    database_copy(&d, base);
    if (database_apply(&d, file, &why) == ERR_NONE) {
        unsigned char wanted[LTX_HEADER_SIZE];
        ltx_header_write(header, wanted);
        assert_memory_equal(file.ptr, wanted, LTX_HEADER_SIZE);
        expect_same(&d, after);
    } else {
        assert_contains(why.detail, "byte ");
    }
    database_release(&d);
}

static void damage(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct database before, after;
        struct ltx_header header;
        struct why why;
        database_init(&before, 512, 3);
        database_copy(&after, &before);
        memset(database_page(&after, 2), round, 500);
        database_page(&after, 3)[17] ^= 1;
        after.txid++;
        struct buf file = database_file(round < 2 ? &before : NULL, &after, both_flags[round % 2]);
        expect_fine(ltx_header_read((unsigned char *)file.ptr, &header, &why), &why);
        for (size_t i = 0; i < file.len; i++) {
            const char was = file.ptr[i];
            for (int bit = 0; bit < 8; bit++) {
                file.ptr[i] = (char)(was ^ (1 << bit));
                expect_refused_or_same(&before, &after, buf_view(&file), &header);
            }
            file.ptr[i] = (char)chance(256);
            expect_refused_or_same(&before, &after, buf_view(&file), &header);
            file.ptr[i] = was;
        }
        for (size_t n = 0; n < file.len; n++) {
            struct ltx_summary s;
            struct str part = str_slice(buf_view(&file), 0, n);
            assert_int_equal(ltx_verify(ltx_source_str(&part), NULL, &s, &why), ERR_DATA);
        }
        struct ltx_summary s;
        buf_byte(&file, 0);
        struct str more = buf_view(&file);
        assert_int_equal(ltx_verify(ltx_source_str(&more), NULL, &s, &why), ERR_DATA);
        assert_contains(why.detail, "goes on behind its end");
        buf_release(&file);
        database_release(&before);
        database_release(&after);
    }
}

static void the_name_must_fit(void **state)
{
    (void)state;
    struct database d;
    struct ltx_summary s;
    struct why why;
    database_init(&d, 512, 2);
    struct buf file = database_file(NULL, &d, LTX_FLAG_NO_CHECKSUM);
    struct ltx_name name = {9, 1, 1};
    struct str rest = buf_view(&file);
    expect_fine(ltx_verify(ltx_source_str(&rest), &name, &s, &why), &why);
    assert_true(s.database == database_checksum(&d) && s.trailer.post_apply == 0);
    name.max_txid = 2;
    rest = buf_view(&file);
    assert_int_equal(ltx_verify(ltx_source_str(&rest), &name, &s, &why), ERR_DATA);
    assert_contains(why.detail, "and the name is ltx/9/");
    buf_release(&file);
    database_release(&d);
}

/* A file of one page whose frame is the n bytes given, everything else as it should be. */
static struct buf with_frame(const unsigned char *page, uint16_t flags, struct str frame)
{
    const struct ltx_header header = {
        .flags = 2, .page_size = 512, .commit = 1, .min_txid = 1, .max_txid = 1};
    unsigned char bytes[LTX_HEADER_SIZE], entry[LTX_INDEX_ENTRY_MAX];
    struct buf out, index;
    buf_init(&out, FILE_MAX);
    buf_init(&index, 100);
    ltx_header_write(&header, bytes);
    buf_bytes(&out, bytes, LTX_HEADER_SIZE);
    ltx_put_u32(bytes, 1);
    ltx_put_u16(bytes + 4, flags);
    buf_bytes(&out, bytes, 6);
    uint64_t sum = crc64(0, out.ptr, out.len);
    if (flags == LTX_FRAME_BLOCK) {
        ltx_put_u32(bytes, (uint32_t)frame.len);
        sum = crc64(sum, bytes, 4);
        buf_bytes(&out, bytes, 4);
    }
    buf_str(&out, frame);
    buf_bytes(&index, "\0\0\0\0\0\0", 6);
    buf_bytes(&index, entry, ltx_put_entry(entry, 1, 100, out.len - 100));
    buf_byte(&index, 0);
    ltx_put_u64(bytes, index.len - 6);
    buf_bytes(&index, bytes, 8);
    buf_bytes(&index, "\0\0\0\0\0\0\0\0", 8);
    buf_str(&out, buf_view(&index));
    sum = crc64(crc64(sum, page, 512), index.ptr, index.len);
    ltx_put_u64(bytes, LTX_CHECKSUM_BIT | sum);
    buf_bytes(&out, bytes, 8);
    assert_true(buf_ok(&out) && buf_ok(&index));
    buf_release(&index);
    return out;
}

static void expect_verdict(const unsigned char *page, uint16_t flags, struct str frame,
                           const char *says)
{
    struct ltx_summary s;
    struct why why = {.detail = ""};
    struct buf file = with_frame(page, flags, frame);
    struct str rest = buf_view(&file);
    enum err err = ltx_verify(ltx_source_str(&rest), NULL, &s, &why);
    if (says)
        assert_contains(why.detail, says);
    else
        expect_fine(err, &why);
    buf_release(&file);
}

static void frames_of_others(void **state)
{
    (void)state;
    unsigned char page[1024], packed[2048];
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = (unsigned char)(i % 512 * 7);

    /* What Go's writer announces: blocks of up to 4 MiB. */
    LZ4F_preferences_t p = {.frameInfo = {.blockSizeID = LZ4F_max4MB, .contentChecksumFlag = 1}};
    size_t n = LZ4F_compressFrame(packed, sizeof packed, page, 512, &p);
    expect_verdict(page, 0, str_of(packed, n), NULL);
    expect_verdict(page, 2, str_of(packed, n), "the frame of page 1: its flags are unknown");
    expect_verdict(page, 0, str_of(packed, n - 1), "the frame of page 1");
    packed[n - 1] ^= 1;
    expect_verdict(page, 0, str_of(packed, n), "ERROR_contentChecksum_invalid");

    n = LZ4F_compressFrame(packed, sizeof packed, page, 511, &p);
    expect_verdict(page, 0, str_of(packed, n), "exactly one page");
    n = LZ4F_compressFrame(packed, sizeof packed, page, 513, &p);
    expect_verdict(page, 0, str_of(packed, n), "exactly one page");
    n = LZ4F_compressFrame(packed, sizeof packed, page, 0, &p);
    expect_verdict(page, 0, str_of(packed, n), "exactly one page");
    expect_verdict(page, 0, STR("\x50\x2a\x4d\x18\x02\0\0\0ab"), "exactly one page");
    expect_verdict(page, 0, STR("no frame at all"), "ERROR_frameType_unknown");

    n = (size_t)LZ4_compress_default((char *)page, (char *)packed, 512, sizeof packed);
    expect_verdict(page, 1, str_of(packed, n), NULL);
    expect_verdict(page, 1, str_of(packed, n - 1), "the block does not hold exactly one page");
    n = (size_t)LZ4_compress_default((char *)page, (char *)packed, 513, sizeof packed);
    expect_verdict(page, 1, str_of(packed, n), "the block does not hold exactly one page");
    expect_verdict(page, 1, str_of(packed, sizeof packed), "longer than any page makes it");
}

/* Readers by others count on it: 4 bytes end mark and 4 bytes of checksum end a frame. */
static void our_frames_have_a_checksum(void **state)
{
    (void)state;
    struct database d;
    database_init(&d, 4096, 1);
    struct buf file = database_file(NULL, &d, 2);
    const unsigned char *frame = (unsigned char *)file.ptr + LTX_HEADER_SIZE + 6;
    assert_memory_equal(frame, "\x04\x22\x4d\x18", 4);
    assert_int_equal(frame[4] & 0x3f, 0x24); /* independent, content checksum, nothing else */
    assert_int_equal(frame[5], 0x40);        /* 64 KiB */
    buf_release(&file);
    database_release(&d);
}

static void an_encoder_refuses(void **state)
{
    (void)state;
    static const unsigned char page[512];
    struct ltx_encoder e;
    struct why why;
    struct buf out;
    struct ltx_header h = {.page_size = 512, .commit = 2, .min_txid = 1, .max_txid = 1};
    buf_init(&out, 4000);
    expect_fine(ltx_encoder_init(&e, &why), &why);

    /* A gap in a snapshot. */
    expect_fine(ltx_encoder_begin(&e, &h, LTX_KNOWN_ALL, ltx_sink_buf(&out), &why), &why);
    assert_int_equal(ltx_encoder_page(&e, 2, page, &why), ERR_DATA);
    assert_stops(ltx_encoder_page(&e, 1, page, &why));
    expect_fine(ltx_encoder_begin(&e, &h, LTX_KNOWN_ALL, ltx_sink_buf(&out), &why), &why);
    expect_fine(ltx_encoder_page(&e, 1, page, &why), &why);
    assert_int_equal(ltx_encoder_end(&e, 0, NULL, &why), ERR_DATA);
    assert_contains(why.detail, "page 2 is missing");

    /* A checksum that is not that of the pages. */
    expect_fine(ltx_encoder_begin(&e, &h, LTX_KNOWN_ALL, ltx_sink_buf(&out), &why), &why);
    expect_fine(ltx_encoder_page(&e, 1, page, &why), &why);
    expect_fine(ltx_encoder_page(&e, 2, page, &why), &why);
    assert_int_equal(ltx_encoder_end(&e, LTX_CHECKSUM_BIT | 1, NULL, &why), ERR_DATA);

    /* None where there must be one, one where there must be none. */
    h.min_txid = h.max_txid = 2;
    h.pre_apply = LTX_CHECKSUM_BIT;
    expect_fine(ltx_encoder_begin(&e, &h, 2, ltx_sink_buf(&out), &why), &why);
    assert_int_equal(ltx_encoder_end(&e, 0, NULL, &why), ERR_DATA);
    h.flags = LTX_FLAG_NO_CHECKSUM;
    h.pre_apply = 0;
    expect_fine(ltx_encoder_begin(&e, &h, 2, ltx_sink_buf(&out), &why), &why);
    assert_int_equal(ltx_encoder_end(&e, LTX_CHECKSUM_BIT, NULL, &why), ERR_DATA);

    /* A sink that has had enough; and after all that the encoder still works. */
    buf_release(&out);
    buf_init(&out, LTX_HEADER_SIZE);
    expect_fine(ltx_encoder_begin(&e, &h, 2, ltx_sink_buf(&out), &why), &why);
    assert_int_equal(ltx_encoder_page(&e, 1, page, &why), ERR_TOO_BIG);
    buf_release(&out);
    buf_init(&out, 4000);
    expect_fine(ltx_encoder_begin(&e, &h, 2, ltx_sink_buf(&out), &why), &why);
    expect_fine(ltx_encoder_page(&e, 2, page, &why), &why);
    expect_fine(ltx_encoder_end(&e, 0, NULL, &why), &why);
    struct ltx_summary s;
    struct str rest = buf_view(&out);
    expect_fine(ltx_verify(ltx_source_str(&rest), NULL, &s, &why), &why);
    ltx_encoder_release(&e);
    buf_release(&out);
}

static enum err broken_read(void *from, void *out, size_t n, size_t *got, struct why *why)
{
    (void)from;
    (void)out;
    (void)n;
    (void)got;
    return err_set(why, ERR_NETWORK, "read", "gone");
}

static void a_source_that_fails(void **state)
{
    (void)state;
    struct ltx_summary s;
    struct why why;
    const struct ltx_source source = {broken_read, NULL};
    assert_int_equal(ltx_verify(source, NULL, &s, &why), ERR_NETWORK);
    assert_string_equal(why.detail, "gone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_size),
        cmocka_unit_test(portions_of_any_size),
        cmocka_unit_test(damage),
        cmocka_unit_test(the_name_must_fit),
        cmocka_unit_test(frames_of_others),
        cmocka_unit_test(our_frames_have_a_checksum),
        cmocka_unit_test(an_encoder_refuses),
        cmocka_unit_test(a_source_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
