/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void cells(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"a, b", "\"a, b\""},
        {"say \"yes\"", "\"say \"\"yes\"\"\""},
        {"\"", "\"\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"a;b", "\"a;b\""},
        {" led", "\" led\""},
        {"trailed ", "\"trailed \""},
        {"=1+1", "'=1+1"},
        {"+49 30 1234", "'+49 30 1234"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "\"'\tx\""},
        {"\r=x", "\"'\r=x\""},
        {"\n=x", "\"'\n=x\""},
        {"  =x", "\"'  =x\""},
        {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
        {"\xEF\xBC\x9D"
         "1",
         "'\xEF\xBC\x9D"
         "1"},
        {"\xEF\xBC\xA0"
         "x",
         "'\xEF\xBC\xA0"
         "x"},
        {"a=b", "a=b"},
        {"株式会社", "株式会社"},
        {"'quoted'", "'quoted'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        struct csv csv;
        buf_init(&out, 4096);
        csv_init(&csv, &out);
        csv_cell(&csv, str_from(rows[i].text));
        assert_string_equal(buf_cstring(&out), rows[i].cell);
        buf_release(&out);
    }
}

static void rows(void **state)
{
    (void)state;
    struct buf out;
    struct csv csv;
    buf_init(&out, 4096);
    csv_init(&csv, &out);
    for (int i = 0; i < 2; i++) {
        csv_cell(&csv, STR("a"));
        csv_cell(&csv, STR(""));
        csv_cell(&csv, STR("c"));
        csv_end(&csv);
    }
    assert_string_equal(buf_cstring(&out), "a,,c\r\na,,c\r\n");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
