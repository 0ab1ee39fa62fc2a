/* SPDX-License-Identifier: Apache-2.0 */
#include "web/note.h"

#include "lib/expect.h"

static void rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"", ""},
        {"one", "<p dir=\"auto\">one</p>"},
        {"one\ntwo", "<p dir=\"auto\">one<br>two</p>"},
        {"one\n\n\ntwo", "<p dir=\"auto\">one</p><p dir=\"auto\">two</p>"},
        {"- a\n* b", "<ul dir=\"auto\"><li>a</li><li>b</li></ul>"},
        {"x\n- a\ny", "<p dir=\"auto\">x</p><ul dir=\"auto\"><li>a</li></ul><p dir=\"auto\">y</p>"},
        {"**a b** *c* `d*e`",
         "<p dir=\"auto\"><strong>a b</strong> <em>c</em> <code>d*e</code></p>"},
        {"2 * 3 * 4", "<p dir=\"auto\">2 * 3 * 4</p>"},
        {"**open", "<p dir=\"auto\">**open</p>"},
        {"** a **", "<p dir=\"auto\">** a **</p>"},
        {"****", "<p dir=\"auto\">****</p>"},
        {"see https://example.com/a?b=1&c=2.",
         "<p dir=\"auto\">see <a rel=\"noopener noreferrer nofollow\" "
         "href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>.</p>"},
        {"https://", "<p dir=\"auto\">https://</p>"},
        {"javascript:alert(1)", "<p dir=\"auto\">javascript:alert(1)</p>"},
        {"<script>alert(1)</script>", "<p dir=\"auto\">&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
        {"https://x\"onclick=\"y", "<p dir=\"auto\"><a rel=\"noopener noreferrer nofollow\" "
                                   "href=\"https://x\">https://x</a>&#34;onclick=&#34;y</p>"},
        {"[a](javascript:b) ![c](d)", "<p dir=\"auto\">[a](javascript:b) ![c](d)</p>"},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(note_html(&a, str_from(rows[i].text)).html, rows[i].html);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};
    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
