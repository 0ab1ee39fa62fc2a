/* SPDX-License-Identifier: Apache-2.0 */
#include "base/workers.h"

#include "lib/expect.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

struct task {
    struct work work;
    sem_t *gate; /* run waits for it */
    atomic_int ran, done;
    void *local;
};

static void run(struct work *work, void *local)
{
    struct task *t = (struct task *)(void *)work;
    if (t->gate)
        sem_wait(t->gate);
    t->local = local;
    atomic_fetch_add(&t->ran, 1);
}

static void done(struct work *work)
{
    struct task *t = (struct task *)(void *)work;
    assert_int_equal(atomic_load(&t->ran), 1);
    atomic_fetch_add(&t->done, 1);
}

static atomic_int opened, closed;

static void *open_local(void *context)
{
    atomic_fetch_add(&opened, 1);
    return context;
}

static void close_local(void *local)
{
    assert_non_null(local);
    atomic_fetch_add(&closed, 1);
}

/* What was taken in is done before the threads end, each once. */
static void all_is_done(void **state)
{
    (void)state;
    enum { TASKS = 200 };
    static struct task tasks[TASKS];
    int here;
    struct workers *w = workers_start(&(struct workers_options){.name = "test",
                                                                .threads = 3,
                                                                .limit = TASKS,
                                                                .open = open_local,
                                                                .close = close_local,
                                                                .context = &here});
    for (int i = 0; i < TASKS; i++) {
        tasks[i].work = (struct work){.run = run, .done = done};
        assert_int_equal(workers_put(w, &tasks[i].work), ERR_NONE);
    }
    workers_stop(w);
    for (int i = 0; i < TASKS; i++) {
        assert_int_equal(atomic_load(&tasks[i].done), 1);
        assert_ptr_equal(tasks[i].local, &here);
    }
    assert_int_equal(atomic_load(&opened), 3);
    assert_int_equal(atomic_load(&closed), 3);
}

/* The queue says no at its limit, and goes on when there is room. */
static void a_full_queue(void **state)
{
    (void)state;
    sem_t gate;
    sem_init(&gate, 0, 0);
    static struct task tasks[8];
    struct workers *w =
        workers_start(&(struct workers_options){.name = "test", .threads = 1, .limit = 2});
    int taken = 0;
    for (int i = 0; i < 8; i++) {
        tasks[i].work = (struct work){.run = run, .done = done};
        tasks[i].gate = &gate;
        taken += workers_put(w, &tasks[i].work) == ERR_NONE;
    }
    assert_in_range(taken, 2, 3); /* one may be on its way already */
    assert_in_range(workers_waiting(w), 1, 2);
    for (int i = 0; i < taken; i++)
        sem_post(&gate);
    workers_stop(w);
    int finished = 0;
    for (int i = 0; i < 8; i++)
        finished += atomic_load(&tasks[i].done);
    assert_int_equal(finished, taken);
    sem_destroy(&gate);
}

int main(void)
{
    workers_stop(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_done),
        cmocka_unit_test(a_full_queue),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
