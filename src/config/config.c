/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "base/must.h"
#include "config/choices.h"
#include "config/environment.h"
#include "config/language.h"
#include "config/nearest.h"
#include "config/texts.h"

/* Where an option's value came from, for what is wrong between two of them. */
struct origin {
    const char *name; /* the file, or the variable; NULL: the default */
    struct place place;
};

struct loader {
    struct config *config;
    const char *name;
    struct why *why;
    struct origin origins[OPTION_COUNT];
};

static enum err refuse_value(struct loader *l, const struct option *option, struct origin from,
                             const struct option_problem *problem)
{
    char path[OPTION_PATH_MAX];
    option_path(option->section, option->key, path);
    enum err e = from.place.line
                     ? tree_refuse(l->why, from.name, from.place, "%s: %s", path, problem->detail)
                     : tree_refuse(l->why, from.name, from.place, "%s", problem->detail);
    if (problem->hint[0])
        err_hint(l->why, "%s", problem->hint);
    return e;
}

static enum err set(struct loader *l, const struct option *option, struct str text,
                    struct origin from)
{
    struct option_problem problem;
    if (!option_set(option, text, l->config, &problem))
        return refuse_value(l, option, from, &problem);
    if (option->text)
        language_say_all(l->config, option);
    l->origins[option - options] = from;
    return ERR_NONE;
}

static void set_defaults(struct config *config)
{
    struct option_problem problem;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        must(options[i].text ||
             option_set(&options[i], str_from(options[i].fallback), config, &problem));
    choices_set_defaults(&config->rules);
    language_set_defaults(config);
}

/* ---- the file ---------------------------------------------------------------------------------*/

static bool is_null_word(const struct tree *node)
{
    return node->plain && (str_eq(node->text, STR("~")) || str_eq_nocase(node->text, STR("null")));
}

/* next_1: {en: …, de: …}; a language that is not there keeps the catalogue's text. */
static enum err read_by_language(struct loader *l, const struct option *option,
                                 const struct tree *map)
{
    enum err e = ERR_NONE;
    for (const struct tree *one = map->first; one && e == ERR_NONE; one = one->next) {
        enum language language;
        e = texts_language(one, l->name, &language, l->why);
        if (e == ERR_NONE && one->kind != TREE_TEXT)
            e = tree_refuse(l->why, l->name, one->place, "a text is wanted here");
        struct origin from = {l->name, one->place};
        struct option_problem problem;
        if (e == ERR_NONE && !option_set(option, one->text, l->config, &problem))
            e = refuse_value(l, option, from, &problem);
        if (e == ERR_NONE) {
            language_say(l->config, option, language);
            l->origins[option - options] = from;
        }
    }
    return e;
}

static enum err read_option(struct loader *l, const struct option *option, const struct tree *node)
{
    char path[OPTION_PATH_MAX];
    option_path(option->section, option->key, path);
    if (option->text && node->kind == TREE_MAP)
        return read_by_language(l, option, node);
    if (node->kind != TREE_TEXT)
        return tree_refuse(l->why, l->name, node->place, "%s takes one value, not a %s", path,
                           node->kind == TREE_MAP ? "section" : "list");
    if (is_null_word(node)) {
        enum err e = tree_refuse(l->why, l->name, node->place, "%s: “%.*s” is no value", path,
                                 STR_ARG(node->text));
        err_hint(l->why, "Write \"\" for an empty text, or leave the line out for the default.");
        return e;
    }
    return set(l, option, node->text, (struct origin){l->name, node->place});
}

static bool is_section(struct str path)
{
    char text[OPTION_PATH_MAX];
    for (size_t i = 0; i < option_sections_n; i++) {
        struct str section = option_path(option_sections[i].name, NULL, text);
        /* telemetry is one because telemetry.log is. */
        if (str_eq(section, path) || (str_starts(section, path) && section.ptr[path.len] == '.'))
            return true;
    }
    return str_eq(path, STR("form.choices"));
}

static enum err refuse_unknown(struct loader *l, const struct tree *node, struct str path)
{
    char shown[OPTION_SHOWN_MAX], near[OPTION_PATH_MAX];
    enum err e = tree_refuse(l->why, l->name, node->key_place, "there is no option “%s”",
                             option_shown(path, shown));
    if (nearest_path(path, near))
        err_hint(l->why, "Did you mean %s?", near);
    else
        err_hint(l->why, "anteroom help config lists every option.");
    return e;
}

/* One way to write a path, or a key could stand there twice unnoticed. */
static enum err refuse_dotted(struct loader *l, const struct tree *node)
{
    char shown[OPTION_SHOWN_MAX];
    enum err e = tree_refuse(l->why, l->name, node->key_place, "“%s” is two levels in one",
                             option_shown(node->key, shown));
    err_hint(l->why, "Write the section on a line of its own, ending in a colon, and the option "
                     "below it, two spaces deeper.");
    return e;
}

static enum err read_section(struct loader *l, const struct tree *map, struct str path);

static enum err read_entry(struct loader *l, const struct tree *node, struct str section)
{
    struct str path = section.len ? arena_fmt(&l->config->arena, "%.*s.%.*s", STR_ARG(section),
                                              STR_ARG(node->key))
                                  : node->key;
    if (str_find(node->key, '.', 0) < node->key.len && (is_section(path) || option_find(path)))
        return refuse_dotted(l, node);
    const struct option *option = option_find(path);
    if (option)
        return read_option(l, option, node);
    if (str_eq(section, STR("form.choices"))) {
        enum choice_list list = choices_find(node->key);
        if (list != CHOICE_NONE)
            return choices_read(&l->config->arena, node, list, l->name, &l->config->rules,
                                &l->config->labels[list], l->why);
    }
    if (str_eq(path, STR("form.texts")))
        return texts_own_read(l->config, node, l->name, l->why);
    if (str_eq(path, STR("form.extra_fields")))
        return extras_read(&l->config->arena, node, l->name, &l->config->extras, l->why);
    if (str_eq(path, STR("auth.oidc")))
        return issuers_read(&l->config->arena, node, l->name, &l->config->issuers, l->why);
    return is_section(path) ? read_section(l, node, path) : refuse_unknown(l, node, path);
}

/* An empty section is one whose lines are all comments. */
static enum err read_section(struct loader *l, const struct tree *map, struct str path)
{
    enum err e = ERR_NONE;
    if (tree_is_blank(map))
        return ERR_NONE;
    if (map->kind != TREE_MAP) {
        e = path.len ? tree_refuse(l->why, l->name, map->place, "%.*s is a section, not a value",
                                   STR_ARG(path))
                     : tree_refuse(l->why, l->name, map->place,
                                   "a configuration is made of sections, as in server:");
        err_hint(l->why, "Its options stand below it, two spaces deeper, as name: value.");
        return e;
    }
    for (const struct tree *node = map->first; node && e == ERR_NONE; node = node->next)
        e = read_entry(l, node, path);
    return e;
}

static enum err read_text(struct loader *l, struct str text)
{
    struct arena work = ARENA_INIT;
    struct tree *root;
    enum err e = tree_parse(&work, text, l->name, &root, l->why);
    if (e == ERR_NONE && root)
        e = read_section(l, root, STR_EMPTY);
    arena_release(&work);
    return e;
}

/* ---- the environment --------------------------------------------------------------------------*/

static enum err read_environment(struct loader *l, char *const *environment)
{
    for (; environment && *environment; environment++) {
        char name[2 * OPTION_PATH_MAX];
        const struct option *option;
        struct str value;
        enum err e = environment_read(str_from(*environment), &option, &value, l->why);
        if (e == ERR_NONE && option) {
            struct str variable = arena_str(&l->config->arena, option_variable(option, name));
            e = set(l, option, value, (struct origin){.name = variable.ptr});
        }
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

/* ---- between options --------------------------------------------------------------------------*/

/* Both or neither: half a certificate would be the self-signed one without anybody noticing. */
static enum err check_certificate(struct loader *l)
{
    const struct config *c = l->config;
    bool certificate = c->server_tls_certificate_file.len > 0;
    if (certificate == (c->server_tls_key_file.len > 0))
        return ERR_NONE;
    enum option_id given =
        certificate ? OPTION_server_tls_certificate_file : OPTION_server_tls_key_file;
    struct origin from = l->origins[given];
    enum err e = tree_refuse(l->why, from.name, from.place, "%s is set and %s is not",
                             certificate ? "server.tls.certificate_file" : "server.tls.key_file",
                             certificate ? "server.tls.key_file" : "server.tls.certificate_file");
    err_hint(l->why, "Set both, or neither for a self-signed certificate.");
    return e;
}

/* With nobody who may send a header, nobody could connect. */
static enum err check_proxies(struct loader *l)
{
    const struct config *c = l->config;
    if (str_eq(c->server_proxy_protocol, STR("off")) || c->server_trusted_proxies.len)
        return ERR_NONE;
    struct origin from = l->origins[OPTION_server_proxy_protocol];
    enum err e = tree_refuse(l->why, from.name, from.place,
                             "server.proxy_protocol is set and server.trusted_proxies is empty");
    err_hint(l->why, "Name the addresses that your proxies connect from.");
    return e;
}

/* Two listeners on one address: the second could never open. */
static enum err check_listeners(struct loader *l)
{
    static const enum option_id ids[] = {OPTION_server_listen, OPTION_server_http_listen,
                                         OPTION_server_ops_listen};
    const struct config *c = l->config;
    const struct str addresses[] = {c->server_listen, c->server_http_listen, c->server_ops_listen};
    for (size_t i = 1; i < 3; i++)
        for (size_t k = 0; k < i; k++) {
            if (addresses[i].len == 0 || !str_eq(addresses[i], addresses[k]))
                continue;
            struct origin from = l->origins[ids[i]].name ? l->origins[ids[i]] : l->origins[ids[k]];
            return tree_refuse(l->why, from.name ? from.name : l->name, from.place,
                               "server.%s and server.%s are the same address", options[ids[k]].key,
                               options[ids[i]].key);
        }
    return ERR_NONE;
}

static enum err check_language(struct loader *l)
{
    struct option_problem problem = {0};
    if (language_choose(l->config, &problem))
        return ERR_NONE;
    struct origin from = l->origins[OPTION_form_languages];
    return refuse_value(l, &options[OPTION_form_languages],
                        from.name ? from : l->origins[OPTION_form_language], &problem);
}

static enum err check_replica(struct loader *l)
{
    struct option_problem problem = {0};
    if (replica_settle(l->config, &problem))
        return ERR_NONE;
    struct origin from = l->origins[OPTION_replica_retention];
    return refuse_value(l, &options[OPTION_replica_retention],
                        from.name ? from : l->origins[OPTION_replica_levels], &problem);
}

/* A form that nobody could send whole would lose what was typed. */
static enum err check_body(struct loader *l)
{
    const struct config *c = l->config;
    uint64_t longest = extras_longest_body(&c->rules);
    if (c->extras.n == 0 || longest <= (uint64_t)c->limits_body_size)
        return ERR_NONE;
    struct origin from = l->origins[OPTION_limits_body_size];
    enum err e = tree_refuse(l->why, from.name ? from.name : l->name, from.place,
                             "limits.body_size is smaller than the longest form, %llu KiB",
                             (unsigned long long)longest / 1024 + 1);
    err_hint(l->why, "Raise it, or give the fields of form.extra_fields a smaller max.");
    return e;
}

enum err config_parse(struct str text, const char *name, char *const *environment,
                      struct config *out, struct why *why)
{
    struct loader l = {.config = out, .name = name, .why = why};
    memset(out, 0, sizeof *out);
    set_defaults(out);
    enum err e = read_text(&l, text);
    if (e == ERR_NONE)
        e = read_environment(&l, environment);
    if (e == ERR_NONE)
        e = check_certificate(&l);
    if (e == ERR_NONE)
        e = check_proxies(&l);
    if (e == ERR_NONE)
        e = check_listeners(&l);
    if (e == ERR_NONE)
        e = check_language(&l);
    if (e == ERR_NONE)
        e = check_replica(&l);
    if (e == ERR_NONE)
        language_settle(out);
    if (e == ERR_NONE)
        e = check_body(&l);
    if (e != ERR_NONE)
        config_release(out);
    return e;
}

void config_release(struct config *config)
{
    arena_release(&config->arena);
    memset(config, 0, sizeof *config);
}
