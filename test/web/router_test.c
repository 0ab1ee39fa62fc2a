/* SPDX-License-Identifier: Apache-2.0 */
#include "web/router.h"

#include "lib/expect.h"

static const struct route *find(const char *method, const char *path, struct str *param,
                                const char **allow)
{
    *param = STR_EMPTY;
    *allow = NULL;
    return router_find(str_from(method), str_from(path), param, allow);
}

static void every_row_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path;
        void (*handle)(struct request *);
    } rows[] = {
#define GET                                         "GET"
#define POST                                        "POST"
#define PATCH                                       "PATCH"
#define ROUTE(method, path, handler, flags)         {method, path, handle_##handler},
#define STAFF(method, path, handler, action, flags) {method, path, handle_##handler},
#include "web/routes.def"
#undef STAFF
#undef ROUTE
#undef GET
#undef PATCH
#undef POST
    };
    struct str param;
    const char *allow;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strchr(rows[i].path, '*'))
            continue;
        const struct route *route = find(rows[i].method, rows[i].path, &param, &allow);
        assert_non_null(route);
        assert_ptr_equal(route->handle, rows[i].handle);
        assert_str(route->path, rows[i].path);
    }
}

/* No row forgets its guard: what takes a body says from whom, and personal answers are not kept. */
static void every_row_is_guarded(void **state)
{
    (void)state;
    static const struct {
        struct str method, path;
        unsigned flags;
    } rows[] = {
#define GET                                 STR_INIT("GET")
#define POST                                STR_INIT("POST")
#define PATCH                               STR_INIT("PATCH")
#define ROUTE(method, path, handler, flags) {method, STR_INIT(path), flags},
#define STAFF(method, path, handler, action, flags)                                                \
    {method, STR_INIT(path), (flags) | ROUTE_PRIVATE},
#include "web/routes.def"
#undef STAFF
#undef ROUTE
#undef GET
#undef PATCH
#undef POST
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned guards = rows[i].flags & (ROUTE_FORM | ROUTE_JSON);
        if (str_eq(rows[i].method, STR("PATCH")))
            assert_int_equal(guards, ROUTE_JSON);
        else if (str_eq(rows[i].method, STR("POST")))
            assert_true(guards == ROUTE_FORM || guards == ROUTE_JSON);
        else
            assert_int_equal(guards, 0);
        /* What a person typed survives a refusal; starting anew has nothing to keep. */
        bool keeps = guards == ROUTE_FORM && str_starts(rows[i].path, STR("/apply/")) &&
                     !str_eq(rows[i].path, STR("/apply/new"));
        assert_int_equal(rows[i].flags & ROUTE_KEEPS, keeps ? ROUTE_KEEPS : 0);
        assert_true(!(rows[i].flags & ROUTE_FREE) || rows[i].flags == ROUTE_FREE);
        /* The document of the API is everybody's. */
        if ((str_starts(rows[i].path, STR("/apply")) || str_starts(rows[i].path, STR("/api"))) &&
            !str_eq(rows[i].path, STR("/api/v1/openapi.json")))
            assert_true(rows[i].flags & ROUTE_PRIVATE);
    }
}

static void head_is_get(void **state)
{
    (void)state;
    struct str param;
    const char *allow;
    assert_ptr_equal(find("HEAD", "/apply/company", &param, &allow),
                     find("GET", "/apply/company", &param, &allow));
    assert_null(find("HEAD", "/apply/new", &param, &allow));
    assert_string_equal(allow, "POST");
}

static void a_wrong_method_names_the_right_ones(void **state)
{
    (void)state;
    struct str param;
    const char *allow;
    assert_null(find("DELETE", "/apply/company", &param, &allow));
    assert_string_equal(allow, "GET, HEAD, POST");
    assert_null(find("POST", "/privacy", &param, &allow));
    assert_string_equal(allow, "GET, HEAD");
    assert_null(find("GET", "/apply/new", &param, &allow));
    assert_string_equal(allow, "POST");
    assert_null(find("DELETE", "/api/v1/submissions/x", &param, &allow));
    assert_string_equal(allow, "GET, HEAD, PATCH");
    for (const char *const *method =
             (const char *const[]){"", "get", "GETS", "GE", "OPTIONS", "G\nET", NULL};
         *method; method++) {
        assert_null(find(*method, "/", &param, &allow));
        assert_string_equal(allow, "GET, HEAD");
    }
}

static void a_path_is_exact(void **state)
{
    (void)state;
    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT("//"),
        STR_INIT("/."),
        STR_INIT("/Apply/company"),
        STR_INIT("/apply"),
        STR_INIT("/apply/"),
        STR_INIT("/apply/company/"),
        STR_INIT("/apply/company/.."),
        STR_INIT("/apply//company"),
        STR_INIT("/apply/compan"),
        STR_INIT("/apply/companyx"),
        STR_INIT("/apply/%63ompany"),
        STR_INIT("/apply/company\0"),
        STR_INIT("apply/company"),
        STR_INIT("/static"),
        STR_INIT("/static/"),
        STR_INIT("/statics/x"),
        STR_INIT("https://localhost/"),
        STR_INIT("*"),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str param = STR_EMPTY;
        const char *allow = NULL;
        assert_null(router_find(STR("GET"), wrong[i], &param, &allow));
        assert_null(allow);
    }
}

static void a_star_stands_for_the_rest(void **state)
{
    (void)state;
    struct str param;
    const char *allow;
    assert_non_null(find("GET", "/static/css/app.css", &param, &allow));
    assert_str(param, "css/app.css");
    assert_non_null(find("GET", "/static//", &param, &allow));
    assert_str(param, "/");
    assert_non_null(find("GET", "/static/../../etc/passwd", &param, &allow));
    assert_str(param, "../../etc/passwd"); /* a name like any other: no file has it */
    assert_null(find("POST", "/static/x", &param, &allow));
    assert_string_equal(allow, "GET, HEAD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found), cmocka_unit_test(every_row_is_guarded),
        cmocka_unit_test(head_is_get),        cmocka_unit_test(a_wrong_method_names_the_right_ones),
        cmocka_unit_test(a_path_is_exact),    cmocka_unit_test(a_star_stands_for_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
