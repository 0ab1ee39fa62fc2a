/* SPDX-License-Identifier: Apache-2.0 */
#include "web/pressure.h"

enum { HELD_PERIODS = 5 };

/* How far ahead of now a bucket is full, or its inbox, for each level. */
static const struct {
    int periods, eighths;
} steps[PRESSURE_MOST] = {{1, 2}, {2, 3}, {4, 4}};

void pressure_count(struct pressure *p, int64_t now_us)
{
    if (p->rate.tokens == 0)
        return;
    long long most = now_us + HELD_PERIODS * p->rate.period_us;
    long long was = atomic_load_explicit(&p->full_at_us, memory_order_relaxed), next;
    do {
        next = (was > now_us ? was : now_us) + p->rate.period_us / p->rate.tokens;
        if (next > most)
            next = most;
    } while (!atomic_compare_exchange_weak(&p->full_at_us, &was, next));
}

unsigned pressure_level(const struct pressure *p, unsigned waiting, unsigned limit, int64_t now_us)
{
    long long ahead = atomic_load_explicit(&p->full_at_us, memory_order_relaxed) - now_us;
    unsigned level = 0;
    for (unsigned i = 0; i < PRESSURE_MOST; i++) {
        bool crowd = p->rate.tokens && ahead >= steps[i].periods * p->rate.period_us;
        bool queue = (uint64_t)waiting * 8 >= (uint64_t)limit * (unsigned)steps[i].eighths;
        if (crowd || queue)
            level = i + 1;
    }
    return level;
}

bool pressure_turns(struct pressure *p, unsigned level)
{
    return (atomic_exchange(&p->told, level) > 0) != (level > 0);
}
