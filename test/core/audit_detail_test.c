/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit_detail.h"

#include "lib/expect.h"

static void rows(void **state)
{
    (void)state;
    static const struct {
        const char *detail, *text;
    } rows[] = {
        {"", ""},
        {"{}", ""},
        {"{\"was\":\"new\",\"becomes\":\"won\"}", "new → won"},
        {"{\"was\":\"\",\"becomes\":\"7\"}", "– → 7"},
        {"{\"role\":\"agent\",\"sessions\":3,\"strong\":true}",
         "role: agent, sessions: 3, strong: yes"},
        {"{\"list\":[1,2],\"part\":0.5}", "list: …, part: …"},
        {"{broken", "{broken"},
        {"[1]", "[1]"},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(audit_detail_text(&a, str_from(rows[i].detail)), rows[i].text);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};
    return cmocka_run_group_tests_name("audit_detail", tests, NULL, NULL);
}
