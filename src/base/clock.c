/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <string.h>
#include <time.h>

static int64_t read_us(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_boot_ms(void)
{
    return read_us(CLOCK_BOOTTIME) / 1000;
}

struct str clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE])
{
    int64_t seconds = wall_ms / 1000, milliseconds = wall_ms % 1000;
    if (milliseconds < 0) {
        milliseconds += 1000;
        seconds--;
    }
    time_t t = (time_t)seconds;
    struct tm tm;
    gmtime_r(&t, &tm);
    char text[96]; /* a year may have more digits than that of a clock */
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)milliseconds);
    memcpy(out, text, CLOCK_RFC3339_SIZE - 1);
    out[CLOCK_RFC3339_SIZE - 1] = '\0';
    return str_of(out, CLOCK_RFC3339_SIZE - 1);
}

/* n digits off *rest. */
static bool digits(struct str *rest, size_t n, int least, int most, int *out)
{
    int number = 0;
    if (rest->len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (rest->ptr[i] < '0' || rest->ptr[i] > '9')
            return false;
        number = number * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, n, rest->len);
    *out = number;
    return number >= least && number <= most;
}

static bool mark(struct str *rest, const char *one_of)
{
    if (rest->len == 0 || !strchr(one_of, rest->ptr[0]) || !rest->ptr[0])
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* ".125", or nothing. */
static bool fraction(struct str *rest, int *ms)
{
    *ms = 0;
    if (!mark(rest, "."))
        return true;
    size_t n = 0;
    for (int worth = 100; n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9'; n++) {
        *ms += (rest->ptr[n] - '0') * worth;
        worth /= 10;
    }
    *rest = str_slice(*rest, n, rest->len);
    return n > 0 && n <= 9;
}

/* "Z" or "+01:00" */
static bool offset(struct str *rest, int *minutes)
{
    int hours = 0, rest_minutes = 0;
    *minutes = 0;
    if (mark(rest, "Zz"))
        return true;
    bool west = rest->len && rest->ptr[0] == '-';
    if (!mark(rest, "+-") || !digits(rest, 2, 0, 23, &hours) || !mark(rest, ":") ||
        !digits(rest, 2, 0, 59, &rest_minutes))
        return false;
    *minutes = (hours * 60 + rest_minutes) * (west ? -1 : 1);
    return true;
}

bool clock_read_rfc3339(struct str text, int64_t *wall_ms)
{
    struct tm tm = {0};
    int year, month, ms, minutes;
    if (!digits(&text, 4, 1, 9999, &year) || !mark(&text, "-") ||
        !digits(&text, 2, 1, 12, &month) || !mark(&text, "-") ||
        !digits(&text, 2, 1, 31, &tm.tm_mday) || !mark(&text, "Tt ") ||
        !digits(&text, 2, 0, 23, &tm.tm_hour) || !mark(&text, ":") ||
        !digits(&text, 2, 0, 59, &tm.tm_min) || !mark(&text, ":") ||
        !digits(&text, 2, 0, 59, &tm.tm_sec) || !fraction(&text, &ms) || !offset(&text, &minutes) ||
        text.len)
        return false;
    int day = tm.tm_mday;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    int64_t seconds = (int64_t)timegm(&tm);
    *wall_ms = (seconds - (int64_t)minutes * 60) * 1000 + ms;
    return tm.tm_mday == day; /* the 31st of a month that has it */
}
