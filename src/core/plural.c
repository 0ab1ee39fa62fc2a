/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plural.h"

const struct str plural_names[PLURALS] = {
    [PLURAL_ZERO] = STR_INIT("zero"), [PLURAL_ONE] = STR_INIT("one"),
    [PLURAL_TWO] = STR_INIT("two"),   [PLURAL_FEW] = STR_INIT("few"),
    [PLURAL_MANY] = STR_INIT("many"), [PLURAL_OTHER] = STR_INIT("other"),
};

static enum plural one_or_other(uint64_t n)
{
    return n == 1 ? PLURAL_ONE : PLURAL_OTHER;
}

static enum plural arabic(uint64_t n)
{
    uint64_t rest = n % 100;
    if (n <= 2)
        return n == 0 ? PLURAL_ZERO : n == 1 ? PLURAL_ONE : PLURAL_TWO;
    if (rest >= 3 && rest <= 10)
        return PLURAL_FEW;
    return rest >= 11 ? PLURAL_MANY : PLURAL_OTHER;
}

enum { TWO_FORMS = 1u << PLURAL_ONE | 1u << PLURAL_OTHER, ALL_FORMS = (1u << PLURALS) - 1 };

static const struct plural_rule rules[] = {
    {STR_INIT("ar"), ALL_FORMS, arabic},
    {STR_INIT("de"), TWO_FORMS, one_or_other},
    {STR_INIT("en"), TWO_FORMS, one_or_other},
};

const struct plural_rule *plural_find(struct str code)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (str_eq(rules[i].code, code))
            return &rules[i];
    return NULL;
}
