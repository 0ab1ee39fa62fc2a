/* SPDX-License-Identifier: Apache-2.0 */
#include "web/note.h"

enum { NOTE_HTML_MAX = 256 * 1024 };

#define put(h, literal) html_raw(h, literal, sizeof(literal) - 1)

static const struct {
    struct str mark;
    struct str open, close;
} spans[] = {
    {STR_INIT("`"), STR_INIT("<code>"), STR_INIT("</code>")},
    {STR_INIT("**"), STR_INIT("<strong>"), STR_INIT("</strong>")},
    {STR_INIT("*"), STR_INIT("<em>"), STR_INIT("</em>")},
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Where a span that opens at `at` closes: its mark again, text at both ends of what is between; 0:
 * it is not one. */
static size_t span_end(struct str line, size_t at, struct str mark)
{
    size_t begin = at + mark.len;
    if (begin >= line.len || is_space(line.ptr[begin]) || line.ptr[begin] == mark.ptr[0])
        return 0;
    for (size_t i = begin + 1; i + mark.len <= line.len; i++)
        if (str_eq(str_slice(line, i, i + mark.len), mark) && !is_space(line.ptr[i - 1]))
            return i;
    return 0;
}

/* The length of an address that begins at `at`; 0: there is none. */
static size_t address_length(struct str line, size_t at)
{
    struct str rest = str_slice(line, at, line.len);
    size_t scheme = str_starts(rest, STR("https://"))  ? 8
                    : str_starts(rest, STR("http://")) ? 7
                                                       : 0;
    size_t n = scheme;
    while (scheme && n < rest.len && !strchr(" \t<>\"'`*", rest.ptr[n]))
        n++;
    while (n > scheme && strchr(".,;:!?)]", rest.ptr[n - 1]))
        n--;
    return n > scheme ? n : 0;
}

static void put_link(struct html *h, struct str address)
{
    put(h, "<a rel=\"noopener noreferrer nofollow\" href=\"");
    html_text_str(h, address);
    put(h, "\">");
    html_text_str(h, address);
    put(h, "</a>");
}

static void put_line(struct html *h, struct str line)
{
    size_t done = 0, at = 0;
    while (at < line.len) {
        size_t next = 0;
        size_t link = line.ptr[at] == 'h' ? address_length(line, at) : 0;
        if (link) {
            html_text_str(h, str_slice(line, done, at));
            put_link(h, str_slice(line, at, at + link));
            next = at + link;
        }
        for (size_t i = 0; !next && i < sizeof spans / sizeof *spans; i++) {
            struct str mark = spans[i].mark;
            if (!str_starts(str_slice(line, at, line.len), mark))
                continue;
            size_t end = span_end(line, at, mark);
            if (end) {
                html_text_str(h, str_slice(line, done, at));
                html_raw(h, spans[i].open.ptr, spans[i].open.len);
                html_text_str(h, str_slice(line, at + mark.len, end));
                html_raw(h, spans[i].close.ptr, spans[i].close.len);
                next = end + mark.len;
            }
        }
        at = next ? next : at + 1;
        if (next)
            done = next;
    }
    html_text_str(h, str_slice(line, done, line.len));
}

enum block { BLOCK_NONE, BLOCK_TEXT, BLOCK_LIST };

static void close_block(struct html *h, enum block block)
{
    if (block == BLOCK_TEXT)
        put(h, "</p>");
    if (block == BLOCK_LIST)
        put(h, "</li></ul>");
}

struct markup note_html(struct arena *a, struct str text)
{
    struct html h;
    html_init(&h, NOTE_HTML_MAX);
    enum block block = BLOCK_NONE;
    struct str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        struct str words = str_trim(line);
        bool item = str_starts(words, STR("- ")) || str_starts(words, STR("* "));
        enum block wanted = item ? BLOCK_LIST : words.len ? BLOCK_TEXT : BLOCK_NONE;
        if (block == wanted && block == BLOCK_TEXT)
            put(&h, "<br>");
        else if (block == wanted && block == BLOCK_LIST)
            put(&h, "</li><li>");
        else {
            close_block(&h, block);
            if (wanted == BLOCK_TEXT)
                put(&h, "<p dir=\"auto\">");
            else if (wanted == BLOCK_LIST)
                put(&h, "<ul dir=\"auto\"><li>");
        }
        block = wanted;
        put_line(&h, item ? str_slice(words, 2, words.len) : words);
    }
    close_block(&h, block);
    struct markup out = {html_ok(&h) ? arena_str(a, html_view(&h)) : STR_EMPTY};
    html_release(&h);
    return out;
}
