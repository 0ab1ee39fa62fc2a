/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals that come while the server opens, when its main thread restores, follows or asks the
 * replica and cannot wait for them: a thread does, raises `stop`, which ends every call to the
 * replica that was opened with it (destination_options.stop), and wakes interrupt_pause.
 *
 *     interrupt_begin ─▶ open things, interrupt_pause between turns ─▶ interrupt_end, the sandbox
 *
 * SIGHUP asks for nothing here. The thread ends before the sandbox is entered, for it would not be
 * in it. The struct stays where it is until what was opened with `stop` is closed.
 * Threads: begun and ended by the main one, with the signals blocked.
 */
#ifndef CMD_INTERRUPT_H
#define CMD_INTERRUPT_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct interrupt {
    atomic_bool stop; /* SIGTERM or SIGINT came */
    int signals, end; /* descriptors: of the signals, and an event that ends the thread */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t raised;
};

void interrupt_begin(struct interrupt *i, const sigset_t *signals);

/* For so long, or until a signal comes; true: it is time to stop. */
bool interrupt_pause(struct interrupt *i, int64_t ms);

/* True: a signal came. Signals wait for whoever looks next from now on. */
bool interrupt_end(struct interrupt *i);

#endif
