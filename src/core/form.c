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

const struct finding *findings_for(const struct findings *f, size_t field)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->items[i].field == field)
            return &f->items[i];
    return NULL;
}

size_t form_field(const struct form_rules *rules, struct str name)
{
    size_t f = 0;
    while (f < rules->fields_n && !str_eq(rules->fields[f].name, name))
        f++;
    return f;
}

void form_copy(const struct form_rules *rules, struct form *to, const struct form *from,
               unsigned steps)
{
    for (size_t f = 0; f < rules->fields_n; f++)
        if (steps & FORM_STEP(rules->fields[f].step))
            to->value[f] = from->value[f];
}
