/* SPDX-License-Identifier: Apache-2.0 */
#include "config/environment.h"

#include "config/nearest.h"
#include "config/tree.h"

static const struct str prefix = STR_INIT("ANTEROOM_");

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* "SERVER__TLS__KEY_FILE" as "server.tls.key_file"; longer than any path stays unfindable. */
static struct str to_path(struct str name, char out[OPTION_PATH_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < OPTION_PATH_MAX - 1; i++) {
        bool level = str_starts(str_slice(name, i, name.len), STR("__"));
        out[n++] = level ? '.' : lower(name.ptr[i]);
        i += level;
    }
    out[n] = '\0';
    return str_of(out, n);
}

/* The option whose variable is this name but for "_" where "__" belongs. */
static const struct option *find_flat(struct str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char text[2 * OPTION_PATH_MAX];
        struct str variable = option_variable(&options[i], text);
        size_t n = 0;
        for (size_t k = prefix.len; k < variable.len; k++)
            if (!(variable.ptr[k] == '_' && variable.ptr[k - 1] == '_'))
                text[n++] = variable.ptr[k];
        if (str_eq(str_of(text, n), name))
            return &options[i];
    }
    return NULL;
}

static void hint_variable(struct why *why, const struct option *option)
{
    char text[2 * OPTION_PATH_MAX];
    err_hint(why, "Did you mean %s?", option_variable(option, text).ptr);
}

static enum err refuse_unknown(struct str variable, struct str path, struct why *why)
{
    char shown[OPTION_SHOWN_MAX], near[OPTION_PATH_MAX];
    const struct option *option = NULL;
    option_shown(variable, shown);
    if (str_starts(path, STR("form.choices")) || str_starts(path, STR("form.extra_fields"))) {
        enum err e = tree_refuse(why, shown, (struct place){0},
                                 "lists of choices and fields come from the file only");
        err_hint(why, "Write them in the file, under form:, as choices: or extra_fields:");
        return e;
    }
    enum err e = tree_refuse(why, shown, (struct place){0}, "there is no such option");
    if (nearest_path(path, near))
        option = option_find(str_from(near));
    if (option)
        hint_variable(why, option);
    else
        err_hint(why, "anteroom help config lists every option and its variable.");
    return e;
}

enum err environment_read(struct str entry, const struct option **option, struct str *value,
                          struct why *why)
{
    char path_text[OPTION_PATH_MAX], shown[OPTION_SHOWN_MAX];
    *option = NULL;
    if (!str_starts(entry, prefix))
        return ERR_NONE;
    size_t equals = str_find(entry, '=', 0);
    struct str variable = str_slice(entry, 0, equals);
    struct str name = str_slice(entry, prefix.len, equals);
    struct str path = to_path(name, path_text);
    *value = str_slice(entry, equals + 1, entry.len);
    if (str_contains(name, STR("__"))) {
        /* The exact spelling only: one variable per option. */
        char spelling[2 * OPTION_PATH_MAX];
        *option = option_find(path);
        if (*option && !str_eq(option_variable(*option, spelling), variable)) {
            enum err e = tree_refuse(why, option_shown(variable, shown), (struct place){0},
                                     "there is no such option");
            hint_variable(why, *option);
            return e;
        }
        return *option ? ERR_NONE : refuse_unknown(variable, path, why);
    }
    const struct option *flat = find_flat(name);
    if (!flat)
        return ERR_NONE;
    enum err e = tree_refuse(why, option_shown(variable, shown), (struct place){0},
                             "a level is written with two “_”");
    hint_variable(why, flat);
    return e;
}
