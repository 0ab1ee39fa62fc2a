/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_html.h"

/* Elements that no page of ours holds. */
static const struct {
    struct str name;
    const char *why;
} refused_elements[] = {
    {STR_INIT("style"), "styles live in assets/static/css"},
    {STR_INIT("base"), "it would move every link of the page"},
    {STR_INIT("iframe"), "pages hold no frames"},
    {STR_INIT("frame"), "pages hold no frames"},
    {STR_INIT("frameset"), "pages hold no frames"},
    {STR_INIT("object"), "pages hold no plug-ins"},
    {STR_INIT("embed"), "pages hold no plug-ins"},
    {STR_INIT("applet"), "pages hold no plug-ins"},
    {STR_INIT("plaintext"), "nothing ends it"},
    {STR_INIT("xmp"), "browsers read its content in ways of their own"},
    {STR_INIT("listing"), "browsers read its content in ways of their own"},
    {STR_INIT("noembed"), "browsers read its content in ways of their own"},
    {STR_INIT("noframes"), "browsers read its content in ways of their own"},
    {STR_INIT("noscript"), "browsers read its content with and without scripts differently"},
    {STR_INIT("animate"), "it can set other attributes"},
    {STR_INIT("animatemotion"), "it can set other attributes"},
    {STR_INIT("animatetransform"), "it can set other attributes"},
    {STR_INIT("set"), "it can set other attributes"},
};

void context_init(struct context *c)
{
    *c = (struct context){.fresh = true};
}

/* ---- bytes and words ---- */

static bool is_space(char b)
{
    return b == ' ' || b == '\t' || b == '\n';
}

static bool is_alpha(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

static bool is_alnum(char b)
{
    return is_alpha(b) || (b >= '0' && b <= '9');
}

static bool word_start(struct html_word *w, char b)
{
    w->n = 0;
    return html_word_add(w, b);
}

static enum html_inside inside_of(struct str tag)
{
    if (str_eq(tag, STR("title")))
        return INSIDE_TITLE;
    if (str_eq(tag, STR("textarea")))
        return INSIDE_TEXTAREA;
    if (str_eq(tag, STR("script")))
        return INSIDE_SCRIPT;
    return INSIDE_NOTHING;
}

/* ---- names ---- */

bool context_check_tag(const struct context *c, struct template *t)
{
    struct str tag = html_word_view(&c->tag);
    for (size_t i = 0; i < sizeof refused_elements / sizeof refused_elements[0]; i++)
        if (str_eq(tag, refused_elements[i].name))
            return template_refuse(t, c->opened, "<%.*s> is refused: %s", STR_ARG(tag),
                                   refused_elements[i].why);
    return true;
}

static bool end_tag_start(struct context *c, struct template *t)
{
    struct str tag = html_word_view(&c->tag);
    c->state = HTML_TEXT;
    c->inside = inside_of(tag);
    if (c->inside == INSIDE_SCRIPT && !c->has_src)
        return template_refuse(t, c->opened,
                               "<script> without src: scripts live in assets/static/js");
    bool is_pre = str_eq(tag, STR("pre"));
    c->pre += is_pre;
    c->opening = is_pre || c->inside == INSIDE_TEXTAREA;
    return true;
}

static bool end_tag_end(struct context *c, struct template *t, const char *at)
{
    struct str name = html_word_view(&c->name);
    if (c->inside != INSIDE_NOTHING && inside_of(name) != c->inside)
        return template_refuse(t, at, "</%.*s> inside the <%.*s> of line %u", STR_ARG(name),
                               STR_ARG(html_word_view(&c->tag)), template_line(t, c->opened));
    if (str_eq(name, STR("pre")) && c->pre)
        c->pre--;
    c->inside = INSIDE_NOTHING;
    c->state = HTML_TEXT;
    return true;
}

static bool feed_text(struct context *c, struct template *t, char b, const char *at)
{
    c->opening = false;
    if (b == '<') {
        c->state = HTML_TAG_OPEN;
        if (c->inside == INSIDE_NOTHING)
            c->opened = at;
    } else if (c->inside == INSIDE_SCRIPT && !is_space(b)) {
        return template_refuse(t, at, "content in <script>: scripts live in assets/static/js");
    }
    return true;
}

static bool feed_tag_open(struct context *c, struct template *t, char b, const char *at)
{
    if (b == '/') {
        c->state = HTML_END_OPEN;
        return true;
    }
    if (c->inside != INSIDE_NOTHING)
        return template_refuse(t, at - 1, "< inside <%.*s>: write &lt;",
                               STR_ARG(html_word_view(&c->tag)));
    if (b == '!') {
        c->state = HTML_DECLARATION;
        c->name.n = 0;
        return true;
    }
    if (!is_alpha(b))
        return template_refuse(t, at - 1, "a bare <: write &lt;");
    c->state = HTML_TAG_NAME;
    c->has_src = false;
    return word_start(&c->tag, b);
}

static bool feed_between(struct context *c, struct template *t, char b, const char *at)
{
    if (is_space(b)) {
        c->state = HTML_BEFORE_NAME;
        return true;
    }
    if (b == '/') {
        c->state = HTML_SLASH;
        return true;
    }
    if (b == '>')
        return end_tag_start(c, t);
    return template_refuse(t, at, "a space must stand between attributes, or a quote is missing");
}

static bool feed_tag_name(struct context *c, struct template *t, char b, const char *at)
{
    if (is_alnum(b) || b == '-' || b == ':') {
        if (!html_word_add(&c->tag, b))
            return template_refuse(t, c->opened, "a tag's name is too long");
        return true;
    }
    if (!is_space(b) && b != '/' && b != '>')
        return template_refuse(t, at, "\"%c\" in a tag's name", b);
    return context_check_tag(c, t) && feed_between(c, t, b, at);
}

static bool feed_before_name(struct context *c, struct template *t, char b, const char *at)
{
    if (is_space(b) || b == '/' || b == '>')
        return feed_between(c, t, b, at);
    if (!is_alpha(b) && b != '_')
        return template_refuse(t, at, "an attribute cannot begin with \"%c\"", b);
    c->state = HTML_NAME;
    return word_start(&c->name, b);
}

static bool feed_name(struct context *c, struct template *t, char b, const char *at)
{
    if (is_alnum(b) || b == '-' || b == '_' || b == ':' || b == '.') {
        if (!html_word_add(&c->name, b))
            return template_refuse(t, at, "an attribute's name is longer than %d letters",
                                   HTML_NAME_MAX);
        return true;
    }
    if (!context_check_attribute(c, t, at - c->name.n))
        return false;
    if (b == '=') {
        c->state = HTML_BEFORE_VALUE;
        return true;
    }
    if (is_space(b)) {
        c->state = HTML_AFTER_NAME;
        return true;
    }
    if (b == '/' || b == '>')
        return feed_between(c, t, b, at);
    return template_refuse(t, at, "\"%c\" in an attribute's name: is a quote missing?", b);
}

static bool feed_after_name(struct context *c, struct template *t, char b, const char *at)
{
    if (b == '=') {
        c->state = HTML_BEFORE_VALUE;
        return true;
    }
    return is_space(b) || feed_before_name(c, t, b, at);
}

static bool feed_before_value(struct context *c, struct template *t, char b, const char *at)
{
    if (is_space(b))
        return true;
    c->quoted = at;
    if (b == '"' || b == '\'') {
        c->state = b == '"' ? HTML_DOUBLE : HTML_SINGLE;
        return true;
    }
    if (!is_alnum(b) || c->attribute == ATTRIBUTE_URL)
        return template_refuse(t, at, "put the value of %.*s into quotes",
                               STR_ARG(html_word_view(&c->name)));
    c->state = HTML_UNQUOTED;
    return true;
}

static bool feed_value(struct context *c, struct template *t, char b, const char *at)
{
    if (b == (c->state == HTML_DOUBLE ? '"' : '\'')) {
        c->state = HTML_BETWEEN;
        return true;
    }
    if (b == '<')
        return template_refuse(
            t, at, "< in the value that begins on line %u: is a quote missing? Else write &lt;",
            template_line(t, c->quoted));
    return c->attribute != ATTRIBUTE_URL || context_feed_url(c, t, b, at);
}

static bool feed_unquoted(struct context *c, struct template *t, char b, const char *at)
{
    if (is_space(b) || b == '>')
        return feed_between(c, t, b, at);
    if (is_alnum(b) || strchr("-_.:#%", b))
        return true;
    return template_refuse(t, at, "\"%c\" in an unquoted value: put it into quotes", b);
}

static bool feed_slash(struct context *c, struct template *t, char b, const char *at)
{
    if (b != '>')
        return template_refuse(t, at, "/ in a tag, but no > behind it");
    if (inside_of(html_word_view(&c->tag)) != INSIDE_NOTHING ||
        str_eq(html_word_view(&c->tag), STR("pre")))
        return template_refuse(t, at, "<%.*s/> does not close itself",
                               STR_ARG(html_word_view(&c->tag)));
    c->state = HTML_TEXT;
    return true;
}

static bool feed_end(struct context *c, struct template *t, char b, const char *at)
{
    if (c->state == HTML_END_OPEN) {
        if (!is_alpha(b))
            return template_refuse(t, at, "</ without a name");
        c->state = HTML_END_NAME;
        return word_start(&c->name, b);
    }
    if (b == '>')
        return end_tag_end(c, t, at);
    if (is_space(b)) {
        c->state = HTML_END_SPACE;
        return true;
    }
    if (c->state == HTML_END_SPACE || (!is_alnum(b) && b != '-' && b != ':') ||
        !html_word_add(&c->name, b))
        return template_refuse(t, at, "an end tag is </name> and nothing else");
    return true;
}

static bool feed_declaration(struct context *c, struct template *t, char b, const char *at)
{
    if (c->name.n == 0 && b == '-')
        return template_refuse(t, c->opened, "an HTML comment is sent to everyone: use {{! … }}");
    if (b == '>') {
        c->state = HTML_TEXT;
        return str_eq(html_word_view(&c->name), STR("doctype html")) ||
               template_refuse(t, c->opened, "the only declaration is <!doctype html>");
    }
    return html_word_add(&c->name, b) ||
           template_refuse(t, at, "the only declaration is <!doctype html>");
}

bool context_feed(struct context *c, struct template *t, char b, const char *at)
{
    typedef bool feed(struct context *, struct template *, char, const char *);
    static feed *const feeds[] = {
        [HTML_TEXT] = feed_text,
        [HTML_TAG_OPEN] = feed_tag_open,
        [HTML_TAG_NAME] = feed_tag_name,
        [HTML_BEFORE_NAME] = feed_before_name,
        [HTML_BETWEEN] = feed_between,
        [HTML_NAME] = feed_name,
        [HTML_AFTER_NAME] = feed_after_name,
        [HTML_BEFORE_VALUE] = feed_before_value,
        [HTML_DOUBLE] = feed_value,
        [HTML_SINGLE] = feed_value,
        [HTML_UNQUOTED] = feed_unquoted,
        [HTML_SLASH] = feed_slash,
        [HTML_END_OPEN] = feed_end,
        [HTML_END_NAME] = feed_end,
        [HTML_END_SPACE] = feed_end,
        [HTML_DECLARATION] = feed_declaration,
    };
    c->reference = b == '&' || (c->reference && (is_alnum(b) || b == '#'));
    return feeds[c->state](c, t, b, at);
}
