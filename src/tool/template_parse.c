/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template.h"
#include "tool/template_words.h"

struct parser {
    struct template *t;
    const char *at, *end;
    const char *line; /* where the current line begins */
    unsigned loops;   /* loops seen so far */
    unsigned says;    /* texts by key */
    unsigned depth;
    struct str slot; /* behind END_SLOT: the name in {{:NAME}} */
};

/* One {{…}}. */
struct directive {
    const char *at;   /* the first brace */
    const char *next; /* behind the last brace */
    struct str words; /* what is inside, trimmed */
};

enum ending { END_FILE, END_ELSE, END_IF, END_EACH, END_SLOT, END_SAY };

static struct node *node_new(struct parser *p, enum node_kind kind, const char *at)
{
    struct node *node = arena_new(p->t->arena, struct node);
    node->kind = kind;
    node->at = at;
    return node;
}

static const char first_line[] =
    "the first line is {{page NAME(struct TYPE *v)}} or {{partial NAME(struct TYPE *v)}}";

/* {{page NAME(struct TYPE *v)}} on the first line. */
static bool parse_header(struct template *t, const struct directive *d)
{
    struct str s = d->words;
    t->is_page = words_take(&s, STR("page"));
    if ((!t->is_page && !words_take(&s, STR("partial"))) || !words_blanks(&s, 1))
        return template_refuse(t, d->at, "%s", first_line);
    t->name = words_name(&s);
    if (!t->name.len || !words_take(&s, STR("(struct")) || !words_blanks(&s, 1))
        return template_refuse(t, d->at, "%s", first_line);
    t->type = words_name(&s);
    words_blanks(&s, 0);
    if (!t->type.len || !words_take(&s, STR("*")))
        return template_refuse(t, d->at, "%s", first_line);
    t->parameter = words_name(&s);
    if (!t->parameter.len || !str_eq(s, STR(")")))
        return template_refuse(t, d->at, "%s", first_line);
    return scope_check(t, d->at, t->parameter, NULL);
}

/* The directive at `at`, which stands on "{{". */
static bool read_directive(struct template *t, const char *at, const char *end, struct directive *d)
{
    const char *close = memmem(at + 2, (size_t)(end - at) - 2, "}}", 2);
    if (!close)
        return template_refuse(t, at, "{{ without }}");
    d->at = at;
    d->next = close + 2;
    d->words = str_trim(str_of(at + 2, (size_t)(close - at) - 2));
    if (!str_starts(d->words, STR("!")) && str_find(d->words, '\n', 0) < d->words.len)
        return template_refuse(t, at, "a directive stands on one line");
    if (d->words.len == 0)
        return template_refuse(t, at, "an empty directive");
    return true;
}

/* Those that write nothing where they stand: alone on a line, the line goes with them. */
static bool may_take_line(struct str words)
{
    return (words.len && strchr("!#/>", words.ptr[0])) || str_eq(words, STR("else")) ||
           str_starts(words, STR("page ")) || str_starts(words, STR("partial "));
}

static void append(struct node ***tail, struct node *node)
{
    **tail = node;
    *tail = &node->next;
}

static bool parse_list(struct parser *p, const struct scope *scope, struct node *opener,
                       struct node **list, enum ending *ending);

static bool enter(struct parser *p, const struct directive *d)
{
    if (++p->depth > TEMPLATE_DEPTH_MAX)
        return template_refuse(p->t, d->at, "more than %d levels of {{#if}} and {{#each}}",
                               TEMPLATE_DEPTH_MAX);
    return true;
}

static bool parse_if(struct parser *p, const struct directive *d, const struct scope *scope,
                     struct node *node)
{
    struct str s = str_slice(d->words, 3, d->words.len);
    if (!words_blanks(&s, 1) || s.len == 0)
        return template_refuse(p->t, d->at, "{{#if}} needs something to ask: {{#if v.x}}");
    node->negate = words_take(&s, STR("!"));
    words_blanks(&s, 0);
    if (str_eq(s, STR("@first")) || str_eq(s, STR("@last"))) {
        node->test = str_eq(s, STR("@first")) ? TEST_FIRST : TEST_LAST;
        node->loop = scope->loop;
        if (!node->loop)
            return template_refuse(p->t, d->at, "%.*s outside {{#each}}", STR_ARG(s));
    } else if (!words_path(p->t, s, scope, false, node)) {
        return false;
    }
    enum ending ending = END_FILE;
    if (!enter(p, d) || !parse_list(p, scope, node, &node->body, &ending))
        return false;
    if (ending == END_ELSE && !parse_list(p, scope, node, &node->other, &ending))
        return false;
    if (ending == END_ELSE)
        return template_refuse(p->t, d->at, "{{#if}} with two {{else}}");
    p->depth--;
    return true;
}

static bool parse_each(struct parser *p, const struct directive *d, const struct scope *scope,
                       struct node *node)
{
    static const char shape[] = "{{#each}} is written {{#each v.list as x}}";
    struct str s = str_slice(d->words, 5, d->words.len);
    if (!words_blanks(&s, 1))
        return template_refuse(p->t, d->at, "%s", shape);
    struct str path = words_word(&s);
    if (!words_blanks(&s, 1) || !words_take(&s, STR("as")) || !words_blanks(&s, 1))
        return template_refuse(p->t, d->at, "%s", shape);
    node->text = words_name(&s);
    if (str_ends(path, STR(".items"))) /* the list's own member: the same list */
        path.len -= 6;
    if (s.len || !words_path(p->t, path, scope, true, node))
        return template_refuse(p->t, d->at, "%s", shape);
    if (!scope_check(p->t, d->at, node->text, scope))
        return false;
    struct scope inner = {node->text, ++p->loops, scope};
    node->loop = inner.loop;
    enum ending ending = END_FILE;
    if (!enter(p, d) || !parse_list(p, &inner, node, &node->body, &ending))
        return false;
    p->depth--;
    return true;
}

/* {{#t KEY}}{{:NAME}}…{{:NAME}}…{{/t}} */
static bool parse_say(struct parser *p, const struct directive *d, const struct scope *scope,
                      struct node *node)
{
    struct node *before = NULL, **tail;
    enum ending ending = END_FILE;
    node->loop = ++p->says;
    if (!words_say(p->t, str_slice(d->words, 2, d->words.len), scope, node) || !enter(p, d))
        return false;
    for (tail = &node->body; *tail;)
        tail = &(*tail)->next;
    if (!parse_list(p, scope, node, &before, &ending))
        return false;
    for (; before; before = before->next)
        if (before->kind != NODE_TEXT || str_trim(before->text).len)
            return template_refuse(p->t, before->at, "between {{#t}} and {{:NAME}} stands nothing");
    while (ending == END_SLOT) {
        struct node *slot = node_new(p, NODE_SLOT, p->slot.ptr);
        slot->text = p->slot;
        append(&tail, slot);
        if (!parse_list(p, scope, node, &slot->body, &ending))
            return false;
    }
    p->depth--;
    return true;
}

static bool parse_part(struct parser *p, const struct directive *d, const struct scope *scope,
                       struct node *node)
{
    struct str s = str_slice(d->words, 1, d->words.len);
    words_blanks(&s, 0);
    node->text = words_name(&s);
    if (!node->text.len || !words_blanks(&s, 1) || !s.len)
        return template_refuse(p->t, d->at, "a partial is written {{> NAME path}}");
    return words_path(p->t, s, scope, true, node);
}

static bool parse_asset(struct parser *p, const struct directive *d, struct node *node)
{
    struct str s = str_slice(d->words, 5, d->words.len);
    words_blanks(&s, 1);
    node->text = s;
    if (!s.len || str_find(s, ' ', 0) < s.len || str_find(s, '\t', 0) < s.len)
        return template_refuse(p->t, d->at, "an asset is written {{asset NAME}}");
    return true;
}

/* {{else}}, {{/if}}, {{/each}}: which one, if it fits what is open. */
static bool parse_ending(struct parser *p, const struct directive *d, const struct node *opener,
                         enum ending *ending)
{
    bool in_if = opener && opener->kind == NODE_IF;
    bool in_each = opener && opener->kind == NODE_EACH;
    bool in_say = opener && opener->kind == NODE_SAY;
    if (str_eq(d->words, STR("else")) && in_if)
        *ending = END_ELSE;
    else if (str_eq(d->words, STR("/if")) && in_if)
        *ending = END_IF;
    else if (str_eq(d->words, STR("/each")) && in_each)
        *ending = END_EACH;
    else if (str_eq(d->words, STR("/t")) && in_say)
        *ending = END_SAY;
    else if (str_starts(d->words, STR(":")) && in_say) {
        *ending = END_SLOT;
        p->slot = str_slice(d->words, 1, d->words.len);
    } else if (opener)
        return template_refuse(p->t, d->at, "{{%.*s}} inside the {{#%s}} of line %u",
                               STR_ARG(d->words),
                               in_if     ? "if"
                               : in_each ? "each"
                                         : "t",
                               template_line(p->t, opener->at));
    else
        return template_refuse(p->t, d->at, "{{%.*s}} closes nothing", STR_ARG(d->words));
    return true;
}

static bool parse_directive(struct parser *p, const struct directive *d, const struct scope *scope,
                            struct node ***tail)
{
    struct str words = d->words;
    if (str_starts(words, STR("!")))
        return true;
    struct node *node = node_new(p, NODE_VALUE, d->at);
    append(tail, node);
    if (words_begin(words, STR("#if"))) {
        node->kind = NODE_IF;
        return parse_if(p, d, scope, node);
    }
    if (words_begin(words, STR("#each"))) {
        node->kind = NODE_EACH;
        return parse_each(p, d, scope, node);
    }
    if (words_begin(words, STR("#t"))) {
        node->kind = NODE_SAY;
        return parse_say(p, d, scope, node);
    }
    if (words_begin(words, STR("t"))) {
        node->kind = NODE_SAY;
        node->loop = ++p->says;
        return words_say(p->t, str_slice(words, 1, words.len), scope, node);
    }
    if (words_begin(words, STR("asset"))) {
        node->kind = NODE_ASSET;
        return parse_asset(p, d, node);
    }
    if (words_begin(words, STR("page")) || words_begin(words, STR("partial")))
        return template_refuse(p->t, d->at, "{{%.*s}} stands only on the first line",
                               STR_ARG(words));
    if (str_starts(words, STR(">"))) {
        node->kind = NODE_PART;
        return parse_part(p, d, scope, node);
    }
    if (str_eq(words, STR("@number"))) {
        node->kind = NODE_NUMBER;
        node->loop = scope->loop;
        return node->loop || template_refuse(p->t, d->at, "@number outside {{#each}}");
    }
    if (str_eq(words, STR("@first")) || str_eq(words, STR("@last")))
        return template_refuse(p->t, d->at, "%.*s is only for {{#if}}", STR_ARG(words));
    if (str_starts(words, STR("&"))) {
        node->kind = NODE_MARKUP;
        words = str_trim(str_slice(words, 1, words.len));
        if (!words.len)
            return template_refuse(p->t, d->at, "an empty directive");
    }
    return words_path(p->t, words, scope, false, node);
}

/* Text up to `to`, if there is any. */
static void append_text(struct parser *p, const char *to, struct node ***tail)
{
    if (to > p->at) {
        struct node *node = node_new(p, NODE_TEXT, p->at);
        node->text = str_of(p->at, (size_t)(to - p->at));
        append(tail, node);
    }
}

/*
 * The text before a directive and where to go on behind it: a directive alone on its line takes the
 * whole line with it.
 */
static void step_over(struct parser *p, const struct directive *d, struct node ***tail)
{
    const char *from = d->at;
    while (from > p->at && words_is_blank(from[-1]))
        from--;
    const char *next = d->next;
    while (next < p->end && words_is_blank(*next))
        next++;
    bool alone = (from == p->t->source.ptr || from[-1] == '\n') && may_take_line(d->words) &&
                 (next == p->end || *next == '\n');
    append_text(p, alone ? from : d->at, tail);
    if (!alone)
        p->at = d->next;
    else
        p->at = next == p->end ? next : next + 1;
}

static bool is_ending(struct str words)
{
    return str_starts(words, STR("/")) || str_starts(words, STR(":")) ||
           words_begin(words, STR("else"));
}

/* Nodes up to what ends them; opener is the {{#if}} or {{#each}} they are in, or NULL. */
static bool parse_list(struct parser *p, const struct scope *scope, struct node *opener,
                       struct node **list, enum ending *ending)
{
    struct node **tail = list;
    for (;;) {
        const char *open = memmem(p->at, (size_t)(p->end - p->at), "{{", 2);
        const char *stray = memmem(p->at, (size_t)((open ? open : p->end) - p->at), "}}", 2);
        if (stray)
            return template_refuse(p->t, stray, "}} without {{");
        if (!open) {
            append_text(p, p->end, &tail);
            p->at = p->end;
            *ending = END_FILE;
            return !opener || template_refuse(p->t, opener->at, "{{#%s}} is never closed",
                                              opener->kind == NODE_IF     ? "if"
                                              : opener->kind == NODE_EACH ? "each"
                                                                          : "t");
        }
        struct directive d = {.at = open, .next = open};
        if (!read_directive(p->t, open, p->end, &d))
            return false;
        step_over(p, &d, &tail);
        if (is_ending(d.words))
            return parse_ending(p, &d, opener, ending);
        if (!parse_directive(p, &d, scope, &tail))
            return false;
    }
}

/* Bytes that no template needs and that browsers treat in ways of their own. */
static bool check_bytes(struct template *t)
{
    for (size_t i = 0; i < t->source.len; i++) {
        unsigned char c = (unsigned char)t->source.ptr[i];
        if (c == '\r')
            return template_refuse(t, t->source.ptr + i, "a carriage return: lines end in LF");
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7F)
            return template_refuse(t, t->source.ptr + i, "control character 0x%02X", c);
    }
    return true;
}

bool template_parse(struct arena *a, const char *file, struct str source, struct template *t)
{
    *t = (struct template){.file = file, .source = source, .arena = a};
    if (!source.ptr)
        t->source = STR("");
    struct parser p = {.t = t, .at = t->source.ptr, .end = t->source.ptr + t->source.len};
    struct directive d = {.at = p.at, .next = p.at};
    if (!check_bytes(t))
        return false;
    if (!str_starts(t->source, STR("{{")))
        return template_refuse(t, p.at, "%s", first_line);
    if (!read_directive(t, p.at, p.end, &d) || !parse_header(t, &d))
        return false;
    struct node **none = &t->body;
    step_over(&p, &d, &none);
    struct scope scope = {.name = t->parameter};
    enum ending ending = END_FILE;
    return parse_list(&p, &scope, NULL, &t->body, &ending);
}
