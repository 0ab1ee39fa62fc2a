/* SPDX-License-Identifier: Apache-2.0 */
#include "web/html.h"

/*
 * One table for text and attributes: a value may move from one to the other without a thought, and
 * the price is a few bytes for a quotation mark in text. The index into `reference` for each byte;
 * 0 is "as it is".
 */
static const unsigned char special[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5, ['\r'] = 6, ['\0'] = 7,
};

static const struct str reference[] = {
    STR_INIT(""),      STR_INIT("&amp;"), STR_INIT("&lt;"),  STR_INIT("&gt;"),
    STR_INIT("&#34;"), STR_INIT("&#39;"), STR_INIT("&#13;"), STR_INIT("\xEF\xBF\xBD"),
};

/* RFC 3986's unreserved characters are 1; what an address may have besides is 2; space is 3. */
static const unsigned char url_byte[256] = {
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['-'] = 1, ['.'] = 1,
    ['_'] = 1,         ['~'] = 1,         ['@'] = 2,         ['+'] = 2, [' '] = 3,
};

void html_init(struct html *h, size_t max)
{
    *h = (struct html){0};
    buf_init(&h->out, max);
}

void html_release(struct html *h)
{
    buf_release(&h->out);
}

void html_clear(struct html *h)
{
    buf_clear(&h->out);
}

bool html_ok(const struct html *h)
{
    return buf_ok(&h->out);
}

struct str html_view(const struct html *h)
{
    return buf_view(&h->out);
}

void html_raw(struct html *h, const char *bytes, size_t n)
{
    buf_bytes(&h->out, bytes, n);
}

void html_markup(struct html *h, struct markup m)
{
    buf_str(&h->out, m.html);
}

/* Spans without a special byte are most of every value: they are copied whole. */
void html_text_str(struct html *h, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned kind = special[(unsigned char)s.ptr[i]];
        if (kind == 0)
            continue;
        buf_bytes(&h->out, s.ptr + from, i - from);
        buf_str(&h->out, reference[kind]);
        from = i + 1;
    }
    if (from < s.len)
        buf_bytes(&h->out, s.ptr + from, s.len - from);
}

void html_text_cstring(struct html *h, const char *s)
{
    html_text_str(h, str_from(s));
}

void html_text_unsigned(struct html *h, unsigned long long n)
{
    buf_u64(&h->out, n);
}

void html_text_signed(struct html *h, long long n)
{
    unsigned long long size = (unsigned long long)n;
    if (n < 0) {
        buf_byte(&h->out, '-');
        size = 0 - size;
    }
    buf_u64(&h->out, size);
}

/*
 * Browsers drop tab, CR and LF anywhere in a URL and controls and spaces at its ends, read "\" as
 * "/", and take what stands before the first ":" as the scheme (WHATWG URL, "basic URL parser"). So
 * nothing passes whose reading depends on such repairs.
 */
bool html_url_allowed(struct str s)
{
    static const struct str schemes[] = {STR_INIT("https"), STR_INIT("mailto"), STR_INIT("tel")};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c == 0x7F || c == '\\')
            return false;
    }
    if (str_starts(s, STR("//")))
        return false;
    size_t i = 0;
    while (i < s.len && s.ptr[i] != '/' && s.ptr[i] != '?' && s.ptr[i] != '#') {
        if (s.ptr[i] == ':') {
            for (size_t k = 0; k < sizeof schemes / sizeof schemes[0]; k++)
                if (str_eq_nocase(str_slice(s, 0, i), schemes[k]))
                    return true;
            return false;
        }
        i++;
    }
    return true;
}

void html_url_str(struct html *h, struct str s)
{
    html_text_str(h, html_url_allowed(s) ? s : STR("#"));
}

void html_url_cstring(struct html *h, const char *s)
{
    html_url_str(h, str_from(s));
}

static void percent(struct html *h, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    char out[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    buf_bytes(&h->out, out, sizeof out);
}

void html_url_part_str(struct html *h, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (url_byte[(unsigned char)s.ptr[i]] == 1)
            buf_byte(&h->out, s.ptr[i]);
        else
            percent(h, s.ptr[i]);
    }
}

void html_url_part_cstring(struct html *h, const char *s)
{
    html_url_part_str(h, str_from(s));
}

void html_url_address_str(struct html *h, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned kind = url_byte[(unsigned char)s.ptr[i]];
        if (kind == 1 || kind == 2)
            buf_byte(&h->out, s.ptr[i]);
        else if (kind == 0)
            percent(h, s.ptr[i]);
    }
}

void html_url_address_cstring(struct html *h, const char *s)
{
    html_url_address_str(h, str_from(s));
}
