/* SPDX-License-Identifier: Apache-2.0 */
#include "config/extra_words.h"

#include "core/date.h"

enum { NONE = TEXT_COUNT };

static const struct {
    unsigned missing, control, too_long, wrong; /* enum text */
} sentences[FIELD_KINDS] = {
    [FIELD_LINE] = {TEXT_EXTRA_ENTER, TEXT_EXTRA_LINE, TEXT_EXTRA_LONG, NONE},
    [FIELD_TEXT] = {TEXT_EXTRA_ENTER, TEXT_EXTRA_TEXT, TEXT_EXTRA_LONG, NONE},
    [FIELD_EMAIL] = {TEXT_EXTRA_ENTER, NONE, TEXT_EXTRA_LONG, TEXT_EXTRA_EMAIL},
    [FIELD_PHONE] = {TEXT_EXTRA_ENTER, NONE, TEXT_EXTRA_LONG, TEXT_EXTRA_PHONE},
    [FIELD_NUMBER] = {TEXT_EXTRA_ENTER, NONE, NONE, TEXT_EXTRA_NUMBER},
    [FIELD_CHOICE] = {TEXT_EXTRA_SELECT, NONE, NONE, TEXT_EXTRA_CHOICE},
    [FIELD_CHOICES] = {TEXT_EXTRA_SELECT_ANY, NONE, NONE, TEXT_EXTRA_CHOICE},
    [FIELD_CONSENT] = {NONE, NONE, NONE, NONE},
    [FIELD_DATE] = {TEXT_EXTRA_ENTER, NONE, NONE, TEXT_EXTRA_DATE},
    [FIELD_CHECKBOX] = {TEXT_EXTRA_TICK, NONE, NONE, NONE},
};

static struct str limit(struct arena *a, const struct words *words, enum field_kind kind,
                        uint64_t n)
{
    return kind == FIELD_DATE ? date_text(a, n) : words_number(a, words, n);
}

static struct str sentence(struct arena *a, const struct words *words,
                           const struct field_info *info, unsigned key)
{
    const struct text_value values[] = {
        {"label", info->label},
        {"min", limit(a, words, info->kind, info->min)},
        {"max", limit(a, words, info->kind, info->max)},
    };
    return key == NONE ? STR_EMPTY : words_fill(a, words, (enum text)key, values, 3);
}

void extra_words(struct arena *a, const struct words *words, struct field_info *info)
{
    info->if_missing = sentence(a, words, info, sentences[info->kind].missing);
    info->if_control = sentence(a, words, info, sentences[info->kind].control);
    info->if_long = sentence(a, words, info, sentences[info->kind].too_long);
    info->if_wrong = sentence(a, words, info, sentences[info->kind].wrong);
}
