/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search.h"

#include "base/fold.h"
#include "base/utf8.h"
#include "core/character.h"
#include "core/search_date.h"
#include "core/search_text.h"

/* One piece of what was typed: up to the next blank outside quotes. */
struct piece {
    struct str text;     /* all of it, for telling back */
    struct str operator; /* "status" of status:new, or empty */
    struct str value;    /* what stands behind the colon, or all of it; without quotes */
    bool excluded, quoted, starred;
};

struct reading {
    struct arena *arena;
    const struct search_names *names;
    struct search_query *query;
};

static const struct str operators[] = {STR_INIT("status"), STR_INIT("owner"), STR_INIT("service"),
                                       STR_INIT("from"), STR_INIT("to")};
enum { OPERATORS = sizeof operators / sizeof *operators, FROM = 3 };

static void tell(struct reading *r, enum search_told_code code, struct str part)
{
    struct search_query *q = r->query;
    for (size_t i = 0; i < q->told_n; i++)
        if (q->told[i].code == code && (code == SEARCH_TOLD_MANY || str_eq(q->told[i].part, part)))
            return;
    if (q->told_n < SEARCH_TOLD_MAX)
        q->told[q->told_n++] = (struct search_told){code, part};
}

/* ---- words ---------------------------------------------------------------------------------- */

static size_t words_in(struct str text)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    size_t n = 0;
    while (fold_next(&fold, &w))
        n++;
    return n;
}

/* How many bytes the last word has when folded: what stands before the star. */
static size_t last_word(struct str text)
{
    struct fold fold = {text, 0};
    struct fold_word w;
    size_t n = 0;
    while (fold_next(&fold, &w))
        n = (unsigned char)w.word[0] < 0x80 ? w.len : SEARCH_PREFIX_MIN;
    return n;
}

static void add_term(struct reading *r, enum search_kind kind, bool excluded, struct str text,
                     struct str part)
{
    struct search_query *q = r->query;
    if (q->terms_n == SEARCH_TERMS_MAX || words_in(text) > SEARCH_WORDS_MAX) {
        tell(r, SEARCH_TOLD_MANY, part);
        return;
    }
    for (size_t i = 0; i < q->terms_n; i++)
        if (q->terms[i].kind == kind && q->terms[i].excluded == excluded &&
            str_eq(q->terms[i].text, text))
            return;
    q->terms[q->terms_n++] = (struct search_term){kind, excluded, text};
}

/* ---- numbers and Client IDs ----------------------------------------------------------------- */

/* Made only of what a phone number is made of; within quotes also of spaces. */
static bool is_phone(struct str s, bool quoted)
{
    const struct str around = quoted ? STR(" +()-./") : STR("+()-./");
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && str_find(around, s.ptr[i], 0) == around.len)
            return false;
    return s.len > 0;
}

static size_t digits_in(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] >= '0' && s.ptr[i] <= '9';
    return n;
}

static bool is_plain(const struct piece *p)
{
    return p->value.len && !p->operator.len && !p->quoted && !p->starred;
}

static void read_words(struct reading *r, const struct piece *p)
{
    if (words_in(p->value) == 0) {
        if (p->quoted || p->starred)
            tell(r, SEARCH_TOLD_EMPTY, p->text);
        return;
    }
    size_t digits = digits_in(p->value);
    bool prefix = p->starred;
    if (prefix && last_word(p->value) < SEARCH_PREFIX_MIN) {
        tell(r, SEARCH_TOLD_SHORT, p->text);
        prefix = false;
    }
    if (!prefix && is_phone(p->value, true) && digits >= SEARCH_DIGITS_MIN &&
        digits <= SEARCH_DIGITS_MAX) {
        add_term(r, SEARCH_NUMBER, p->excluded, p->value, p->text);
        return;
    }
    add_term(r, prefix ? SEARCH_PREFIX : SEARCH_WORDS, p->excluded, p->value, p->text);
}

/* From the first piece's first byte to the last one's last: they lie in one text. */
static struct str span(const struct piece *from, const struct piece *to)
{
    return str_of(from->value.ptr, (size_t)(to->value.ptr + to->value.len - from->value.ptr));
}

/* How many pieces from the first on make one phone number; 0: none. */
static size_t read_number(struct reading *r, const struct piece *p, size_t n)
{
    char first = p->value.len ? p->value.ptr[0] : 0;
    bool several = first == '+' || first == '(' || first == '0';
    size_t used = 0, digits = 0;
    while (used < n && is_plain(&p[used]) && is_phone(p[used].value, false) &&
           (used == 0 || (several && !p[used].excluded))) {
        size_t more = digits_in(p[used].value);
        if (used && digits + more > SEARCH_DIGITS_MAX)
            break; /* longer than any number: another one begins */
        digits += more;
        used++;
    }
    if (!used || digits < SEARCH_DIGITS_MIN || digits > SEARCH_DIGITS_MAX)
        return 0;
    add_term(r, SEARCH_NUMBER, p->excluded, span(p, &p[used - 1]), p->text);
    return used;
}

static bool has_letter_and_digit(struct str s)
{
    bool letter = false, digit = false;
    for (size_t i = 0; i < s.len; i++) {
        letter |= (s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'z';
        digit |= s.ptr[i] >= '0' && s.ptr[i] <= '9';
    }
    return letter && digit;
}

/*
 * How many pieces make a Client ID. Words of ten letters and digits are one wrong symbol away from
 * one too often: only what looks like a Client ID is corrected.
 */
static size_t read_client_id(struct reading *r, const struct piece *p, size_t n)
{
    enum { PIECES = 3 };
    for (size_t used = n < PIECES ? n : PIECES; used; used--) {
        bool plain = true;
        for (size_t i = 0; i < used; i++)
            plain = plain && is_plain(&p[i]) && (i == 0 || !p[i].excluded);
        struct str typed = plain ? span(p, &p[used - 1]) : STR_EMPTY;
        struct client_id id;
        enum client_id_verdict verdict = plain ? client_id_parse(typed, &id) : CLIENT_ID_WRONG;
        bool marked = typed.len > 2 && str_eq_nocase(str_slice(typed, 0, 2), STR("cl"));
        bool halves = used == 1 && typed.len == CLIENT_ID_SYMBOLS + 1 && typed.ptr[5] == '-';
        bool likely =
            marked || (has_letter_and_digit(typed) && (halves || verdict == CLIENT_ID_RIGHT));
        if (verdict == CLIENT_ID_WRONG || !likely)
            continue;
        if (verdict == CLIENT_ID_SUGGEST)
            tell(r, SEARCH_TOLD_ID, typed);
        add_term(r, SEARCH_CLIENT_ID, p->excluded, arena_str(r->arena, client_id_str(&id)), typed);
        return used;
    }
    return 0;
}

/* ---- operators ------------------------------------------------------------------------------ */

static struct str folded(struct arena *a, struct str s)
{
    struct fold fold = {s, 0};
    struct fold_word w;
    struct buf out;
    buf_init(&out, SEARCH_TYPED_MAX);
    while (fold_next(&fold, &w)) {
        if (out.len)
            buf_byte(&out, ' ');
        buf_str(&out, fold_word(&w));
    }
    struct str text = arena_str(a, buf_view(&out));
    buf_release(&out);
    return text;
}

/* 2: the same; 1: it, or a word of it, begins so; 0: another. */
static int likeness(struct arena *a, struct str name, struct str typed)
{
    struct str is = folded(a, name);
    if (str_eq(is, typed))
        return typed.len ? 2 : 0;
    for (size_t at = 0; typed.len && at < is.len; at = str_find(is, ' ', at) + 1)
        if (str_starts(str_slice(is, at, is.len), typed))
            return 1;
    return 0;
}

/* The one that is meant: the same word, else the only one that begins so. */
struct best {
    int score;
    bool several;
    size_t index;
};

static void consider(struct best *b, int score, size_t index)
{
    if (score > b->score)
        *b = (struct best){score, false, index};
    else if (score && score == b->score && index != b->index)
        b->several = true;
}

static bool find_choice(struct arena *a, const struct choice *items, size_t n, struct str typed,
                        struct search_filter *out)
{
    struct best best = {0};
    struct str word = folded(a, typed);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(items[i].value, typed)) {
            best = (struct best){2, false, i};
            break;
        }
        consider(&best, likeness(a, items[i].value, word), i);
        consider(&best, likeness(a, items[i].label, word), i);
    }
    if (!best.score || best.several)
        return false;
    out->value = out->shown = items[best.index].value;
    return true;
}

static bool find_owner(struct arena *a, const struct search_names *names, struct str typed,
                       struct search_filter *out)
{
    struct best best = {0};
    struct str word = folded(a, typed);
    if (str_eq_nocase(typed, STR("none")) || str_eq_nocase(typed, STR("nobody"))) {
        out->value = STR("0");
        out->shown = STR("none");
        return true;
    }
    bool me = names->me && str_eq_nocase(typed, STR("me"));
    for (size_t i = 0; i < names->owners_n; i++) {
        const struct search_owner *o = &names->owners[i];
        if (me ? o->id == names->me : str_eq_nocase(o->login, typed))
            best = (struct best){3, false, i};
        if (!me) {
            consider(&best, likeness(a, o->login, word), i);
            consider(&best, likeness(a, o->name, word), i);
        }
    }
    if (!best.score || best.several)
        return false;
    out->value = arena_fmt(a, "%lld", (long long)names->owners[best.index].id);
    out->shown = names->owners[best.index].login;
    return true;
}

static void add_filter(struct reading *r, enum search_filter_kind kind, bool excluded,
                       struct str typed)
{
    static const enum search_told_code codes[] = {SEARCH_TOLD_STATUS, SEARCH_TOLD_OWNER,
                                                  SEARCH_TOLD_SERVICE};
    const struct search_names *names = r->names;
    struct search_query *q = r->query;
    struct search_filter found = {.kind = kind, .excluded = excluded};
    bool there =
        kind == SEARCH_OWNER ? find_owner(r->arena, names, typed, &found)
        : kind == SEARCH_STATUS
            ? find_choice(r->arena, names->statuses, names->statuses_n, typed, &found)
            : find_choice(r->arena, names->services.items, names->services.n, typed, &found);
    if (!there) {
        tell(r, codes[kind], typed);
        return;
    }
    for (size_t i = 0; i < q->filters_n; i++)
        if (q->filters[i].kind == kind && q->filters[i].excluded == excluded &&
            str_eq(q->filters[i].value, found.value))
            return;
    if (q->filters_n == SEARCH_FILTERS_MAX)
        tell(r, SEARCH_TOLD_MANY, typed);
    else
        q->filters[q->filters_n++] = found;
}

static void read_date(struct reading *r, bool from, struct str typed)
{
    struct search_query *q = r->query;
    int64_t first, behind;
    if (!search_date(typed, r->names->now_ms, &first, &behind)) {
        tell(r, SEARCH_TOLD_DATE, typed);
        return;
    }
    *(from ? &q->from_ms : &q->to_ms) = from ? first : behind;
    *(from ? &q->from : &q->to) = arena_str(r->arena, typed);
}

/* False: it is no operator. */
static bool read_operator(struct reading *r, const struct piece *p)
{
    size_t i = 0;
    while (i < OPERATORS && !str_eq_nocase(operators[i], p->operator))
        i++;
    if (i == OPERATORS)
        return false;
    struct str rest = p->value, value;
    if (!str_trim(rest).len)
        tell(r, SEARCH_TOLD_EMPTY, p->text);
    while (rest.len && str_cut(&rest, ',', &value)) {
        value = str_trim(value);
        if (value.len && i >= FROM)
            read_date(r, i == FROM, value);
        else if (value.len)
            add_filter(r, (enum search_filter_kind)i, p->excluded, value);
    }
    return true;
}

/* ---- pieces --------------------------------------------------------------------------------- */

static bool is_operator(struct str name)
{
    for (size_t i = 0; i < OPERATORS; i++)
        if (str_eq_nocase(operators[i], name))
            return true;
    return false;
}

/* A quoted text at `at`: its content; *end behind the closing quote, or at the end without one. */
static struct str unquote(struct str s, size_t at, size_t *end)
{
    size_t close = str_find(s, '"', at + 1);
    *end = close < s.len ? close + 1 : s.len;
    return str_slice(s, at + 1, close);
}

/* The next piece at *at; false at the end. Only spaces separate: other blanks became spaces. */
static bool next_piece(struct str s, size_t *at, struct piece *p)
{
    *p = (struct piece){0};
    while (*at < s.len && s.ptr[*at] == ' ')
        ++*at;
    if (*at >= s.len)
        return false;
    size_t from = *at, end = from;
    if (s.ptr[end] == '-' && end + 1 < s.len && s.ptr[end + 1] != ' ') {
        p->excluded = true;
        end++;
    }
    size_t body = end;
    while (end < s.len && s.ptr[end] != ' ' && s.ptr[end] != '"' && s.ptr[end] != ':')
        end++;
    if (end < s.len && s.ptr[end] == ':' && is_operator(str_slice(s, body, end))) {
        p->operator= str_slice(s, body, end);
        body = ++end;
    }
    if (body < s.len && s.ptr[body] == '"') {
        p->quoted = true;
        p->value = unquote(s, body, &end);
    } else {
        while (end < s.len && s.ptr[end] != ' ' && s.ptr[end] != '"')
            end++;
        p->value = str_slice(s, body, end);
        while (!p->operator.len && str_ends(p->value, STR("*"))) {
            p->starred = true;
            p->value.len--;
        }
    }
    if (p->quoted && end < s.len && s.ptr[end] == '*') {
        p->starred = true;
        end++;
    }
    *at = end;
    p->text = str_slice(s, from, end);
    return true;
}

/* Well-formed, composed, digits plain, every blank a space, typographic quotes plain. */
static struct str tidy(struct reading *r, struct str typed)
{
    struct buf out;
    uint32_t code;
    buf_init(&out, SEARCH_TYPED_MAX);
    for (size_t at = 0; at < typed.len;) {
        size_t n = utf8_decode(typed, at, &code);
        struct str as = n ? str_slice(typed, at, at + n) : STR(" ");
        if (n == 0 || character_is_blank(code) || utf8_is_control(code))
            as = STR(" ");
        else if (code == 0x201C || code == 0x201D || code == 0x201E || code == 0xAB || code == 0xBB)
            as = STR("\"");
        if (out.len + as.len > SEARCH_TYPED_MAX) {
            tell(r, SEARCH_TOLD_LONG, STR_EMPTY);
            break;
        }
        buf_str(&out, as);
        at += n ? n : 1;
    }
    struct str text = arena_str(r->arena, buf_view(&out));
    buf_release(&out);
    return character_plain_digits(r->arena, utf8_compose(r->arena, text));
}

void search_parse(struct arena *a, const struct search_names *names, struct str typed,
                  struct search_query *out)
{
    enum { PIECES_MAX = SEARCH_TYPED_MAX / 2 + 1 };
    *out = (struct search_query){0};
    struct reading r = {a, names, out};
    struct piece *pieces = arena_new_array(a, struct piece, PIECES_MAX);
    struct str text = tidy(&r, typed);
    size_t n = 0, at = 0;
    while (n < PIECES_MAX && next_piece(text, &at, &pieces[n]))
        n++;
    for (size_t i = 0; i < n;) {
        const struct piece *p = &pieces[i];
        size_t used = p->operator.len ? 0 : read_client_id(&r, p, n - i);
        if (!used && !p->operator.len)
            used = read_number(&r, p, n - i);
        if (!used && !(p->operator.len && read_operator(&r, p)))
            read_words(&r, p);
        i += used ? used : 1;
    }
}

bool search_filter(struct arena *a, const struct search_names *names, struct str name,
                   struct str value, struct search_query *query)
{
    struct reading r = {a, names, query};
    struct str copy = tidy(&r, value);
    const struct piece p = {.text = copy, .operator= name, .value = copy};
    if (!is_operator(name))
        return false;
    return !str_trim(copy).len || read_operator(&r, &p);
}
