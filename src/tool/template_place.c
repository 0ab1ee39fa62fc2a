/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_html.h"

/*
 * Walks the tree in the order of writing, feeds the text to the tokenizer and gives each value its
 * escape. Branches of an {{#if}} must end in the same context, a loop's body where it began; so the
 * context is known at every place whatever the values are.
 *
 * On the way the text gets smaller: outside <pre>, <textarea> and tags, indentation and empty lines
 * go. (A line break stays one: it separates words.)
 */

struct placer {
    struct template *t;
    const struct template_assets *assets;
    const struct template_texts *texts;
};

static bool place_list(struct placer *p, struct node *list, struct context *c);

static bool place_text(struct placer *p, struct node *node, struct context *c)
{
    char *out = arena_alloc(p->t->arena, node->text.len);
    size_t n = 0;
    for (size_t i = 0; i < node->text.len; i++) {
        char b = node->text.ptr[i];
        bool loose = c->state == HTML_TEXT && c->inside == INSIDE_NOTHING && c->pre == 0;
        if (!context_feed(c, p->t, b, node->text.ptr + i))
            return false;
        if (loose && c->fresh && (b == ' ' || b == '\t' || b == '\n'))
            continue;
        c->fresh = b == '\n' && loose;
        out[n++] = b;
    }
    node->text = str_of(out, n);
    return true;
}

static bool place_asset(struct placer *p, struct node *node, struct context *c)
{
    bool in_value = c->state == HTML_DOUBLE || c->state == HTML_SINGLE;
    if (!in_value || c->attribute == ATTRIBUTE_PLAIN)
        return template_refuse(p->t, node->at, "{{asset}} stands only in href=, src= and the like");
    if (c->attribute == ATTRIBUTE_URL && c->url != URL_START)
        return template_refuse(p->t, node->at, "{{asset}} is a whole URL: nothing before it");
    for (size_t i = 0; i < p->assets->n; i++) {
        if (!str_eq(p->assets->items[i].name, node->text))
            continue;
        node->kind = NODE_TEXT;
        node->text = p->assets->items[i].url;
        c->fresh = false;
        if (c->attribute == ATTRIBUTE_URL)
            c->url = URL_WHOLE;
        return true;
    }
    return template_refuse(p->t, node->at, "there is no asset \"%.*s\" in assets/static",
                           STR_ARG(node->text));
}

static bool place_if(struct placer *p, struct node *node, struct context *c)
{
    if (!context_boundary(c, p->t, node->at))
        return false;
    struct context other = *c;
    struct context begin = *c;
    if (!place_list(p, node->body, c) || !place_list(p, node->other, &other))
        return false;
    if (!context_boundary(c, p->t, node->at) || !context_boundary(&other, p->t, node->at))
        return false;
    if (context_join(c, &other))
        return true;
    if (!node->other)
        return template_refuse(p->t, node->at,
                               "this {{#if}} begins in %s and ends in %s, and has no {{else}}",
                               context_describe(&begin), context_describe(c));
    return template_refuse(p->t, node->at, "this {{#if}} ends in %s, its {{else}} in %s",
                           context_describe(c), context_describe(&other));
}

/* Whether the body leaves the output at the beginning of a line, as far as its text tells. */
static bool ends_line(const struct node *list)
{
    while (list && list->next)
        list = list->next;
    return list && list->kind == NODE_TEXT && str_ends(list->text, STR("\n"));
}

static bool place_each(struct placer *p, struct node *node, struct context *c)
{
    if (!context_boundary(c, p->t, node->at))
        return false;
    if (c->state == HTML_BEFORE_NAME) /* the second time it stands behind an attribute */
        c->state = HTML_BETWEEN;
    struct context begin = *c;
    c->fresh = c->fresh && ends_line(node->body);
    if (!place_list(p, node->body, c) || !context_boundary(c, p->t, node->at))
        return false;
    struct context end = *c;
    if (c->state == HTML_BEFORE_NAME)
        c->state = HTML_BETWEEN;
    if (!context_same(c, &begin))
        return template_refuse(p->t, node->at,
                               "this {{#each}} begins in %s and ends elsewhere, in %s",
                               context_describe(&begin), context_describe(&end));
    c->fresh = c->fresh && begin.fresh;
    return true;
}

static bool place_between_elements(struct placer *p, struct node *node, struct context *c,
                                   const char *what)
{
    enum node_escape escape;
    if (c->state != HTML_TEXT || c->inside != INSIDE_NOTHING)
        return template_refuse(p->t, node->at, "%s cannot stand in %s: only between elements", what,
                               context_describe(c));
    return context_value(c, p->t, node->at, &escape);
}

/* The text's own words may come before and behind what is put into it. */
static bool place_say(struct placer *p, struct node *node, struct context *c)
{
    if (!template_find_text(p->t, node, p->texts) || !context_say(c, p->t, node->at))
        return false;
    for (struct node *slot = node->body; slot; slot = slot->next) {
        struct context inside = *c;
        if (!place_list(p, slot->body, &inside))
            return false;
        if (!context_same(&inside, c))
            return template_refuse(p->t, slot->at, "{{:%.*s}} begins in %s and ends in %s",
                                   STR_ARG(slot->text), context_describe(c),
                                   context_describe(&inside));
    }
    return true;
}

static bool place_node(struct placer *p, struct node *node, struct context *c)
{
    switch (node->kind) {
    case NODE_TEXT:
        return place_text(p, node, c);
    case NODE_ASSET:
        return place_asset(p, node, c);
    case NODE_VALUE:
    case NODE_NUMBER:
        return context_value(c, p->t, node->at, &node->escape);
    case NODE_MARKUP:
        return place_between_elements(p, node, c, "markup");
    case NODE_PART:
        return place_between_elements(p, node, c, "a partial");
    case NODE_SAY:
        return place_say(p, node, c);
    case NODE_SLOT: /* in place_say */
        break;
    case NODE_IF:
        return place_if(p, node, c);
    case NODE_EACH:
        return place_each(p, node, c);
    }
    return false;
}

static bool place_list(struct placer *p, struct node *list, struct context *c)
{
    for (struct node *node = list; node; node = node->next)
        if (!place_node(p, node, c))
            return false;
    return true;
}

bool template_place(struct template *t, const struct template_assets *assets,
                    const struct template_texts *texts)
{
    struct placer p = {t, assets, texts};
    struct context c;
    context_init(&c);
    const char *end = t->source.ptr + t->source.len;
    if (!place_list(&p, t->body, &c))
        return false;
    if (c.state == HTML_TEXT && c.inside == INSIDE_NOTHING)
        return c.pre == 0 || template_refuse(t, end, "the template ends inside <pre>");
    return template_refuse(t, c.state == HTML_TEXT || !c.opened ? end : c.opened,
                           "the template ends in %s: what begins here is not closed",
                           context_describe(&c));
}
