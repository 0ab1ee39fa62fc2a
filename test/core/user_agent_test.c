/* SPDX-License-Identifier: Apache-2.0 */
#include "core/user_agent.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void known_ones(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Firefox, Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
         "Edge, Windows"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
         "Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
         "Safari, iPhone"},
        {"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/141.0.0.0 Mobile Safari/537.36",
         "Chrome, Android"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.0 Safari/605.1.15",
         "Safari, macOS"},
        {"curl/8.14.1", "curl"},
        {"Mozilla/5.0 (X11; Linux x86_64)", "Linux"},
        {"<script>alert(1)</script>", ""},
        {"", ""},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(str_eq(user_agent_name(&a, str_from(rows[i][0])), str_from(rows[i][1])));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
