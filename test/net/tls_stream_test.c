/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a connection: large and small pieces, the end of it, and everything a network or an
 * attacker can do to them. Run under AddressSanitizer this also shows that nothing leaks.
 */
#include "pair.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct tls *tls;
static const char *last_failure;

static void remember(void *arg, const struct tls_handshake *handshake)
{
    (void)arg;
    last_failure = handshake->failure;
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

static void connect_pair(struct pair *p, int version)
{
    pair_open(p, tls, &(struct pair_options){.version = version});
    assert_true(pair_shake(p));
}

/* -- traffic
 * ---------------------------------------------------------------------------------------- */

static void large_writes(void **state)
{
    (void)state;
    enum { SIZE = 3 * 1024 * 1024 + 17 };
    char *sent = malloc(SIZE), *got = malloc(SIZE);
    random_bytes(sent, SIZE);
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        assert_int_equal(SSL_write(p.server, sent, SIZE), SIZE); /* never less than asked */
        size_t n = 0;
        while (n < SIZE) {
            int r = pair_client_read(&p, got + n, SIZE - n);
            assert_true(r > 0);
            n += (size_t)r;
        }
        assert_memory_equal(sent, got, SIZE);
        pair_close(&p);
    }
    free(sent);
    free(got);
}

static void large_reads(void **state)
{
    (void)state;
    enum { SIZE = 300 * 1024 };
    char *sent = malloc(SIZE), *got = malloc(SIZE);
    random_bytes(sent, SIZE);
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        for (size_t n = 0; n < SIZE;) {
            int r = mbedtls_ssl_write(&p.client, (unsigned char *)sent + n, SIZE - n);
            assert_true(r > 0);
            n += (size_t)r;
        }
        /* As libh2o reads: while there is input or plain text, at most 4096 at a time. */
        size_t n = 0;
        while (p.up.taken < p.up.bytes.len || SSL_pending(p.server) > 0) {
            int r = pair_server_read(&p, got + n, SIZE - n > 4096 ? 4096 : (int)(SIZE - n));
            assert_true(r > 0);
            n += (size_t)r;
        }
        assert_int_equal(n, SIZE);
        assert_memory_equal(sent, got, SIZE);
        assert_int_equal(pair_server_read(&p, got, 1), -1);
        assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_WANT_READ);
        pair_close(&p);
    }
    free(sent);
    free(got);
}

/* Empty records carry nothing; a read goes past them to the data that is there. */
static void empty_records(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        for (int i = 0; i < 3; i++) /* mbedTLS takes a fourth for an attack */
            assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"", 0), 0);
        assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"x", 1), 1);
        char c;
        assert_int_equal(pair_server_read(&p, &c, 1), 1);
        assert_int_equal(c, 'x');
        assert_int_equal(SSL_write(p.server, "", 0), 0);
        pair_close(&p);
    }
}

/* A warning alert in front of data (mbedTLS: "want read") must not put the data to sleep. */
static void data_behind_an_ignored_alert(void **state)
{
    (void)state;
    struct pair p;
    connect_pair(&p, MBEDTLS_SSL_VERSION_TLS1_2);
    assert_int_equal(mbedtls_ssl_send_alert_message(&p.client, MBEDTLS_SSL_ALERT_LEVEL_WARNING,
                                                    MBEDTLS_SSL_ALERT_MSG_USER_CANCELED),
                     0);
    assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"x", 1), 1);
    char c;
    assert_int_equal(pair_server_read(&p, &c, 1), 1);
    pair_close(&p);
}

/* -- the end of a connection
 * -------------------------------------------------------------------------- */

static void server_closes(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        assert_int_equal(SSL_shutdown(p.server), 1);
        char c;
        assert_int_equal(pair_client_read(&p, &c, 1), MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY);
        size_t n = p.down.bytes.len;
        assert_int_equal(SSL_shutdown(p.server), 1);
        assert_int_equal(SSL_write(p.server, "x", 1), -1); /* and nothing behind it */
        assert_int_equal(p.down.bytes.len, n);
        pair_close(&p);
    }
}

static void client_closes(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        assert_int_equal(mbedtls_ssl_close_notify(&p.client), 0);
        char c;
        assert_int_equal(pair_server_read(&p, &c, 1), 0);
        assert_int_equal(SSL_get_error(p.server, 0), SSL_ERROR_ZERO_RETURN);
        assert_int_equal(SSL_write(p.server, "last", 4), 4); /* it may still want the answer */
        assert_int_equal(pair_server_read(&p, &c, 1), -1);   /* but may not send more */
        assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_SSL);
        assert_int_equal(SSL_write(p.server, "more", 4), -1);
        pair_close(&p);
    }
}

static void closing_early(void **state)
{
    (void)state;
    struct pair p;
    pair_open(&p, tls, NULL);
    assert_int_equal(SSL_shutdown(p.server), 1); /* before a byte: nothing to say */
    assert_int_equal(p.down.bytes.len, 0);
    assert_int_equal(SSL_write(p.server, "x", 1), -1);
    char c;
    assert_int_equal(pair_server_read(&p, &c, 1), -1);
    pair_close(&p);
}

/* A damaged record: an error that stays, no write during the read, the alert at the end. */
static void damaged_record(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        connect_pair(&p, versions[v]);
        char c;
        (void)pair_client_read(&p, &c, 1); /* takes the ticket in */
        p.up.flip = p.up.bytes.len + 12;
        assert_int_equal(mbedtls_ssl_write(&p.client, (const unsigned char *)"hello", 5), 5);
        size_t n = p.down.bytes.len;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(pair_server_read(&p, &c, 1), -1);
            assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_SSL);
        }
        assert_false(p.wrote_in_read);
        assert_int_equal(SSL_write(p.server, "x", 1), -1);
        assert_int_equal(p.down.bytes.len, n);
        assert_int_equal(SSL_shutdown(p.server), 1);
        assert_true(p.down.bytes.len > n);
        assert_int_equal(pair_client_read(&p, &c, 1), MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
        n = p.down.bytes.len;
        assert_int_equal(SSL_shutdown(p.server), 1);
        assert_int_equal(p.down.bytes.len, n);
        pair_close(&p);
    }
}

/* TLS 1.2: a handshake message on a running connection ends it; nothing is renegotiated. */
static void renegotiation(void **state)
{
    (void)state;
    struct pair p;
    connect_pair(&p, MBEDTLS_SSL_VERSION_TLS1_2);
    /* A ClientHello in the clear is a forged record here: the record key is wrong. */
    buf_bytes(&p.up.bytes, "\x16\x03\x03\x00\x05\x01\x00\x00\x01\x00", 10);
    char c;
    assert_int_equal(pair_server_read(&p, &c, 1), -1);
    assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_SSL);
    assert_false(p.wrote_in_read);
    pair_close(&p);
}

/* -- what arrives in pieces, cut off, or changed
 * ------------------------------------------------------- */

/* What the client says arrives one byte at a time. */
static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct pair p;
        pair_open(&p, tls, &(struct pair_options){.version = versions[v]});
        for (int turn = 0; turn < 4 && p.accepted != 1; turn++) {
            (void)mbedtls_ssl_handshake(&p.client);
            size_t end = p.up.bytes.len;
            for (size_t n = p.up.taken + 1; n <= end && p.accepted != 1; n++) {
                p.up.bytes.len = n; /* only so much has arrived */
                p.accepted = SSL_accept(p.server);
                if (p.accepted != 1)
                    assert_int_equal(SSL_get_error(p.server, -1), SSL_ERROR_WANT_READ);
            }
            p.up.bytes.len = end;
        }
        assert_int_equal(p.accepted, 1);
        assert_true(pair_shake(&p));
        pair_close(&p);
    }
}

/* The length of what a client sends in a handshake. */
static size_t flight(int version)
{
    struct pair p;
    connect_pair(&p, version);
    size_t n = p.up.bytes.len;
    pair_close(&p);
    return n;
}

static void cut_off_at_every_byte(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        size_t end = flight(versions[v]);
        assert_true(end > 200);
        for (size_t n = 0; n < end; n++) {
            struct pair p;
            pair_open(&p, tls, &(struct pair_options){.version = versions[v]});
            p.up.limit = n;
            assert_false(pair_shake(&p));
            assert_int_equal(p.accepted, -1);
            last_failure = NULL;
            bool failed = p.server_failed;
            assert_int_equal(SSL_shutdown(p.server), 1);
            pair_close(&p);
            if (!failed)
                assert_string_equal(last_failure, "given up by the client");
        }
    }
}

static void changed_at_every_byte(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        size_t end = flight(versions[v]), passed = 0;
        for (size_t n = 0; n < end; n++) {
            struct pair p;
            pair_open(&p, tls, &(struct pair_options){.version = versions[v]});
            p.up.flip = n;
            passed += pair_shake(&p); /* the handshake's hash finds what its grammar does not */
            pair_close(&p);
        }
        assert_true(passed <= 4); /* the record's legacy version is in no hash */
    }
}

static void garbage(void **state)
{
    (void)state;
    unsigned char noise[600];
    for (int round = 0; round < 2000; round++) {
        struct pair p;
        random_bytes(noise, sizeof noise);
        if (round % 2) { /* a record and a handshake header, then noise */
            memcpy(noise, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
            if (round % 4 == 1)
                noise[43] = 0; /* no session id: deeper into the grammar */
        }
        pair_open(&p, tls, NULL);
        buf_bytes(&p.up.bytes, noise, sizeof noise);
        assert_int_equal(SSL_accept(p.server), -1);
        assert_int_equal(SSL_shutdown(p.server), 1);
        pair_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_writes),
        cmocka_unit_test(large_reads),
        cmocka_unit_test(empty_records),
        cmocka_unit_test(data_behind_an_ignored_alert),
        cmocka_unit_test(server_closes),
        cmocka_unit_test(client_closes),
        cmocka_unit_test(closing_early),
        cmocka_unit_test(damaged_record),
        cmocka_unit_test(renegotiation),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(cut_off_at_every_byte),
        cmocka_unit_test(changed_at_every_byte),
        cmocka_unit_test(garbage),
    };
    return cmocka_run_group_tests_name("tls_stream", tests, open_tls, close_tls);
}
