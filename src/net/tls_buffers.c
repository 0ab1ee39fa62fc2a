/* SPDX-License-Identifier: Apache-2.0 */
/* Ahead of base/banned.h: its prototypes have a parameter called "random". */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/ssl.h>

#include "net/tls_buffers.h"

#include <malloc.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/version.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(MBEDTLS_VERSION_MAJOR == 3 && MBEDTLS_VERSION_MINOR == 6,
               "compare with handle_buffer_resizing of the new version first");

/* The places in a buffer, in one order. */
static void places(mbedtls_ssl_context *tls, unsigned char **in[TLS_PLACES],
                   unsigned char **out[TLS_PLACES])
{
    unsigned char **const all_in[TLS_PLACES] = {&tls->in_ctr, &tls->in_hdr, &tls->in_len,
                                                &tls->in_iv, &tls->in_msg};
    unsigned char **const all_out[TLS_PLACES] = {&tls->out_ctr, &tls->out_hdr, &tls->out_len,
                                                 &tls->out_iv, &tls->out_msg};
    memcpy(in, all_in, sizeof all_in);
    memcpy(out, all_out, sizeof all_out);
}

/* The bytes behind a buffer: at least what mbedTLS asked for. What was in it is nobody's any more.
 */
static size_t drop(unsigned char **buffer)
{
    size_t size = malloc_usable_size(*buffer);
    mbedtls_platform_zeroize(*buffer, size);
    free(*buffer);
    *buffer = NULL;
    return size;
}

bool tls_buffers_give(struct tls_buffers *b, mbedtls_ssl_context *tls)
{
    unsigned char **in[TLS_PLACES], **out[TLS_PLACES];
    if (!mbedtls_ssl_is_handshake_over(tls) || !tls->in_buf || !tls->out_buf || tls->in_left ||
        tls->out_left || tls->in_offt || tls->send_alert || tls->in_ctr != tls->in_buf ||
        tls->in_hdr != tls->in_ctr + TLS_NUMBER_SIZE || mbedtls_ssl_check_pending(tls))
        return false;
    places(tls, in, out);
    memcpy(b->next_in, tls->in_ctr, sizeof b->next_in);
    for (size_t i = 0; i < TLS_PLACES; i++) {
        b->in[i] = (size_t)(*in[i] - tls->in_buf);
        b->out[i] = (size_t)(*out[i] - tls->out_buf);
    }
    b->in_size = drop(&tls->in_buf);
    b->out_size = drop(&tls->out_buf);
    return true;
}

bool tls_buffers_have(struct tls_buffers *b, mbedtls_ssl_context *tls)
{
    if (!b->in_size)
        return true;
    unsigned char *in_buf = calloc(1, b->in_size), *out_buf = calloc(1, b->out_size);
    if (!in_buf || !out_buf) {
        free(in_buf);
        free(out_buf);
        return false;
    }
    unsigned char **in[TLS_PLACES], **out[TLS_PLACES];
    places(tls, in, out);
    tls->in_buf = in_buf;
    tls->out_buf = out_buf;
    for (size_t i = 0; i < TLS_PLACES; i++) {
        *in[i] = in_buf + b->in[i];
        *out[i] = out_buf + b->out[i];
    }
    memcpy(tls->in_ctr, b->next_in, sizeof b->next_in);
    b->in_size = b->out_size = 0;
    return true;
}
