/* SPDX-License-Identifier: Apache-2.0 */
#include "web/draft.h"

#include "base/seal.h"
#include "base/text.h"
#include "config/config.h"
#include "lib/expect.h"
#include "web/request.h"
#include "web/state.h"

static struct arena a;

static int forget(void **state)
{
    (void)state;
    arena_release(&a);
    return 0;
}

/* ---- the cookie ---- */

static void a_cookie_is_48_bytes_in_one_spelling(void **state)
{
    (void)state;
    struct draft_handle handle, back;
    for (size_t i = 0; i < sizeof handle; i++)
        ((unsigned char *)&handle)[i] = (unsigned char)(i * 37);
    struct str text = text_base64url(&a, str_of(&handle, sizeof handle));
    assert_int_equal(text.len, 64);
    assert_true(draft_parse_cookie(&a, text, &back));
    assert_memory_equal(&handle, &back, sizeof back);
    assert_str(text_base64url(&a, str_of(&back, sizeof back)), arena_str(&a, text).ptr);
}

static void other_cookies_are_none_of_ours(void **state)
{
    (void)state;
    static const char a64[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct draft_handle handle;
    assert_true(draft_parse_cookie(&a, str_of(a64, 64), &handle));
    for (size_t len = 0; len < 64; len++)
        assert_false(draft_parse_cookie(&a, str_of(a64, len), &handle));
    assert_false(draft_parse_cookie(&a, arena_fmt(&a, "%sA", a64), &handle));
    assert_false(draft_parse_cookie(&a, arena_fmt(&a, "%sAAAA", a64), &handle));
    for (int c = 0; c < 256; c++) {
        char bytes[64];
        memcpy(bytes, a64, 64);
        bytes[c % 64] = (char)c;
        bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_';
        assert_int_equal(draft_parse_cookie(&a, str_of(bytes, 64), &handle), digit);
    }
}

/* ---- the content ---- */

static struct config config = {.rules = {FORM_FIXED_FIELDS}};

static bool paid;

static bool parse(struct str content, unsigned *finished, struct form *form)
{
    *finished = 0;
    *form = (struct form){0};
    return draft_parse_content(&a, &config.rules, content, finished, &paid, form);
}

static void content_is_version_steps_and_form(void **state)
{
    (void)state;
    unsigned finished;
    struct form form;
    assert_true(parse(STR("\1\1company_name=A+%26+B&notes=later"), &finished, &form));
    assert_int_equal(finished, FORM_STEP(STEP_COMPANY));
    assert_str(form.value[FIELD_COMPANY_NAME], "A & B");
    assert_str(form.value[FIELD_NOTES], "later");
    assert_false(paid);
    assert_true(parse(STR("\1\0"), &finished, &form));
    assert_int_equal(finished, 0);
    assert_true(parse(STR("\1\200"), &finished, &form));
    assert_int_equal(finished, 0);
    assert_true(paid);
    assert_true(parse(STR("\1\377"), &finished, &form));
    assert_int_equal(finished, FORM_ALL);
}

static void other_content_is_refused(void **state)
{
    (void)state;
    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT("\1"),
        STR_INIT("\0\1company_name=A"),
        STR_INIT("\2\1company_name=A"),
        STR_INIT("\1\1company_name=%zz"),
        STR_INIT("\1\1company_name=%ff"),
        STR_INIT("\1\1company_name=\0"),
    };
    unsigned finished;
    struct form form;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(parse(wrong[i], &finished, &form));
    assert_false(parse(STR_EMPTY, &finished, &form));
}

/* The operator has taken a question away, or asks it for one answer instead of several. */
static void what_is_no_longer_asked_is_passed_over(void **state)
{
    (void)state;
    unsigned finished;
    struct form form;
    assert_true(parse(STR("\1\1colour=blue&company_name=A&company_name=B&colour=red&notes=C"),
                      &finished, &form));
    assert_str(form.value[FIELD_COMPANY_NAME], "A");
    assert_str(form.value[FIELD_NOTES], "C");
    assert_int_equal(finished, FORM_STEP(STEP_COMPANY));
}

/* ---- saving ---- */

static struct web web = {.config = &config};

static struct request make_request(void)
{
    config.form_draft_time = 60000;
    return (struct request){.web = &web};
}

static const struct draft_handle handle = {
    .id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}, .key = {9, 8, 7}};

static bool unseal(const struct job *job, unsigned *finished, struct form *form)
{
    struct str content;
    return seal_open(&a, handle.key, str_of(handle.id.bytes, DRAFT_ID_SIZE), job->draft.sealed,
                     &content) &&
           parse(content, finished, form);
}

static void what_is_saved_is_read_back(void **state)
{
    (void)state;
    struct request r = make_request();
    struct visitor_draft draft = {
        .handle = handle, .revision = 7, .finished = FORM_STEP(STEP_ENGAGEMENT)};
    draft.form.value[FIELD_PROJECT_SCOPE] = STR("line one\nline two & \xC3\xA9");
    draft.form.value[FIELD_SERVICE_TYPE] = STR("one\ntwo");
    struct job job = {0};
    draft_fill_job(&r, &draft, &a, &job);
    assert_int_equal(job.draft.revision, 7);
    assert_int_equal(job.draft.step, draft.finished);
    assert_memory_equal(&job.draft.id, &handle.id, DRAFT_ID_SIZE);
    assert_true(job.draft.expires_ms > config.form_draft_time);
    assert_false(str_contains(job.draft.sealed, STR("line")));

    unsigned finished;
    struct form form;
    assert_true(unseal(&job, &finished, &form));
    assert_int_equal(finished, draft.finished);
    for (int f = 0; f < FIELD_COUNT; f++)
        assert_true(str_eq(form.value[f], draft.form.value[f]));
}

/* n code points of four bytes each: what takes most room once it is escaped. */
static struct str wide(size_t n)
{
    char *text = arena_alloc(&a, 4 * n);
    for (size_t i = 0; i < n; i++)
        memcpy(text + 4 * i, "\xF0\x9F\x98\x80", 4);
    return str_of(text, 4 * n);
}

static void the_longest_form_fits(void **state)
{
    (void)state;
    struct request r = make_request();
    struct visitor_draft draft = {.handle = handle, .finished = FORM_ALL};
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *info = field_info(f);
        if (info->kind <= FIELD_PHONE)
            draft.form.value[f] = wide(info->max);
    }
    draft.form.value[FIELD_INDUSTRY] = form_other;
    draft.form.value[FIELD_COMPANY_SIZE] = STR("10000000");
    draft.form.value[FIELD_CONSENT_GIVEN] = STR("yes");
    struct buf services;
    buf_init(&services, 1 << 16);
    for (int i = 0; i < 100; i++)
        buf_fmt(&services, "%s%0128d", i ? "\n" : "", i);
    draft.form.value[FIELD_SERVICE_TYPE] = buf_view(&services);

    struct job job = {0};
    unsigned finished;
    struct form form;
    draft_fill_job(&r, &draft, &a, &job);
    assert_true(unseal(&job, &finished, &form));
    for (int f = 0; f < FIELD_COUNT; f++)
        assert_true(str_eq(form.value[f], draft.form.value[f]));
    buf_release(&services);
}

static void another_cookie_does_not_open_it(void **state)
{
    (void)state;
    struct request r = make_request();
    struct visitor_draft draft = {.handle = handle};
    struct job job = {0}, again = {0};
    struct str content;
    draft_fill_job(&r, &draft, &a, &job);
    draft_fill_job(&r, &draft, &a, &again);
    assert_false(str_eq(job.draft.sealed, again.draft.sealed)); /* never the same bytes twice */

    struct draft_handle other = handle;
    struct str id = str_of(handle.id.bytes, DRAFT_ID_SIZE);
    assert_true(seal_open(&a, other.key, id, job.draft.sealed, &content));
    other.key[31] ^= 1;
    assert_false(seal_open(&a, other.key, id, job.draft.sealed, &content));
    other = handle;
    other.id.bytes[0] ^= 1; /* the right key under another draft's name */
    assert_false(seal_open(&a, other.key, str_of(other.id.bytes, DRAFT_ID_SIZE), job.draft.sealed,
                           &content));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_cookie_is_48_bytes_in_one_spelling, forget),
        cmocka_unit_test_teardown(other_cookies_are_none_of_ours, forget),
        cmocka_unit_test_teardown(content_is_version_steps_and_form, forget),
        cmocka_unit_test_teardown(other_content_is_refused, forget),
        cmocka_unit_test_teardown(what_is_no_longer_asked_is_passed_over, forget),
        cmocka_unit_test_teardown(what_is_saved_is_read_back, forget),
        cmocka_unit_test_teardown(the_longest_form_fits, forget),
        cmocka_unit_test_teardown(another_cookie_does_not_open_it, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
