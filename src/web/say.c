/* SPDX-License-Identifier: Apache-2.0 */
#include "web/say.h"

#include "base/json.h"
#include "config/config.h"
#include "core/accept_language.h"
#include "web/cookie.h"
#include "web/html.h"
#include "web/request.h"
#include "web/respond.h"
#include "web/state.h"

static const struct str cookie_name = STR_INIT("lang"), parameter = STR_INIT("lang");

enum { YEAR_S = 365 * 24 * 3600, BROWSER_WORDS_MAX = 8192 };

/* {"error": "Error: ", "left": {"one": …}, "over": {…}}: apply.js puts the number in. */
static struct str browser_words(struct arena *a, const struct words *words)
{
    static const struct {
        const char *name;
        enum text key;
    } counts[] = {{"left", TEXT_FORM_LEFT}, {"over", TEXT_FORM_OVER}};
    struct buf out;
    struct json j;
    buf_init(&out, BROWSER_WORDS_MAX);
    json_init(&j, &out);
    json_object(&j, NULL);
    json_str(&j, "error", words_say(words, TEXT_SHELL_ERROR_PREFIX));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        json_object(&j, counts[i].name);
        for (enum plural form = 0; form < PLURALS; form++)
            if (words->rule->has & (1U << form))
                json_str(&j, plural_names[form].ptr, words->texts[counts[i].key].plural[form]);
        json_end(&j);
    }
    json_end(&j);
    struct str text = arena_str(a, buf_view(&out));
    buf_release(&out);
    return text;
}

void say_prepare(struct web *web)
{
    const struct config *c = web->config;
    for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
        html_texts_prepare(&web->arena, &c->words[l], &web->texts[l]);
        view_questions_prepare(&web->arena, &c->local[l], &web->questions[l]);
        web->browser_words[l] = browser_words(&web->arena, &c->words[l]);
    }
}

static bool is_offered(const struct config *c, enum language language)
{
    return language < LANGUAGE_COUNT && (c->languages & (1U << language));
}

void say_choose(struct request *r)
{
    const struct config *c = r->web->config;
    enum language asked = language_find(request_query(r, parameter));
    if (is_offered(c, asked)) {
        r->language = asked;
        respond_header(r, STR("set-cookie"),
                       cookie_set(&r->arena, cookie_name, language_codes[asked], YEAR_S));
        return;
    }
    enum language kept = language_find(request_cookie(r, cookie_name));
    r->language = is_offered(c, kept)
                      ? kept
                      : accept_language(request_header(r, STR("accept-language")), language_codes,
                                        LANGUAGE_COUNT, c->languages, c->language);
}

void say_headers(struct request *r)
{
    respond_header(r, STR("content-language"), say_language(r));
    respond_header(r, STR("vary"), STR("accept-language, cookie"));
}

struct str say_language(const struct request *r)
{
    return language_codes[r->language];
}

struct str say_link(struct request *r, enum language language)
{
    bool check = str_eq(request_query(r, STR("from")), STR("check"));
    return arena_fmt(&r->arena, "?%slang=%.*s", check ? "from=check&" : "",
                     STR_ARG(language_codes[language]));
}

bool say_is_switch(const struct request *r)
{
    return str_eq(r->method, STR("POST")) && request_query(r, parameter).len > 0;
}

struct view_languages say_languages(struct request *r)
{
    const struct config *c = r->web->config;
    struct view_language *items = arena_new_array(&r->arena, struct view_language, LANGUAGE_COUNT);
    size_t n = 0;
    for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
        if (!is_offered(c, l))
            continue;
        items[n++] = (struct view_language){
            .code = language_codes[l],
            .name = words_say(&c->words[l], TEXT_LANGUAGE_NAME),
            .href = say_link(r, l),
            .current = l == r->language,
        };
    }
    return (struct view_languages){items, n > 1 ? n : 0};
}

static const struct words *words_of(const struct request *r)
{
    return &r->web->config->words[r->language];
}

struct str say(const struct request *r, enum text key)
{
    return words_say(words_of(r), key);
}

struct str say_count(struct request *r, enum text key, uint64_t n)
{
    return words_count(&r->arena, words_of(r), key, n);
}

struct str say_with(struct request *r, enum text key, const char *name, struct str value)
{
    return words_fill(&r->arena, words_of(r), key, &(struct text_value){name, value}, 1);
}

struct str say_time(struct request *r, int64_t wall_ms)
{
    return words_time(&r->arena, words_of(r), wall_ms);
}

struct str say_day(struct request *r, int64_t wall_ms)
{
    return words_day(&r->arena, words_of(r), wall_ms);
}

struct str say_age(struct request *r, int64_t wall_ms, int64_t now_ms)
{
    static const int64_t units[] = {86400000, 3600000, 60000};
    int64_t age_ms = now_ms - wall_ms;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (age_ms >= units[i])
            return words_duration(&r->arena, words_of(r), age_ms - age_ms % units[i]);
    return say(r, TEXT_QUEUE_NOW);
}

const struct form_rules *say_rules(const struct request *r)
{
    return &r->web->config->local[r->language];
}

const struct view_questions *say_questions(const struct request *r)
{
    return &r->web->questions[r->language];
}

struct str say_browser_words(const struct request *r)
{
    return r->web->browser_words[r->language];
}
