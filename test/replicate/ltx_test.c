/* SPDX-License-Identifier: Apache-2.0 */
/* What a header may say, the order of pages, and names. */
#include "replicate/database.h"
#include "replicate/ltx_name.h"

static const struct ltx_header fine = {
    .flags = 0,
    .page_size = 4096,
    .commit = 7,
    .min_txid = 2,
    .max_txid = 0xfedcba9876543210u,
    .at_ms = -5,
    .pre_apply = LTX_CHECKSUM_BIT | 42,
    .wal_offset = 32,
    .wal_size = 4120,
    .wal_salt1 = 0x80000001u,
    .wal_salt2 = 3,
    .node = 0xffeeddccbbaa9988u,
};

static void a_header_comes_back(void **state)
{
    (void)state;
    unsigned char bytes[LTX_HEADER_SIZE], again[LTX_HEADER_SIZE];
    struct ltx_header h;
    struct why why;
    ltx_header_write(&fine, bytes);
    assert_memory_equal(bytes, "LTX1\0\0\0\0\0\0\x10\0\0\0\0\7", 16);
    expect_fine(ltx_header_read(bytes, &h, &why), &why);
    ltx_header_write(&h, again);
    assert_memory_equal(bytes, again, sizeof bytes);
    assert_true(h.at_ms == -5 && h.wal_salt1 == 0x80000001u && h.node == fine.node);
}

static void a_header_is_refused(void **state)
{
    (void)state;
    struct change {
        size_t at;
        uint32_t value;
        const char *says;
    };
    static const struct change changes[] = {
        {0, 0x4c545832, "byte 0: this is no LTX file"},
        {4, 1, "byte 4: flags 0x1"},
        {4, 4, "byte 4"},
        {8, 256, "byte 8: a page of 256 bytes"},
        {8, 131072, "byte 8"},
        {8, 4097, "byte 8"},
        {8, 0, "byte 8"},
        {12, UINT32_MAX, "byte 12"},
        {24, 0, "byte 16: TXIDs from"},
        {40, 0, "byte 40: no checksum"},
        {48, 0xffffffff, "byte 48"},
        {52, 0, "byte 48"},
        {56, 0xffffffff, "byte 48"},
        {80, 1, "byte 83: not zero"},
        {96, 1, "byte 99: not zero"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        unsigned char bytes[LTX_HEADER_SIZE];
        struct ltx_header h = fine;
        struct why why = {.detail = ""};
        h.max_txid &= UINT32_MAX;
        ltx_header_write(&h, bytes);
        if (changes[i].at == 24)
            memset(bytes + 24, 0, 8);
        ltx_put_u32(bytes + changes[i].at, changes[i].value);
        assert_int_equal(ltx_header_read(bytes, &h, &why), ERR_DATA);
        assert_contains(why.detail, changes[i].says);
    }
}

static void checksums_and_flags_agree(void **state)
{
    (void)state;
    struct ltx_header h = fine;
    struct why why;
    h.flags = LTX_FLAG_NO_CHECKSUM;
    assert_int_equal(ltx_header_check(&h, &why), ERR_DATA);
    h.pre_apply = 0;
    assert_int_equal(ltx_header_check(&h, &why), ERR_NONE);
    h = fine;
    h.min_txid = 1;
    assert_int_equal(ltx_header_check(&h, &why), ERR_DATA);
    h.pre_apply = 0;
    assert_int_equal(ltx_header_check(&h, &why), ERR_NONE);
}

/* Runs through pages, 0 at the end; returns what is said of the first that may not be. */
static const char *order(const struct ltx_header *h, uint32_t known, const uint32_t *pgno)
{
    static struct why why;
    struct ltx_pages p;
    why = (struct why){.detail = ""};
    ltx_pages_begin(&p, h, known, "look");
    for (; *pgno; pgno++)
        if (ltx_pages_next(&p, *pgno, 0, &why))
            return why.detail;
    return ltx_pages_end(&p, 0, &why) ? why.detail : "";
}

#define PAGES(...) ((const uint32_t[]){__VA_ARGS__, 0})

static void the_order_of_pages(void **state)
{
    (void)state;
    struct ltx_header h = fine;
    assert_string_equal(order(&h, LTX_KNOWN_ALL, PAGES(0)), "");
    assert_string_equal(order(&h, LTX_KNOWN_ALL, PAGES(2, 5, 7)), "");
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(2, 2)), "page 2 after page 2");
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(3, 2)), "page 2 after page 3");
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(8)), "page 8 of a database of 7");
    assert_string_equal(order(&h, 5, PAGES(2, 6, 7)), "");
    assert_contains(order(&h, 5, PAGES(2, 7)), "page 7, and page 6 is missing");
    assert_contains(order(&h, 5, PAGES(6)), "no more pages, and page 7 is missing");
    assert_contains(order(&h, 5, PAGES(0)), "page 6 is missing");
    assert_string_equal(order(&h, 9, PAGES(0)), "");
    h.min_txid = 1;
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(2)), "page 1 is missing");
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(1, 2, 3, 4, 5, 6)), "page 7 is missing");
    assert_string_equal(order(&h, LTX_KNOWN_ALL, PAGES(1, 2, 3, 4, 5, 6, 7)), "");
}

static void the_lock_page(void **state)
{
    (void)state;
    static const uint32_t locks[] = {2097153, 1048577, 524289, 262145, 131073, 65537, 32769, 16385};
    for (int i = 0; i < 8; i++)
        assert_int_equal(ltx_lock_page(512u << i), locks[i]);

    struct ltx_header h = {.page_size = 65536, .commit = 16386, .min_txid = 3, .max_txid = 3};
    assert_contains(order(&h, LTX_KNOWN_ALL, PAGES(16384, 16385)), "lock page");
    assert_string_equal(order(&h, 16384, PAGES(16386)), "");
    assert_contains(order(&h, 16384, PAGES(0)), "page 16386 is missing");
    h.commit = 16385; /* SQLite makes no such database, and a reader can do with it */
    assert_string_equal(order(&h, 16384, PAGES(0)), "");

    struct ltx_pages p;
    struct why why;
    h = (struct ltx_header){.page_size = 65536, .commit = 16387, .min_txid = 1, .max_txid = 1};
    ltx_pages_begin(&p, &h, LTX_KNOWN_ALL, "look");
    for (uint32_t pgno = 1; pgno <= h.commit; pgno++)
        if (pgno != 16385)
            expect_fine(ltx_pages_next(&p, pgno, 0, &why), &why);
    expect_fine(ltx_pages_end(&p, 0, &why), &why);
    assert_int_equal(p.count, 16386);
}

static void names(void **state)
{
    (void)state;
    char text[LTX_NAME_SIZE];
    struct ltx_name n = {9, 1, 0xfedcba9876543210u};
    assert_str(ltx_name_write(&n, text), "ltx/9/0000000000000001-fedcba9876543210.ltx");
    n = (struct ltx_name){0};
    assert_true(ltx_name_read(STR("ltx/9/0000000000000001-fedcba9876543210.ltx"), &n));
    assert_true(n.level == 9 && n.min_txid == 1 && n.max_txid == 0xfedcba9876543210u);
    static const char *const not_names[] = {
        "",
        "ltx/0/0000000000000001-0000000000000001",
        "ltx/0/0000000000000001-0000000000000001.ltx.tmp",
        "ltx/0/000000000000000A-000000000000000b.ltx",
        "ltx/0/0000000000000002-0000000000000001.ltx",
        "ltx/0/0000000000000000-0000000000000001.ltx",
        "ltx/a/0000000000000001-0000000000000001.ltx",
        "ltx/00/000000000000001-0000000000000001.ltx",
        "ltx/0/000000000000001-00000000000000001.ltx",
        "ltx/0-0000000000000001-0000000000000001.ltx",
        "LTX/0/0000000000000001-0000000000000001.ltx",
        "0/0000000000000001-0000000000000001.ltx",
        "ltx/0/0000000000000001-00000000000000 1.ltx",
    };
    for (size_t i = 0; i < sizeof not_names / sizeof *not_names; i++)
        assert_false(ltx_name_read(str_from(not_names[i]), &n));
}

static void varints(void **state)
{
    (void)state;
    unsigned char out[10];
    assert_int_equal(ltx_put_varint(out, 0), 1);
    assert_int_equal(ltx_put_varint(out, 127), 1);
    assert_int_equal(ltx_put_varint(out, 300), 2);
    assert_memory_equal(out, "\xac\x02", 2);
    assert_int_equal(ltx_put_varint(out, UINT64_MAX), 10);
    assert_memory_equal(out, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_comes_back),
        cmocka_unit_test(a_header_is_refused),
        cmocka_unit_test(checksums_and_flags_agree),
        cmocka_unit_test(the_order_of_pages),
        cmocka_unit_test(the_lock_page),
        cmocka_unit_test(names),
        cmocka_unit_test(varints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
