/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/meter.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

const char *meter_size(uint64_t bytes, char out[24])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double n = (double)bytes;
    size_t unit = 0;
    while (n >= 1000 && unit < 4) {
        n /= 1000;
        unit++;
    }
    snprintf(out, 24, unit ? "%.1f %s" : "%.0f %s", n, units[unit]);
    return out;
}

void meter_tell(struct meter *m, const struct restore_progress *p)
{
    int64_t now = clock_monotonic_ms();
    if (!m->began_ms)
        m->began_ms = now;
    if (!isatty(STDERR_FILENO) || now - m->began_ms < 1000 || now - m->told_ms < 200)
        return;
    m->told_ms = now;
    m->shown = true;
    char done[24], all[24], rate[24];
    uint64_t per_second = p->bytes * 1000 / (uint64_t)(now - m->began_ms);
    uint64_t left = p->bytes_n > p->bytes ? p->bytes_n - p->bytes : 0;
    fprintf(stderr, "\r%s: %zu of %zu files, %s of %s, %s/s, %llu s left \033[K", m->verb, p->files,
            p->files_n, meter_size(p->bytes, done), meter_size(p->bytes_n, all),
            meter_size(per_second, rate), (unsigned long long)(per_second ? left / per_second : 0));
}

void meter_end(struct meter *m)
{
    if (m->shown)
        fputs("\r\033[K", stderr);
    m->shown = false;
}
