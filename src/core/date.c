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

/* Days since 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days). */
void date_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    enum { DAYS_OF_400_YEARS = 146097, TO_MARCH_YEAR_0 = 719468 };
    days += TO_MARCH_YEAR_0;
    int64_t era = (days >= 0 ? days : days - DAYS_OF_400_YEARS + 1) / DAYS_OF_400_YEARS;
    unsigned of_era = (unsigned)(days - era * DAYS_OF_400_YEARS);
    unsigned year_of_era =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / (DAYS_OF_400_YEARS - 1)) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}
