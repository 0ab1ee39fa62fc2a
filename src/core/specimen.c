/* SPDX-License-Identifier: Apache-2.0 */
#include "core/specimen.h"

#include "base/fold.h"
#include "core/specimen_words.h"

#include <math.h>

enum { TEXT_MAX = 2000, OWNERS = 12 };

/* splitmix64 (Steele, Lea, Flood 2014): a good hash of a counter. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *d)
{
    return mix(d->state++);
}

static unsigned below(struct dice *d, unsigned n)
{
    return (unsigned)((roll(d) >> 32) * n >> 32);
}

static double part(struct dice *d)
{
    return (double)(roll(d) >> 11) / 9007199254740992.0;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static unsigned list_count(const char *list)
{
    unsigned n = 1;
    for (; *list; list++)
        n += *list == '|';
    return n;
}

static struct str list_item(const char *list, unsigned i)
{
    struct str rest = str_from(list), item = STR_EMPTY;
    for (unsigned at = 0; at <= i; at++)
        str_cut(&rest, '|', &item);
    return item;
}

static struct str pick(struct dice *d, const char *list)
{
    return list_item(list, below(d, list_count(list)));
}

static struct str made_word(struct arena *a, unsigned rank)
{
    struct dice d = {mix(rank) & ~UINT64_C(0xfff)};
    struct str word = pick(&d, specimen_syllables);
    for (unsigned more = 1 + below(&d, 3); more; more--) {
        struct str syllable = pick(&d, specimen_syllables);
        word = arena_fmt(a, "%.*s%.*s", STR_ARG(word), STR_ARG(syllable));
    }
    return word;
}

void specimens_init(struct specimens *s, struct arena *a, uint64_t seed)
{
    struct str rest = str_from(specimen_frequent);
    *s = (struct specimens){.seed = seed};
    s->words = arena_new_array(a, struct str, SPECIMEN_WORDS);
    while (str_cut(&rest, '|', &s->words[s->real]))
        s->real++;
    for (unsigned rank = (unsigned)s->real; rank < SPECIMEN_WORDS; rank++)
        s->words[rank] = made_word(a, rank);
}

/* Any word that is not of a language. */
static struct str rare(const struct specimens *s, struct dice *d)
{
    return s->words[s->real + below(d, (unsigned)(SPECIMEN_WORDS - s->real))];
}

/* A rank by Zipf's law: the logarithm of the rank is evenly spread. */
static unsigned zipf(struct dice *d)
{
    double rank = pow(SPECIMEN_WORDS, part(d)) - 1;
    return rank < SPECIMEN_WORDS ? (unsigned)rank : SPECIMEN_WORDS - 1;
}

static struct str prose(const struct specimens *s, struct arena *a, struct dice *d, unsigned words)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (unsigned i = 0; i < words; i++) {
        struct str word = s->words[zipf(d)];
        if (out.len + word.len + 4 > TEXT_MAX)
            break;
        buf_str(&out, word);
        bool stop = below(d, 12) == 0 || i + 1 == words;
        buf_str(&out, stop ? STR(".") : STR_EMPTY);
        buf_str(&out, i + 1 < words ? STR(" ") : STR_EMPTY);
    }
    struct str text = arena_str(a, str_trim(buf_view(&out)));
    buf_release(&out);
    return text;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* The letters and digits of a name as a part of an address of mail; "" when it has no Latin ones.
 */
static struct str slug(struct arena *a, struct str name)
{
    struct fold fold = {name, 0};
    struct fold_word w;
    struct str out = STR_EMPTY;
    while (fold_next(&fold, &w)) {
        if ((unsigned char)w.word[0] >= 0x80)
            return STR_EMPTY;
        out = out.len ? arena_fmt(a, "%.*s-%.*s", STR_ARG(out), STR_ARG(fold_word(&w)))
                      : arena_str(a, fold_word(&w));
    }
    return out;
}

static struct str company(const struct specimens *s, struct arena *a, struct dice *d,
                          const struct specimen_country *c)
{
    struct str name = pick(d, c->last);
    if (below(d, 3) == 0) {
        struct str made = rare(s, d);
        char *text = arena_alloc(a, made.len + 1);
        memcpy(text, made.ptr, made.len);
        text[0] = (char)(text[0] - ('a' - 'A'));
        name = str_of(text, made.len);
    }
    struct str trade = pick(d, c->trades), legal = pick(d, c->legal);
    return arena_fmt(a, "%.*s %.*s %.*s", STR_ARG(name), STR_ARG(trade), STR_ARG(legal));
}

static struct str email(const struct specimens *s, struct arena *a, struct dice *d,
                        struct str first, struct str last, struct str name)
{
    struct str f = slug(a, first), l = slug(a, last), at = slug(a, name);
    if (!f.len || !l.len)
        f = STR("office"), l = rare(s, d);
    if (!at.len)
        at = rare(s, d);
    return arena_fmt(a, "%.*s.%.*s@%.*s.example", STR_ARG(f), STR_ARG(l), STR_ARG(at));
}

/* What is chosen more often stands first. */
static const char industries[] =
    "software|manufacturing|finance|retail|healthcare|transport|energy|"
    "education|government|construction|media|hospitality|automotive|"
    "professional_services|telecommunications|nonprofit|agriculture";
static const char services[] =
    "cloud_migration|devops|kubernetes|ci_cd|security|cloud_architecture|observability|"
    "managed_services|software_development|infrastructure_as_code|cost_optimisation|reliability|"
    "data_platform|training|other";
static const char timelines[] =
    "three_months|as_soon_as_possible|six_months|one_month|later|not_sure";
static const char budgets[] = "10k_25k|25k_50k|50k_100k|under_10k|not_sure|100k_250k|over_250k";

/* Nearer to the beginning more often. */
static struct str lean(struct dice *d, const char *list)
{
    double x = part(d);
    return list_item(list, (unsigned)(x * x * list_count(list)));
}

static void engagement(const struct specimens *s, struct arena *a, struct dice *d,
                       struct form *form)
{
    struct str service = lean(d, services), second = lean(d, services);
    form->value[FIELD_SERVICE_TYPE] =
        below(d, 3) == 0 && !str_eq(service, second)
            ? arena_fmt(a, "%.*s\n%.*s", STR_ARG(service), STR_ARG(second))
            : service;
    form->value[FIELD_PROJECT_SCOPE] = prose(s, a, d, 30 + below(d, 70));
    form->value[FIELD_TIMELINE] = lean(d, timelines);
    form->value[FIELD_BUDGET_RANGE] = lean(d, budgets);
    if (below(d, 4) == 0)
        form->value[FIELD_NOTES] = prose(s, a, d, 5 + below(d, 25));
    form->value[FIELD_CONSENT_GIVEN] = STR("yes");
}

/* The older, the more surely it is closed. */
static void state(const struct specimens *s, struct arena *a, struct dice *d, double newest,
                  struct specimen *out)
{
    static const char closed[] = "lost|won|lost|spam|lost|won";
    double x = part(d);
    if (x < newest * newest * newest * newest * 0.05)
        out->status = STR("new");
    else if (x < newest * newest * 0.12)
        out->status = below(d, 2) ? STR("contacted") : STR("proposal");
    else
        out->status = pick(d, closed);
    bool is_new = str_eq(out->status, STR("new"));
    if (!is_new || below(d, 5) == 0)
        out->owner = 1 + (int64_t)(OWNERS * x * x);
    if (!is_new && below(d, 6) == 0)
        out->notes_n = 1 + below(d, SPECIMEN_NOTES_MAX);
    for (size_t i = 0; i < out->notes_n; i++)
        out->notes[i] = prose(s, a, d, 4 + below(d, 30));
}

void specimen_make(const struct specimens *s, struct arena *a, uint64_t n, double newest,
                   struct specimen *out)
{
    struct dice d = {mix(s->seed) ^ n << 12};
    *out = (struct specimen){.random = roll(&d)};
    /* Half of them from the first three countries. */
    unsigned chosen = below(&d, 2) ? below(&d, 3) : below(&d, (unsigned)specimen_countries_n);
    const struct specimen_country *c = &specimen_countries[chosen];
    struct str *value = out->form.value;
    struct str first = pick(&d, c->first), last = pick(&d, c->last);
    struct str street = pick(&d, c->streets), town = pick(&d, c->towns);
    out->locale = str_from(c->locale);
    value[FIELD_COMPANY_NAME] = company(s, a, &d, c);
    value[FIELD_ADDRESS] =
        arena_fmt(a, "%.*s %u\n%05u %.*s\n%s", STR_ARG(street), 1 + below(&d, 180),
                  1000 + below(&d, 98000), STR_ARG(town), c->name);
    value[FIELD_INDUSTRY] = lean(&d, industries);
    value[FIELD_CONTACT_NAME] = arena_fmt(a, "%.*s %.*s", STR_ARG(first), STR_ARG(last));
    value[FIELD_EMAIL_ADDRESS] = email(s, a, &d, first, last, value[FIELD_COMPANY_NAME]);
    value[FIELD_PHONE_NUMBER] =
        arena_fmt(a, "+%s %u %07u", c->code, 20 + below(&d, 800), below(&d, 10000000));
    value[FIELD_COMPANY_SIZE] = arena_fmt(a, "%u", 1 + (unsigned)pow(20000, part(&d)));
    engagement(s, a, &d, &out->form);
    state(s, a, &d, newest, out);
}
