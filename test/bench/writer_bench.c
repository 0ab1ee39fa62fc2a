/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable submissions a second through the writer, without HTTP: N clients, each of which sends the
 * next submission as soon as it has the answer, served by two threads as the loops would.
 *
 *     writer_bench DIRECTORY [CLIENTS [SECONDS [SEARCH]]]     SEARCH 0: without the search index
 *     writer: 100 clients: 21034 submissions/s, 31.2 us CPU each, 47.0 a commit
 */
#include "bench/rows.h"

#include "base/log.h"
#include "base/must.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

enum { LOOPS = 2, CLIENTS_MAX = 4096 };

/* What a loop is to the writer: a place to leave answered jobs, a thread that takes them. */
struct loop {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct job *answered;
    struct writer *writer;
    uint64_t done;
};

static struct job jobs[CLIENTS_MAX];
static struct loop loops[LOOPS];
static atomic_bool stop;
static unsigned clients = 100;

static void answered(struct job *job)
{
    must(job->result == ERR_NONE);
    struct loop *loop = job->owner;
    pthread_mutex_lock(&loop->lock);
    bool wake = !loop->answered;
    job->next = loop->answered;
    loop->answered = job;
    pthread_mutex_unlock(&loop->lock);
    if (wake)
        pthread_cond_signal(&loop->arrived);
}

static void *run(void *context)
{
    struct loop *loop = context;
    unsigned out = 0;
    for (unsigned i = 0; i < clients; i++) {
        if (&loops[i % LOOPS] != loop)
            continue;
        rows_make(&jobs[i]);
        rows_renew(&jobs[i]);
        jobs[i].done = answered;
        jobs[i].owner = loop;
        must(writer_put(loop->writer, &jobs[i]) == ERR_NONE);
        out++;
    }
    while (out) {
        pthread_mutex_lock(&loop->lock);
        while (!loop->answered)
            pthread_cond_wait(&loop->arrived, &loop->lock);
        struct job *job = loop->answered;
        loop->answered = NULL;
        pthread_mutex_unlock(&loop->lock);
        while (job) {
            struct job *next = job->next;
            loop->done++;
            out--;
            if (!atomic_load_explicit(&stop, memory_order_relaxed)) {
                rows_renew(job);
                must(writer_put(loop->writer, job) == ERR_NONE);
                out++;
            }
            job = next;
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    uint64_t seconds = 5, n;
    if (argc < 2) {
        fputs("usage: writer_bench DIRECTORY [CLIENTS [SECONDS [SEARCH]]]\n", stderr);
        return 2;
    }
    if (argc > 2 && str_to_u64(str_from(argv[2]), &n) && n && n <= CLIENTS_MAX)
        clients = (unsigned)n;
    if (argc > 3 && str_to_u64(str_from(argv[3]), &n))
        seconds = n;
    bool search = argc < 5 || strcmp(argv[4], "0") != 0;
    log_init(2, LOG_WARN, LOG_FORMAT_TEXT);

    struct why why;
    struct store *store;
    struct writer *writer;
    const struct writer_options options = {
        .inbox_limit = CLIENTS_MAX,
        .group_limit = 512,
        .duplicate_ms = INT64_C(86400000),
        .search = search,
    };
    if (store_open(argv[1], &store, &why) || writer_start(store, &options, &writer, &why)) {
        char text[1024];
        err_text(&why, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return 1;
    }
    int64_t start = clock_monotonic_us(), cpu = rows_cpu_us();
    for (int i = 0; i < LOOPS; i++) {
        loops[i].writer = writer;
        pthread_mutex_init(&loops[i].lock, NULL);
        pthread_cond_init(&loops[i].arrived, NULL);
        pthread_create(&loops[i].thread, NULL, run, &loops[i]);
    }
    nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
    atomic_store(&stop, true);
    uint64_t done = 0;
    for (int i = 0; i < LOOPS; i++) {
        pthread_join(loops[i].thread, NULL);
        done += loops[i].done;
    }
    double elapsed = (double)(clock_monotonic_us() - start);
    cpu = rows_cpu_us() - cpu;
    struct writer_stats stats;
    writer_stats(writer, &stats);
    printf("writer: %u clients: %.0f submissions/s, %.1f us CPU each, %.1f a commit, %llu "
           "checkpoints\n",
           clients, (double)done * 1e6 / elapsed, (double)cpu / (double)done,
           (double)stats.jobs / (double)stats.commits, (unsigned long long)stats.checkpoints);
    writer_stop(writer);
    store_close(store);
    return 0;
}
