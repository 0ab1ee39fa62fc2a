/* SPDX-License-Identifier: Apache-2.0 */
#include "web/link.h"

#include "base/text.h"
#include "lib/expect.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct link_key key = {{1, 2, 3}}, other_key = {{1, 2, 4}};

static void test_a_token_gives_its_client_id_back(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    for (uint64_t bits = 1; bits < 1ull << 40; bits *= 7) {
        struct client_id id = client_id_make(bits), read;
        struct str token = link_token(&a, &key, &id);
        assert_true(link_read(&a, &key, token, &read));
        assert_string_equal(read.text, id.text);
        assert_false(link_read(&a, &other_key, token, &read));
    }
    arena_release(&a);
}

static void test_no_changed_bit_is_believed(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct client_id id = client_id_make(123456789), read;
    struct str token = link_token(&a, &key, &id), bytes;
    assert_true(text_unbase64url(&a, token, &bytes));
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        struct str changed = arena_str(&a, bytes);
        char *p = arena_alloc(&a, changed.len);
        memcpy(p, changed.ptr, changed.len);
        p[bit / 8] = (char)(p[bit / 8] ^ (1 << bit % 8));
        assert_false(link_read(&a, &key, text_base64url(&a, str_of(p, changed.len)), &read));
    }
    for (size_t n = 0; n < token.len; n++)
        assert_false(link_read(&a, &key, str_slice(token, 0, n), &read));
    assert_false(link_read(&a, &key, arena_fmt(&a, "%.*sA", STR_ARG(token)), &read));
    assert_false(link_read(&a, &key, STR_EMPTY, &read));
    arena_release(&a);
}

static void test_the_key_is_made_once_and_private(void **state)
{
    (void)state;
    char folder[] = "/tmp/anteroom-link-XXXXXX", file[64];
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/links.key", folder);
    struct link_key first, second;
    struct why why;
    struct stat st;
    assert_int_equal(link_key_open(file, &first, &why), ERR_NONE);
    assert_int_equal(link_key_open(file, &second, &why), ERR_NONE);
    assert_memory_equal(&first, &second, sizeof first);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    assert_int_equal(truncate(file, 63), 0);
    assert_int_equal(link_key_open(file, &second, &why), ERR_CONFIG);
    assert_true(str_contains(str_from(why.detail), STR("64 hexadecimal digits")));
    unlink(file);
    rmdir(folder);
    assert_int_equal(link_key_open(file, &second, &why), ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_gives_its_client_id_back),
        cmocka_unit_test(test_no_changed_bit_is_believed),
        cmocka_unit_test(test_the_key_is_made_once_and_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
