/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/crc64.h"

#include "replicate/database.h"

/* Bit by bit, from the definition. */
static uint64_t slowly(const unsigned char *p, size_t n)
{
    uint64_t a = UINT64_MAX;
    for (; n; n--, p++) {
        a ^= *p;
        for (int i = 0; i < 8; i++)
            a = a & 1 ? (a >> 1) ^ 0xD800000000000000u : a >> 1;
    }
    return ~a;
}

static void check_value(void **state)
{
    (void)state;
    assert_true(crc64(0, "123456789", 9) == 0xB90956C775A41001u);
    assert_true(crc64_by_tables(0, "123456789", 9) == 0xB90956C775A41001u);
    assert_true(crc64(0, "", 0) == 0);
}

static void every_length_and_place(void **state)
{
    (void)state;
    unsigned char bytes[700];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)chance(256);
    for (size_t from = 0; from < 17; from++)
        for (size_t n = 0; n <= sizeof bytes - from; n += 1 + n / 80) {
            uint64_t right = slowly(bytes + from, n);
            assert_true(crc64(0, bytes + from, n) == right);
            assert_true(crc64_by_tables(0, bytes + from, n) == right);
        }
}

static void goes_on(void **state)
{
    (void)state;
    unsigned char bytes[512];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)chance(256);
    const uint64_t right = slowly(bytes, sizeof bytes);
    for (size_t cut = 0; cut <= sizeof bytes; cut++)
        assert_true(crc64(crc64(0, bytes, cut), bytes + cut, sizeof bytes - cut) == right);
}

static void database_sums(void **state)
{
    (void)state;
    struct database d;
    database_init(&d, 512, 9);
    uint64_t sum = database_checksum(&d);
    assert_true(sum & LTX_CHECKSUM_BIT);
    for (int i = 0; i < 200; i++) {
        /* A page changes, one comes, one goes: the running sum is that of the whole. */
        uint32_t pgno = 1 + chance(d.commit);
        unsigned char *page = database_page(&d, pgno);
        uint64_t old = ltx_page_checksum(pgno, page, 512);
        page[chance(512)] ^= (unsigned char)(1 + chance(255));
        sum = ltx_database_swap(sum, old, ltx_page_checksum(pgno, page, 512));
        if (i % 3 == 0 && d.commit > 1) {
            sum = ltx_database_toggle(
                sum, ltx_page_checksum(d.commit, database_page(&d, d.commit), 512));
            d.commit--;
        } else if (i % 3 == 1 && d.commit < DATABASE_PAGES_MAX) {
            d.commit++;
            sum = ltx_database_toggle(
                sum, ltx_page_checksum(d.commit, database_page(&d, d.commit), 512));
        }
        assert_true(sum == database_checksum(&d));
    }
    database_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_value),
        cmocka_unit_test(every_length_and_place),
        cmocka_unit_test(goes_on),
        cmocka_unit_test(database_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
