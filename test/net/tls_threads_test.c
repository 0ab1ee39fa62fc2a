/* SPDX-License-Identifier: Apache-2.0 */
/* Two loops on one context: full and resumed handshakes at once. ThreadSanitizer is the judge. */
#include "pair.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>

#include <cmocka.h>

enum { THREADS = 2, ROUNDS = 12 };

static struct tls *contexts[2];
static atomic_int full, resumed, failed;

static void count(void *arg, const struct tls_handshake *handshake)
{
    (void)arg;
    atomic_fetch_add(handshake->failure ? &failed : handshake->resumed ? &resumed : &full, 1);
}

/* Returns how many rounds went as they should. */
static void *rounds(void *arg)
{
    size_t good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct tls *tls = contexts[i % 2];
        struct pair_options o = {.version = i / 2 % 2 ? MBEDTLS_SSL_VERSION_TLS1_3
                                                      : MBEDTLS_SSL_VERSION_TLS1_2};
        struct pair p;
        mbedtls_ssl_session session;
        pair_open(&p, tls, &o);
        bool done = pair_shake(&p) && pair_session(&p, &session);
        pair_close(&p);
        if (!done)
            continue;
        o.session = &session;
        pair_open(&p, tls, &o);
        char c;
        done = pair_shake(&p) && SSL_session_reused(p.server) && SSL_write(p.server, "x", 1) == 1 &&
               pair_client_read(&p, &c, 1) == 1;
        pair_close(&p);
        mbedtls_ssl_session_free(&session);
        good += done;
    }
    *(size_t *)arg = good;
    return NULL;
}

static void at_once(void **state)
{
    (void)state;
    contexts[0] = tls_of(KEY_P256);
    contexts[1] = tls_of(KEY_RSA2048);
    for (size_t i = 0; i < 2; i++)
        tls_observe(contexts[i], count, NULL);
    pthread_t threads[THREADS];
    size_t good[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, rounds, &good[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(good[i], ROUNDS);
    }
    assert_int_equal(full, THREADS * ROUNDS);
    assert_int_equal(resumed, THREADS * ROUNDS);
    assert_int_equal(failed, 0);
    tls_close(contexts[0]);
    tls_close(contexts[1]);
    folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_once)};
    return cmocka_run_group_tests_name("tls_threads", tests, NULL, NULL);
}
