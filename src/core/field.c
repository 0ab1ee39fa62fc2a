/* SPDX-License-Identifier: Apache-2.0 */
#include "core/field.h"

#include "base/must.h"

static const struct field_info fields[FIELD_COUNT] = {
#define FIELD(id, ...) [FIELD_##id] = {__VA_ARGS__},
#include "core/fields.def"
#undef FIELD
};

const struct field_info *field_info(enum field field)
{
    must(field < FIELD_COUNT);
    return &fields[field];
}

enum field field_find(struct str name)
{
    enum field f = 0;
    while (f < FIELD_COUNT && !str_eq(fields[f].name, name))
        f++;
    return f;
}
