/* SPDX-License-Identifier: Apache-2.0 */
#include "core/common_passwords.h"

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool common_password(struct str word)
{
    uint32_t sum = common_password_sum(word);
    return bsearch(&sum, common_password_sums, common_password_sums_n, sizeof sum, by_value);
}
