/* SPDX-License-Identifier: Apache-2.0 */
#include "store/writer_inner.h"

void writer_expose(struct exposition *x, void *context)
{
    struct writer *w = context;
    struct writer_stats s;
    writer_stats(w, &s);
    exposition_counter(x, "anteroom_submissions_total",
                       "Submissions stored, repeats not counted again.", s.submissions);
    exposition_family(x, "anteroom_jobs_total", EXPOSITION_COUNTER,
                      "What the writer was asked to write.");
    exposition_count(x, "result=\"stored\"", s.jobs - s.failed);
    exposition_count(x, "result=\"refused\"", s.failed);
    exposition_family(x, "anteroom_commit_duration_seconds", EXPOSITION_HISTOGRAM,
                      "From the beginning of a group's transaction until it is on the disk.");
    exposition_histogram(x, NULL, &histogram_us, &w->commit_us);
    exposition_family(x, "anteroom_commit_batch_size", EXPOSITION_HISTOGRAM,
                      "Jobs that were committed together.");
    exposition_histogram(x, NULL, &histogram_number, &w->batch);
    exposition_gauge(x, "anteroom_writer_queue", "Jobs waiting for the writer or the replica.",
                     s.waiting);
    exposition_gauge(x, "anteroom_writer_healthy", "1: the last write worked.", s.healthy);
    exposition_gauge(x, "anteroom_log_pages", "Pages in the write-ahead log.", s.log_pages);
    exposition_counter(x, "anteroom_checkpoints_total",
                       "Times that the log was copied into the database file.", s.checkpoints);
}
