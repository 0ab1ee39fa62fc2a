/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/azure_list.h"

#include "base/buf.h"

enum { TEXT_MAX = 4096 };

struct reader {
    struct arena *arena;
    struct str xml;
    size_t at;
    struct str open[LIST_DEPTH_MAX];
    size_t depth;
    bool wrong, ended;
};

static uint32_t reference(struct str digits, uint32_t base)
{
    uint32_t code = 0;
    for (size_t i = 0; i < digits.len && code < 0x110000; i++) {
        char c = digits.ptr[i];
        uint32_t value = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : base;
        if (value >= base)
            return 0;
        code = code * base + value;
    }
    return code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? code : 0;
}

/* What stands between "&" and ";". 0: unknown. */
static uint32_t entity(struct str name)
{
    static const struct {
        struct str name;
        char is;
    } known[] = {{STR_INIT("amp"), '&'},
                 {STR_INIT("lt"), '<'},
                 {STR_INIT("gt"), '>'},
                 {STR_INIT("quot"), '"'},
                 {STR_INIT("apos"), '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(name, known[i].name))
            return (unsigned char)known[i].is;
    if (str_starts(name, STR("#x")))
        return reference(str_slice(name, 2, name.len), 16);
    return str_starts(name, STR("#")) ? reference(str_slice(name, 1, name.len), 10) : 0;
}

static struct str plain(struct reader *r, struct str text)
{
    if (str_find(text, '&', 0) == text.len)
        return text;
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '&') {
            buf_byte(&out, text.ptr[i]);
            continue;
        }
        size_t end = str_find(text, ';', i);
        uint32_t code = entity(str_slice(text, i + 1, end));
        if (end == text.len || code == 0)
            r->wrong = true;
        else
            buf_byte(&out, code < 0x80 ? (char)code : '?'); /* no name of ours has others */
        i = end;
    }
    r->wrong = r->wrong || !buf_ok(&out);
    struct str copy = arena_str(r->arena, buf_view(&out));
    buf_release(&out);
    return copy;
}

/* "Name Encoded="true"" has the name Name. */
static struct str name_of(struct str tag)
{
    size_t n = 0;
    while (n < tag.len && tag.ptr[n] > ' ')
        n++;
    return str_slice(tag, 0, n);
}

enum event { EVENT_NONE, EVENT_OPEN, EVENT_CLOSE, EVENT_EMPTY };

static enum event opened(struct reader *r, struct str tag)
{
    bool empty = str_ends(tag, STR("/"));
    struct str name = name_of(str_slice(tag, 0, tag.len - empty));
    r->wrong = r->wrong || name.len == 0 || r->ended || r->depth == LIST_DEPTH_MAX;
    if (r->wrong)
        return EVENT_NONE;
    r->open[r->depth] = name;
    r->depth += !empty;
    return empty ? EVENT_EMPTY : EVENT_OPEN;
}

static enum event closed(struct reader *r, struct str tag)
{
    r->wrong = r->wrong || r->depth == 0 || !str_eq(name_of(tag), r->open[r->depth - 1]);
    if (r->wrong)
        return EVENT_NONE;
    r->depth--;
    r->ended = r->depth == 0;
    return EVENT_CLOSE;
}

/* The next tag, and the text before it. */
static enum event next(struct reader *r, struct str *text, struct str *name)
{
    size_t open = str_find(r->xml, '<', r->at);
    *text = str_slice(r->xml, r->at, open);
    if (open == r->xml.len)
        return EVENT_NONE;
    size_t close = str_find(r->xml, '>', open);
    struct str tag = str_slice(r->xml, open + 1, close);
    r->at = close + 1;
    if (close == r->xml.len || str_starts(tag, STR("!"))) {
        r->wrong = true;
        return EVENT_NONE;
    }
    if (str_starts(tag, STR("?"))) /* <?xml version="1.0"?> */
        return next(r, text, name);
    bool end = str_starts(tag, STR("/"));
    enum event event = end ? closed(r, str_slice(tag, 1, tag.len)) : opened(r, tag);
    *name = r->wrong ? STR_EMPTY : r->open[r->depth - (event == EVENT_OPEN)];
    return event;
}

bool azure_list_read(struct arena *a, struct str xml, struct azure_list *list)
{
    struct reader r = {.arena = a, .xml = xml};
    struct azure_list_blob blob = {0};
    struct str text, name;
    enum event event;
    list->marker = STR_EMPTY;
    if (str_starts(xml, STR("\xef\xbb\xbf")))
        r.at = 3;
    while ((event = next(&r, &text, &name)) != EVENT_NONE) {
        bool of_blob = r.depth >= 3 && str_eq(r.open[2], STR("Blob"));
        if (event == EVENT_OPEN && r.depth == 3)
            blob = (struct azure_list_blob){0};
        if (event != EVENT_CLOSE)
            continue;
        if (of_blob && r.depth == 3 && str_eq(name, STR("Name")))
            blob.name = plain(&r, text);
        else if (of_blob && str_eq(name, STR("Last-Modified")))
            blob.modified = plain(&r, text);
        else if (of_blob && str_eq(name, STR("Content-Length")))
            r.wrong = r.wrong || !str_to_u64(str_trim(text), &blob.size);
        else if (r.depth == 2 && str_eq(name, STR("Blob")))
            list->blob(list->context, &blob);
        else if (r.depth == 1 && str_eq(name, STR("NextMarker")))
            list->marker = plain(&r, text);
        if (r.wrong)
            return false;
    }
    return !r.wrong && r.ended && str_eq(r.open[0], STR("EnumerationResults"));
}
