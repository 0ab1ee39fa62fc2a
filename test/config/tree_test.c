/* SPDX-License-Identifier: Apache-2.0 */
#include "config/tree.h"

#include "lib/expect.h"

static struct arena arena;

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct tree *parse(const char *text)
{
    struct why why;
    struct tree *root;
    assert_int_equal(tree_parse(&arena, str_from(text), "t", &root, &why), ERR_NONE);
    return root;
}

static void shapes_and_places(void **state)
{
    (void)state;
    struct tree *root = parse("# comment\nmap:\n  é: [x, \"y\"]\n  blank:\nlist:\n- {a: 'b'}\n");
    assert_int_equal(root->kind, TREE_MAP);
    assert_int_equal(root->n, 2);
    const struct tree *map = root->first, *list = map->next;
    assert_str(map->key, "map");
    assert_int_equal(map->key_place.line, 2);
    assert_int_equal(map->key_place.column, 1);
    assert_int_equal(map->first->kind, TREE_LIST);
    assert_int_equal(map->first->place.line, 3);
    assert_int_equal(map->first->place.column, 6); /* characters, not bytes */
    assert_true(map->first->first->plain);
    assert_false(map->first->first->next->plain);
    assert_true(tree_is_blank(map->first->next));
    assert_null(list->next);
    assert_str(list->first->first->key, "a");
    assert_str(list->first->first->text, "b");
}

static void nothing_written(void **state)
{
    (void)state;
    assert_null(parse(""));
    assert_null(parse("# only a comment\n\n"));
    assert_true(tree_is_blank(parse("---\n")));
    assert_non_null(parse("\xEF\xBB\xBF"
                          "a: 1\n")); /* a byte order mark */
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *detail; /* the beginning */
    } rows[] = {
        {STR_INIT("a: 1\nb: 2\na: 3\n"), "t:3:1: “a” stands here twice, first in line 1"},
        {STR_INIT("a: {b: 1, b: 2}\n"), "t:1:11: “b” stands here twice, first in line 1"},
        {STR_INIT("a: &x 1\n"), "t:1:4: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("a: *x\n"), "t:1:4: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("&x a: 1\n"), "t:1:1: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("*x : 1\n"), "t:1:1: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("a: !!str 1\n"), "t:1:4: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("a: !x [1]\n"), "t:1:4: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("a: &x {b: 1}\n"), "t:1:4: anchors (&), aliases (*) and tags (!)"},
        {STR_INIT("<<: {a: 1}\n"), "t:1:1: merge keys (<<) are not used here"},
        {STR_INIT("? [a]\n: 1\n"), "t:1:3: a key is a name, not a map or a list"},
        {STR_INIT("a: 1\n---\nb: 2\n"), "t:2:1: a second document begins here"},
        {STR_INIT("a: 1\n...\n---\n"), "t:3:1: a second document begins here"},
        {STR_INIT("a: [1, 2\n"), "t:2:1: did not find expected ',' or ']'"},
        {STR_INIT("a: 1\n  b: 2\n"), "t:2:4: mapping values are not allowed"},
        {STR_INIT("\ta: 1\n"), "t:1:1: found character that cannot start any token"},
        {STR_INIT("a: \"b\n"), "t:2:1: found unexpected end of stream"},
        {STR_INIT("a: @b\n"), "t:1:4: found character that cannot start any token"},
        {STR_INIT("a: 1\nb: \x01\n"), "t:2:4: control characters are not allowed"},
        {STR_INIT("é: \x01\n"), "t:1:4: control characters are not allowed"},
        {STR_INIT("a: 1\nb: é\0\n"), "t:2:5: a NUL byte stands here"},
        {STR_INIT("a: \xFF\n"), "t:1:4: this is not UTF-8"},
        {STR_INIT("\xFF\xFE"
                  "a\0"),
         "t:1:1: this is not UTF-8"},
        {STR_INIT("a: [[[[[[[[1]]]]]]]]\n"), "t:1:11: this is nested too deeply"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct why why = {0};
        struct tree *root;
        assert_int_equal(tree_parse(&arena, rows[i].text, "t", &root, &why), ERR_CONFIG);
        assert_str(str_slice(str_from(why.detail), 0, strlen(rows[i].detail)), rows[i].detail);
    }
}

/* Hostile sizes end early: entries are counted, depth is, and the stack is not the limit. */
static void bounded(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    static char text[SIZE];
    struct why why;
    struct tree *root;
    memset(text, '[', SIZE);
    assert_int_equal(tree_parse(&arena, str_of(text, SIZE), "t", &root, &why), ERR_CONFIG);
    for (size_t i = 0; i < SIZE; i += 4)
        memcpy(text + i, "- 1\n", 4);
    assert_int_equal(tree_parse(&arena, str_of(text, SIZE), "t", &root, &why), ERR_CONFIG);
    assert_string_equal(why.detail, "t:257:3: there are too many entries: at most 256");
    assert_int_equal(tree_parse(&arena, str_of(text, 256 * 4), "t", &root, &why), ERR_NONE);
    assert_int_equal(root->n, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_and_places),
        cmocka_unit_test(nothing_written),
        cmocka_unit_test(refused),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, teardown);
}
