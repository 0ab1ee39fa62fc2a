/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chain.h"

unsigned chain_length(const struct job *jobs)
{
    unsigned n = 0;
    for (; jobs; jobs = jobs->next)
        n++;
    return n;
}

struct job *chain_take(struct job **jobs, bool (*wanted)(const struct job *job))
{
    struct job *taken = NULL, **end = &taken;
    while (*jobs) {
        struct job *job = *jobs;
        if (!wanted(job)) {
            jobs = &job->next;
            continue;
        }
        *jobs = job->next;
        job->next = NULL;
        *end = job;
        end = &job->next;
    }
    return taken;
}

void chain_answer(struct job *jobs, enum err e, const struct why *why)
{
    while (jobs) {
        struct job *job = jobs;
        jobs = job->next; /* after done the job is somebody else's */
        if (e) {
            job->result = e;
            job->why = *why;
        }
        job->done(job);
    }
}
