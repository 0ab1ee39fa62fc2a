/* SPDX-License-Identifier: Apache-2.0 */
#include "core/date.h"

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool date_parse(struct str text, uint64_t *out)
{
    static const struct str shape = STR_INIT("0000-00-00");
    unsigned n = 0;
    if (text.len != shape.len)
        return false;
    for (size_t i = 0; i < shape.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (shape.ptr[i] == '0' ? !digit : text.ptr[i] != shape.ptr[i])
            return false;
        if (digit)
            n = n * 10 + (unsigned)(text.ptr[i] - '0');
    }
    unsigned year = n / 10000, month = n / 100 % 100, day = n % 100;
    if (year < 1000 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *out = n;
    return true;
}

struct str date_text(struct arena *a, uint64_t date)
{
    return arena_fmt(a, "%04u-%02u-%02u", (unsigned)(date / 10000), (unsigned)(date / 100 % 100),
                     (unsigned)(date % 100));
}
