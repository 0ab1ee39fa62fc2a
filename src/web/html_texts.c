/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "web/html.h"

void html_say(struct html *h, enum text text)
{
    buf_str(&h->out, h->texts->pieces[text][PLURAL_OTHER]->html);
}

const struct html_piece *html_words(const struct html *h, enum text text, uint64_t n)
{
    return h->texts->pieces[text][h->texts->words->rule->choose(n)];
}

bool html_piece(struct html *h, const struct html_piece *piece)
{
    buf_str(&h->out, piece->html);
    return piece->slot >= 0;
}

void html_number(struct html *h, uint64_t n)
{
    struct str group = words_say(h->texts->words, TEXT_LANGUAGE_GROUP);
    enum { GROUP = 1000, GROUPS = 7 };
    unsigned parts[GROUPS], i = 0;
    for (; n >= GROUP; n /= GROUP)
        parts[i++] = (unsigned)(n % GROUP);
    buf_u64(&h->out, n);
    while (i > 0) {
        html_text_str(h, group);
        buf_fmt(&h->out, "%03u", parts[--i]);
    }
}

static struct str escaped(struct arena *a, struct str text)
{
    struct html h;
    enum { TEXT_MAX = 1 << 20 };
    html_init(&h, TEXT_MAX);
    html_text_str(&h, text);
    must(html_ok(&h));
    struct str out = arena_str(a, html_view(&h));
    html_release(&h);
    return out;
}

static int slot_of(struct str placeholders, struct str name)
{
    struct str one;
    for (int at = 0; str_cut(&placeholders, ' ', &one); at++)
        if (str_eq(one, name))
            return at;
    return -1;
}

/* A placeholder that the program does not fill (there is none: the build has looked) ends it. */
static const struct html_piece *pieces_of(struct arena *a, struct str text, struct str placeholders)
{
    struct str rest = text, name;
    size_t n = 1;
    while (rest.len) {
        text_cut(&rest, &name);
        n++;
    }
    struct html_piece *pieces = arena_new_array(a, struct html_piece, n + 1);
    size_t i = 0;
    for (rest = text; rest.len; i++) {
        pieces[i].html = escaped(a, text_cut(&rest, &name));
        pieces[i].slot = slot_of(placeholders, name);
    }
    if (i == 0 || pieces[i - 1].slot >= 0)
        pieces[i].slot = -1;
    return pieces;
}

void html_texts_prepare(struct arena *a, const struct words *words, struct html_texts *out)
{
    out->words = words;
    for (enum text t = 0; t < TEXT_COUNT; t++) {
        const struct wording *text = &words->texts[t];
        const struct html_piece *one = pieces_of(a, text->all, text_infos[t].placeholders);
        for (enum plural form = 0; form < PLURALS; form++)
            out->pieces[t][form] =
                text->plural && text->plural[form].len
                    ? pieces_of(a, text->plural[form], text_infos[t].placeholders)
                    : one;
    }
}
