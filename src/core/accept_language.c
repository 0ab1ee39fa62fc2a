/* SPDX-License-Identifier: Apache-2.0 */
#include "core/accept_language.h"

enum { QUALITY_ONE = 1000, LANGUAGES_MAX = 32 };

/* qvalue: "0" or "1", a point, at most three digits; 1.x is 1.000 at most. In thousandths. */
static bool parse_quality(struct str s, unsigned *out)
{
    enum { DIGITS = 3 };
    if (s.len == 0 || s.len > 2 + DIGITS || (s.ptr[0] != '0' && s.ptr[0] != '1') ||
        (s.len > 1 && s.ptr[1] != '.'))
        return false;
    unsigned quality = s.ptr[0] == '1' ? QUALITY_ONE : 0, worth = QUALITY_ONE / 10;
    for (size_t i = 2; i < s.len; i++, worth /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        quality += (unsigned)(s.ptr[i] - '0') * worth;
    }
    *out = quality;
    return quality <= QUALITY_ONE;
}

/* "*", or subtags of 1–8 letters (digits too behind the first) with "-" between them. */
static bool is_range(struct str s)
{
    enum { SUBTAG_MAX = 8 };
    struct str part;
    bool first = true;
    if (str_eq(s, STR("*")))
        return true;
    while (str_cut(&s, '-', &part)) {
        if (part.len == 0 || part.len > SUBTAG_MAX)
            return false;
        for (size_t i = 0; i < part.len; i++) {
            char c = part.ptr[i];
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && (first || c < '0' || c > '9'))
                return false;
        }
        first = false;
    }
    return !first;
}

static bool parse_range(struct str item, struct str *range, unsigned *quality)
{
    struct str rest = item;
    *quality = QUALITY_ONE;
    if (!str_cut(&rest, ';', range))
        return false;
    *range = str_trim(*range);
    if (rest.ptr) {
        rest = str_trim(rest);
        if (rest.len < 2 || (rest.ptr[0] != 'q' && rest.ptr[0] != 'Q') || rest.ptr[1] != '=' ||
            !parse_quality(str_slice(rest, 2, rest.len), quality))
            return false;
    }
    return is_range(*range);
}

/* Without its last subtag, and without a single letter or digit that would then be last. */
static struct str shorten(struct str range)
{
    size_t n = range.len;
    while (n > 0 && range.ptr[n - 1] != '-')
        n--;
    n = n ? n - 1 : 0;
    if (n >= 2 && range.ptr[n - 2] == '-')
        n -= 2;
    return str_slice(range, 0, n);
}

static unsigned lookup(struct str range, const struct str *codes, unsigned n)
{
    for (; range.len; range = shorten(range))
        for (unsigned i = 0; i < n; i++)
            if (str_eq_nocase(codes[i], range))
                return i;
    return n;
}

unsigned accept_language(struct str header, const struct str *codes, unsigned n, unsigned offered,
                         unsigned fallback)
{
    unsigned quality[LANGUAGES_MAX] = {0}, place[LANGUAGES_MAX] = {0}, rest_quality = 0, at = 0;
    unsigned named = 0, rest_place = 0;
    struct str list = header, item, range;
    n = n < LANGUAGES_MAX ? n : LANGUAGES_MAX;
    while (at < ACCEPT_LANGUAGE_MAX && str_cut(&list, ',', &item)) {
        unsigned q;
        at++;
        if (!parse_range(item, &range, &q))
            continue;
        if (str_eq(range, STR("*"))) {
            rest_quality = q;
            rest_place = at;
            continue;
        }
        unsigned i = lookup(range, codes, n);
        /* "de-CH;q=0" rules out Swiss German only. */
        if (i == n || (q == 0 && range.len != codes[i].len))
            continue;
        if (!(named & (1U << i)) || q > quality[i]) {
            quality[i] = q;
            place[i] = at;
        }
        named |= 1U << i;
    }
    unsigned best = n;
    for (unsigned i = 0; i < n; i++) {
        if (!(named & (1U << i))) {
            quality[i] = rest_quality;
            place[i] = rest_place;
        }
        if (!(offered & (1U << i)) || quality[i] == 0)
            continue;
        bool better = best == n || quality[i] > quality[best] ||
                      (quality[i] == quality[best] && place[i] < place[best]);
        /* Those that "*" stands for are all the same to the visitor: ours first. */
        bool tie = best < n && quality[i] == quality[best] && place[i] == place[best];
        if (better || (tie && i == fallback))
            best = i;
    }
    return best < n ? best : fallback;
}
