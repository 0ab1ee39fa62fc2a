/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same made-up submissions for both sides of a comparison: a job for the writer, whose rows the
 * bare loop inserts as well. About 900 bytes of answers, as a filled form has.
 */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "base/clock.h"
#include "base/random.h"
#include "store/writer.h"

#include <sys/resource.h>

static inline const char *rows_answer(struct str name)
{
    static const char *const answers[][2] = {
        {"company_size", "250"},
        {"email", "ada.lovelace@analytical-engines.example"},
        {"phone", "+44 20 7946 0958"},
        {"consent", "yes"},
        {"industry", "manufacturing"},
        {"industry_other", ""},
        {"timeline", "within_3_months"},
        {"budget_range", "50k_100k"},
        {"service_type", "devops_consulting\ncloud_migration"},
        {"project_scope",
         "We run some forty services on virtual machines that nobody dares to restart. We would "
         "like to move them to Kubernetes on Azure, one after the other, with a pipeline that our "
         "own people understand and can carry on with; monitoring first, because today our "
         "clients notice outages before we do. The order system comes last. We have two people "
         "for this, half of their time, and a budget that has to be argued for every quarter."},
        {"address", "12 St James's Square\nLondon SW1Y 4LB\nUnited Kingdom"},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (str_eq(name, str_from(answers[i][0])))
            return answers[i][1];
    return "Analytical Engines Ltd";
}

/* Everything but done and owner. Each has its own idempotency key. */
static inline void rows_make(struct job *job)
{
    *job = (struct job){.kind = JOB_SUBMIT};
    struct job_submit *j = &job->submit;
    for (enum field f = 0; f < FIELD_COUNT; f++)
        j->form.value[f] = str_from(rows_answer(field_info(f)->name));
    j->source = STR("form");
    j->locale = STR("en");
    j->consent_version = STR("2026-01");
    j->has_idempotency = true;
}

static inline void rows_renew(struct job *job)
{
    random_bytes(job->submit.idempotency, IDEMPOTENCY_SIZE);
    memcpy(job->submit.fingerprint, job->submit.idempotency, FINGERPRINT_SIZE);
    /* Companies and addresses that nobody had before, the most work for the indexes. */
    memcpy(&job->submit.likeness, job->submit.idempotency, sizeof job->submit.likeness);
    job->submit.likeness.company &= INT64_MAX;
    job->submit.likeness.email &= INT64_MAX;
}

/* CPU time of the process so far, in microseconds. */
static inline int64_t rows_cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

#endif
