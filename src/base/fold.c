/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fold.h"

#include "base/utf8.h"

#include <utf8proc.h>

/* Latin letters that Unicode does not decompose, lower case, and how they are typed without them.
 */
static const struct {
    uint32_t code;
    struct str typed;
} letters[] = {
    {0xE6, STR_INIT("ae")},  {0xF0, STR_INIT("d")},  {0xF8, STR_INIT("o")},  {0xFE, STR_INIT("th")},
    {0x111, STR_INIT("d")},  {0x127, STR_INIT("h")}, {0x131, STR_INIT("i")}, {0x142, STR_INIT("l")},
    {0x153, STR_INIT("oe")}, {0x167, STR_INIT("t")},
};

/* First and last of the scripts whose words are not kept apart. */
static const struct {
    uint32_t first, last;
} alone[] = {
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}, {0x3040, 0x30FF}, {0x31F0, 0x31FF},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x20000, 0x323AF},
};

enum kind { KIND_NONE, KIND_LETTER, KIND_MARK, KIND_ALONE };

static enum kind kind_of(uint32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
                       (code >= 'A' && code <= 'Z')
                   ? KIND_LETTER
                   : KIND_NONE;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return KIND_MARK;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        break;
    default:
        return KIND_NONE;
    }
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (code >= alone[i].first && code <= alone[i].last)
            return KIND_ALONE;
    return KIND_LETTER;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* The e of an umlaut that is spelled out: Mueller, Goethe, Haendel. */
static bool is_umlaut_e(const struct fold_word *w)
{
    char last = w->len ? w->word[w->len - 1] : 0, before = w->len > 1 ? w->word[w->len - 2] : 0;
    return last == 'a' || last == 'o' || (last == 'u' && !is_vowel(before) && before != 'q');
}

static void add_ascii(struct fold_word *w, char c)
{
    if (w->len < FOLD_WORD_MAX && !(c == 'e' && is_umlaut_e(w)))
        w->word[w->len++] = c;
}

static void add_code(struct fold_word *w, uint32_t code)
{
    unsigned char bytes[4];
    if (code < 0x80) {
        add_ascii(w, (char)code);
        return;
    }
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        for (size_t at = 0; letters[i].code == code && at < letters[i].typed.len; at++)
            add_ascii(w, letters[i].typed.ptr[at]);
        if (letters[i].code == code)
            return;
    }
    size_t n = (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes);
    if (w->len + n <= FOLD_WORD_MAX) { /* whole characters only */
        memcpy(w->word + w->len, bytes, n);
        w->len += n;
    }
}

static void add_letter(struct fold_word *w, uint32_t code)
{
    enum { CODES = 32 }; /* the longest compatibility decomposition has 18 */
    utf8proc_int32_t codes[CODES];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)code, codes, CODES,
        UTF8PROC_CASEFOLD | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && i < CODES; i++)
        if (kind_of((uint32_t)codes[i]) == KIND_LETTER || kind_of((uint32_t)codes[i]) == KIND_ALONE)
            add_code(w, (uint32_t)codes[i]);
}

bool fold_next(struct fold *f, struct fold_word *w)
{
    w->len = 0;
    while (f->at < f->text.len) {
        uint32_t code = (unsigned char)f->text.ptr[f->at];
        size_t n = code < 0x80 ? 1 : utf8_decode(f->text, f->at, &code);
        enum kind kind = n ? kind_of(code) : KIND_NONE;
        bool begun = w->len != 0;
        if (kind == KIND_NONE || (kind == KIND_ALONE && begun)) {
            if (begun)
                break;
            f->at += n ? n : 1;
            continue;
        }
        if (!begun)
            w->from = f->at;
        f->at += n;
        if (kind == KIND_MARK) {
            w->to = f->at;
            continue;
        }
        if (code < 0x80) {
            add_ascii(w, (char)(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code));
        } else {
            add_letter(w, code);
        }
        w->to = f->at;
        if (kind == KIND_ALONE)
            break;
    }
    return w->len != 0;
}
