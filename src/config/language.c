/* SPDX-License-Identifier: Apache-2.0 */
#include "config/language.h"

#include "base/must.h"
#include "config/check.h"
#include "config/localized.h"
#include "core/form_words.h"

void language_set_defaults(struct config *config)
{
    config->words = arena_new_array(&config->arena, struct words, LANGUAGE_COUNT);
    for (enum language l = 0; l < LANGUAGE_COUNT; l++)
        words_init(&config->words[l], l);
}

void language_say(struct config *config, const struct option *option, enum language language)
{
    enum text key = text_find(str_from(option->text));
    must(key < TEXT_COUNT);
    config->words[language].texts[key].all =
        *(struct str *)(void *)((char *)config + option->offset);
}

void language_say_all(struct config *config, const struct option *option)
{
    for (enum language l = 0; l < LANGUAGE_COUNT; l++)
        language_say(config, option, l);
}

/* The labels that the operator gave, in this language. */
static void choose_labels(struct config *config, enum language language)
{
    struct str code = language_codes[language];
    for (size_t list = 0; list < CHOICE_LISTS; list++) {
        struct choices *choices = &config->local[language].choices[list];
        if (!config->labels[list])
            continue;
        struct choice *items = arena_new_array(&config->arena, struct choice, choices->n);
        for (size_t i = 0; i < choices->n; i++)
            items[i] = (struct choice){choices->items[i].value,
                                       localized_for(&config->labels[list][i], code)};
        choices->items = items;
    }
}

bool check_language_code(struct str value, struct option_problem *problem)
{
    char shown[OPTION_SHOWN_MAX];
    if (language_find(value) < LANGUAGE_COUNT)
        return true;
    snprintf(problem->detail, sizeof problem->detail, "there is no catalogue for “%s”",
             option_shown(value, shown));
    size_t n = (size_t)snprintf(problem->hint, sizeof problem->hint, "There are");
    for (enum language l = 0; l < LANGUAGE_COUNT && n < sizeof problem->hint; l++)
        n += (size_t)snprintf(problem->hint + n, sizeof problem->hint - n, "%s %.*s", l ? "," : "",
                              STR_ARG(language_codes[l]));
    return false;
}

bool check_language_codes(struct str value, struct option_problem *problem)
{
    struct str rest = value, code;
    while (str_cut(&rest, ',', &code))
        if (!check_language_code(str_trim(code), problem))
            return false;
    return true;
}

bool language_choose(struct config *config, struct option_problem *problem)
{
    struct str rest = config->form_languages, code;
    config->language = language_find(config->form_language);
    if (!rest.len)
        config->languages = (1U << LANGUAGE_COUNT) - 1;
    while (rest.len && str_cut(&rest, ',', &code))
        config->languages |= 1U << language_find(str_trim(code));
    if (config->languages & (1U << config->language))
        return true;
    snprintf(problem->detail, sizeof problem->detail,
             "form.language, %.*s, is not among the languages that are offered",
             STR_ARG(config->form_language));
    return false;
}

void language_settle(struct config *config)
{
    for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
        config->local[l] = config->rules;
        form_words(&config->arena, &config->words[l], &config->local[l]);
        choose_labels(config, l);
        extras_add(&config->arena, &config->extras, &config->words[l], &config->local[l]);
    }
    config->rules = config->local[config->language];
}
