/* SPDX-License-Identifier: Apache-2.0 */
#include "core/client_id.h"

#include "base/utf8.h"
#include "core/character.h"

enum {
    DATA_SYMBOLS = 8,
    SYMBOL_BITS = 5,
    ORDER = 31,      /* of the multiplicative group of GF(32) */
    TYPED_MAX = 128, /* bytes; nothing longer is a Client ID, however many spaces it has */
    NOT_A_SYMBOL = -1
};

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* GF(32) with x⁵+x²+1: power[i] = αⁱ, logarithm[αⁱ] = i. (logarithm[0] does not exist.) */
static const unsigned char power[ORDER] = {1,  2,  4,  8,  16, 5,  10, 20, 13, 26, 17,
                                           7,  14, 28, 29, 31, 27, 19, 3,  6,  12, 24,
                                           21, 15, 30, 25, 23, 11, 22, 9,  18};
static const unsigned char logarithm[ORDER + 1] = {0,  0,  1,  18, 2,  5,  19, 11, 3,  29, 6,
                                                   27, 20, 8,  12, 23, 4,  10, 30, 17, 7,  22,
                                                   28, 26, 21, 25, 9,  16, 13, 14, 24, 15};

/* a·αⁿ */
static unsigned times_power(unsigned a, unsigned n)
{
    return a ? power[(logarithm[a] + n) % ORDER] : 0;
}

/* The word's polynomial at αⁿ by Horner's rule; 0 at n = 1 and n = 2 when nothing is wrong. */
static unsigned syndrome(const unsigned char word[CLIENT_ID_SYMBOLS], unsigned n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < CLIENT_ID_SYMBOLS; i++)
        sum = times_power(sum, n) ^ word[i];
    return sum;
}

/*
 * The remainder of data·x² divided by the generator (x+α)(x+α²) = x² + (α+α²)x + α³ = x² + 6x + 8,
 * one symbol at a time.
 */
static void add_check(unsigned char word[CLIENT_ID_SYMBOLS])
{
    enum { LOG_OF_6 = 19, LOG_OF_8 = 3 };
    unsigned high = 0, low = 0;
    for (size_t i = 0; i < DATA_SYMBOLS; i++) {
        unsigned factor = word[i] ^ high;
        high = low ^ times_power(factor, LOG_OF_6);
        low = times_power(factor, LOG_OF_8);
    }
    word[DATA_SYMBOLS] = (unsigned char)high;
    word[DATA_SYMBOLS + 1] = (unsigned char)low;
}

static struct client_id spell(const unsigned char word[CLIENT_ID_SYMBOLS])
{
    struct client_id id = {"CL-"};
    size_t at = 3;
    for (size_t i = 0; i < CLIENT_ID_SYMBOLS; i++) {
        if (i == CLIENT_ID_SYMBOLS / 2)
            id.text[at++] = '-';
        id.text[at++] = alphabet[word[i]];
    }
    return id;
}

struct client_id client_id_make(uint64_t bits)
{
    unsigned char word[CLIENT_ID_SYMBOLS] = {0};
    for (size_t i = 0; i < DATA_SYMBOLS; i++)
        word[i] = (unsigned char)(bits >> ((DATA_SYMBOLS - 1 - i) * SYMBOL_BITS) & ORDER);
    add_check(word);
    return spell(word);
}

struct str client_id_str(const struct client_id *id)
{
    return str_of(id->text, CLIENT_ID_LEN);
}

/* I and L read as 1, O as 0; U as V, but only to suggest something. */
static int symbol_value(uint32_t code)
{
    if (code >= 'a' && code <= 'z')
        code -= 'a' - 'A';
    switch (code) {
    case 'I':
    case 'L':
        code = '1';
        break;
    case 'O':
        code = '0';
        break;
    case 'U':
        code = 'V';
        break;
    default:
        break;
    }
    for (int i = 0; i <= ORDER; i++)
        if ((uint32_t)(unsigned char)alphabet[i] == code)
            return i;
    return NOT_A_SYMBOL;
}

/* What was typed, without blanks and dashes. */
struct typed {
    unsigned char value[CLIENT_ID_SYMBOLS + 2];
    size_t n;
    unsigned unsure; /* a bit for each symbol that was a U */
};

static bool read_typed(struct str s, struct typed *t)
{
    uint32_t code;
    for (size_t at = 0, n; at < s.len; at += n) {
        n = utf8_decode(s, at, &code);
        if (n == 0)
            return false;
        if (character_is_blank(code) || character_is_dash(code))
            continue;
        int value = symbol_value(code);
        if (value == NOT_A_SYMBOL || t->n == sizeof t->value)
            return false;
        if (code == 'U' || code == 'u')
            t->unsure |= 1u << t->n;
        t->value[t->n++] = (unsigned char)value;
    }
    return true;
}

/*
 * One wrong symbol, off by e at the place of x^p, gives the syndromes e·αᵖ and e·α²ᵖ: their
 * quotient is αᵖ. Puts it right; false when no single symbol explains them.
 */
static bool correct(unsigned char word[CLIENT_ID_SYMBOLS], unsigned s1, unsigned s2)
{
    if (s1 == 0 || s2 == 0)
        return false;
    unsigned p = ((unsigned)logarithm[s2] + ORDER - logarithm[s1]) % ORDER;
    if (p >= CLIENT_ID_SYMBOLS)
        return false;
    word[CLIENT_ID_SYMBOLS - 1 - p] ^= (unsigned char)times_power(s1, ORDER - p);
    return true;
}

enum client_id_verdict client_id_parse(struct str typed, struct client_id *out)
{
    static const unsigned char prefix[] = {12, 1}; /* C, and L which reads as 1 */
    struct typed t = {0};
    const unsigned char *word = t.value;
    if (typed.len > TYPED_MAX || !read_typed(typed, &t))
        return CLIENT_ID_WRONG;
    if (t.n == CLIENT_ID_SYMBOLS + sizeof prefix && memcmp(word, prefix, sizeof prefix) == 0)
        word += sizeof prefix;
    else if (t.n != CLIENT_ID_SYMBOLS)
        return CLIENT_ID_WRONG;

    unsigned char fixed[CLIENT_ID_SYMBOLS];
    memcpy(fixed, word, sizeof fixed);
    unsigned s1 = syndrome(fixed, 1), s2 = syndrome(fixed, 2);
    bool right = s1 == 0 && s2 == 0;
    if (!right && !correct(fixed, s1, s2))
        return CLIENT_ID_WRONG;
    *out = spell(fixed);
    return right && !t.unsure ? CLIENT_ID_RIGHT : CLIENT_ID_SUGGEST;
}
