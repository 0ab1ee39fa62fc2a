/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "config/choices.h"
#include "config/option.h"
#include "lib/expect.h"

static struct buf example, reference;

static int setup(void **state)
{
    (void)state;
    buf_init(&example, 100000);
    buf_init(&reference, 100000);
    config_write_example(&example);
    config_write_reference(&reference);
    return buf_ok(&example) && buf_ok(&reference) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&example);
    buf_release(&reference);
    return 0;
}

/* The example says exactly what saying nothing says. */
static void the_example_is_the_defaults(void **state)
{
    (void)state;
    struct config plain, loaded;
    struct why why = {0};
    assert_int_equal(config_load(NULL, NULL, &plain, &why), ERR_NONE);
    if (config_parse(buf_view(&example), "example", NULL, &loaded, &why) != ERR_NONE)
        fail_msg("%s", why.detail);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const void *a = (const char *)&plain + options[i].offset;
        const void *b = (const char *)&loaded + options[i].offset;
        if (options[i].kind == OPTION_KIND_STR)
            assert_true(str_eq(*(const struct str *)a, *(const struct str *)b));
        else
            assert_memory_equal(a, b, options[i].kind == OPTION_KIND_BOOL ? 1 : sizeof(int64_t));
    }
    for (enum text t = 0; t < TEXT_COUNT; t++)
        for (enum language l = 0; l < LANGUAGE_COUNT; l++)
            assert_true(str_eq(plain.words[l].texts[t].all, loaded.words[l].texts[t].all));
    for (size_t list = 0; list < CHOICE_LISTS; list++) {
        struct choices a = plain.rules.choices[list], b = loaded.rules.choices[list];
        assert_int_equal(a.n, b.n);
        for (size_t i = 0; i < a.n; i++) {
            assert_true(str_eq(a.items[i].value, b.items[i].value));
            assert_true(str_eq(a.items[i].label, b.items[i].label));
        }
    }
    config_release(&plain);
    config_release(&loaded);
}

static void both_name_every_option(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char text[2 * OPTION_PATH_MAX + 8], name[2 * OPTION_PATH_MAX];
        snprintf(text, sizeof text, " %s: ", options[i].key);
        assert_true(str_contains(buf_view(&example), str_from(text)));
        snprintf(text, sizeof text, "`%s`",
                 option_path(options[i].section, options[i].key, name).ptr);
        assert_true(str_contains(buf_view(&reference), str_from(text)));
        snprintf(text, sizeof text, "`%s`", option_variable(&options[i], name).ptr);
        assert_true(str_contains(buf_view(&reference), str_from(text)));
    }
}

static void lines_are_short(void **state)
{
    (void)state;
    struct str rest = buf_view(&example), line;
    while (str_cut(&rest, '\n', &line)) {
        assert_true(line.len <= 106); /* bytes of at most 100 columns */
        assert_true(line.len == 0 || line.ptr[line.len - 1] != ' ');
    }
}

/* The committed files are what the table writes. Run from the root of the repository. */
static void the_committed_files_agree(void **state)
{
    (void)state;
    const struct {
        const char *path;
        struct str text;
    } rows[] = {
        {"config/anteroom.yaml", buf_view(&example)},
        {"docs/reference/configuration.md", buf_view(&reference)},
    };
    static char bytes[100000];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILE *file = fopen(rows[i].path, "r");
        if (!file)
            fail_msg("%s is missing: make docs writes it", rows[i].path);
        size_t n = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        if (!str_eq(str_of(bytes, n), rows[i].text))
            fail_msg("%s is not what the table says any more: make docs writes it", rows[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_the_defaults),
        cmocka_unit_test(both_name_every_option),
        cmocka_unit_test(lines_are_short),
        cmocka_unit_test(the_committed_files_agree),
    };
    return cmocka_run_group_tests_name("reference", tests, setup, teardown);
}
