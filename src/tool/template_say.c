/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_html.h"
#include "tool/template_words.h"

/* Texts by key: {{t form.limit n=f.max}}, {{#t contact.write}}{{:email}}…{{/t}}. */

/* Up to a blank or "=". */
static struct str take(struct str *s, bool to_equals)
{
    size_t n = 0;
    while (n < s->len && !words_is_blank(s->ptr[n]) && !(to_equals && s->ptr[n] == '='))
        n++;
    struct str word = str_slice(*s, 0, n);
    *s = str_slice(*s, n, s->len);
    return word;
}

bool words_say(struct template *t, struct str words, const struct scope *scope, struct node *node)
{
    static const char shape[] = "a text is written {{t KEY}} or {{t KEY NAME=path}}";
    struct node **tail = &node->body;
    words_blanks(&words, 0);
    node->text = take(&words, false);
    if (!node->text.len)
        return template_refuse(t, node->at, "%s", shape);
    while (words_blanks(&words, 1)) {
        struct node *slot = arena_new(t->arena, struct node);
        struct node *value = arena_new(t->arena, struct node);
        slot->kind = NODE_SLOT;
        slot->at = value->at = words.ptr;
        slot->text = take(&words, true);
        slot->body = value;
        value->kind = NODE_VALUE;
        if (!slot->text.len || !words_take(&words, STR("=")))
            return template_refuse(t, node->at, "%s", shape);
        if (!words_path(t, take(&words, false), scope, false, value))
            return false;
        *tail = slot;
        tail = &slot->next;
    }
    return words.len == 0 || template_refuse(t, node->at, "%s", shape);
}

static bool number_slot(struct template *t, const struct node *node, struct node *slot)
{
    struct str rest = node->say->placeholders, name;
    unsigned at = 0;
    for (const struct node *other = node->body; other != slot; other = other->next)
        if (str_eq(other->text, slot->text))
            return template_refuse(t, slot->at, "{%.*s} is filled twice", STR_ARG(slot->text));
    while (rest.len && str_cut(&rest, ' ', &name)) {
        if (str_eq(name, slot->text)) {
            slot->loop = at;
            return true;
        }
        at++;
    }
    return template_refuse(t, slot->at, "the text \"%.*s\" has no {%.*s}", STR_ARG(node->text),
                           STR_ARG(slot->text));
}

bool template_find_text(struct template *t, struct node *node, const struct template_texts *texts)
{
    size_t i = 0, wanted = 0, filled = 0;
    while (i < texts->n && !str_eq(texts->items[i].key, node->text))
        i++;
    if (i == texts->n)
        return template_refuse(t, node->at, "there is no text \"%.*s\" in assets/texts/en.yaml",
                               STR_ARG(node->text));
    node->say = &texts->items[i];
    for (struct node *slot = node->body; slot; slot = slot->next, filled++)
        if (!number_slot(t, node, slot))
            return false;
    struct str rest = node->say->placeholders, name;
    while (rest.len && str_cut(&rest, ' ', &name))
        wanted++;
    if (filled < wanted)
        return template_refuse(t, node->at, "the text \"%.*s\" needs {%.*s}", STR_ARG(node->text),
                               STR_ARG(node->say->placeholders));
    for (const struct node *slot = node->body; slot && node->say->plural; slot = slot->next)
        if (str_eq(slot->text, STR("n")) && (slot->body->kind != NODE_VALUE || slot->body->next))
            return template_refuse(t, slot->at, "{n} is a number: write n=path");
    return true;
}

bool template_read_texts(struct arena *a, struct str index, struct template_texts *out)
{
    size_t lines = 0;
    for (size_t i = 0; i < index.len; i++)
        lines += index.ptr[i] == '\n';
    struct template_text *items = arena_new_array(a, struct template_text, lines + 1);
    *out = (struct template_texts){items, 0};
    struct str line, kind;
    while (str_cut(&index, '\n', &line)) {
        if (line.len == 0)
            continue;
        struct template_text *item = &items[out->n++];
        if (!str_cut(&line, ' ', &item->key) || !str_cut(&line, ' ', &item->enumerator) ||
            !str_cut(&line, ' ', &kind))
            return false;
        item->plural = str_eq(kind, STR("plural"));
        item->placeholders = line;
    }
    return true;
}
