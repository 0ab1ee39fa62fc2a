/* SPDX-License-Identifier: Apache-2.0 */
/* form.extra_fields: what is taken, in which order it is asked, how it is worded, what is refused.
 */
#include "config/config.h"
#include "lib/expect.h"

static struct config config;

static void load(const char *fields)
{
    struct why why = {0};
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_fmt(&text, "form:\n  extra_fields:\n%s", fields);
    enum err e = config_parse(buf_view(&text), "a", NULL, &config, &why);
    buf_release(&text);
    assert_string_equal(why.detail, "");
    assert_int_equal(e, ERR_NONE);
}

static int forget(void **state)
{
    (void)state;
    config_release(&config);
    return 0;
}

static const struct field_info *field(const char *name)
{
    size_t f = form_field(&config.rules, str_from(name));
    assert_true(f < config.rules.fields_n);
    return &config.rules.fields[f];
}

static void what_is_left_out_has_a_default(void **state)
{
    static const struct {
        const char *type, *width, *wrong, *too_long;
        uint64_t min, max;
    } rows[] = {
        {"line", "full", "", "Its label must be 200 characters or fewer", 1, 200},
        {"text", "full", "", "Its label must be 1,000 characters or fewer", 1, 1000},
        {"email", "half",
         "Its label must be an email address in the correct format, like name@example.com",
         "Its label must be 254 characters or fewer", 1, 254},
        {"phone", "short",
         "Its label must be a phone number, like 020 7946 0000 or +44 20 7946 0000",
         "Its label must be 40 characters or fewer", 1, 40},
        {"number", "short", "Its label must be a whole number between 0 and 1,000,000,000", "", 0,
         1000000000},
        {"date", "short",
         "Its label must be a date between 1900-01-01 and 2199-12-31, written like 2026-11-21", "",
         19000101, 21991231},
        {"checkbox", "full", "", "", 1, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char entry[200];
        snprintf(entry, sizeof entry, "  - {id: it, type: %s, step: company, label: Its label}\n",
                 rows[i].type);
        load(entry);
        const struct field_info *info = field("it");
        assert_int_equal(info->step, STEP_COMPANY);
        assert_int_equal(info->privacy, PRIVACY_PERSONAL);
        assert_false(info->required);
        assert_int_equal(info->min, rows[i].min);
        assert_int_equal(info->max, rows[i].max);
        assert_str(info->label, "Its label");
        assert_str(info->hint, "");
        assert_str(info->width, rows[i].width);
        assert_str(info->if_wrong, rows[i].wrong);
        assert_str(info->if_long, rows[i].too_long);
        assert_true(info->if_missing.len > 0);
        config_release(&config);
    }
}

static void what_is_said_counts(void **state)
{
    (void)state;
    load("  - {id: a1_, type: date, step: engagement, label: \" La\\u0301bel \", hint: Help,\n"
         "     missing: Choose a day, required: true, min: 2026-01-31, max: 2026-12-31,\n"
         "     privacy: sensitive}\n"
         "  - {id: pick, type: choices, step: company, label: Pick, choices: [\n"
         "     {value: x-1, label: {de: Eins, en: One}}, {value: y, label: Two}]}\n");
    const struct field_info *day = field("a1_"), *pick = field("pick");
    assert_str(day->label, "L\u00E1bel");
    assert_str(day->hint, "Help");
    assert_str(day->if_missing, "Choose a day");
    assert_str(day->if_wrong,
               "L\u00E1bel must be a date between 2026-01-31 and 2026-12-31, written like "
               "2026-11-21");
    assert_true(day->required);
    assert_int_equal(day->privacy, PRIVACY_SENSITIVE);
    const struct choices *list = &config.rules.choices[pick->list];
    assert_int_equal(list->n, 2);
    assert_str(list->items[0].value, "x-1");
    assert_str(list->items[0].label, "One");
    assert_str(list->items[1].label, "Two");
    assert_int_equal(config.extras.n, 2);
}

static void words_by_language(void **state)
{
    (void)state;
    load("  - {id: vat, type: choice, step: company,\n"
         "     label: {en: VAT number, de: USt-IdNr.},\n"
         "     missing: {de: Geben Sie sie ein, en: Enter your VAT number},\n"
         "     choices: [{value: n, label: {en: North, de: Nord}}]}\n"
         "  - {id: n, type: number, step: company, label: {de: Anzahl}, max: 5000}\n");
    const struct form_rules *en = &config.local[LANGUAGE_EN], *de = &config.local[LANGUAGE_DE];
    const struct field_info *vat = &en->fields[FIELD_COUNT], *ust = &de->fields[FIELD_COUNT];
    assert_str(vat->label, "VAT number");
    assert_str(ust->label, "USt-IdNr.");
    assert_str(vat->if_missing, "Enter your VAT number");
    assert_str(ust->if_missing, "Geben Sie sie ein");
    assert_str(en->choices[vat->list].items[0].label, "North");
    assert_str(de->choices[ust->list].items[0].label, "Nord");
    /* Where a language is missing the first one stands in, in a sentence of the page's language. */
    assert_str(en->fields[FIELD_COUNT + 1].if_wrong,
               "Anzahl must be a whole number between 0 and 5,000");
    assert_str(de->fields[FIELD_COUNT + 1].if_wrong,
               "Anzahl: Geben Sie eine ganze Zahl zwischen 0 und 5.000 ein");
    assert_true(en->order != de->order && memcmp(en->order, de->order, en->fields_n) == 0);
}

static void a_language_without_its_region(void **state)
{
    static const struct localized_text texts[] = {
        {STR_INIT("en"), STR_INIT("colour")},
        {STR_INIT("pt"), STR_INIT("cor")},
        {STR_INIT("de-AT"), STR_INIT("Farbe, bitte")},
        {STR_INIT("de"), STR_INIT("Farbe")},
    };
    static const struct {
        struct str language;
        const char *text;
    } rows[] = {
        {STR_INIT("en"), "colour"},          {STR_INIT("pt-BR"), "cor"},
        {STR_INIT("de-AT"), "Farbe, bitte"}, {STR_INIT("de-CH"), "Farbe"},
        {STR_INIT("fr"), "colour"},          {STR_INIT(""), "colour"},
    };
    const struct localized some = {texts, 4}, none = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(localized_for(&some, rows[i].language), rows[i].text);
    assert_str(localized_for(&none, STR("en")), "");
}

static void the_order_of_the_form(void **state)
{
    static const char *const names[] = {
        "company_name",  "after_name",     "after_that",     "after_name_2", "address",
        "industry",      "industry_other", "after_industry", "contact_name", "email",
        "phone",         "company_size",   "last",           "last_2",       "service_type",
        "project_scope", "timeline",       "budget_range",   "notes",        "end",
        "consent",
    };
    (void)state;
    load("  - {id: after_name, type: line, step: company, label: L, after: company_name}\n"
         "  - {id: after_name_2, type: line, step: company, label: L, after: company_name}\n"
         "  - {id: after_that, type: line, step: company, label: L, after: after_name}\n"
         "  - {id: last, type: line, step: company, label: L}\n"
         "  - {id: end, type: line, step: engagement, label: L}\n"
         "  - {id: last_2, type: line, step: company, label: L}\n"
         "  - {id: after_industry, type: line, step: company, label: L, after: industry}\n");
    assert_int_equal(config.rules.fields_n, sizeof names / sizeof *names);
    for (size_t i = 0; i < config.rules.fields_n; i++)
        assert_str(config.rules.fields[config.rules.order[i]].name, names[i]);
}

static void none_is_the_default(void **state)
{
    static const char *const texts[] = {"    []\n", "", "  # - id: x\n"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        load(texts[i]);
        assert_int_equal(config.rules.fields_n, FIELD_COUNT);
        assert_int_equal(config.local[LANGUAGE_DE].fields_n, FIELD_COUNT);
        config_release(&config);
    }
}

/* ---- what is refused --------------------------------------------------------------------------*/

static void refused(const char *text, const char *detail, const char *hint)
{
    struct why why = {0};
    enum err e = config_parse(str_from(text), "a", NULL, &config, &why);
    if (e != ERR_CONFIG)
        print_error("taken: %s\n", text);
    assert_int_equal(e, ERR_CONFIG);
    assert_str(str_slice(str_from(why.detail), 0, strlen(detail)), detail);
    assert_contains(why.hint, hint);
    assert_null(config.arena.block);
}

/* In one line: form: {extra_fields: [{id: it, type: line, step: company, label: L, …}]} */
static void refused_entries(void **state)
{
    static const struct {
        const char *entry, *detail, *hint;
    } rows[] = {
        {"x", "a:1:23: a field is a map", "Write: - {id: vat_number"},
        {"[x]", "a:1:23: a field is a map", ""},
        {"{}", "a:1:23: this field needs “id”", "It takes 1–40"},
        {"{id: it, step: company, label: L}", "a:1:23: this field needs “type”", "line, text"},
        {"{id: it, type: line, label: L}", "a:1:23: this field needs “step”", "company or"},
        {"{id: it, type: line, step: company}", "a:1:23: this field needs “label”", "text"},
        {"{id: it, tipe: line}", "a:1:32: a field has no “tipe”", "Did you mean type?"},
        {"{id: it, pattern: x}", "a:1:32: a field has no “pattern”", ""},
        {"{id: It, type: line, step: company, label: L}", "a:1:28: “It” cannot be the id", "1–40"},
        {"{id: 1t, type: line, step: company, label: L}", "a:1:28: “1t” cannot be the id", ""},
        {"{id: _t, type: line, step: company, label: L}", "a:1:28: “_t” cannot be the id", ""},
        {"{id: a-b, type: line, step: company, label: L}", "a:1:28: “a-b” cannot be the id", ""},
        {"{id: '', type: line, step: company, label: L}", "a:1:28: “” cannot be the id", ""},
        {"{id: [], type: line, step: company, label: L}", "a:1:28: “” cannot be the id", ""},
        {"{id: a1234567890123456789012345678901234567890, type: line, step: company, label: L}",
         "a:1:28: “a1234567890123456789012345678901234567890” cannot be the id", ""},
        {"{id: email, type: line, step: company, label: L}",
         "a:1:28: “email” is a name the form itself uses", ""},
        {"{id: client_id, type: line, step: company, label: L}",
         "a:1:28: “client_id” is a name the form itself uses", ""},
        {"{id: dataset, type: line, step: company, label: L}",
         "a:1:28: “dataset” is a name the form itself uses", ""},
        {"{id: it, type: lines, step: company, label: L}",
         "a:1:38: “lines” is not a type of a field", "Did you mean line?"},
        {"{id: it, type: pattern, step: company, label: L}",
         "a:1:38: “pattern” is not a type of a field", "Write line, text, email"},
        {"{id: it, type: [], step: company, label: L}", "a:1:38: “type” takes a word", ""},
        {"{id: it, type: line, step: companie, label: L}",
         "a:1:50: “companie” is not a step of a field", "Did you mean company?"},
        {"{id: it, type: line, step: company, label: L, privacy: secret}",
         "a:1:78: “secret” is not a privacy of a field", "Write personal"},
        {"{id: it, type: line, step: company, label: ''}", "a:1:66: the label is empty", ""},
        {"{id: it, type: line, step: company, label: \"a\\tb\"}",
         "a:1:66: the label holds a control character", ""},
        {"{id: it, type: line, step: company, label: [a]}", "a:1:66: the label is a text", ""},
        {"{id: it, type: line, step: company, label: {}}",
         "a:1:66: the label is a text, or 1–32 of them by language", ""},
        {"{id: it, type: line, step: company, label: {english: x}}",
         "a:1:67: “english” is not a language", "{en: VAT number"},
        {"{id: it, type: line, step: company, label: {en: x, EN: y}}",
         "a:1:74: “EN” is not a language", ""},
        {"{id: it, type: line, step: company, label: {en: {}}}", "a:1:71: the label is a text", ""},
        {"{id: it, type: line, step: company, label: L, hint: \"\"}", "a:1:75: the hint is empty",
         ""},
        {"{id: it, type: line, step: company, label: L, required: maybe}",
         "a:1:79: “required” takes true or false", ""},
        {"{id: it, type: line, step: company, label: L, max: 501}",
         "a:1:74: “max” is a whole number from 1 to 500", ""},
        {"{id: it, type: line, step: company, label: L, max: 0}", "a:1:74: “max” is a whole", ""},
        {"{id: it, type: line, step: company, label: L, max: many}", "a:1:74: “max” is a", ""},
        {"{id: it, type: line, step: company, label: L, max: [1]}", "a:1:74: “max” is a", ""},
        {"{id: it, type: line, step: company, label: L, min: 1}",
         "a:1:74: a field of this type takes no “min”", ""},
        {"{id: it, type: email, step: company, label: L, max: 9}",
         "a:1:75: a field of this type takes no “max”", ""},
        {"{id: it, type: number, step: company, label: L, max: 9007199254740992}",
         "a:1:76: “max” is a whole number from 0 to 9007199254740991", ""},
        {"{id: it, type: number, step: company, label: L, min: 3, max: 2}",
         "a:1:84: “min” is above “max”", ""},
        {"{id: it, type: number, step: company, label: L, min: 1000000001}",
         "a:1:76: “min” is above “max”", ""},
        {"{id: it, type: date, step: company, label: L, min: 2026-02-30}",
         "a:1:74: “2026-02-30” is not a day, like 2026-01-31", ""},
        {"{id: it, type: choice, step: company, label: L}", "a:1:23: this field needs “choices”",
         "Write: choices:"},
        {"{id: it, type: line, step: company, label: L, choices: []}",
         "a:1:78: a field of this type has no choices", ""},
        {"{id: it, type: choice, step: company, label: L, choices: []}",
         "a:1:80: “choices” is a list of 1–100 entries", ""},
        {"{id: it, type: choice, step: company, label: L, choices: [x]}",
         "a:1:81: a choice needs a value and a label", "Write: - {value"},
        {"{id: it, type: choice, step: company, label: L, choices: [{value: x}]}",
         "a:1:81: a choice needs a value and a label", ""},
        {"{id: it, type: choice, step: company, label: L, choices: [{value: X, label: L}]}",
         "a:1:89: “X” cannot be a value", "a–z"},
        {"{id: it, type: choice, step: company, label: L, choices: [{value: [], label: L}]}",
         "a:1:89: “” cannot be a value", ""},
        {"{id: it, type: choice, step: company, label: L, choices: [{value: x, name: L}]}",
         "a:1:92: a choice has no “name”", ""},
        {"{id: it, type: choice, step: company, label: L, choices: [{value: x, label: L}, "
         "{value: x, label: M}]}",
         "a:1:111: the value “x” stands in this list twice", ""},
        {"{id: it, type: line, step: company, label: L, after: emial}",
         "a:1:76: there is no field “emial” above", "Did you mean email?"},
        {"{id: it, type: line, step: company, label: L, after: nonsense_at_all}",
         "a:1:76: there is no field “nonsense_at_all” above", "further up"},
        {"{id: it, type: line, step: company, label: L, after: notes}",
         "a:1:76: “notes” is a field of the other step", ""},
        {"{id: it, type: line, step: engagement, label: L, after: consent}",
         "a:1:79: nothing stands after the agreement", ""},
        {"{id: it, type: line, step: company, label: L}, {id: it}", "a:1:70: this field needs", ""},
        {"{id: it, type: line, step: company, label: L}, "
         "{id: it, type: line, step: company, label: L}",
         "a:1:75: the id “it” stands in this list twice", ""},
        {"{id: it, type: line, step: company, label: L}, "
         "{id: two, type: line, step: company, label: L, after: itt}",
         "a:1:124: there is no field “itt” above", "Did you mean it?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[500];
        snprintf(text, sizeof text, "form: {extra_fields: [%s]}", rows[i].entry);
        refused(text, rows[i].detail, rows[i].hint);
    }
    refused("form: {extra_fields: {id: x}}", "a:1:22: form.extra_fields is a list", "- id:");
    refused("form: {extra_fields: x}", "a:1:22: form.extra_fields is a list", "");
    refused("form: {extra_field: []}", "a:1:8: there is no option “form.extra_field”",
            "Did you mean form.extra_fields?");
}

static void only_so_many(void **state)
{
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 16);
    for (int n = 32; n <= 33; n++) {
        buf_clear(&text);
        for (int i = 0; i < n; i++)
            buf_fmt(&text, "  - {id: f%d, type: line, step: company, label: L}\n", i);
        if (n == 32) {
            load(buf_cstring(&text));
            assert_int_equal(config.rules.fields_n, FIELDS_MAX);
            config_release(&config);
        }
    }
    struct buf whole;
    buf_init(&whole, 1 << 16);
    buf_fmt(&whole, "form:\n  extra_fields:\n%s", buf_cstring(&text));
    refused(buf_cstring(&whole), "a:3:3: form.extra_fields takes at most 32 fields", "");
    buf_release(&whole);
    buf_release(&text);
    refused("form: {extra_fields: [{id: a, type: text, step: company, label: L, max: 4000},"
            "{id: b, type: text, step: company, label: L, max: 3800},"
            "{id: c, type: email, step: company, label: L}]}",
            "a:1:22: the extra fields take 8054 characters of text together, and 8000 is the most",
            "smaller max");
    refused("limits: {body_size: 128 KiB}\nform: {extra_fields: [{id: a, type: text, step: "
            "company, label: L, max: 4000}]}",
            "a:1:21: limits.body_size is smaller than the longest form, ", "Raise it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_left_out_has_a_default, forget),
        cmocka_unit_test_teardown(what_is_said_counts, forget),
        cmocka_unit_test_teardown(words_by_language, forget),
        cmocka_unit_test(a_language_without_its_region),
        cmocka_unit_test_teardown(the_order_of_the_form, forget),
        cmocka_unit_test_teardown(none_is_the_default, forget),
        cmocka_unit_test_teardown(refused_entries, forget),
        cmocka_unit_test_teardown(only_so_many, forget),
    };
    return cmocka_run_group_tests_name("extra", tests, NULL, NULL);
}
