/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resumption: a ticket opens a session once more, on both versions, until it is too old or the keys
 * have turned twice. The clock is the test's: mbedTLS asks time() and clock_gettime(), and this
 * program's own take the place of libc's.
 */
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t ahead; /* seconds that this program's clocks are ahead of the world */

int clock_gettime(clockid_t id, struct timespec *out)
{
    long r = syscall(SYS_clock_gettime, id, out);
    if (r == 0)
        out->tv_sec += ahead;
    return (int)r;
}

time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

static struct tls *tls;
static struct tls_handshake last;

static void remember(void *arg, const struct tls_handshake *handshake)
{
    (void)arg;
    last = *handshake;
}

static int open_tls(void **state)
{
    (void)state;
    tls = tls_of(KEY_P256);
    tls_observe(tls, remember, NULL);
    return 0;
}

static int close_tls(void **state)
{
    (void)state;
    tls_close(tls);
    folder_remove();
    return 0;
}

static const int versions[] = {MBEDTLS_SSL_VERSION_TLS1_2, MBEDTLS_SSL_VERSION_TLS1_3};

/* A full handshake and the session it leaves behind. */
static void earn(struct tls *from, int version, mbedtls_ssl_session *session)
{
    struct pair p;
    pair_open(&p, from, &(struct pair_options){.version = version});
    assert_true(pair_shake(&p));
    assert_false(SSL_session_reused(p.server));
    assert_true(pair_session(&p, session));
    pair_close(&p);
}

/* Offers it: true when the server took it. Either way there is a working connection. */
static bool spend(struct tls *to, int version, const mbedtls_ssl_session *session)
{
    struct pair p;
    pair_open(&p, to, &(struct pair_options){.version = version, .session = session});
    assert_true(pair_shake(&p));
    bool reused = SSL_session_reused(p.server) == 1;
    assert_int_equal(last.resumed, reused);
    char c;
    assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"x", 1), 1);
    assert_int_equal(pair_server_read(&p, &c, 1), 1);
    assert_int_equal(SSL_write(p.server, "y", 1), 1);
    assert_int_equal(pair_client_read(&p, &c, 1), 1);
    pair_close(&p);
    return reused;
}

static void resumes(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session session;
        earn(tls, versions[v], &session);
        assert_true(spend(tls, versions[v], &session));
        mbedtls_ssl_session_free(&session);
    }
}

static void a_ticket_grows_old(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session session;
        earn(tls, versions[v], &session);
        ahead += TLS_TICKET_SECONDS - 60;
        bool in_time = spend(tls, versions[v], &session);
        assert_true(in_time);
        ahead += 120;
        assert_false(spend(tls, versions[v], &session));
        mbedtls_ssl_session_free(&session);
    }
}

/* The key turns with the first ticket after its time; what the one before sealed still opens. */
static void keys_rotate(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session first, second, third;
        ahead += 3 * TLS_TICKET_SECONDS;
        earn(tls, versions[v], &first); /* turns the key: it is fresh now */
        ahead += TLS_TICKET_SECONDS / 2;
        earn(tls, versions[v], &second);
        ahead += TLS_TICKET_SECONDS / 2 + 60;
        earn(tls, versions[v], &third);                /* under the next key */
        assert_false(spend(tls, versions[v], &first)); /* too old */
        assert_true(spend(tls, versions[v], &second)); /* by the key before */
        assert_true(spend(tls, versions[v], &third));
        mbedtls_ssl_session_free(&first);
        mbedtls_ssl_session_free(&second);
        mbedtls_ssl_session_free(&third);
    }
}

static void another_context_knows_nothing_of_it(void **state)
{
    (void)state;
    struct tls *other = tls_of(KEY_P256);
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session session;
        earn(other, versions[v], &session);
        assert_false(spend(tls, versions[v], &session));
        mbedtls_ssl_session_free(&session);
    }
    tls_close(other);
}

static void a_resumed_session_earns_a_ticket_too(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session session, next;
        earn(tls, versions[v], &session);
        struct pair p;
        pair_open(&p, tls, &(struct pair_options){.version = versions[v], .session = &session});
        assert_true(pair_shake(&p));
        assert_true(pair_session(&p, &next));
        pair_close(&p);
        assert_true(spend(tls, versions[v], &next));
        mbedtls_ssl_session_free(&session);
        mbedtls_ssl_session_free(&next);
    }
}

/* A ticket changed on its way opens nothing; the handshake is a full one or is refused. */
static void changed_ticket(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        mbedtls_ssl_session session;
        earn(tls, versions[v], &session);
        struct pair p;
        pair_open(&p, tls, &(struct pair_options){.version = versions[v], .session = &session});
        (void)mbedtls_ssl_handshake(&p.client); /* the hello is in the pipe */
        size_t end = p.up.bytes.len;
        pair_close(&p);
        for (size_t n = 0; n < end; n++) {
            pair_open(&p, tls, &(struct pair_options){.version = versions[v], .session = &session});
            p.up.flip = n;
            (void)pair_shake(&p);
            pair_close(&p);
        }
        mbedtls_ssl_session_free(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumes),
        cmocka_unit_test(a_ticket_grows_old),
        cmocka_unit_test(keys_rotate),
        cmocka_unit_test(another_context_knows_nothing_of_it),
        cmocka_unit_test(a_resumed_session_earns_a_ticket_too),
        cmocka_unit_test(changed_ticket),
    };
    return cmocka_run_group_tests_name("tls_ticket", tests, open_tls, close_tls);
}
