/* SPDX-License-Identifier: Apache-2.0 */
#include "config/texts.h"

#include "base/utf8.h"
#include "config/check.h"
#include "config/nearest.h"

struct reader {
    struct config *config;
    const char *name;
    struct why *why;
    enum language language;
};

enum err texts_language(const struct tree *entry, const char *name, enum language *out,
                        struct why *why)
{
    struct option_problem problem = {0};
    *out = language_find(entry->key);
    if (check_language_code(entry->key, &problem))
        return ERR_NONE;
    enum err e = tree_refuse(why, name, entry->key_place, "%s", problem.detail);
    err_hint(why, "%s.", problem.hint);
    return e;
}

static bool has_name(struct str placeholders, struct str name)
{
    struct str one;
    while (placeholders.len && str_cut(&placeholders, ' ', &one))
        if (str_eq(one, name))
            return true;
    return false;
}

static enum err refuse_placeholders(struct reader *r, const struct tree *node, enum text key,
                                    const char *what, struct str name)
{
    const struct text_info *info = &text_infos[key];
    enum err e = tree_refuse(r->why, r->name, node->place, "%.*s %s {%.*s}", STR_ARG(info->key),
                             what, STR_ARG(name));
    if (info->placeholders.len)
        err_hint(r->why, "Its placeholders: %.*s, in braces.", STR_ARG(info->placeholders));
    else
        err_hint(r->why, "It has no placeholders.");
    return e;
}

/* Each one that the catalogue's text has, and no other; a plural form may leave {n} out. */
static enum err check_placeholders(struct reader *r, const struct tree *node, enum text key)
{
    const struct text_info *info = &text_infos[key];
    struct str rest = node->text, all = info->placeholders, name;
    while (rest.len) {
        text_cut(&rest, &name);
        if (name.len && !has_name(info->placeholders, name))
            return refuse_placeholders(r, node, key, "has no", name);
    }
    while (all.len && str_cut(&all, ' ', &name)) {
        struct str mark = arena_fmt(&r->config->arena, "{%.*s}", STR_ARG(name));
        bool free = info->plural && str_eq(name, STR("n"));
        if (!free && !str_contains(node->text, mark))
            return refuse_placeholders(r, node, key, "lacks", name);
    }
    return ERR_NONE;
}

static enum err read_text(struct reader *r, const struct tree *node, enum text key, struct str *out)
{
    struct str shown = text_infos[key].key;
    if (node->kind != TREE_TEXT)
        return tree_refuse(r->why, r->name, node->place, "%.*s is a text", STR_ARG(shown));
    struct str text = utf8_compose(&r->config->arena, node->text);
    if (!str_trim(text).len)
        return tree_refuse(r->why, r->name, node->place, "%.*s is empty", STR_ARG(shown));
    if (utf8_has_control(text, false))
        return tree_refuse(r->why, r->name, node->place, "%.*s holds a control character",
                           STR_ARG(shown));
    if (utf8_length(text) > TEXTS_OWN_MAX)
        return tree_refuse(r->why, r->name, node->place, "%.*s is too long: at most %d characters",
                           STR_ARG(shown), TEXTS_OWN_MAX);
    *out = arena_str(&r->config->arena, text);
    return check_placeholders(r, node, key);
}

static enum err refuse_forms(struct reader *r, const struct tree *node, enum text key)
{
    const struct words *words = &r->config->words[r->language];
    char list[80];
    size_t n = 0;
    for (enum plural form = 0; form < PLURALS; form++)
        if (words->rule->has & (1U << form))
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", n ? ", " : "",
                                  STR_ARG(plural_names[form]));
    return tree_refuse(r->why, r->name, node->place,
                       "%.*s depends on a number: exactly the forms %s",
                       STR_ARG(text_infos[key].key), list);
}

static enum err read_plural(struct reader *r, const struct tree *node, enum text key)
{
    struct words *words = &r->config->words[r->language];
    struct str *forms = arena_new_array(&r->config->arena, struct str, PLURALS);
    unsigned seen = 0;
    for (const struct tree *one = node->kind == TREE_MAP ? node->first : NULL; one;
         one = one->next) {
        enum plural form = 0;
        while (form < PLURALS && !str_eq(plural_names[form], one->key))
            form++;
        if (form == PLURALS)
            return refuse_forms(r, one, key);
        enum err e = read_text(r, one, key, &forms[form]);
        if (e != ERR_NONE)
            return e;
        seen |= 1U << form;
    }
    if (seen != words->rule->has)
        return refuse_forms(r, node, key);
    words->texts[key] = (struct wording){forms[PLURAL_OTHER], forms};
    return ERR_NONE;
}

/* The key somebody probably meant. */
static void hint_nearest(struct reader *r, struct str key)
{
    enum { NEAR = 4 };
    unsigned best = NEAR + 1;
    enum text found = TEXT_COUNT;
    for (enum text t = 0; t < TEXT_COUNT; t++) {
        unsigned distance = nearest_distance(key, text_infos[t].key);
        if (distance < best) {
            best = distance;
            found = t;
        }
    }
    if (found < TEXT_COUNT)
        err_hint(r->why, "Did you mean %.*s?", STR_ARG(text_infos[found].key));
    else
        err_hint(r->why, "The keys are those of assets/texts/en.yaml.");
}

static bool begins_a_key(struct str path)
{
    for (enum text t = 0; t < TEXT_COUNT; t++)
        if (str_starts(text_infos[t].key, path) && text_infos[t].key.len > path.len &&
            text_infos[t].key.ptr[path.len] == '.')
            return true;
    return false;
}

static enum err read_map(struct reader *r, const struct tree *map, struct str prefix)
{
    enum err e = ERR_NONE;
    for (const struct tree *one = map->first; one && e == ERR_NONE; one = one->next) {
        char shown[OPTION_SHOWN_MAX];
        struct str path = prefix.len ? arena_fmt(&r->config->arena, "%.*s.%.*s", STR_ARG(prefix),
                                                 STR_ARG(one->key))
                                     : one->key;
        enum text key = text_find(path);
        if (key < TEXT_COUNT && text_infos[key].plural) {
            e = read_plural(r, one, key);
        } else if (key < TEXT_COUNT && !str_starts(path, STR("language."))) {
            e = read_text(r, one, key, &r->config->words[r->language].texts[key].all);
        } else if (one->kind == TREE_MAP && begins_a_key(path)) {
            e = read_map(r, one, path);
        } else {
            e = tree_refuse(r->why, r->name, one->key_place, "there is no text “%s”",
                            option_shown(path, shown));
            hint_nearest(r, path);
        }
    }
    return e;
}

enum err texts_own_read(struct config *config, const struct tree *node, const char *name,
                        struct why *why)
{
    struct reader r = {.config = config, .name = name, .why = why};
    enum err e = ERR_NONE;
    if (tree_is_blank(node))
        return ERR_NONE;
    if (node->kind != TREE_MAP)
        return tree_refuse(why, name, node->place, "form.texts is a map of languages");
    for (const struct tree *one = node->first; one && e == ERR_NONE; one = one->next) {
        e = texts_language(one, name, &r.language, why);
        if (e == ERR_NONE && one->kind != TREE_MAP)
            e = tree_refuse(why, name, one->place, "the texts of a language are a map: key: text");
        if (e == ERR_NONE)
            e = read_map(&r, one, STR_EMPTY);
    }
    return e;
}
