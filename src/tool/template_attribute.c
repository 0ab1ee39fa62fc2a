/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template_html.h"

static const struct {
    struct str name;
    enum html_attribute kind;
    const char *why;
} attributes[] = {
    {STR_INIT("href"), ATTRIBUTE_URL, NULL},
    {STR_INIT("src"), ATTRIBUTE_URL, NULL},
    {STR_INIT("action"), ATTRIBUTE_URL, NULL},
    {STR_INIT("formaction"), ATTRIBUTE_URL, NULL},
    {STR_INIT("poster"), ATTRIBUTE_URL, NULL},
    {STR_INIT("cite"), ATTRIBUTE_URL, NULL},
    {STR_INIT("data"), ATTRIBUTE_URL, NULL},
    {STR_INIT("background"), ATTRIBUTE_URL, NULL},
    {STR_INIT("longdesc"), ATTRIBUTE_URL, NULL},
    {STR_INIT("manifest"), ATTRIBUTE_URL, NULL},
    {STR_INIT("xlink:href"), ATTRIBUTE_URL, NULL},
    {STR_INIT("srcset"), ATTRIBUTE_URLS, NULL},
    {STR_INIT("imagesrcset"), ATTRIBUTE_URLS, NULL},
    {STR_INIT("ping"), ATTRIBUTE_URLS, NULL},
    {STR_INIT("style"), ATTRIBUTE_REFUSED, "styles live in assets/static/css: use a class"},
    {STR_INIT("srcdoc"), ATTRIBUTE_REFUSED, "it is a whole page inside an attribute"},
    {STR_INIT("http-equiv"), ATTRIBUTE_REFUSED, "the server sends headers"},
    {STR_INIT("nonce"), ATTRIBUTE_REFUSED, "the policy allows files only"},
};

struct str html_word_view(const struct html_word *w)
{
    return str_of(w->text, w->n);
}

bool html_word_add(struct html_word *w, char b)
{
    if (w->n == HTML_NAME_MAX)
        return false;
    w->text[w->n++] = b >= 'A' && b <= 'Z' ? (char)(b - 'A' + 'a') : b;
    return true;
}

static bool is_space(char b)
{
    return b == ' ' || b == '\t' || b == '\n';
}

bool context_check_attribute(struct context *c, struct template *t, const char *at)
{
    struct str name = html_word_view(&c->name);
    c->attribute = ATTRIBUTE_PLAIN;
    c->url = URL_START;
    c->scheme.n = 0;
    if (str_starts(name, STR("on")))
        return template_refuse(t, at, "%.*s= is refused: scripts live in assets/static/js",
                               STR_ARG(name));
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (!str_eq(name, attributes[i].name))
            continue;
        c->attribute = attributes[i].kind;
        if (c->attribute == ATTRIBUTE_REFUSED)
            return template_refuse(t, at, "%.*s= is refused: %s", STR_ARG(name), attributes[i].why);
    }
    if (str_eq(name, STR("src")))
        c->has_src = true;
    return true;
}

/* ---- URLs ---- */

static bool end_scheme(struct context *c, struct template *t, const char *at)
{
    struct str scheme = html_word_view(&c->scheme);
    if (str_eq(scheme, STR("https")))
        c->url = URL_EXTERNAL;
    else if (str_eq(scheme, STR("mailto")) || str_eq(scheme, STR("tel")))
        c->url = URL_ADDRESS;
    else
        return template_refuse(
            t, at, "%.*s: is refused: use a path, https:, mailto: or tel:", STR_ARG(scheme));
    return true;
}

bool context_feed_url(struct context *c, struct template *t, char b, const char *at)
{
    if (is_space(b) || b == '\\')
        return template_refuse(t, at, "a space, line break or \\ in a URL");
    if (c->url == URL_WHOLE)
        return template_refuse(
            t, at, "text behind a whole URL: begin with /, ?, #, mailto: or tel: instead");
    if (c->url == URL_EXTERNAL || c->url == URL_QUERY)
        return true;
    if (c->url == URL_SLASH && b == '/')
        return template_refuse(t, at, "// names another host: write https:// if you mean it");
    if (b == '?' || b == '#') {
        c->url = URL_QUERY;
        return true;
    }
    if (c->url == URL_ADDRESS || c->url == URL_PATH)
        return true;
    if (c->url == URL_SLASH || (c->url == URL_SCHEME && b == '/')) {
        c->url = URL_PATH;
        return true;
    }
    if (c->url == URL_START && b == '/') {
        c->url = URL_SLASH;
        return true;
    }
    if (b == ':')
        return end_scheme(c, t, at);
    if (b == '&')
        return template_refuse(t, at, "a character reference at the beginning of a URL");
    if (!html_word_add(&c->scheme, b))
        c->scheme.n = 1; /* longer than any scheme we allow, and than none of them */
    c->url = URL_SCHEME;
    return true;
}
