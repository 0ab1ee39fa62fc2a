/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file, or (first byte "$") one variable of the environment. Whatever stands there:
 * it is taken, and then every value keeps what the table promises, or refused with a sentence.
 */
#include "base/must.h"
#include "base/utf8.h"
#include "config/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct config *config)
{
    struct option_problem problem;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        struct config copy = *config;
        const void *member = (const char *)config + options[i].offset;
        if (options[i].kind != OPTION_KIND_STR)
            continue;
        struct str text = *(const struct str *)member;
        if (text.len == 0 && options[i].text)
            continue; /* not set: the catalogue's words stand */
        must(text.ptr[text.len] == '\0');
        must(utf8_valid(text) && !utf8_has_control(text, false));
        copy.arena = ARENA_INIT; /* a value that was taken is taken again */
        must(option_set(&options[i], text, &copy, &problem));
        arena_release(&copy.arena);
    }
    for (size_t list = 1; list < CHOICE_LISTS; list++) {
        const struct choices *choices = &config->rules.choices[list];
        must(choices->n >= 1 && choices->n <= 100);
        for (size_t i = 0; i < choices->n; i++)
            must(choices->items[i].value.len > 0 && utf8_valid(choices->items[i].label));
    }
}

static bool is_list(enum field_kind kind)
{
    return kind == FIELD_CHOICE || kind == FIELD_CHOICES;
}

/* Every field is asked once, beside its step's others, and can be said to be missing or wrong. */
static void check_extras(const struct config *config)
{
    const struct form_rules *rules = &config->rules;
    bool seen[FIELDS_MAX] = {false};
    must(rules->fields_n == FIELD_COUNT + config->extras.n && rules->fields_n <= FIELDS_MAX);
    for (size_t i = 0; i < rules->fields_n; i++) {
        size_t f = rules->order[i];
        must(f < rules->fields_n && !seen[f]);
        seen[f] = true;
        must(i == 0 || rules->fields[rules->order[i - 1]].step <= rules->fields[f].step);
    }
    for (size_t f = FIELD_COUNT; f < rules->fields_n; f++) {
        const struct field_info *info = &rules->fields[f];
        must(form_field(rules, info->name) == f && info->name.ptr[info->name.len] == '\0');
        must(info->label.len && info->if_missing.len && info->width.len);
        must(utf8_valid(info->label) && utf8_valid(info->if_missing) && utf8_valid(info->hint));
        must(info->kind > FIELD_PHONE || info->if_long.len);
        must((info->list != CHOICE_NONE) == is_list(info->kind));
        must(!is_list(info->kind) || rules->choices[info->list].n > 0);
    }
    must(config->extras.n == 0 || extras_longest_body(rules) <= (uint64_t)config->limits_body_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct why why = {0};
    enum err e;
    if (size > 0 && data[0] == '$') {
        char *entry = malloc(size + 9);
        must(entry != NULL);
        memcpy(entry, "ANTEROOM_", 9);
        memcpy(entry + 9, data + 1, size - 1);
        entry[size + 8] = '\0';
        char *environment[] = {entry, NULL};
        e = config_load(NULL, environment, &config, &why);
        free(entry);
    } else {
        e = config_parse(str_of(data, size), "fuzz", NULL, &config, &why);
    }
    if (e == ERR_NONE) {
        check(&config);
        check_extras(&config);
    }
    if (e != ERR_NONE)
        must(e == ERR_CONFIG && why.detail[0] != '\0');
    config_release(&config);
    return 0;
}
