/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that give their buffers back while they are silent (net/tls_buffers.h). */
#include "pair.h"

#include "base/random.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct tls *tls;
static const int versions[] = {MBEDTLS_SSL_VERSION_TLS1_2, MBEDTLS_SSL_VERSION_TLS1_3};

static int begin(void **state)
{
    (void)state;
    tls = tls_of(KEY_P256);
    return 0;
}

static int end(void **state)
{
    (void)state;
    tls_close(tls);
    folder_remove();
    return 0;
}

static void connect_pair(struct pair *p, int version)
{
    pair_open(p, tls, &(struct pair_options){.version = version});
    assert_true(pair_shake(p));
}

/* Moved by everything that the connection did since the last time. */
static size_t rest(void)
{
    tls_rest();
    return tls_rest();
}

static void only_who_was_silent_rests(void **state)
{
    (void)state;
    struct pair p;
    char c;
    for (size_t v = 0; v < 2; v++) {
        connect_pair(&p, versions[v]);
        size_t at_once = tls_rest(), later = tls_rest();
        assert_int_equal(at_once, 0); /* it has just shaken hands */
        assert_int_equal(later, 1);
        assert_int_equal(tls_rest(), 0); /* and there is no more to give */
        assert_int_equal(SSL_write(p.server, "x", 1), 1);
        assert_int_equal(tls_rest(), 0);
        assert_int_equal(tls_rest(), 1);
        assert_int_equal(pair_client_read(&p, &c, 1), 1);
        pair_close(&p);
        assert_int_equal(rest(), 0);
    }
}

/* A record that came in part is in the buffer, and stays there. */
static void half_a_record_is_kept(void **state)
{
    (void)state;
    struct pair p;
    char got[64];
    for (size_t v = 0; v < 2; v++) {
        connect_pair(&p, versions[v]);
        while (pair_server_read(&p, got, sizeof got) > 0)
            ;
        assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"hello", 5), 5);
        size_t whole = p.up.bytes.len;
        for (size_t n = p.up.taken + 1; n < whole; n++) {
            p.up.bytes.len = n;
            assert_int_equal(pair_server_read(&p, got, sizeof got), -1);
            assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_WANT_READ);
            assert_int_equal(rest(), 0);
        }
        p.up.bytes.len = whole;
        /* Plain text that was not taken yet is in the buffer too. */
        assert_int_equal(pair_server_read(&p, got, 2), 2);
        assert_int_equal(rest(), 0);
        assert_int_equal(pair_server_read(&p, got + 2, 3), 3);
        assert_memory_equal(got, "hello", 5);
        assert_int_equal(rest(), 0); /* pair_server_read has let it rest already */
        pair_close(&p);
    }
}

/* The records' numbers go on: thousands of them, both ways, with a rest between any two. */
static void a_long_talk_with_rests(void **state)
{
    (void)state;
    enum { ROUNDS = 700, MOST = 20000 };
    static unsigned char sent[MOST], got[MOST];
    random_bytes(sent, sizeof sent);
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        for (size_t i = 0; i < ROUNDS; i++) {
            size_t n = 1 + i * 7919 % (MOST - 1), done = 0;
            while (done < n)
                done += (size_t)mbedtls_ssl_write(&p.client, sent + done, n - done);
            for (done = 0; done < n;) {
                int r = pair_server_read(&p, got + done, (int)(n - done));
                assert_true(r > 0);
                done += (size_t)r;
            }
            assert_memory_equal(sent, got, n);
            rest();
            assert_int_equal(SSL_write(p.server, sent, (int)n), n);
            for (done = 0; done < n;) {
                int r = pair_client_read(&p, got + done, n - done);
                assert_true(r > 0);
                done += (size_t)r;
            }
            assert_memory_equal(sent, got, n);
        }
        rest();
        assert_int_equal(SSL_shutdown(p.server), 1);
        assert_int_equal(pair_client_read(&p, got, 1), MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY);
        pair_close(&p);
    }
}

/* What a connection holds, with its buffers and without. */
static void the_memory_is_given_back(void **state)
{
    (void)state;
    enum { MANY = 64 };
    static struct pair pairs[MANY];
    for (size_t v = 0; v < 2; v++) {
        for (size_t i = 0; i < MANY; i++)
            connect_pair(&pairs[i], versions[v]);
        for (size_t i = 0; i < MANY; i++)
            SSL_write(pairs[i].server, "", 0); /* awake, all of them */
        tls_rest();
        size_t before = mallinfo2().uordblks;
        assert_int_equal(tls_rest(), MANY);
        size_t freed = before - mallinfo2().uordblks;
        print_message("# TLS 1.%d: %zu bytes a connection\n", (int)v + 2, freed / MANY);
        for (size_t i = 0; i < MANY; i++)
            pair_close(&pairs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_was_silent_rests),
        cmocka_unit_test(half_a_record_is_kept),
        cmocka_unit_test(a_long_talk_with_rests),
        cmocka_unit_test(the_memory_is_given_back),
    };
    return cmocka_run_group_tests_name("tls_rest", tests, begin, end);
}
