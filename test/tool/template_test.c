/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/template.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct template_asset asset_items[] = {
    {STR_INIT("css/app.css"), STR_INIT("/static/css/app.0123456789.css")},
};
static const struct template_assets assets = {asset_items, 1};

static const struct template_text text_items[] = {
    {STR_INIT("a.plain"), STR_INIT("TEXT_A_PLAIN"), STR_INIT(""), false},
    {STR_INIT("a.link"), STR_INIT("TEXT_A_LINK"), STR_INIT("brand link"), false},
    {STR_INIT("a.count"), STR_INIT("TEXT_A_COUNT"), STR_INIT("n"), true},
};
static const struct template_texts texts = {text_items, 3};

/* Compiles one page whose second line on is body; the C, or the refusal "line:column: reason". */
static struct str compile(struct arena *a, const char *body)
{
    struct template t;
    struct str source = arena_fmt(a, "{{page x(struct view *v)}}\n%s", body);
    if (!template_parse(a, "x.html", source, &t) || !template_place(&t, &assets, &texts) ||
        !template_link(&t, 1))
        return arena_fmt(a, "%u:%u: %s", t.error.line, t.error.column, t.error.text);
    struct buf out;
    buf_init(&out, 1 << 20);
    template_write_source(&t, 1, "x.c", "x.h", &out);
    assert_true(buf_ok(&out));
    struct str c = arena_str(a, buf_view(&out));
    buf_release(&out);
    return c;
}

/* All rows of a table are looked at before the test fails. */
static int wrong_rows;

static void check(const char *body, struct str got, const char *want)
{
    if (str_contains(got, str_from(want)))
        return;
    print_error("%s\n  wanted: %s\n  got: %.*s\n", body, want, STR_ARG(got));
    wrong_rows++;
}

static int setup(void **state)
{
    (void)state;
    wrong_rows = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return wrong_rows;
}

/* What is refused, where, and with which words. */
static const struct {
    const char *body, *want;
} refusals[] = {
    /* directives */
    {"{{v.a", "2:1: {{ without }}"},
    {"a }} b", "2:3: }} without {{"},
    {"{{}}", "2:1: an empty directive"},
    {"{{ & }}", "2:1: an empty directive"},
    {"{{v.b\n.c}}", "2:1: a directive stands on one line"},
    {"{{w.a}}", "2:3: unknown name \"w\""},
    {"{{#when v.a}}", "2:3: unknown directive {{#when v.a}}"},
    {"{{v}}", "2:3: \"v\" is a whole thing"},
    {"{{v.}}", "2:3: a path is names with dots"},
    {"{{v..a}}", "2:3: a path is names with dots"},
    {"{{v.a b}}", "2:3: a path is names with dots"},
    {"{{v->a}}", "2:3: a path is names with dots"},
    {"{{v.a()}}", "2:3: a path is names with dots"},
    {"{{page y(struct view *v)}}", "2:1: {{page y(struct view *v)}} stands only on the first"},
    {"{{else}}", "2:1: {{else}} closes nothing"},
    {"{{/if}}", "2:1: {{/if}} closes nothing"},
    {"a\n{{#if v.a}}", "3:1: {{#if}} is never closed"},
    {"{{#each v.a as b}}", "2:1: {{#each}} is never closed"},
    {"{{#if v.a}}{{/each}}", "2:12: {{/each}} inside the {{#if}} of line 2"},
    {"{{#if v.a}}{{else}}{{else}}{{/if}}", "2:1: {{#if}} with two {{else}}"},
    {"{{#each v.a as b}}{{else}}", "2:19: {{else}} inside the {{#each}} of line 2"},
    {"{{#if}}", "2:1: {{#if}} needs something to ask"},
    {"{{#if !}}x{{/if}}", "unknown directive {{}}"},
    {"{{#if v}}x{{/if}}", "\"v\" is a whole thing"},
    {"{{#if @first}}", "2:1: @first outside {{#each}}"},
    {"{{@number}}", "2:1: @number outside {{#each}}"},
    {"{{@last}}", "2:1: @last is only for {{#if}}"},
    {"{{#each v.a}}", "2:1: {{#each}} is written"},
    {"{{#each v.a as}}", "2:1: {{#each}} is written"},
    {"{{#each v.a as b c}}", "2:1: {{#each}} is written"},
    {"{{#each v.a as v}}{{/each}}", "2:1: \"v\" already names something here"},
    {"{{#each v.a as h}}{{/each}}", "2:1: \"h\" is taken"},
    {"{{#each v.a as h_at1}}{{/each}}", "2:1: \"h_at1\" is taken"},
    {"{{#each v.a as b}}{{/each}}{{b.c}}", "2:30: unknown name \"b\""},
    {"{{> }}", "2:1: a partial is written"},
    {"{{> y}}", "2:1: a partial is written"},
    {"{{> y v}}", "2:1: there is no partial \"y\""},
    {"{{> x v}}", "2:1: there is no partial \"x\""},
    {"{{asset}}", "2:1: an asset is written"},
    {"a\rb", "2:2: a carriage return"},
    {"a\001b", "2:2: control character 0x01"},

    /* texts by key */
    {"{{t}}", "2:1: a text is written {{t KEY}}"},
    {"{{t a.other}}", "2:1: there is no text \"a.other\""},
    {"{{t a.link}}", "2:1: the text \"a.link\" needs {brand link}"},
    {"{{t a.link brand=v.a}}", "2:1: the text \"a.link\" needs {brand link}"},
    {"{{t a.link brand=v.a link=v.b other=v.c}}", "the text \"a.link\" has no {other}"},
    {"{{t a.link brand=v.a brand=v.b}}", "2:22: {brand} is filled twice"},
    {"{{t a.plain x}}", "2:1: a text is written"},
    {"{{t a.plain x=}}", "unknown directive {{}}"},
    {"{{t a.link brand=w.a link=v.b}}", "unknown name \"w\""},
    {"<a href=\"{{t a.plain}}\">", "2:10: a text is no URL"},
    {"<p class={{t a.plain}}>", "2:10: a value cannot stand in an unquoted attribute"},
    {"<p {{t a.plain}}>", "2:4: a value cannot stand in an attribute's name"},
    {"{{#t a.link}}x{{:brand}}{{/t}}", "2:14: between {{#t}} and {{:NAME}} stands nothing"},
    {"{{#t a.link}}{{:brand}}<b {{:link}}>{{/t}}", "{{:brand}} begins in text and ends in"},
    {"{{#t a.link}}{{:brand}}", "2:1: {{#t}} is never closed"},
    {"{{#t a.count}}{{:n}}<b>1</b>{{/t}}", "{n} is a number: write n=path"},
    {"{{:brand}}", "2:1: {{:brand}} closes nothing"},
    {"{{/t}}", "2:1: {{/t}} closes nothing"},

    /* places where no value may stand */
    {"<{{v.a}}>", "2:2: a value cannot stand in a tag's name"},
    {"<di{{v.a}}>", "2:4: a value cannot stand in a tag's name"},
    {"</{{v.a}}>", "2:3: a value cannot stand in an end tag"},
    {"<p {{v.a}}>", "2:4: a value cannot stand in an attribute's name"},
    {"<p {{v.a}}=\"x\">", "2:4: a value cannot stand in an attribute's name"},
    {"<p da{{v.a}}=\"x\">", "2:6: a value cannot stand in an attribute's name"},
    {"<p class={{v.a}}>", "2:10: a value cannot stand in an unquoted attribute"},
    {"<p class=a{{v.a}}>", "2:11: a value cannot stand in an unquoted attribute"},
    {"<p class=\"a\"{{v.a}}>", "2:13: a value cannot stand in an attribute's name"},
    {"<br /{{v.a}}>", "2:6: a value cannot stand in the end of a tag"},
    {"<!doctype {{v.a}}>", "2:11: a value cannot stand in a declaration"},
    {"<script src=\"/a.js\">{{v.a}}</script>", "2:21: a value cannot stand in <script>"},
    {"a &{{v.a}}", "2:4: behind an unfinished character reference"},
    {"<p title=\"&am{{v.a}}\">", "behind an unfinished character reference"},
    {"<textarea>{{v.a}}</textarea>", "2:11: begin the content with a line break"},
    {"<pre>{{#if v.a}}</pre>{{/if}}", "2:6: begin the content with a line break"},
    {"<p title=\"{{&v.a}}\">", "2:11: markup cannot stand in an attribute"},
    {"<title>{{&v.a}}</title>", "2:8: markup cannot stand in <title>"},
    {"<p title=\"{{> y v}}\">", "2:11: a partial cannot stand in an attribute"},
    {"<p {{> y v}}>", "a partial cannot stand in an attribute's name"},

    /* what no page holds, static or not */
    {"<script>alert(1)</script>", "2:1: <script> without src"},
    {"<script src=\"/a.js\">x</script>", "2:21: content in <script>"},
    {"<SCRIPT SRC=\"/a.js\">x</SCRIPT>", "content in <script>"},
    {"<script src=\"{{v.a}}\"></script>", "2:14: a script's address is {{asset NAME}}"},
    {"<style>p{}</style>", "2:1: <style> is refused"},
    {"<STYLE>p{}</STYLE>", "2:1: <style> is refused"},
    {"<svg><style>p{}</style></svg>", "2:6: <style> is refused"},
    {"<base href=\"/\">", "<base> is refused"},
    {"<iframe src=\"/\">", "<iframe> is refused"},
    {"<object data=\"/\">", "<object> is refused"},
    {"<noscript>", "<noscript> is refused"},
    {"<plaintext>", "<plaintext> is refused"},
    {"<svg><set to=\"{{v.a}}\"/></svg>", "2:6: <set> is refused"},
    {"<p style=\"color:red\">", "2:4: style= is refused"},
    {"<p style=\"{{v.a}}\">", "2:4: style= is refused"},
    {"<p STYLE=\"{{v.a}}\">", "2:4: style= is refused"},
    {"<p onclick=\"x()\">", "2:4: onclick= is refused"},
    {"<p OnClick=\"{{v.a}}\">", "2:4: onclick= is refused"},
    {"<p onclick>", "2:4: onclick= is refused"},
    {"<p onclick{{#if v.a}} x{{/if}}>", "2:4: onclick= is refused"},
    {"<p srcdoc=\"{{v.a}}\">", "2:4: srcdoc= is refused"},
    {"<meta http-equiv=\"refresh\">", "2:7: http-equiv= is refused"},
    {"<!-- a -->", "2:1: an HTML comment is sent to everyone"},
    {"<!-- {{v.a}} -->", "2:1: an HTML comment is sent to everyone"},
    {"<![CDATA[x]]>", "2:1: the only declaration is <!doctype html>"},
    {"<!doctype html public>", "2:1: the only declaration is <!doctype html>"},
    {"<?xml?>", "2:1: a bare <"},

    /* URLs */
    {"<a href=\"javascript:x\">", "javascript: is refused"},
    {"<a href=\"JavaScript:{{v.a}}\">", "javascript: is refused"},
    {"<a href=\"java\tscript:x\">", "a space, line break or \\ in a URL"},
    {"<a href=\" /a\">", "2:10: a space"},
    {"<a href=\"&#106;avascript:x\">", "a character reference at the beginning of a URL"},
    {"<a href=\"javascript&colon;x\">", "a character reference at the beginning of a URL"},
    {"<a href=\"data:{{v.a}}\">", "data: is refused"},
    {"<a href=\"http://x.example/\">", "http: is refused"},
    {"<a href=\"averyveryveryveryveryveryverylongschemename:x\">", ": is refused"},
    {"<a href=\"{{v.a}}{{v.b}}\">", "2:17: a URL is one whole value"},
    {"<a href=\"{{v.a}}/b\">", "2:17: text behind a whole URL"},
    {"<a href=\"a{{v.a}}\">", "2:11: a URL is one whole value"},
    {"<a href=\"https://{{v.a}}\">", "2:18: a value in the address of another site"},
    {"<a href=\"//x.example\">", "2:11: // names another host"},
    {"<a href=\"/{{v.a}}/b\">", "// names another host"},
    {"<a href={{v.a}}>", "2:9: a value cannot stand in an unquoted attribute"},
    {"<a href=/a>", "put the value of href into quotes"},
    {"<img srcset=\"{{v.a}} 2x\">", "2:14: a value cannot stand in a list of URLs"},
    {"<a href=\"{{#if v.a}}a{{else}}b{{/if}}{{v.c}}\">", "a URL is one whole value"},
    {"<a href=\"{{#if v.a}}java{{else}}b{{/if}}script:\">", "text behind a whole URL"},
    {"<a href=\"{{#each v.a as b}}{{b.c}}{{/each}}\">", "begins in an attribute in \"…\" and ends"},
    {"<link href=\"{{asset a.css}}\">", "2:13: there is no asset \"a.css\""},
    {"<p>{{asset css/app.css}}</p>", "2:4: {{asset}} stands only in href="},
    {"<p title=\"{{asset css/app.css}}\">", "2:11: {{asset}} stands only in href="},
    {"<link href=\"/x{{asset css/app.css}}\">", "{{asset}} is a whole URL"},

    /* HTML that browsers would have to repair */
    {"a < b", "2:3: a bare <"},
    {"<p class=\"a>x</p>", "< in the value that begins on line 2: is a quote missing?"},
    {"<p class=\"a>\n<p class=\"b\">", "3:1: < in the value that begins on line 2"},
    {"<p class=\"a\"id=\"b\">", "2:13: a space must stand between attributes"},
    {"<p class=\"a\"\">", "2:13: a space must stand"},
    {"<p \"a\">", "2:4: an attribute cannot begin with \"\"\""},
    {"<p a\"b>", "\"\"\" in an attribute's name"},
    {"<p a=b\"c>", "2:7: \"\"\" in an unquoted value"},
    {"<p<b>", "2:3: \"<\" in a tag's name"},
    {"<br / >", "2:6: / in a tag, but no > behind it"},
    {"<textarea/>", "<textarea/> does not close itself"},
    {"</>", "2:3: </ without a name"},
    {"</p class=\"x\">", "2:5: an end tag is </name> and nothing else"},
    {"<title>a<b></title>", "2:9: < inside <title>: write &lt;"},
    {"<title>a</textarea>", "</textarea> inside the <title> of line 2"},
    {"<textarea>\n</title>", "</title> inside the <textarea> of line 2"},
    {"<p><b", "2:4: the template ends in a tag's name"},
    {"<p class=\"", "2:1: the template ends in an attribute"},
    {"<title>", "the template ends in <title>"},
    {"<pre>\nx", "the template ends inside <pre>"},

    /* branches and loops */
    {"{{#if v.a}}<p {{/if}}>", "2:1: this {{#if}} begins in text and ends in an attribute's name"},
    {"{{#if v.a}}<p{{else}}<b {{/if}}>", "this {{#if}} ends in an attribute's name, its {{else}}"},
    {"<p {{#if v.a}}title=\"{{/if}}\">", "2:4: this {{#if}} begins in an attribute's name"},
    {"<p {{#if v.a}}title=\"{{else}}class=\"{{/if}}x\">", "this {{#if}} ends in an attribute"},
    {"<p {{#if v.a}}title=\"{{else}}title='{{/if}}x\">", "this {{#if}} ends in an attribute"},
    {"{{#if v.a}}<title>{{/if}}</title>", "begins in text and ends in <title>"},
    {"{{#if v.a}}<pre>\n{{/if}}</pre>", "this {{#if}} begins in text"},
    {"<p {{#if v.a}}hid{{/if}}den>", "a space must stand between attributes"},
    {"<p hid{{#if v.a}}den{{/if}}>", "a space must stand between attributes"},
    {"<p {{#if v.a}}x{{/if}}=\"y\">", "a space must stand between attributes"},
    {"<p x={{#if v.a}}y{{/if}}>", "2:6: a directive cannot stand in an unquoted attribute"},
    {"<{{#if v.a}}p{{/if}}>", "2:2: a directive cannot stand in a tag's name"},
    {"<p {{#each v.a as b}}{{b.c}}{{/each}}>", "a value cannot stand in an attribute's name"},
    {"{{#each v.a as b}}<p {{/each}}>", "2:1: this {{#each}} begins in text"},
    {"<p {{#each v.a as b}}x{{/each}}>", "a space must stand between attributes"},
    {"{{#each v.a as b}}<pre>\nx{{/each}}", "2:1: this {{#each}} begins in text"},
    {"<script{{#if v.a}} src=\"/a\"{{/if}}></script>", "2:1: <script> without src"},
};

static void refuses_with_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct arena a = ARENA_INIT;
        check(refusals[i].body, compile(&a, refusals[i].body), refusals[i].want);
        arena_release(&a);
    }
}

/* Which verb writes a value, by its place. */
static const struct {
    const char *body, *want;
} places[] = {
    {"{{v.a}}", "html_text(h, v->a);"},
    {"{{ v.a.b.c }}", "html_text(h, v->a.b.c);"},
    {"<p>{{&v.a}}</p>", "html_markup(h, v->a);"},
    {"<title>{{v.a}}</title>", "html_text(h, v->a);"},
    {"<textarea>\n{{v.a}}</textarea>", "html_text(h, v->a);"},
    {"<p title=\"{{v.a}}\">", "html_text(h, v->a);"},
    {"<p title='{{v.a}}'>", "html_text(h, v->a);"},
    {"<p title = \"x {{v.a}} y\">", "html_text(h, v->a);"},
    {"<a href=\"{{v.a}}\">", "html_url(h, v->a);"},
    {"<A HREF='{{v.a}}'>", "html_url(h, v->a);"},
    {"<form action=\"{{v.a}}\">", "html_url(h, v->a);"},
    {"<button formaction=\"{{v.a}}\">", "html_url(h, v->a);"},
    {"<svg><use xlink:href=\"{{v.a}}\"/></svg>", "html_url(h, v->a);"},
    {"<a href=\"/a/{{v.a}}/b?c={{v.b}}\">", "html_url_part(h, v->a);"},
    {"<a href=\"/a/{{v.a}}/b?c={{v.b}}\">", "html_url_part(h, v->b);"},
    {"<a href=\"#{{v.a}}\">", "html_url_part(h, v->a);"},
    {"<a href=\"?q={{v.a}}\">", "html_url_part(h, v->a);"},
    {"<a href=\"{{#if v.a}}/a{{else}}/b?c=d{{/if}}\">", "html_true(v->a)"},
    {"<a href=\"mailto:{{v.a}}\">", "html_url_address(h, v->a);"},
    {"<a href=\"tel:{{v.a}}\">", "html_url_address(h, v->a);"},
    {"<a href=\"mailto:{{v.a}}?subject={{v.b}}\">", "html_url_part(h, v->b);"},
    {"<a href=\"https://x.example/\">", "https://x.example/"},
    {"<link href=\"{{asset css/app.css}}\">", "href=\\\"/static/css/app.0123456789.css\\\""},
    {"<img srcset=\"{{asset css/app.css}} 2x\">", "/static/css/app.0123456789.css 2x"},
    {"{{#each v.a as b}}{{@number}}{{/each}}", "html_text_unsigned(h, h_at1 + 1);"},
    {"{{#each v.a as b}}{{#each b.c as d}}{{#if @last}}x{{/if}}{{/each}}{{/each}}",
     "if (h_at2 + 1 == h_n2)"},
    {"{{#each v.a as b}}{{#each b.c as d}}{{/each}}{{#if !@first}}x{{/if}}{{/each}}",
     "if (h_at1 != 0)"},
    {"{{t a.plain}}", "html_say(h, TEXT_A_PLAIN);"},
    {"<p title=\"x {{t a.plain}}\">", "html_say(h, TEXT_A_PLAIN);"},
    {"{{t a.count n=v.a}}",
     "h_t1 = html_words(h, TEXT_A_COUNT, v->a); html_piece(h, h_t1); h_t1++"},
    {"{{t a.count n=v.a}}", "html_number(h, v->a);"},
    {"{{t a.link brand=v.a link=v.b}}", "if (h_t1->slot == 1)"},
    {"{{#t a.link brand=v.a}}{{:link}}<a href=\"{{v.b}}\">x</a>{{/t}}", "html_url(h, v->b);"},
    {"{{#t a.link}}{{:brand}}{{t a.plain}}{{:link}}{{#t a.count n=v.a}}{{/t}}{{/t}}", "h_t3++"},
    {"<p{{#if v.a}} hidden{{/if}}>", "\" hidden\""},
    {"<p {{#if v.a}}hidden{{/if}} id=x>", "\"hidden\""},
    {"<p class=\"a{{#if v.a}} b{{/if}}\">", "\" b\""},
    {"<p{{#each v.a as b}} x{{/each}}>", "\" x\""},
    {"a ?? b \"c\" \\ – ?", "\"a \\?\\? b \\\"c\\\" \\\\ \\342\\200\\223 \\?\""},
    {"a > b &amp; c", "a > b &amp; c"},
    {"<!DOCTYPE html>", "<!DOCTYPE html>"},
    {"<input type=text disabled/>", "<input type=text disabled/>"},
};

static void chooses_the_escape_by_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct arena a = ARENA_INIT;
        check(places[i].body, compile(&a, places[i].body), places[i].want);
        arena_release(&a);
    }
}

static void refuses_wrong_first_lines(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "x",
        " {{page x(struct y *v)}}",
        "{{page}}",
        "{{page x}}",
        "{{page x(y *v)}}",
        "{{page x(struct y v)}}",
        "{{page x(struct y *)}}",
        "{{page x(struct y *v) z}}",
        "{{pages x(struct y *v)}}",
        "{{v.a}}",
        "{{! a comment }}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct arena a = ARENA_INIT;
        struct template t;
        assert_false(template_parse(&a, "x.html", str_from(wrong[i]), &t));
        check(wrong[i], str_from(t.error.text), "the first line is {{page NAME(struct TYPE *v)}}");
        arena_release(&a);
    }
    struct arena a = ARENA_INIT;
    struct template t;
    assert_false(template_parse(&a, "x.html", STR("{{page x(struct y *h)}}"), &t));
    assert_string_equal(t.error.text, "\"h\" is taken: h and h_… belong to the generated code");
    arena_release(&a);
}

/* Loops of partials and two of one name, over several files. */
static void links_partials(void **state)
{
    (void)state;
    static const struct {
        const char *one, *two, *want;
    } cases[] = {
        {"{{page p(struct y *v)}}\n{{> q v.a}}", "{{partial q(struct z *v)}}\nx", NULL},
        {"{{page p(struct y *v)}}\n", "{{partial p(struct z *v)}}\n", NULL},
        {"{{page p(struct y *v)}}\n", "{{page p(struct z *v)}}\n", "p is already in 1.html"},
        {"{{partial p(struct y *v)}}\n{{> q v}}", "{{partial q(struct y *v)}}\n{{> p v}}",
         "partial \"p\" ends up in itself"},
        {"{{page p(struct y *v)}}\n{{> q v}}", "{{partial q(struct y *v)}}\n{{> q v}}",
         "partial \"q\" ends up in itself"},
        {"{{page p(struct y *v)}}\n{{> q v}}", "{{page q(struct y *v)}}\n",
         "there is no partial \"q\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a = ARENA_INIT;
        struct template t[2];
        assert_true(template_parse(&a, "1.html", str_from(cases[i].one), &t[0]));
        assert_true(template_parse(&a, "2.html", str_from(cases[i].two), &t[1]));
        assert_true(template_place(&t[0], &assets, &texts) &&
                    template_place(&t[1], &assets, &texts));
        bool ok = template_link(t, 2);
        assert_int_equal(ok, cases[i].want == NULL);
        if (!ok)
            check(cases[i].one, str_from(t[0].failed ? t[0].error.text : t[1].error.text),
                  cases[i].want);
        arena_release(&a);
    }
}

/* The static text that is left: lines of directives, indentation and empty lines are gone. */
static const struct {
    const char *body, *want;
} spaces[] = {
    {"a\n{{! gone }}\nb\n", "\"a\\n\"\n             \"b\\n\""},
    {"  <p>\n\n\n    <b>x</b>\n", "\"<p>\\n\"\n             \"<b>x</b>\\n\""},
    {"<p>a {{! inline }} b</p>", "\"<p>a  b</p>\""},
    {"<pre>\n  a\n\n  b</pre>\n  c", "\"<pre>\\n\"\n             \"  a\\n\"\n             \"\\n\"\n"
                                     "             \"  b</pre>\\n\"\n             \"c\""},
    {"<textarea>\n  a\n\n  b</textarea>", "\"  a\\n\"\n             \"\\n\"\n             \"  b</"},
    {"<p title=\"a\n  b\">", "\"<p title=\\\"a\\n\"\n             \"  b\\\">\""},
    {"{{! a }}\n  {{! b }}\n\tx", "\"x\""},
    {"{{v.a}}\n  {{v.b}}", "\"\\n\""},
};

static void drops_space_that_says_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        struct arena a = ARENA_INIT;
        check(spaces[i].body, compile(&a, spaces[i].body), spaces[i].want);
        arena_release(&a);
    }
    /* A space between repeated things says something. */
    struct arena a = ARENA_INIT;
    check("each", compile(&a, "<p>\n{{#each v.a as b}} {{b.c}}{{/each}}</p>"), "\" \"");
    arena_release(&a);
}

static void stops_at_a_depth(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 40; i++)
        buf_str(&b, STR("{{#if v.a}}"));
    check("depth", compile(&a, buf_cstring(&b)), "2:353: more than 32 levels");
    buf_release(&b);
    arena_release(&a);
}

static void reads_the_index(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct template_assets out;
    assert_true(
        template_read_assets(&a, STR("a.css /static/a.1.css\nb.js /static/b.2.js\n"), &out));
    assert_int_equal(out.n, 2);
    assert_true(str_eq(out.items[1].name, STR("b.js")));
    assert_true(str_eq(out.items[1].url, STR("/static/b.2.js")));
    assert_true(template_read_assets(&a, STR_EMPTY, &out));
    assert_int_equal(out.n, 0);
    assert_false(template_read_assets(&a, STR("a.css"), &out));
    assert_false(template_read_assets(&a, STR(" /a"), &out));
    assert_false(template_read_assets(&a, STR("a b"), &out));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_with_reason, setup, teardown),
        cmocka_unit_test_setup_teardown(chooses_the_escape_by_place, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_wrong_first_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(links_partials, setup, teardown),
        cmocka_unit_test_setup_teardown(drops_space_that_says_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(stops_at_a_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_the_index, setup, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("tool/template", tests, NULL, NULL);
}
