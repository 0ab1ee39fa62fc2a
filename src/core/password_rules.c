/* SPDX-License-Identifier: Apache-2.0 */
#include "core/password_rules.h"

#include "base/utf8.h"
#include "core/common_passwords.h"

enum {
    BYTES_MOST = PASSWORD_MOST * 4,
    ENDS_MOST = 8,       /* digits and signs around a common word: a date is no secret */
    DIFFERENT_LEAST = 5, /* different characters */
    SURPRISES_LEAST = 4, /* places where the next character does not follow from the last */
    OWN_LEAST = 6,       /* characters that are left beside the account's names */
    WORD_LEAST = 3,      /* shorter words of a name say nothing */
};

/* A password as code points: folded, so lower case and without white space. */
struct points {
    uint32_t *at;
    size_t n;
};

static struct points points_of(struct arena *a, struct str text)
{
    struct points p = {arena_new_array(a, uint32_t, text.len + 1), 0};
    for (size_t at = 0, n; at < text.len && (n = utf8_decode(text, at, &p.at[p.n])); at += n)
        p.n++;
    return p;
}

/* ---- common words --------------------------------------------------------------------------- */

/* The letter that a sign stands for, or itself. */
static char plain_letter(char c)
{
    static const char signs[] = "@4831!06957$2", letters[] = "aabeiioggstsz";
    _Static_assert(sizeof signs == sizeof letters, "pairs");
    const char *found = memchr(signs, c, sizeof signs - 1);
    return found ? letters[found - signs] : c;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Without what is no letter at both ends; all of it when there is no letter. */
static struct str without_ends(struct str s)
{
    size_t from = 0, to = s.len;
    while (from < to && !is_letter(s.ptr[from]))
        from++;
    while (to > from && !is_letter(s.ptr[to - 1]))
        to--;
    return from < to ? str_slice(s, from, to) : s;
}

static bool is_common(struct arena *a, struct str folded)
{
    struct str lettered = arena_str(a, folded);
    char *letters = (char *)(uintptr_t)lettered.ptr; /* our copy */
    for (size_t i = 0; i < lettered.len; i++)
        letters[i] = plain_letter(letters[i]);
    struct str core = without_ends(folded);
    /* The same piece with its signs read as letters: "p@ssw0rd-2026" → "password". */
    struct str core_lettered = str_slice(lettered, (size_t)(core.ptr - folded.ptr),
                                         (size_t)(core.ptr - folded.ptr) + core.len);
    return common_password(folded) || common_password(lettered) ||
           (folded.len - core.len <= ENDS_MOST &&
            (common_password(core) || common_password(core_lettered)));
}

/* ---- what follows from what came before -------------------------------------------------------
 */

static bool is_neighbour(uint32_t x, uint32_t y)
{
    static const struct str rows[] = {
        STR_INIT("1234567890-="), STR_INIT("qwertyuiop"), STR_INIT("asdfghjkl"),
        STR_INIT("zxcvbnm"),      STR_INIT("qwertz"),     STR_INIT("azerty"),
    };
    if (x == y || x + 1 == y || y + 1 == x)
        return true;
    for (size_t r = 0; x < 0x80 && y < 0x80 && r < sizeof rows / sizeof *rows; r++) {
        size_t i = str_find(rows[r], (char)x, 0), j = str_find(rows[r], (char)y, 0);
        if (i < rows[r].len && j < rows[r].len && (i + 1 == j || j + 1 == i))
            return true;
    }
    return false;
}

/* A piece that is repeated to the end, at least twice: "horsehorse", "abcabcab". */
static bool repeats(const struct points *p)
{
    for (size_t period = 1; period * 2 <= p->n; period++) {
        size_t i = period;
        while (i < p->n && p->at[i] == p->at[i - period])
            i++;
        if (i == p->n)
            return true;
    }
    return false;
}

static bool is_plain(const struct points *p)
{
    size_t different = 0, surprises = 1;
    for (size_t i = 0; i < p->n; i++) {
        size_t first = 0;
        while (p->at[first] != p->at[i])
            first++;
        different += first == i;
        surprises += i > 0 && !is_neighbour(p->at[i - 1], p->at[i]);
    }
    return different < DIFFERENT_LEAST || surprises < SURPRISES_LEAST || repeats(p);
}

/* ---- the account's own names -------------------------------------------------------------------
 */

/* Cuts every occurrence of word, folded, out of *text, which is the caller's own memory. */
static void cut_out(struct arena *a, struct str *text, struct str own)
{
    struct str word = utf8_fold(a, own);
    if (word.len < WORD_LEAST)
        return;
    char *bytes = (char *)(uintptr_t)text->ptr;
    size_t kept = 0;
    for (size_t i = 0; i < text->len;) {
        if (text->len - i >= word.len && memcmp(bytes + i, word.ptr, word.len) == 0)
            i += word.len;
        else
            bytes[kept++] = bytes[i++];
    }
    text->len = kept;
}

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '@' || c == '-' || c == '_' || c == ',';
}

/* Of "margaret.hale@example.com" the whole, then each of its words. */
static void cut_out_words(struct arena *a, struct str *text, struct str own)
{
    cut_out(a, text, own);
    for (size_t from = 0, to; from < own.len; from = to + 1) {
        for (to = from; to < own.len && !is_separator(own.ptr[to]); to++)
            ;
        cut_out(a, text, str_slice(own, from, to));
    }
}

static bool is_near(struct arena *a, struct str folded, const struct str *own, size_t own_n)
{
    struct str rest = arena_str(a, folded);
    for (size_t i = 0; i < own_n; i++)
        if (utf8_valid(own[i]))
            cut_out_words(a, &rest, own[i]);
    if (rest.len == folded.len)
        return false;
    struct str core = without_ends(rest);
    bool letters = core.len && is_letter(core.ptr[0]);
    return !letters || utf8_length(core) < OWN_LEAST;
}

/* ---- together
 * -------------------------------------------------------------------------------------- */

bool password_canonical(struct arena *a, struct str typed, struct str *out)
{
    *out = STR_EMPTY;
    if (typed.len > BYTES_MOST || !utf8_valid(typed) || utf8_has_control(typed, false))
        return false;
    *out = utf8_compose(a, typed);
    return utf8_length(*out) <= PASSWORD_MOST;
}

enum password_verdict password_judge(struct arena *a, struct str typed, const struct str *own,
                                     size_t own_n)
{
    struct str password;
    if (!utf8_valid(typed) || utf8_has_control(typed, false))
        return PASSWORD_NOT_TEXT;
    if (!password_canonical(a, typed, &password))
        return PASSWORD_LONG;
    if (utf8_length(password) < PASSWORD_LEAST)
        return PASSWORD_SHORT;
    struct str folded = utf8_fold(a, password);
    struct points points = points_of(a, folded);
    if (is_near(a, folded, own, own_n))
        return PASSWORD_NEAR;
    return is_common(a, folded) || is_plain(&points) ? PASSWORD_EASY : PASSWORD_GOOD;
}
