/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sanitizers must know about the program under test; linked into build/asan/anteroom and
 * build/tsan/anteroom only. The sanitizers ask for these names.
 *
 * Leaks that are none: libh2o keeps freed blocks in a list per thread and never gives that list
 * back, nor the queue of an event loop. Both are bounded, and the process ends with its threads.
 *
 * A race that is none: libh2o makes its table of read and write functions once, under a lock, and
 * publishes it behind a barrier (setup_bio in its socket.c). Readers take no lock; what they read
 * depends on the pointer they read, which every machine keeps in order.
 */
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__tsan_default_options(void);
const char *__tsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:h2o_mem_alloc_recycle\n"
           "leak:h2o_multithread_create_queue\n";
}

const char *__asan_default_options(void)
{
    return "detect_stack_use_after_return=1:strict_string_checks=1:print_suppressions=0";
}

const char *__ubsan_default_options(void)
{
    return "print_stacktrace=1";
}

const char *__tsan_default_options(void)
{
    return "second_deadlock_stack=1";
}

const char *__tsan_default_suppressions(void)
{
    return "race:setup_bio\n";
}
