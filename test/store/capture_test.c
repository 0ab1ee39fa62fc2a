/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy kept by what the sink is given is, byte for byte, the database file: across checkpoints
 * and new logs, beside readers, and after commits that nobody could capture.
 */
#include "store/trial.h"

#include "store/commit.h"
#include "store/image.h"

enum { PAGE = 4096, PAGES_MAX = 4096, LOCKS_PAGE = 0x40000000 / PAGE + 1 };

/* A copy of the database, and the sink that keeps it. */
struct copy {
    pthread_mutex_t lock;
    unsigned char (*pages)[PAGE];
    uint32_t pages_n;
    uint64_t seq;
    unsigned commits, lost;
    struct job *held;
    struct commit_sink sink;
};

static void take_commit(void *self, struct commit *commit)
{
    struct copy *copy = self;
    pthread_mutex_lock(&copy->lock);
    assert_int_equal(commit->page_size, PAGE);
    assert_int_equal(commit->seq, ++copy->seq);
    assert_true(commit->at_ms > 0 && commit->frames_n > 0 && commit->db_pages <= PAGES_MAX);
    assert_int_equal(commit_size(commit),
                     sizeof *commit + commit->frames_n * (PAGE + COMMIT_FRAME_HEAD));
    for (size_t i = 0; i < commit->frames_n; i++) {
        uint32_t page = commit_page(commit, i);
        assert_true(page >= 1 && page <= PAGES_MAX && page != LOCKS_PAGE);
        memcpy(copy->pages[page - 1], commit_data(commit, i), PAGE);
    }
    copy->pages_n = commit->db_pages;
    copy->commits++;
    pthread_mutex_unlock(&copy->lock);
    commit_free(commit);
}

static void note_lost(void *self)
{
    ((struct copy *)self)->lost++;
}

static void hold(void *self, struct job *jobs)
{
    struct copy *copy = self;
    pthread_mutex_lock(&copy->lock);
    struct job **end = &copy->held;
    while (*end)
        end = &(*end)->next;
    *end = jobs;
    pthread_mutex_unlock(&copy->lock);
}

static bool take_page(void *context, uint32_t page, const unsigned char *data)
{
    struct copy *copy = context;
    assert_true(page <= PAGES_MAX);
    memcpy(copy->pages[page - 1], data, PAGE);
    copy->pages_n = page;
    return true;
}

static void take_image(struct image *image, struct copy *copy)
{
    struct why why;
    struct image_shape shape;
    trial_must(image_shape(image, &shape, &why), &why);
    assert_int_equal(shape.page_size, PAGE);
    trial_must(image_read(image, take_page, copy, &why), &why);
    assert_int_equal(copy->pages_n, shape.pages);
}

/* A store with a copy beside it, from the start. */
struct pair {
    struct trial trial;
    struct copy copy;
};

static void pair_start(struct pair *p, unsigned log_pages)
{
    struct why why;
    struct image *image;
    *p = (struct pair){.trial.directory = trial_directory()};
    pthread_mutex_init(&p->copy.lock, NULL);
    p->copy.pages = calloc(PAGES_MAX, PAGE);
    p->copy.sink = (struct commit_sink){
        .self = &p->copy, .commit = take_commit, .lost = note_lost, .hold = hold};
    trial_must(store_open(p->trial.directory.path, &p->trial.store, &why), &why);
    trial_must(image_open(p->trial.store, &image, &why), &why);
    trial_must(image_pin(image, &why), &why);
    take_image(image, &p->copy);
    image_close(image);
    const struct writer_options options = {
        .inbox_limit = 4096, .group_limit = 16, .log_pages = log_pages, .sink = &p->copy.sink};
    trial_must(writer_start(p->trial.store, &options, &p->trial.writer, &why), &why);
    trial_must(reader_open(p->trial.store, &p->trial.reader, &why), &why);
}

/* After the stop, the log is folded in: the file is all there is. */
static void pair_stop_and_compare(struct pair *p)
{
    trial_stop(&p->trial);
    char path[128];
    snprintf(path, sizeof path, "%s/anteroom.db", p->trial.directory.path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char page[PAGE];
    uint32_t n = 0;
    while (fread(page, 1, PAGE, file) == PAGE) {
        assert_true(n < p->copy.pages_n);
        if (memcmp(page, p->copy.pages[n], PAGE) != 0)
            fail_msg("page %u is another one", n + 1);
        n++;
    }
    fclose(file);
    assert_int_equal(n, p->copy.pages_n);
    trial_remove(&p->trial.directory);
    free(p->copy.pages);
    pthread_mutex_destroy(&p->copy.lock);
}

/* n jobs of both kinds, many at a time; some drafts with pages of their own. */
static void work(struct pair *p, uint64_t from, uint64_t n)
{
    static char large[20000];
    memset(large, 'x', sizeof large);
    struct trial_answers answers = TRIAL_ANSWERS;
    struct job *jobs = calloc(n, sizeof *jobs);
    for (uint64_t i = 0; i < n; i++) {
        jobs[i] = i % 3 ? trial_draft(&answers, from + i, 0,
                                      str_of(large, (from + i) * 7919 % sizeof large))
                        : trial_submission(&answers);
        if (i % 3 == 0)
            trial_key(&jobs[i], from + i);
        assert_int_equal(writer_put(p->trial.writer, &jobs[i]), ERR_NONE);
    }
    trial_wait(&answers, (unsigned)n);
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(jobs[i].result, ERR_NONE);
    free(jobs);
}

static void a_copy_is_the_database(void **state)
{
    (void)state;
    struct pair p;
    pair_start(&p, 0);
    work(&p, 1, 300);
    assert_true(p.copy.commits > 1);
    assert_int_equal(p.copy.lost, 0);
    pair_stop_and_compare(&p);
}

static void a_copy_survives_new_logs(void **state)
{
    (void)state;
    struct pair p;
    pair_start(&p, 40); /* a checkpoint after every few groups */
    for (uint64_t i = 0; i < 20; i++)
        work(&p, 1 + i * 50, 50);
    struct writer_stats stats;
    writer_stats(p.trial.writer, &stats);
    assert_true(stats.checkpoints > 5);
    assert_int_equal(p.copy.lost, 0);
    pair_stop_and_compare(&p);
}

/* ---- images while it runs ------------------------------------------------------------------- */

struct pinning {
    struct pair *pair;
    struct image *image;
    uint64_t seq;
    enum err e;
};

static void pin(void *context)
{
    struct pinning *pinning = context;
    struct why why;
    pinning->e = image_pin(pinning->image, &why);
    pinning->seq = pinning->pair->copy.seq;
}

static void an_image_belongs_to_a_commit(void **state)
{
    (void)state;
    struct why why;
    struct pair p;
    pair_start(&p, 40);
    work(&p, 1, 100);
    struct pinning pinning = {.pair = &p};
    trial_must(image_open(p.trial.store, &pinning.image, &why), &why);
    struct job call = {
        .kind = JOB_CALL, .done = trial_answered, .call = {.run = pin, .context = &pinning}};
    assert_int_equal(trial_do(p.trial.writer, &call), ERR_NONE);
    assert_int_equal(pinning.e, ERR_NONE);
    assert_int_equal(pinning.seq, p.copy.seq);

    struct copy then = {.pages = calloc(PAGES_MAX, PAGE)};
    memcpy(then.pages, p.copy.pages, (size_t)PAGES_MAX * PAGE);
    then.pages_n = p.copy.pages_n;
    work(&p, 101, 100); /* goes on beside it */
    struct copy image = {.pages = calloc(PAGES_MAX, PAGE)};
    take_image(pinning.image, &image);
    assert_int_equal(image.pages_n, then.pages_n);
    assert_memory_equal(image.pages, then.pages, (size_t)then.pages_n * PAGE);
    image_close(pinning.image);
    free(then.pages);
    free(image.pages);
    work(&p, 201, 100);
    pair_stop_and_compare(&p);
}

/* ---- jobs that wait ------------------------------------------------------------------------- */

static void a_job_can_wait_for_the_sink(void **state)
{
    (void)state;
    struct pair p;
    pair_start(&p, 0);
    struct trial_answers answers = TRIAL_ANSWERS;
    struct job waits = trial_submission(&answers), hurries = trial_submission(&answers);
    waits.wait_for_sink = true;
    assert_int_equal(writer_put(p.trial.writer, &waits), ERR_NONE);
    assert_int_equal(writer_put(p.trial.writer, &hurries), ERR_NONE);
    trial_wait(&answers, 1);
    while (writer_waiting(p.trial.writer) != 1)
        usleep(1000);
    pthread_mutex_lock(&p.copy.lock);
    struct job *held = p.copy.held;
    p.copy.held = NULL;
    pthread_mutex_unlock(&p.copy.lock);
    assert_ptr_equal(held, &waits);
    assert_null(held->next);
    assert_int_equal(answers.n, 1);
    writer_release(p.trial.writer, held, ERR_NONE, NULL);
    assert_int_equal(answers.n, 2);
    assert_int_equal(waits.result, ERR_NONE);
    assert_int_equal(writer_waiting(p.trial.writer), 0);
    pair_stop_and_compare(&p);
}

/* A job that was refused has nothing to wait for. */
static void a_refused_job_does_not_wait(void **state)
{
    (void)state;
    struct pair p;
    pair_start(&p, 0);
    struct job bad = trial_submission(NULL);
    bad.submit.form.value[trial_field("company_size")] = STR("many");
    bad.wait_for_sink = true;
    assert_int_equal(trial_do(p.trial.writer, &bad), ERR_INTERNAL);
    pair_stop_and_compare(&p);
}

int main(void)
{
    log_init(2, LOG_ERROR + 1, LOG_FORMAT_TEXT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_the_database),
        cmocka_unit_test(a_copy_survives_new_logs),
        cmocka_unit_test(an_image_belongs_to_a_commit),
        cmocka_unit_test(a_job_can_wait_for_the_sink),
        cmocka_unit_test(a_refused_job_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
