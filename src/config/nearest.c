/* SPDX-License-Identifier: Apache-2.0 */
#include "config/nearest.h"

#include "config/choices.h"

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned nearest_distance(struct str a, struct str b)
{
    enum { MOST = OPTION_PATH_MAX };
    /* Three rows of the matrix: a swap of neighbours looks two rows back. */
    unsigned rows[3][MOST + 1];
    if (a.len > MOST || b.len > MOST)
        return MOST;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned replaced = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

static struct str last_word(struct str path)
{
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    return str_slice(path, dot, path.len);
}

/* The best so far; the same word in a wrong section is worse than any allowed number of edits. */
struct search {
    struct str path;
    unsigned allowed, best;
    char *out;
};

static void consider(struct search *s, struct str candidate)
{
    unsigned distance = nearest_distance(s->path, candidate);
    if (distance > s->allowed) {
        if (!str_eq(last_word(s->path), last_word(candidate)))
            return;
        distance = s->allowed + 1;
    }
    if (distance >= s->best)
        return;
    s->best = distance;
    memcpy(s->out, candidate.ptr, candidate.len);
    s->out[candidate.len] = '\0';
}

bool nearest_path(struct str path, char out[OPTION_PATH_MAX])
{
    char text[OPTION_PATH_MAX];
    unsigned allowed = path.len < 9 ? 2 : (unsigned)(path.len < 60 ? path.len / 4 : 15);
    struct search s = {path, allowed, allowed + 2, out};
    for (size_t i = 0; i < OPTION_COUNT; i++)
        consider(&s, option_path(options[i].section, options[i].key, text));
    for (enum choice_list list = CHOICE_NONE + 1; list < CHOICE_LISTS; list++)
        consider(&s, option_path("form_choices", choices_info[list].key, text));
    for (size_t i = 0; i < option_sections_n; i++)
        consider(&s, option_path(option_sections[i].name, NULL, text));
    consider(&s, STR("form.choices"));
    consider(&s, STR("form.extra_fields"));
    consider(&s, STR("form.texts"));
    return s.best < allowed + 2;
}
