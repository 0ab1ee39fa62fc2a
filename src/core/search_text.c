/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search_text.h"

#include "base/fold.h"
#include "core/json_memory.h"

enum { DIGITS_MAX = 40, DEPTH_MAX = 4, COMPANY_MAX = 96 };

static const struct str boundary = STR_INIT("\xEE\x80\x80 ");

void search_text_words(struct buf *words, struct str answer)
{
    struct fold fold = {answer, 0};
    struct fold_word w;
    size_t before = words->len;
    while (fold_next(&fold, &w)) {
        buf_str(words, fold_word(&w));
        buf_byte(words, ' ');
    }
    if (words->len != before)
        buf_str(words, boundary);
}

/* Numbers and texts at any depth; the names are the operator's, not an answer. */
static void add_answers(yyjson_val *v, unsigned depth, struct buf *out)
{
    yyjson_val *key, *item;
    if (yyjson_is_str(v))
        buf_str(out, str_of(yyjson_get_str(v), yyjson_get_len(v)));
    else if (yyjson_is_int(v))
        buf_fmt(out, "%lld", (long long)yyjson_get_sint(v));
    else if (depth < DEPTH_MAX && yyjson_is_arr(v))
        for (yyjson_arr_iter i = yyjson_arr_iter_with(v); (item = yyjson_arr_iter_next(&i));)
            add_answers(item, depth + 1, out);
    else if (depth < DEPTH_MAX && yyjson_is_obj(v))
        for (yyjson_obj_iter i = yyjson_obj_iter_with(v); (key = yyjson_obj_iter_next(&i));)
            add_answers(yyjson_obj_iter_get_val(key), depth + 1, out);
    if (out->len && out->ptr[out->len - 1] != '\n')
        buf_byte(out, '\n');
}

struct str search_text_extra(struct arena *a, struct str extra)
{
    if (extra.len <= 2) /* "{}" */
        return STR_EMPTY;
    const yyjson_alc memory = json_memory(a);
    struct str copy = arena_str(a, extra);
    struct buf out;
    buf_init(&out, extra.len + 2);
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)copy.ptr, copy.len, 0, &memory, NULL);
    add_answers(yyjson_doc_get_root(doc), 0, &out);
    struct str answers = arena_str(a, str_trim(buf_view(&out)));
    buf_release(&out);
    return answers;
}

void search_text_subject(struct arena *a, const struct search_subject *s, struct buf *words)
{
    struct str rest = search_text_extra(a, s->extra), answer;
    search_text_words(words, str_slice(s->client_id, 3, s->client_id.len));
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (field_info(f)->kind != FIELD_CONSENT)
            search_text_words(words, s->form.value[f]);
    while (rest.len && str_cut(&rest, '\n', &answer))
        search_text_words(words, answer);
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void search_text_added(struct arena *a, struct str all, struct str notes, struct buf *out)
{
    size_t n = 0;
    struct str rest = notes, word;
    struct str *words = arena_new_array(a, struct str, notes.len / 2 + 1);
    while (rest.len && str_cut(&rest, ' ', &word))
        if (word.len)
            words[n++] = word;
    qsort(words, n, sizeof *words, by_text);
    while (all.len && str_cut(&all, ' ', &word)) {
        if (!word.len)
            continue;
        if (bsearch(&word, words, n, sizeof *words, by_text)) {
            buf_str(out, word);
            buf_byte(out, ' ');
        } else {
            buf_str(out, boundary);
        }
    }
}

void search_text_facet(struct buf *out, char kind, struct str value)
{
    buf_str(out, STR("\xEE\x80\x80"));
    buf_byte(out, kind);
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '_')
            buf_str(out, STR("\xEE\x80\x81"));
        else if (value.ptr[i] == '-')
            buf_str(out, STR("\xEE\x80\x82"));
        else
            buf_byte(out, value.ptr[i]);
    }
    buf_byte(out, ' ');
}

size_t search_text_digits(struct str typed, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < typed.len && n < max; i++)
        if (typed.ptr[i] >= '0' && typed.ptr[i] <= '9')
            out[n++] = typed.ptr[i];
    return n;
}

void search_text_facets(const struct search_subject *s, struct buf *out)
{
    char digits[DIGITS_MAX], number[24];
    search_text_facet(out, 'a', STR_EMPTY);
    search_text_facet(out, 's', s->status);
    int n = snprintf(number, sizeof number, "%lld", (long long)s->owner);
    search_text_facet(out, 'o', str_of(number, (size_t)n));
    struct str services = s->form.value[FIELD_SERVICE_TYPE], service;
    while (services.len && str_cut(&services, '\n', &service))
        search_text_facet(out, 'c', service);
    size_t digits_n = search_text_digits(s->form.value[FIELD_PHONE_NUMBER], digits, DIGITS_MAX);
    for (size_t i = 0; i + SEARCH_GRAM <= digits_n; i++)
        search_text_facet(out, 'p', str_of(digits + i, SEARCH_GRAM));
}

struct str search_text_company(struct arena *a, struct str name)
{
    struct fold fold = {name, 0};
    struct fold_word w;
    struct buf out;
    buf_init(&out, COMPANY_MAX + FOLD_WORD_MAX + 1);
    while (out.len < COMPANY_MAX && fold_next(&fold, &w)) {
        if (out.len)
            buf_byte(&out, ' ');
        buf_str(&out, fold_word(&w));
    }
    struct str key = arena_str(a, buf_view(&out));
    buf_release(&out);
    return key;
}
