/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template.h"

struct linker {
    struct template *all;
    size_t n;
};

static struct template *find_partial(const struct linker *l, struct str name)
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->all[i].is_page && str_eq(l->all[i].name, name))
            return &l->all[i];
    return NULL;
}

static bool visit(struct linker *l, struct template *t);

static bool visit_list(struct linker *l, struct template *t, const struct node *list)
{
    for (const struct node *node = list; node; node = node->next) {
        if (node->kind == NODE_PART) {
            struct template *part = find_partial(l, node->text);
            if (!part)
                return template_refuse(t, node->at, "there is no partial \"%.*s\"",
                                       STR_ARG(node->text));
            if (part->mark == 1)
                return template_refuse(t, node->at, "partial \"%.*s\" ends up in itself",
                                       STR_ARG(node->text));
            if (!visit(l, part))
                return false;
        }
        if (!visit_list(l, t, node->body) || !visit_list(l, t, node->other))
            return false;
    }
    return true;
}

static bool visit(struct linker *l, struct template *t)
{
    if (t->mark == 2)
        return true;
    t->mark = 1;
    bool ok = visit_list(l, t, t->body);
    t->mark = 2;
    return ok;
}

bool template_link(struct template *all, size_t n)
{
    struct linker l = {all, n};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            if (all[i].is_page == all[k].is_page && str_eq(all[i].name, all[k].name))
                return template_refuse(&all[i], all[i].source.ptr, "%.*s is already in %s",
                                       STR_ARG(all[i].name), all[k].file);
    }
    for (size_t i = 0; i < n; i++)
        if (!visit(&l, &all[i]))
            return false;
    return true;
}

bool template_read_assets(struct arena *a, struct str index, struct template_assets *out)
{
    size_t lines = 0;
    for (size_t i = 0; i < index.len; i++)
        lines += index.ptr[i] == '\n';
    struct template_asset *items = arena_new_array(a, struct template_asset, lines + 1);
    *out = (struct template_assets){items, 0};
    struct str line;
    while (str_cut(&index, '\n', &line)) {
        if (line.len == 0)
            continue;
        struct template_asset *item = &items[out->n];
        struct str rest = line;
        if (!str_cut(&rest, ' ', &item->name) || !item->name.len || !rest.len || rest.ptr[0] != '/')
            return false;
        item->url = rest;
        out->n++;
    }
    return true;
}
