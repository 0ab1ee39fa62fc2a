/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sign.h"

#include "base/text.h"
#include "lib/expect.h"

/* HMAC-SHA-256 of "use\0message", as another implementation answers it (Python's hmac). */
static void test_it_is_the_standards_mac(void **state)
{
    (void)state;
    static const struct {
        const char *use, *message, *mac;
    } cases[] = {
        {"use", "message", "deafdb6ed95427e08966efe9b8ed4dad4cb7c5974ff5bcc3fd9c37abf0de69e1"},
        {"", "", "e711546e3faad4c7c4aa756bc26cad6abea8241984a0f6b0839c70ca61c4ef88"},
    };
    unsigned char key[SIGN_KEY_SIZE], mac[SIGN_MAC_SIZE];
    for (int i = 0; i < SIGN_KEY_SIZE; i++)
        key[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a = ARENA_INIT;
        sign(key, cases[i].use, str_from(cases[i].message), mac);
        assert_str(text_hex(&a, str_of(mac, sizeof mac)), cases[i].mac);
        arena_release(&a);
    }
}

static void test_key_use_and_message_all_count(void **state)
{
    (void)state;
    static const unsigned char key[SIGN_KEY_SIZE], other[SIGN_KEY_SIZE] = {[31] = 1};
    unsigned char macs[4][SIGN_MAC_SIZE];
    sign(key, "a", STR("bc"), macs[0]);
    sign(key, "ab", STR("c"), macs[1]);
    sign(key, "a", STR("bd"), macs[2]);
    sign(other, "a", STR("bc"), macs[3]);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(macs[i], macs[k], SIGN_MAC_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_the_standards_mac),
        cmocka_unit_test(test_key_use_and_message_all_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
