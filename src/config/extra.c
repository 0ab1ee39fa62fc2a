/* SPDX-License-Identifier: Apache-2.0 */
#include "config/extra.h"

#include "base/must.h"
#include "config/choices.h"
#include "config/nearest.h"
#include "config/option.h"
#include "core/date.h"

/* What names a field cannot have beside those of fixed ones: other members of a row of the list or
 * of an answer of the API, ids of the page, and what a form element has of its own in a browser. */
static const char *const reserved[] = {
    "action",     "anteroom",   "client_id",  "closest",  "code",   "company_hash",
    "consent_ms", "created_at", "created_ms", "dataset",  "detail", "duplicate_of",
    "elements",   "email_hash", "errors",     "extra",    "field",  "fields",
    "form",       "id",         "length",     "locale",   "main",   "message",
    "method",     "name",       "owner",      "problems", "reset",  "source",
    "status",     "status_url", "submit",     "target",   "title",  "type",
};

struct word {
    const char *name;
    unsigned value;
};

static const struct word types[] = {
    {"line", FIELD_LINE},       {"text", FIELD_TEXT},     {"email", FIELD_EMAIL},
    {"phone", FIELD_PHONE},     {"number", FIELD_NUMBER}, {"choice", FIELD_CHOICE},
    {"choices", FIELD_CHOICES}, {"date", FIELD_DATE},     {"checkbox", FIELD_CHECKBOX},
};

static const struct word steps[] = {{"company", STEP_COMPANY}, {"engagement", STEP_ENGAGEMENT}};

static const struct word privacies[] = {{"personal", PRIVACY_PERSONAL},
                                        {"business", PRIVACY_BUSINESS},
                                        {"sensitive", PRIVACY_SENSITIVE}};

/* One entry while it is read. */
struct entry {
    struct arena *arena;
    const char *name; /* of the file */
    struct why *why;
    const struct tree *node;
    const struct tree *parts[EXTRA_KEYS];
    const struct extras *earlier;
    struct extra_field *field;
};

/* ---- words ------------------------------------------------------------------------------------*/

/* The nearest of so many names, spaced evenly in memory; NULL when none is near. */
static const char *nearest(struct str word, const void *names, size_t stride, size_t n)
{
    const char *best = NULL;
    unsigned least = word.len < 5 ? 2 : 3;
    for (size_t i = 0; i < n; i++) {
        const char *name;
        memcpy(&name, (const char *)names + i * stride, sizeof name);
        unsigned distance = nearest_distance(word, str_from(name));
        if (distance < least) {
            least = distance;
            best = name;
        }
    }
    return best;
}

static enum err read_word(struct entry *e, enum extra_key_id key, const struct word *words,
                          size_t n, unsigned *out)
{
    const struct tree *node = e->parts[key];
    char shown[OPTION_SHOWN_MAX];
    must(node != NULL);
    for (size_t i = 0; node->kind == TREE_TEXT && i < n; i++)
        if (str_eq(node->text, str_from(words[i].name))) {
            *out = words[i].value;
            return ERR_NONE;
        }
    if (node->kind != TREE_TEXT)
        return tree_refuse(e->why, e->name, node->place, "“%s” takes a word", extra_keys[key].name);
    enum err err = tree_refuse(e->why, e->name, node->place, "“%s” is not a %s of a field",
                               option_shown(node->text, shown),
                               key == EXTRA_KEY_PRIVACY ? "privacy" : extra_keys[key].name);
    const char *near = nearest(node->text, words, sizeof *words, n);
    if (near)
        err_hint(e->why, "Did you mean %s?", near);
    else
        err_hint(e->why, "Write %s.", extra_keys[key].takes);
    return err;
}

#define READ_WORD(e, key, words, out)                                                              \
    read_word((e), (key), (words), sizeof(words) / sizeof *(words), (out))

/* ---- one function a key -----------------------------------------------------------------------*/

/* A fixed field or an extra one further up; FIELDS_MAX when there is none of that name. */
static size_t find_field(const struct entry *e, struct str name)
{
    for (size_t f = 0; f < FIELD_COUNT; f++)
        if (str_eq(fields_fixed[f].name, name))
            return f;
    for (size_t i = 0; i < e->earlier->n; i++)
        if (str_eq(e->earlier->items[i].id, name))
            return FIELD_COUNT + i;
    return FIELDS_MAX;
}

static bool is_reserved(struct str name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(str_from(reserved[i]), name))
            return true;
    return false;
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!(c >= 'a' && c <= 'z') && (i == 0 || (!(c >= '0' && c <= '9') && c != '_')))
            return false;
    }
    return s.len >= 1 && s.len <= EXTRA_ID_MAX;
}

static enum err read_id(struct entry *e)
{
    const struct tree *node = e->parts[EXTRA_KEY_ID];
    must(node != NULL); /* gather has seen to it */
    struct str id = node->kind == TREE_TEXT ? node->text : STR_EMPTY;
    char shown[OPTION_SHOWN_MAX];
    option_shown(id, shown);
    if (!is_id(id)) {
        enum err err =
            tree_refuse(e->why, e->name, node->place, "“%s” cannot be the id of a field", shown);
        err_hint(e->why,
                 "Write 1–%d of a–z, 0–9 and “_”, a letter first; the label is what people "
                 "read.",
                 EXTRA_ID_MAX);
        return err;
    }
    size_t same = find_field(e, id);
    if (same < FIELD_COUNT || is_reserved(id))
        return tree_refuse(e->why, e->name, node->place, "“%s” is a name the form itself uses",
                           shown);
    if (same < FIELDS_MAX)
        return tree_refuse(e->why, e->name, node->place, "the id “%s” stands in this list twice",
                           shown);
    e->field->id = arena_str(e->arena, id);
    return ERR_NONE;
}

static enum err read_words(struct entry *e)
{
    unsigned type = 0, step = 0, privacy = PRIVACY_PERSONAL;
    enum err err = READ_WORD(e, EXTRA_KEY_TYPE, types, &type);
    if (err == ERR_NONE)
        err = READ_WORD(e, EXTRA_KEY_STEP, steps, &step);
    if (err == ERR_NONE && e->parts[EXTRA_KEY_PRIVACY])
        err = READ_WORD(e, EXTRA_KEY_PRIVACY, privacies, &privacy);
    e->field->kind = type;
    e->field->step = step;
    e->field->privacy = privacy;
    return err;
}

static enum err read_wording(struct entry *e, enum extra_key_id key, const char *what, size_t max,
                             struct localized *out)
{
    const struct tree *node = e->parts[key];
    return node ? localized_read(e->arena, node, what, max, e->name, out, e->why) : ERR_NONE;
}

static enum err read_required(struct entry *e)
{
    const struct tree *node = e->parts[EXTRA_KEY_REQUIRED];
    if (!node)
        return ERR_NONE;
    bool yes = node->kind == TREE_TEXT && str_eq(node->text, STR("true"));
    if (!yes && !(node->kind == TREE_TEXT && str_eq(node->text, STR("false"))))
        return tree_refuse(e->why, e->name, node->place, "“required” takes true or false");
    e->field->required = yes;
    return ERR_NONE;
}

/* What min and max may be, by kind; most 0: the kind takes neither. */
static const struct {
    uint64_t min, max;    /* the defaults */
    uint64_t least, most; /* what may be written */
    bool takes_min;
} limits[FIELD_KINDS] = {
    [FIELD_LINE] = {1, 200, 1, 500, false},
    [FIELD_TEXT] = {1, 1000, 1, 4000, false},
    [FIELD_EMAIL] = {1, 254, 0, 0, false},
    [FIELD_PHONE] = {1, 40, 0, 0, false},
    /* At most what every JSON reader takes for a whole number: RFC 8259 §6. */
    [FIELD_NUMBER] = {0, 1000000000, 0, 9007199254740991, true},
    [FIELD_CHOICE] = {1, 1, 0, 0, false},
    [FIELD_CHOICES] = {1, 0, 0, 0, false},
    [FIELD_DATE] = {19000101, 21991231, 10000101, 99991231, true},
    [FIELD_CHECKBOX] = {1, 1, 0, 0, false},
};

static enum err read_limit(struct entry *e, enum extra_key_id key, uint64_t *out)
{
    const struct tree *node = e->parts[key];
    enum field_kind kind = e->field->kind;
    char shown[OPTION_SHOWN_MAX];
    *out = key == EXTRA_KEY_MIN ? limits[kind].min : limits[kind].max;
    if (!node)
        return ERR_NONE;
    if (limits[kind].most == 0 || (key == EXTRA_KEY_MIN && !limits[kind].takes_min))
        return tree_refuse(e->why, e->name, node->place, "a field of this type takes no “%s”",
                           extra_keys[key].name);
    bool date = kind == FIELD_DATE;
    if (node->kind == TREE_TEXT &&
        (date ? date_parse(node->text, out) : str_to_u64(node->text, out)) &&
        *out >= limits[kind].least && *out <= limits[kind].most)
        return ERR_NONE;
    if (date)
        return tree_refuse(e->why, e->name, node->place, "“%s” is not a day, like 2026-01-31",
                           option_shown(node->kind == TREE_TEXT ? node->text : STR_EMPTY, shown));
    return tree_refuse(e->why, e->name, node->place, "“%s” is a whole number from %llu to %llu",
                       extra_keys[key].name, (unsigned long long)limits[kind].least,
                       (unsigned long long)limits[kind].most);
}

static enum err read_limits(struct entry *e)
{
    struct extra_field *f = e->field;
    enum err err = read_limit(e, EXTRA_KEY_MIN, &f->min);
    if (err == ERR_NONE)
        err = read_limit(e, EXTRA_KEY_MAX, &f->max);
    if (err == ERR_NONE && limits[f->kind].takes_min && f->min > f->max) {
        const struct tree *at = e->parts[e->parts[EXTRA_KEY_MAX] ? EXTRA_KEY_MAX : EXTRA_KEY_MIN];
        return tree_refuse(e->why, e->name, at->place, "“min” is above “max”");
    }
    return err;
}

static enum err read_choice(struct entry *e, const struct tree *node, size_t n,
                            struct extra_choice *items)
{
    const struct tree *value = NULL, *label = NULL;
    for (const struct tree *part = node->kind == TREE_MAP ? node->first : NULL; part;
         part = part->next) {
        char shown[OPTION_SHOWN_MAX];
        bool is_label = str_eq(part->key, STR("label"));
        if (!is_label && !str_eq(part->key, STR("value")))
            return tree_refuse(e->why, e->name, part->key_place, "a choice has no “%s”",
                               option_shown(part->key, shown));
        *(is_label ? &label : &value) = part;
    }
    if (!value || !label) {
        enum err err =
            tree_refuse(e->why, e->name, node->place, "a choice needs a value and a label");
        err_hint(e->why, "Write: - {value: git, label: Git}");
        return err;
    }
    enum err err = choices_read_value(value, e->name, e->why);
    for (size_t i = 0; err == ERR_NONE && i < n; i++)
        if (str_eq(items[i].value, value->text))
            err = tree_refuse(e->why, e->name, value->place,
                              "the value “%.*s” stands in this list twice", STR_ARG(value->text));
    if (err != ERR_NONE)
        return err;
    items[n].value = arena_str(e->arena, value->text);
    return localized_read(e->arena, label, "the label", CHOICE_LABEL_MAX, e->name, &items[n].label,
                          e->why);
}

static enum err read_choices(struct entry *e)
{
    const struct tree *node = e->parts[EXTRA_KEY_CHOICES];
    bool wanted = e->field->kind == FIELD_CHOICE || e->field->kind == FIELD_CHOICES;
    if (!node && !wanted)
        return ERR_NONE;
    if (!node) {
        enum err err = tree_refuse(e->why, e->name, e->node->place, "this field needs “choices”");
        err_hint(e->why, "Write: choices: [{value: git, label: Git}]");
        return err;
    }
    if (!wanted)
        return tree_refuse(e->why, e->name, node->place, "a field of this type has no choices");
    if (node->kind != TREE_LIST || node->n < 1 || node->n > CHOICES_MAX)
        return tree_refuse(e->why, e->name, node->place, "“choices” is a list of 1–%d entries",
                           CHOICES_MAX);
    struct extra_choice *items = arena_new_array(e->arena, struct extra_choice, node->n);
    size_t n = 0;
    for (const struct tree *one = node->first; one; one = one->next, n++) {
        enum err err = read_choice(e, one, n, items);
        if (err != ERR_NONE)
            return err;
    }
    e->field->choices = items;
    e->field->choices_n = n;
    return ERR_NONE;
}

static enum err read_after(struct entry *e)
{
    const struct tree *node = e->parts[EXTRA_KEY_AFTER];
    struct extra_field *f = e->field;
    char shown[OPTION_SHOWN_MAX];
    f->after = f->step == STEP_COMPANY ? FIELD_COMPANY_SIZE : FIELD_NOTES;
    if (!node)
        return ERR_NONE;
    struct str name = node->kind == TREE_TEXT ? node->text : STR_EMPTY;
    f->after = find_field(e, name);
    if (f->after == FIELDS_MAX) {
        enum err err = tree_refuse(e->why, e->name, node->place, "there is no field “%s” above",
                                   option_shown(name, shown));
        const char *near =
            nearest(name, &fields_fixed[0].name.ptr, sizeof *fields_fixed, FIELD_COUNT);
        if (!near && e->earlier->n)
            near = nearest(name, &e->earlier->items[0].id.ptr, sizeof *e->earlier->items,
                           e->earlier->n);
        if (near)
            err_hint(e->why, "Did you mean %s?", near);
        else
            err_hint(e->why, "Name a fixed field of the step, or an extra one further up.");
        return err;
    }
    bool fixed = f->after < FIELD_COUNT;
    enum step step =
        fixed ? fields_fixed[f->after].step : e->earlier->items[f->after - FIELD_COUNT].step;
    if (step != f->step)
        return tree_refuse(e->why, e->name, node->place, "“%s” is a field of the other step",
                           option_shown(name, shown));
    if (f->after == FIELD_CONSENT_GIVEN)
        return tree_refuse(e->why, e->name, node->place, "nothing stands after the agreement");
    if (f->after == FIELD_INDUSTRY)
        f->after = FIELD_INDUSTRY_OTHER; /* they are one question */
    return ERR_NONE;
}

/* ---- an entry, and the list -------------------------------------------------------------------*/

static enum err gather(struct entry *e)
{
    char shown[OPTION_SHOWN_MAX];
    if (e->node->kind != TREE_MAP) {
        enum err err = tree_refuse(e->why, e->name, e->node->place, "a field is a map");
        err_hint(e->why, "Write: - {id: vat_number, type: line, step: company, label: VAT number}");
        return err;
    }
    for (const struct tree *part = e->node->first; part; part = part->next) {
        enum extra_key_id key = 0;
        while (key < EXTRA_KEYS && !str_eq(part->key, str_from(extra_keys[key].name)))
            key++;
        if (key == EXTRA_KEYS) {
            enum err err = tree_refuse(e->why, e->name, part->key_place, "a field has no “%s”",
                                       option_shown(part->key, shown));
            const char *near = nearest(part->key, extra_keys, sizeof *extra_keys, EXTRA_KEYS);
            if (near)
                err_hint(e->why, "Did you mean %s?", near);
            return err;
        }
        e->parts[key] = part;
    }
    for (enum extra_key_id key = 0; key < EXTRA_KEYS; key++)
        if (extra_keys[key].required && !e->parts[key]) {
            enum err err = tree_refuse(e->why, e->name, e->node->place, "this field needs “%s”",
                                       extra_keys[key].name);
            err_hint(e->why, "It takes %s.", extra_keys[key].takes);
            return err;
        }
    return ERR_NONE;
}

static enum err read_entry(struct entry *e)
{
    struct extra_field *f = e->field;
    enum err err = gather(e);
    if (err == ERR_NONE)
        err = read_id(e);
    if (err == ERR_NONE)
        err = read_words(e);
    if (err == ERR_NONE)
        err = read_wording(e, EXTRA_KEY_LABEL, "the label", EXTRA_LABEL_MAX, &f->label);
    if (err == ERR_NONE)
        err = read_wording(e, EXTRA_KEY_HINT, "the hint", EXTRA_HINT_MAX, &f->hint);
    if (err == ERR_NONE)
        err = read_wording(e, EXTRA_KEY_MISSING, "the sentence", 200, &f->missing);
    if (err == ERR_NONE)
        err = read_required(e);
    if (err == ERR_NONE)
        err = read_limits(e);
    if (err == ERR_NONE)
        err = read_choices(e);
    return err == ERR_NONE ? read_after(e) : err;
}

/* Longer answers than a draft, a body and a row are made for? */
static enum err check_sizes(const struct tree *node, const char *name, const struct extras *all,
                            struct why *why)
{
    uint64_t text = 0, choices = 0;
    for (size_t i = 0; i < all->n; i++) {
        text += all->items[i].kind <= FIELD_PHONE ? all->items[i].max : 0;
        choices += all->items[i].choices_n;
    }
    if (text > EXTRA_TEXT_MAX) {
        enum err err = tree_refuse(why, name, node->place,
                                   "the extra fields take %llu characters of text together, and "
                                   "%d is the most",
                                   (unsigned long long)text, EXTRA_TEXT_MAX);
        err_hint(why, "Give some of them a smaller max; an email counts 254, a phone 40.");
        return err;
    }
    if (choices > EXTRA_CHOICES_MAX)
        return tree_refuse(why, name, node->place,
                           "the extra fields have %llu choices together, and %d is the most",
                           (unsigned long long)choices, EXTRA_CHOICES_MAX);
    return ERR_NONE;
}

enum err extras_read(struct arena *a, const struct tree *node, const char *name, struct extras *out,
                     struct why *why)
{
    if (node->kind != TREE_LIST) {
        if (tree_is_blank(node))
            return ERR_NONE;
        enum err err = tree_refuse(why, name, node->place, "form.extra_fields is a list");
        err_hint(why, "Begin each field with “- ”: - id: vat_number");
        return err;
    }
    if (node->n > FIELD_EXTRAS_MAX)
        return tree_refuse(why, name, node->place, "form.extra_fields takes at most %d fields",
                           FIELD_EXTRAS_MAX);
    struct extra_field *items = arena_new_array(a, struct extra_field, node->n);
    out->items = items;
    for (const struct tree *one = node->first; one; one = one->next) {
        struct entry entry = {.arena = a,
                              .name = name,
                              .why = why,
                              .node = one,
                              .earlier = out,
                              .field = &items[out->n]};
        enum err err = read_entry(&entry);
        if (err != ERR_NONE)
            return err;
        out->n++;
    }
    extras_place(out);
    return check_sizes(node, name, out, why);
}
