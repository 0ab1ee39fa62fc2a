/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note of the team to HTML: every "<" that is sent begins one of our own tags, each that opens is
 * closed, and nothing of what was typed is lost or added between them.
 */
#include "base/must.h"
#include "web/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    struct str tag;
    int depth;
} tags[] = {
    {STR_INIT("<p dir=\"auto\">"), 1},
    {STR_INIT("</p>"), -1},
    {STR_INIT("<ul dir=\"auto\">"), 1},
    {STR_INIT("</ul>"), -1},
    {STR_INIT("<li>"), 1},
    {STR_INIT("</li>"), -1},
    {STR_INIT("<strong>"), 1},
    {STR_INIT("</strong>"), -1},
    {STR_INIT("<em>"), 1},
    {STR_INIT("</em>"), -1},
    {STR_INIT("<code>"), 1},
    {STR_INIT("</code>"), -1},
    {STR_INIT("<br>"), 0},
    {STR_INIT("<a rel=\"noopener noreferrer nofollow\" href=\"http"), 1},
    {STR_INIT("</a>"), -1},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str html = note_html(&a, str_of(data, size)).html;
    int depth = 0;
    for (size_t i = 0; i < html.len; i++) {
        if (html.ptr[i] != '<')
            continue;
        size_t k = 0;
        while (k < sizeof tags / sizeof *tags &&
               !str_starts(str_slice(html, i, html.len), tags[k].tag))
            k++;
        must(k < sizeof tags / sizeof *tags);
        depth += tags[k].depth;
        must(depth >= 0 && depth <= 3);
    }
    must(depth == 0);
    arena_release(&a);
    return 0;
}
