/* SPDX-License-Identifier: Apache-2.0 */
#include "config/localized.h"

#include "base/utf8.h"
#include "config/option.h"

static bool is_letters(struct str s, size_t least, size_t most, bool digits)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (digits && c >= 'A' && c <= 'Z');
        if (!letter && !(digits && c >= '0' && c <= '9'))
            return false;
    }
    return s.len >= least && s.len <= most;
}

/* Language, and at most a script and a region behind it. */
static bool is_language(struct str tag)
{
    struct str rest = tag, part;
    size_t n = 0;
    for (; str_cut(&rest, '-', &part); n++)
        if (!is_letters(part, 2, n ? 8 : 3, n > 0))
            return false;
    return n >= 1 && n <= 3;
}

static enum err read_text(struct arena *a, const struct tree *node, const char *what, size_t max,
                          const char *name, struct str *out, struct why *why)
{
    if (node->kind != TREE_TEXT)
        return tree_refuse(why, name, node->place, "%s is a text", what);
    struct str text = utf8_compose(a, str_trim(node->text));
    if (text.len == 0)
        return tree_refuse(why, name, node->place, "%s is empty", what);
    if (utf8_has_control(text, false))
        return tree_refuse(why, name, node->place, "%s holds a control character", what);
    if (utf8_length(text) > max)
        return tree_refuse(why, name, node->place, "%s is too long: at most %zu characters", what,
                           max);
    *out = arena_str(a, text); /* the tree goes away */
    return ERR_NONE;
}

enum err localized_read(struct arena *a, const struct tree *node, const char *what, size_t max,
                        const char *name, struct localized *out, struct why *why)
{
    char shown[OPTION_SHOWN_MAX];
    bool by_language = node->kind == TREE_MAP;
    size_t n = by_language ? node->n : 1;
    if (n < 1 || n > LOCALIZED_MAX)
        return tree_refuse(why, name, node->place, "%s is a text, or 1–%d of them by language",
                           what, LOCALIZED_MAX);
    struct localized_text *items = arena_new_array(a, struct localized_text, n);
    *out = (struct localized){items, n};
    if (!by_language)
        return read_text(a, node, what, max, name, &items[0].text, why);
    for (const struct tree *one = node->first; one; one = one->next, items++) {
        if (!is_language(one->key)) {
            enum err e = tree_refuse(why, name, one->key_place, "“%s” is not a language",
                                     option_shown(one->key, shown));
            err_hint(why, "Write its tag, as in {en: VAT number, pt-BR: CNPJ}.");
            return e;
        }
        items->language = arena_str(a, one->key);
        enum err e = read_text(a, one, what, max, name, &items->text, why);
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

static const struct localized_text *find(const struct localized *localized, struct str language)
{
    for (size_t i = 0; i < localized->n; i++)
        if (str_eq(localized->items[i].language, language))
            return &localized->items[i];
    return NULL;
}

struct str localized_for(const struct localized *localized, struct str language)
{
    const struct localized_text *found = find(localized, language);
    if (!found)
        found = find(localized, str_slice(language, 0, str_find(language, '-', 0)));
    if (!found && localized->n)
        found = &localized->items[0];
    return found ? found->text : STR_EMPTY;
}
