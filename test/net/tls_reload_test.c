/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate is exchanged while connections are alive. That the old one goes with its last
 * connection is AddressSanitizer's to say, that nobody gets half of it ThreadSanitizer's.
 */
#include "pair.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include <cmocka.h>

enum { THREADS = 2, RELOADS = 200 };

static const char *files[2][2]; /* certificate and key of two kinds */

static char paths[4][256];

static int make_files(void **state)
{
    (void)state;
    static const char *const names[] = {"a.crt", "a.key", "b.crt", "b.key"};
    mbedtls_pk_context key;
    struct tls *first = tls_of(KEY_P256); /* starts the cryptography library */
    tls_close(first);
    for (size_t i = 0; i < 2; i++) {
        key_make(&key, i ? KEY_P384 : KEY_P256);
        key_write(names[i * 2 + 1], &key);
        certificate_write(names[i * 2], &key, "20260101000000", "20360101000000");
        mbedtls_pk_free(&key);
    }
    for (size_t i = 0; i < 4; i++) {
        snprintf(paths[i], sizeof paths[i], "%s", in_folder(names[i]));
        files[i / 2][i % 2] = paths[i];
    }
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

static struct tls *open_first(void)
{
    struct tls *tls = NULL;
    struct why why;
    assert_int_equal(tls_open(files[0][0], files[0][1], &tls, &why), ERR_NONE);
    return tls;
}

static size_t certificate_size(const struct pair *p)
{
    const mbedtls_x509_crt *seen = mbedtls_ssl_get_peer_cert(&p->client);
    return seen ? mbedtls_pk_get_bitlen(&seen->pk) : 0;
}

static void one_goes_on_and_the_next_gets_the_new(void **state)
{
    (void)state;
    struct tls *tls = open_first();
    struct why why;
    char before[TLS_FINGERPRINT_SIZE], after[TLS_FINGERPRINT_SIZE], byte;
    tls_fingerprint(tls, before);
    const struct pair_options o = {.version = MBEDTLS_SSL_VERSION_TLS1_3};
    struct pair old, half, fresh;
    pair_open(&old, tls, &o);
    assert_true(pair_shake(&old));
    pair_open(&half, tls, &o); /* has begun, and has not shaken hands */

    assert_int_equal(tls_reload(tls, files[1][0], files[1][1], &why), ERR_NONE);
    tls_fingerprint(tls, after);
    assert_string_not_equal(before, after);
    assert_int_equal(SSL_write(old.server, "x", 1), 1);
    assert_int_equal(pair_client_read(&old, &byte, 1), 1);
    assert_true(pair_shake(&half));
    pair_open(&fresh, tls, &o);
    assert_true(pair_shake(&fresh));
    assert_int_equal(certificate_size(&old), 256);
    assert_int_equal(certificate_size(&half), 256);
    assert_int_equal(certificate_size(&fresh), 384);
    pair_close(&half);
    pair_close(&old);
    tls_close(tls);
    assert_int_equal(SSL_write(fresh.server, "x", 1), 1);
    pair_close(&fresh);
}

static void a_bad_pair_changes_nothing(void **state)
{
    (void)state;
    struct tls *tls = open_first();
    struct why why;
    char before[TLS_FINGERPRINT_SIZE], after[TLS_FINGERPRINT_SIZE];
    tls_fingerprint(tls, before);
    assert_int_equal(tls_reload(tls, files[1][0], files[0][1], &why), ERR_CONFIG);
    assert_int_equal(tls_reload(tls, files[1][0], "/nowhere/tls.key", &why), ERR_CONFIG);
    tls_fingerprint(tls, after);
    assert_string_equal(before, after);
    const struct pair_options o = {0};
    struct pair p;
    pair_open(&p, tls, &o);
    assert_true(pair_shake(&p));
    pair_close(&p);
    tls_close(tls);
}

static void an_old_ticket_gets_a_full_handshake(void **state)
{
    (void)state;
    static const int versions[] = {MBEDTLS_SSL_VERSION_TLS1_2, MBEDTLS_SSL_VERSION_TLS1_3};
    for (size_t i = 0; i < 2; i++) {
        struct tls *tls = open_first();
        struct why why;
        struct pair_options o = {.version = versions[i]};
        struct pair p;
        mbedtls_ssl_session session;
        pair_open(&p, tls, &o);
        assert_true(pair_shake(&p) && pair_session(&p, &session));
        pair_close(&p);
        assert_int_equal(tls_reload(tls, files[1][0], files[1][1], &why), ERR_NONE);
        o.session = &session;
        pair_open(&p, tls, &o);
        assert_true(pair_shake(&p));
        assert_false(SSL_session_reused(p.server));
        pair_close(&p);
        mbedtls_ssl_session_free(&session);
        tls_close(tls);
    }
}

static void the_digest_is_of_the_content(void **state)
{
    (void)state;
    unsigned char a[TLS_DIGEST_SIZE], b[TLS_DIGEST_SIZE];
    put_text("x", "one", 0600);
    put_text("y", "two", 0600);
    const char *x = in_folder("x"), *y = in_folder("y");
    tls_files_digest(x, y, a);
    put_text("x", "one", 0600);
    tls_files_digest(x, y, b);
    assert_memory_equal(a, b, sizeof a);
    put_text("x", "onE", 0600); /* the same length, perhaps the same date */
    tls_files_digest(x, y, b);
    assert_memory_not_equal(a, b, sizeof a);
    put_text("x", "onet", 0600);
    put_text("y", "wo", 0600); /* the same bytes in a row */
    tls_files_digest(x, y, b);
    assert_memory_not_equal(a, b, sizeof a);
    unlink(y);
    tls_files_digest(x, y, a);
    assert_memory_not_equal(a, b, sizeof a);
}

static struct tls *shared;
static atomic_bool enough;
static atomic_int shaken, failed;

static void count(void *arg, const struct tls_handshake *handshake)
{
    (void)arg;
    atomic_fetch_add(handshake->failure ? &failed : &shaken, 1);
}

static void *shake(void *arg)
{
    (void)arg;
    const struct pair_options o = {0};
    do {
        struct pair p;
        pair_open(&p, shared, &o);
        pair_shake(&p);
        pair_close(&p);
    } while (!atomic_load(&enough));
    return NULL;
}

static void no_handshake_fails_meanwhile(void **state)
{
    (void)state;
    struct why why;
    shared = open_first();
    tls_observe(shared, count, NULL);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, shake, NULL);
    for (size_t i = 1; i <= RELOADS; i++)
        assert_int_equal(tls_reload(shared, files[i % 2][0], files[i % 2][1], &why), ERR_NONE);
    atomic_store(&enough, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    tls_close(shared);
    assert_int_equal(atomic_load(&failed), 0);
    assert_true(atomic_load(&shaken) >= THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_goes_on_and_the_next_gets_the_new),
        cmocka_unit_test(a_bad_pair_changes_nothing),
        cmocka_unit_test(an_old_ticket_gets_a_full_handshake),
        cmocka_unit_test(the_digest_is_of_the_content),
        cmocka_unit_test(no_handshake_fails_meanwhile),
    };
    return cmocka_run_group_tests(tests, make_files, drop_files);
}
