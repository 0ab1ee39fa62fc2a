/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two things, chosen by the first byte.
 *
 * "{": the input is a template. Whatever it is, the compiler ends, leaks nothing and either refuses
 * with a place inside the source or writes C.
 *
 * Otherwise the input is a value. It is written into each context; read again by a small reader of
 * our own that follows WHATWG HTML, the value comes back, and nothing it holds has become markup.
 */
#include "base/must.h"
#include "tool/template.h"
#include "web/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compile(struct str source)
{
    static const struct template_asset items[] = {{STR_INIT("a.css"), STR_INIT("/static/a.css")}};
    static const struct template_assets assets = {items, 1};
    static const struct template_text says[] = {
        {STR_INIT("a.b"), STR_INIT("TEXT_A_B"), STR_INIT(""), false},
        {STR_INIT("a.c"), STR_INIT("TEXT_A_C"), STR_INIT("link n"), true},
    };
    static const struct template_texts texts = {says, 2};
    struct arena a = ARENA_INIT;
    struct template t;
    if (template_parse(&a, "x.html", source, &t) && template_place(&t, &assets, &texts) &&
        template_link(&t, 1)) {
        struct buf out;
        buf_init(&out, 64 << 20);
        template_write_source(&t, 1, "x.c", "x.h", &out);
        template_write_header(&t, 1, "x.h", &out);
        must(buf_ok(&out));
        buf_release(&out);
        must(!t.failed);
    } else {
        must(t.failed && t.error.text[0]);
        must(t.error.line >= 1 && t.error.column >= 1 && t.error.column <= source.len + 1);
        must(t.error.line <= 1 + source.len);
    }
    arena_release(&a);
}

/* What a browser reads in text, <title>, <textarea> or a quoted value; the caller frees. */
static struct str read_back(struct str html)
{
    static const struct {
        struct str name, text;
    } references[] = {
        {STR_INIT("&amp;"), STR_INIT("&")}, {STR_INIT("&lt;"), STR_INIT("<")},
        {STR_INIT("&gt;"), STR_INIT(">")},  {STR_INIT("&#34;"), STR_INIT("\"")},
        {STR_INIT("&#39;"), STR_INIT("'")}, {STR_INIT("&#13;"), STR_INIT("\r")},
    };
    char *out = malloc(html.len + 1);
    must(out);
    size_t n = 0;
    for (size_t i = 0; i < html.len;) {
        char c = html.ptr[i];
        /* These would end the value, begin a tag, or be changed by the browser. */
        must(c != '<' && c != '>' && c != '"' && c != '\'' && c != '\r' && c != '\0');
        if (c != '&') {
            out[n++] = c;
            i++;
            continue;
        }
        size_t k = 0;
        while (!str_starts(str_slice(html, i, html.len), references[k].name))
            must(++k < sizeof references / sizeof references[0]);
        out[n++] = references[k].text.ptr[0];
        i += references[k].name.len;
    }
    return str_of(out, n);
}

/* Whether got is value with U+FFFD for each NUL. */
static bool same(struct str got, struct str value)
{
    size_t at = 0;
    for (size_t i = 0; i < value.len; i++) {
        struct str want = value.ptr[i] ? str_of(value.ptr + i, 1) : STR("\xEF\xBF\xBD");
        if (!str_eq(str_slice(got, at, at + want.len), want))
            return false;
        at += want.len;
    }
    return at == got.len;
}

static int hex(char c)
{
    must((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Percent-encoded: only bytes that mean nothing in a URL or in HTML; decoded it is the value. */
static void check_part(struct str got, struct str value, const char *also, const char *dropped)
{
    size_t at = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] && strchr(dropped, value.ptr[i]))
            continue;
        must(at < got.len);
        char c = got.ptr[at++];
        if (c == '%') {
            must(at + 2 <= got.len);
            c = (char)(hex(got.ptr[at]) * 16 + hex(got.ptr[at + 1]));
            at += 2;
        } else {
            bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || (c && strchr("-._~", c)) ||
                         (c && strchr(also, c));
            must(plain);
        }
        must(c == value.ptr[i]);
    }
    must(at == got.len);
}

/* How browsers find a scheme: controls and spaces trimmed, tab and line breaks dropped. */
static bool runs_script(struct str url)
{
    char scheme[16];
    size_t n = 0;
    bool begun = false;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if ((!begun && c <= ' ') || c == '\t' || c == '\n' || c == '\r')
            continue;
        begun = true;
        if (c == ':')
            return str_eq_nocase(str_of(scheme, n), STR("javascript")) ||
                   str_eq_nocase(str_of(scheme, n), STR("data")) ||
                   str_eq_nocase(str_of(scheme, n), STR("vbscript"));
        if (n == sizeof scheme)
            return false;
        scheme[n++] = (char)c;
    }
    return false;
}

static void render(struct str value)
{
    struct html h;
    html_init(&h, 1 << 24);
    html_text(&h, value);
    must(html_ok(&h));
    struct str back = read_back(html_view(&h));
    must(same(back, value));
    free((void *)(uintptr_t)back.ptr);

    html_clear(&h);
    html_url(&h, value);
    back = read_back(html_view(&h));
    must(str_eq(back, value) || str_eq(back, STR("#")));
    must(!runs_script(back));
    must(!str_starts(back, STR("//")) && !str_starts(back, STR("/\\")));
    free((void *)(uintptr_t)back.ptr);

    html_clear(&h);
    html_url_part(&h, value);
    check_part(html_view(&h), value, "", "");
    html_clear(&h);
    html_url_address(&h, value);
    check_part(html_view(&h), value, "@+", " ");
    html_release(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && data[0] == '{')
        compile(str_of(data, size));
    else
        render(str_of(data, size));
    return 0;
}
