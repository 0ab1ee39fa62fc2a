/* SPDX-License-Identifier: Apache-2.0 */
#include "core/field.h"

#include "base/must.h"

const struct field_info fields_fixed[FIELD_COUNT] = {
#define FIELD(id, ...) [FIELD_##id] = {__VA_ARGS__},
#include "core/fields.def"
#undef FIELD
};

const unsigned char fields_fixed_order[FIELD_COUNT] = {
#define FIELD(id, ...) FIELD_##id,
#include "core/fields.def"
#undef FIELD
};

const struct field_info *field_info(enum field field)
{
    must(field < FIELD_COUNT);
    return &fields_fixed[field];
}
