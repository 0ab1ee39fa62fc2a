/* SPDX-License-Identifier: Apache-2.0 */
#include "core/form.h"

#include "base/must.h"

const struct str form_other = STR_INIT("other");

static const char *const code_names[FINDING_CODES] = {
    [FINDING_MISSING] = "missing",           [FINDING_WRONG] = "wrong",
    [FINDING_OUT_OF_RANGE] = "out_of_range", [FINDING_TOO_LONG] = "too_long",
    [FINDING_CONTROL] = "control_character", [FINDING_NOT_A_CHOICE] = "not_a_choice",
};

const char *finding_code_name(enum finding_code code)
{
    must(code < FINDING_CODES);
    return code_names[code];
}

const struct finding *findings_for(const struct findings *f, enum field field)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->items[i].field == field)
            return &f->items[i];
    return NULL;
}

void form_copy(struct form *to, const struct form *from, unsigned steps)
{
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (steps & FORM_STEP(field_info(f)->step))
            to->value[f] = from->value[f];
}
