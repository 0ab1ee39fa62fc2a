/* SPDX-License-Identifier: Apache-2.0 */
#include "web/view_form.h"

#include "config/config.h"
#include "lib/expect.h"

static struct arena a;
static struct config config;
static struct view_questions questions;

static int prepare(void **state)
{
    (void)state;
    char *const nothing[] = {NULL};
    struct why why = {0};
    assert_int_equal(config_load(NULL, nothing, &config, &why), ERR_NONE);
    view_questions_prepare(&a, &config.rules, &questions);
    return 0;
}

static int release(void **state)
{
    (void)state;
    arena_release(&a);
    config_release(&config);
    return 0;
}

static const struct view_field *field_in(struct view_fields fields, const char *name)
{
    for (size_t i = 0; i < fields.n; i++)
        if (str_eq(fields.items[i].name, str_from(name)))
            return &fields.items[i];
    fail_msg("there is no question %s", name);
    return NULL;
}

static unsigned kinds_of(const struct view_field *f)
{
    return f->is_line + 0U + f->is_text + f->is_radios + f->is_select + f->is_checkboxes +
           f->is_consent;
}

static size_t selected(const struct view_field *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->choices.n; i++)
        n += f->choices.items[i].selected;
    return n;
}

static void each_step_asks_its_fields_in_order(void **state)
{
    (void)state;
    struct form form = {0};
    size_t all = 0;
    for (enum step step = 0; step < STEP_COUNT; step++) {
        struct view_fields fields = view_fields_of(&a, &questions, step, &form, NULL);
        size_t at = 0;
        for (enum field f = 0; f < FIELD_COUNT; f++)
            if (field_info(f)->step == step)
                assert_true(str_eq(fields.items[at++].name, field_info(f)->name));
        assert_int_equal(at, fields.n);
        all += fields.n;
    }
    assert_int_equal(all, FIELD_COUNT);
}

static void each_question_is_asked_in_one_way(void **state)
{
    (void)state;
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct view_field *q = &questions.fields[f];
        assert_int_equal(kinds_of(q), 1);
        assert_true(q->label.len > 0 && q->kind.len > 0);
        assert_int_equal(q->choices.n > 0, q->is_radios || q->is_select || q->is_checkboxes);
        assert_int_equal(q->only_with_other, f == FIELD_INDUSTRY_OTHER);
        assert_int_equal(q->error.len, 0);
    }
    assert_str(questions.fields[FIELD_EMAIL_ADDRESS].type, "email");
    assert_str(questions.fields[FIELD_PHONE_NUMBER].inputmode, "tel");
    assert_str(questions.fields[FIELD_COMPANY_SIZE].inputmode, "numeric");
}

static void many_choices_are_a_list_to_open(void **state)
{
    (void)state;
    struct choice items[9];
    struct form_rules rules = config.rules;
    struct view_questions few, many;
    for (size_t i = 0; i < 9; i++)
        items[i] = (struct choice){arena_fmt(&a, "c%zu", i), arena_fmt(&a, "Choice %zu", i)};
    rules.choices[CHOICE_TIMELINE] = (struct choices){items, 8};
    view_questions_prepare(&a, &rules, &few);
    rules.choices[CHOICE_TIMELINE].n = 9;
    view_questions_prepare(&a, &rules, &many);
    assert_true(few.fields[FIELD_TIMELINE].is_radios);
    assert_true(many.fields[FIELD_TIMELINE].is_select);
    /* The summary's link is to the first of them: it bears the field's own name. */
    assert_str(few.fields[FIELD_TIMELINE].choices.items[0].id, "timeline");
    assert_str(few.fields[FIELD_TIMELINE].choices.items[7].id, "timeline-c7");
}

static void what_was_typed_is_kept(void **state)
{
    (void)state;
    struct form form = {0};
    form.value[FIELD_COMPANY_NAME] = STR("  <b>\"A\" & B</b>");
    form.value[FIELD_INDUSTRY] = config.rules.choices[CHOICE_INDUSTRY].items[1].value;
    struct view_fields fields = view_fields_of(&a, &questions, STEP_COMPANY, &form, NULL);
    assert_str(field_in(fields, "company_name")->value, "  <b>\"A\" & B</b>");
    const struct view_field *industry = field_in(fields, "industry");
    assert_int_equal(selected(industry), 1);
    assert_true(industry->choices.items[1].selected);
    assert_int_equal(selected(&questions.fields[FIELD_INDUSTRY]), 0); /* nobody else sees it */
}

static void choices_are_compared_whole(void **state)
{
    (void)state;
    const struct choices *list = &config.rules.choices[CHOICE_SERVICE];
    struct form form = {0};
    form.value[FIELD_SERVICE_TYPE] =
        arena_fmt(&a, "%.*s\n%.*s\nno_longer_there", STR_ARG(list->items[0].value),
                  STR_ARG(list->items[2].value));
    struct view_fields fields = view_fields_of(&a, &questions, STEP_ENGAGEMENT, &form, NULL);
    const struct view_field *services = field_in(fields, "service_type");
    assert_int_equal(selected(services), 2);
    assert_true(services->choices.items[0].selected && services->choices.items[2].selected);
    form.value[FIELD_SERVICE_TYPE] = str_slice(list->items[0].value, 0, 3);
    fields = view_fields_of(&a, &questions, STEP_ENGAGEMENT, &form, NULL);
    assert_int_equal(selected(field_in(fields, "service_type")), 0);
}

static struct findings find_wrong(unsigned steps, struct form *form)
{
    struct findings findings = {0};
    form_validate(&a, &config.rules, steps, form, &findings);
    return findings;
}

static void a_finding_stands_beside_its_field(void **state)
{
    (void)state;
    struct form form = {.value[FIELD_EMAIL_ADDRESS] = STR("nobody")};
    struct findings findings = find_wrong(FORM_STEP(STEP_COMPANY), &form);
    struct view_fields fields = view_fields_of(&a, &questions, STEP_COMPANY, &form, &findings);
    const struct view_field *email = field_in(fields, "email");
    assert_str(email->value, "nobody");
    assert_true(str_eq(email->error, config.rules.fields[FIELD_EMAIL_ADDRESS].if_wrong));
    assert_str(email->described_by, "email-hint email-error");
    const struct view_field *name = field_in(fields, "company_name");
    assert_str(name->described_by, "company_name-error"); /* it has no hint */
    assert_int_equal(field_in(fields, "industry_other")->error.len, 0);

    struct view_fields other = view_fields_of(&a, &questions, STEP_ENGAGEMENT, &form, NULL);
    assert_str(field_in(other, "notes")->described_by, "notes-hint notes-count");
}

static void the_summary_links_to_what_is_there(void **state)
{
    (void)state;
    struct form form = {0};
    struct findings findings = find_wrong(FORM_ALL, &form);
    struct view_errors here = view_errors_of(&a, &config.rules, &findings);
    struct view_errors elsewhere = view_errors_elsewhere(&a, &config.rules, &findings);
    assert_int_equal(here.n, findings.n);
    assert_int_equal(elsewhere.n, findings.n);
    assert_true(findings.n > 2);
    assert_str(here.items[0].href, "#company_name");
    assert_str(elsewhere.items[0].href, "/apply/company?from=check#company_name");
    assert_str(elsewhere.items[findings.n - 1].href, "/apply/engagement?from=check#consent");
    for (size_t i = 0; i < findings.n; i++)
        assert_true(str_eq(here.items[i].message, findings.items[i].message));

    /* Each link's target is an id of the page: the field's name, or the first choice's. */
    for (size_t i = 0; i < findings.n; i++) {
        const struct view_field *q = &questions.fields[findings.items[i].field];
        struct str id = q->is_radios || q->is_checkboxes ? q->choices.items[0].id : q->name;
        assert_true(str_eq(str_slice(here.items[i].href, 1, here.items[i].href.len), id));
    }
    struct findings none = {0};
    assert_int_equal(view_errors_of(&a, &config.rules, &none).n, 0);
}

static const struct view_answer *answer_in(struct view_answers answers, const char *label)
{
    for (size_t i = 0; i < answers.n; i++)
        if (str_eq(answers.items[i].label, str_from(label)))
            return &answers.items[i];
    fail_msg("there is no answer %s", label);
    return NULL;
}

static void answers_read_as_people_read_them(void **state)
{
    (void)state;
    const struct choice *service = config.rules.choices[CHOICE_SERVICE].items;
    struct form form = {
        .value[FIELD_INDUSTRY] = form_other,
        .value[FIELD_INDUSTRY_OTHER] = STR("Lighthouse keeping"),
        .value[FIELD_ADDRESS] = STR("A\nB"),
        .value[FIELD_SERVICE_TYPE] = service->value,
        .value[FIELD_CONSENT_GIVEN] = STR("yes"),
    };
    struct view_answers company = view_answers_of(&a, &config.rules, STEP_COMPANY, &form);
    struct view_answers project = view_answers_of(&a, &config.rules, STEP_ENGAGEMENT, &form);
    assert_int_equal(company.n + project.n, FIELD_COUNT - 1); /* industry_other is industry's */
    assert_str(answer_in(company, "Industry")->value, "Lighthouse keeping");
    assert_str(answer_in(company, "Industry")->change, "/apply/company?from=check#industry");
    assert_str(answer_in(company, "Company address")->value, "A\nB");
    assert_false(answer_in(company, "Company name")->given);
    assert_true(answer_in(company, "Industry")->given);
    assert_true(str_eq(answer_in(project, "Services you need")->value, service->label));
    assert_str(answer_in(project, "Notes")->change, "/apply/engagement?from=check#notes");
}

static void each_step_has_a_path(void **state)
{
    (void)state;
    assert_str(step_path(STEP_COMPANY), "/apply/company");
    assert_str(step_path(STEP_ENGAGEMENT), "/apply/engagement");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_asks_its_fields_in_order),
        cmocka_unit_test(each_question_is_asked_in_one_way),
        cmocka_unit_test(many_choices_are_a_list_to_open),
        cmocka_unit_test(what_was_typed_is_kept),
        cmocka_unit_test(choices_are_compared_whole),
        cmocka_unit_test(a_finding_stands_beside_its_field),
        cmocka_unit_test(the_summary_links_to_what_is_there),
        cmocka_unit_test(answers_read_as_people_read_them),
        cmocka_unit_test(each_step_has_a_path),
    };
    return cmocka_run_group_tests(tests, prepare, release);
}
