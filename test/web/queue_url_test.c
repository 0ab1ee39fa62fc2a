/* SPDX-License-Identifier: Apache-2.0 */
#include "web/queue_url.h"

#include "lib/expect.h"

static const struct {
    const char *query, *filter;
    bool broken;
} rows[] = {
    {"", "", false},
    {"status=new&q=a+b&owner=me", "q=a+b&status=new&owner=me", false}, /* one way of writing it */
    {"sort=newest", "", false},
    {"sort=up", "", false},
    {"sort=oldest", "sort=oldest", false},
    {"q=&q=second&q=third", "q=second", false}, /* the first that says something */
    {"q=%20a%20", "q=a", false},
    {"page=7&x=y&cursor=c&done=1-0-0-0", "", false},
    {"status=new&q=%zz&owner=me", "status=new", true}, /* what comes behind is not read */
    {"q=%FF", "", true},
    {"q=%E2%80%AE&to=%26%3D%23", "q=%E2%80%AE&to=%26%3D%23", false},
};

static void one_way_of_writing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = ARENA_INIT;
        struct queue_url url, again;
        queue_url_read(&a, str_from(rows[i].query), &url);
        struct str filter = queue_url_filter(&a, &url);
        assert_str(filter, rows[i].filter);
        assert_int_equal(url.broken, rows[i].broken);
        queue_url_read(&a, filter, &again);
        assert_str(queue_url_filter(&a, &again), rows[i].filter);
        arena_release(&a);
    }
}

static void the_address(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct queue_url url;
    queue_url_read(&a, STR("cursor=n7-1&status=won&done=1-2-3-4"), &url);
    assert_str(queue_url_write(&a, &url), "/staff?status=won&cursor=n7-1&done=1-2-3-4");
    assert_true(queue_url_is_filtered(&url));
    queue_url_read(&a, STR("sort=company"), &url);
    assert_false(queue_url_is_filtered(&url));
    assert_int_equal(queue_url_sort(&url), SEARCH_COMPANY);
    queue_url_read(&a, STR_EMPTY, &url);
    assert_str(queue_url_write(&a, &url), "/staff");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_way_of_writing),
        cmocka_unit_test(the_address),
    };
    return cmocka_run_group_tests_name("queue_url", tests, NULL, NULL);
}
