/* SPDX-License-Identifier: Apache-2.0 */
#include "config/extra.h"

const struct extra_key extra_keys[EXTRA_KEYS] = {
    [EXTRA_KEY_ID] =
        {"id", true, "1–40 of a–z, 0–9 and _, a letter first",
         "The field's name in the form, the API, the list and the store. Never change one "
         "that is in use. Not the name of a fixed field or of something else in a row."},
    [EXTRA_KEY_TYPE] =
        {"type", true,
         "line, text, email, phone, number, choice, choices, date or "
         "checkbox",
         "What an answer is: one line, several lines, an address, a phone number, a whole "
         "number from 0, one of a list, any of a list, a day, a box to tick."},
    [EXTRA_KEY_STEP] = {"step", true, "company or engagement", "The page that asks."},
    [EXTRA_KEY_LABEL] =
        {"label", true, "text or texts by language, at most 120 characters",
         "The question. It stands in sentences like “Enter …” too: VAT number reads "
         "better there than What is your VAT number?"},
    [EXTRA_KEY_HINT] = {"hint", false, "text or texts by language, at most 300 characters",
                        "Help between the question and the answer."},
    [EXTRA_KEY_MISSING] =
        {"missing", false, "text or texts by language, at most 200 characters",
         "What to say when a required answer is not there, instead of “Enter …”."},
    [EXTRA_KEY_REQUIRED] = {"required", false, "true or false, the default",
                            "Whether it must be answered; a box must then be ticked."},
    [EXTRA_KEY_MIN] = {"min", false, "a whole number, or a day like 2026-01-31",
                       "The least `number` (default 0) or `date` (1900-01-01)."},
    [EXTRA_KEY_MAX] =
        {"max", false, "a whole number, or a day",
         "The greatest `number` (default 1000000000) or `date` (2199-12-31); the longest "
         "`line` (200 characters, 500 at most) or `text` (1000, 4000 at most)."},
    [EXTRA_KEY_CHOICES] =
        {"choices", false, "a list of {value: …, label: …}",
         "For `choice` and `choices`, which must have it: 1–100 entries, each value "
         "once, 1–40 of a–z, 0–9, `_` and `-`; the label is text or texts by language."},
    [EXTRA_KEY_PRIVACY] =
        {"privacy", false, "personal, the default, business or sensitive",
         "Whom an answer tells about: a person, the company, or a person in something "
         "that is not for everybody's eyes. What is sensitive never stands in the text "
         "of `anteroom list`, only in its JSON."},
    [EXTRA_KEY_AFTER] =
        {"after", false, "the name of a field of the same step",
         "The field it stands behind: a fixed one, or an extra one further up in the "
         "list. Without it: at the end of its page, before the agreement."},
};
