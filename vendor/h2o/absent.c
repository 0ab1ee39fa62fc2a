/* SPDX-License-Identifier: Apache-2.0 */
/* The names that the parts of libh2o we take mention, of the parts we do not take: reverse proxy,
 * name resolver, memcached, cache digests, cookie-based push, the HTTP/2 debugging page.
 *
 * Two kinds. What a client can reach answers like a server without the feature. What only our own
 * configuration of libh2o could reach ends the process: it would be a mistake in this program. */
#include <h2o.h>
#include <h2o/cache_digests.h>
#include <h2o/http2.h>
#include <h2o/http2_casper.h>
#include <h2o/http2_internal.h>
#include <h2o/memcached.h>
#include <stdlib.h>

/* Reachable: a request for a host that is not ours falls through to the proxy. */
void h2o__proxy_process_request(h2o_req_t *req)
{
    h2o_send_error_generic(req, 421, "Misdirected Request", "Misdirected Request", 0);
}

/* Reachable: any HTTP/2 client may send a cache-digest header. It is not remembered, so that the
 * other three are never asked about one. */
void h2o_cache_digests_load_header(h2o_cache_digests_t **digests, const char *value, size_t len)
{
    (void)digests, (void)value, (void)len;
}

void h2o_cache_digests_destroy(h2o_cache_digests_t *digests)
{
    (void)digests;
}

h2o_cache_digests_state_t h2o_cache_digests_lookup_by_url(h2o_cache_digests_t *digests,
                                                          const char *url, size_t url_len)
{
    (void)digests, (void)url, (void)url_len;
    return H2O_CACHE_DIGESTS_STATE_UNKNOWN;
}

h2o_cache_digests_state_t h2o_cache_digests_lookup_by_url_and_etag(h2o_cache_digests_t *digests,
                                                                   const char *url, size_t url_len,
                                                                   const char *etag,
                                                                   size_t etag_len)
{
    (void)digests, (void)url, (void)url_len, (void)etag, (void)etag_len;
    return H2O_CACHE_DIGESTS_STATE_UNKNOWN;
}

/* Every context registers this as a receiver; only the resolver's threads would send to it. */
void h2o_hostinfo_getaddr_receiver(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    (void)receiver, (void)messages;
    abort();
}

/* Only with http2.casper.capacity_bits set. */
h2o_http2_casper_t *h2o_http2_casper_create(unsigned capacity_bits, unsigned remainder_bits)
{
    (void)capacity_bits, (void)remainder_bits;
    abort();
}

void h2o_http2_casper_destroy(h2o_http2_casper_t *casper)
{
    (void)casper;
    abort();
}

int h2o_http2_casper_lookup(h2o_http2_casper_t *casper, const char *path, size_t path_len, int set)
{
    (void)casper, (void)path, (void)path_len, (void)set;
    abort();
}

void h2o_http2_casper_consume_cookie(h2o_http2_casper_t *casper, const char *cookie,
                                     size_t cookie_len)
{
    (void)casper, (void)cookie, (void)cookie_len;
    abort();
}

h2o_iovec_t h2o_http2_casper_get_cookie(h2o_http2_casper_t *casper)
{
    (void)casper;
    abort();
}

/* Only with the debugging handler registered. */
h2o_http2_debug_state_t *h2o_http2_get_debug_state(h2o_req_t *req, int hpack_enabled)
{
    (void)req, (void)hpack_enabled;
    abort();
}

/* Only with a shared cache of TLS sessions configured. */
h2o_memcached_req_t *h2o_memcached_get(h2o_memcached_context_t *ctx,
                                       h2o_multithread_receiver_t *receiver, h2o_iovec_t key,
                                       h2o_memcached_get_cb cb, void *cb_data, int flags)
{
    (void)ctx, (void)receiver, (void)key, (void)cb, (void)cb_data, (void)flags;
    abort();
}

void h2o_memcached_cancel_get(h2o_memcached_context_t *ctx, h2o_memcached_req_t *req)
{
    (void)ctx, (void)req;
    abort();
}

void h2o_memcached_set(h2o_memcached_context_t *ctx, h2o_iovec_t key, h2o_iovec_t value,
                       uint32_t expiration, int flags)
{
    (void)ctx, (void)key, (void)value, (void)expiration, (void)flags;
    abort();
}
