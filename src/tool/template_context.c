/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_html.h"

const char *context_describe(const struct context *c)
{
    static const char *const names[] = {
        [HTML_TEXT] = "text",
        [HTML_TAG_OPEN] = "a tag's name",
        [HTML_TAG_NAME] = "a tag's name",
        [HTML_BEFORE_NAME] = "an attribute's name",
        [HTML_BETWEEN] = "an attribute's name",
        [HTML_NAME] = "an attribute's name",
        [HTML_AFTER_NAME] = "an attribute's name",
        [HTML_BEFORE_VALUE] = "an unquoted attribute",
        [HTML_DOUBLE] = "an attribute in \"…\"",
        [HTML_SINGLE] = "an attribute in '…'",
        [HTML_UNQUOTED] = "an unquoted attribute",
        [HTML_SLASH] = "the end of a tag",
        [HTML_END_OPEN] = "an end tag",
        [HTML_END_NAME] = "an end tag",
        [HTML_END_SPACE] = "an end tag",
        [HTML_DECLARATION] = "a declaration or comment",
    };
    static const char *const insides[] = {
        [INSIDE_TITLE] = "<title>", [INSIDE_TEXTAREA] = "<textarea>", [INSIDE_SCRIPT] = "<script>"};
    if (c->state == HTML_TEXT && c->inside != INSIDE_NOTHING)
        return insides[c->inside];
    return names[c->state];
}

/* What is true of everything dynamic: not behind a half-written reference, not where browsers drop
 * a line break. */
static bool check_before(const struct context *c, struct template *t, const char *at)
{
    if (c->reference)
        return template_refuse(t, at, "behind an unfinished character reference: write &amp;");
    if (c->opening)
        return template_refuse(t, at,
                               "begin the content with a line break: browsers drop the first one");
    return true;
}

static bool value_in_url(struct context *c, struct template *t, const char *at,
                         enum node_escape *escape)
{
    if (c->tag.n == 6 && memcmp(c->tag.text, "script", 6) == 0)
        return template_refuse(t, at, "a script's address is {{asset NAME}}");
    switch (c->url) {
    case URL_START:
        *escape = ESCAPE_URL;
        c->url = URL_WHOLE;
        return true;
    case URL_SLASH: /* stays: the value may be empty, and a "/" behind it the second one */
    case URL_PATH:
    case URL_QUERY:
        *escape = ESCAPE_URL_PART;
        return true;
    case URL_ADDRESS:
        *escape = ESCAPE_URL_ADDRESS;
        return true;
    case URL_EXTERNAL:
        return template_refuse(t, at, "a value in the address of another site");
    case URL_SCHEME:
    case URL_WHOLE:
        break;
    }
    return template_refuse(
        t, at,
        "a URL is one whole value, or begins with /, ?, #, mailto: or tel: before the value");
}

bool context_value(struct context *c, struct template *t, const char *at, enum node_escape *escape)
{
    *escape = ESCAPE_TEXT;
    if (!check_before(c, t, at))
        return false;
    bool in_value = c->state == HTML_DOUBLE || c->state == HTML_SINGLE;
    if ((c->state != HTML_TEXT && !in_value) || c->inside == INSIDE_SCRIPT)
        return template_refuse(t, at,
                               "a value cannot stand in %s: only in text or a quoted attribute",
                               context_describe(c));
    c->fresh = false;
    if (!in_value || c->attribute == ATTRIBUTE_PLAIN)
        return true;
    if (c->attribute == ATTRIBUTE_URLS)
        return template_refuse(t, at, "a value cannot stand in a list of URLs");
    return value_in_url(c, t, at, escape);
}

bool context_say(struct context *c, struct template *t, const char *at)
{
    enum node_escape escape;
    bool in_value = c->state == HTML_DOUBLE || c->state == HTML_SINGLE;
    if (in_value && c->attribute != ATTRIBUTE_PLAIN)
        return template_refuse(t, at, "a text is no URL");
    return context_value(c, t, at, &escape);
}

bool context_boundary(struct context *c, struct template *t, const char *at)
{
    if (!check_before(c, t, at))
        return false;
    switch (c->state) {
    case HTML_TEXT:
        if (c->inside == INSIDE_SCRIPT)
            break;
        return true;
    case HTML_BEFORE_NAME:
    case HTML_BETWEEN:
    case HTML_DOUBLE:
    case HTML_SINGLE:
        return true;
    case HTML_TAG_NAME:
        c->state = HTML_BETWEEN;
        return context_check_tag(c, t);
    case HTML_NAME:
        c->state = HTML_BETWEEN;
        return context_check_attribute(c, t, at - c->name.n);
    case HTML_AFTER_NAME:
        c->state = HTML_BEFORE_NAME;
        return true;
    default:
        break;
    }
    return template_refuse(t, at, "a directive cannot stand in %s", context_describe(c));
}

static bool word_same(const struct html_word *a, const struct html_word *b)
{
    return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

static bool is_value(const struct context *c)
{
    return c->state == HTML_DOUBLE || c->state == HTML_SINGLE;
}

/* Everything but the state in a tag, the URL and what is joined by "and". */
static bool same_place(const struct context *a, const struct context *b)
{
    if (a->inside != b->inside || a->pre != b->pre)
        return false;
    bool has_tag = a->state != HTML_TEXT || a->inside != INSIDE_NOTHING;
    if (has_tag && !word_same(&a->tag, &b->tag))
        return false;
    return !is_value(a) || (a->attribute == b->attribute && word_same(&a->name, &b->name));
}

bool context_same(const struct context *a, const struct context *b)
{
    if (a->state != b->state || !same_place(a, b) || a->has_src != b->has_src)
        return false;
    if (!is_value(a) || a->attribute != ATTRIBUTE_URL)
        return true;
    return a->url == b->url && word_same(&a->scheme, &b->scheme);
}

bool context_join(struct context *a, const struct context *b)
{
    bool between = (a->state == HTML_BETWEEN && b->state == HTML_BEFORE_NAME) ||
                   (a->state == HTML_BEFORE_NAME && b->state == HTML_BETWEEN);
    if (between)
        a->state = HTML_BETWEEN;
    else if (a->state != b->state)
        return false;
    if (!same_place(a, b))
        return false;
    /* Different beginnings of a URL: fine, as long as nothing more follows. */
    if (a->url != b->url || !word_same(&a->scheme, &b->scheme))
        a->url = URL_WHOLE;
    a->fresh = a->fresh && b->fresh;
    a->has_src = a->has_src && b->has_src;
    return true;
}
