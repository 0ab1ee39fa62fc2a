/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/certificate.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "store/store.h"

#include <string.h>

static void on_handshake(void *arg, const struct tls_handshake *handshake)
{
    struct certificate *c = arg;
    if (!handshake->failure) {
        atomic_fetch_add_explicit(&c->handshakes, 1, memory_order_relaxed);
        return;
    }
    unsigned long long failed = atomic_fetch_add_explicit(&c->failed, 1, memory_order_relaxed);
    if (log_enabled(LOG_DEBUG))
        log_event(LOG_DEBUG, "TLS handshake failed", LOG_TEXT("reason", handshake->failure),
                  LOG_INT("failed", failed + 1));
}

static void tell(const struct certificate *c, const char *event)
{
    char fingerprint[TLS_FINGERPRINT_SIZE], expires[CLOCK_RFC3339_SIZE];
    tls_fingerprint(c->tls, fingerprint);
    log_event(LOG_INFO, event, LOG_TEXT("file", c->certificate_file),
              LOG_STR("expires", clock_rfc3339(tls_expires_ms(c->tls), expires)),
              LOG_TEXT("sha256", fingerprint));
    struct why warnings[TLS_WARNINGS_MAX];
    size_t n = tls_warnings(c->tls, clock_wall_ms(), warnings);
    for (size_t i = 0; i < n; i++)
        log_why(LOG_WARN, "certificate needs attention", &warnings[i]);
}

static enum err find_files(struct certificate *c, const struct config *config,
                           const struct store *store, struct why *why)
{
    if (config->server_tls_certificate_file.len > 0) {
        snprintf(c->certificate_file, sizeof c->certificate_file, "%.*s",
                 STR_ARG(config->server_tls_certificate_file));
        snprintf(c->key_file, sizeof c->key_file, "%.*s", STR_ARG(config->server_tls_key_file));
        return ERR_NONE;
    }
    store_path(store, "keys/tls.crt", c->certificate_file, sizeof c->certificate_file);
    store_path(store, "keys/tls.key", c->key_file, sizeof c->key_file);
    bool made = false;
    enum err e = tls_self_signed(c->certificate_file, c->key_file, NULL, &made, why);
    if (e == ERR_NONE && made)
        log_event(LOG_INFO, "self-signed certificate made", LOG_TEXT("file", c->certificate_file));
    return e;
}

enum err certificate_open(struct certificate *c, const struct config *config,
                          const struct store *store, struct why *why)
{
    enum err e = find_files(c, config, store, why);
    if (e != ERR_NONE)
        return e;
    /* Before they are read: a change in between is found by the first look. */
    tls_files_digest(c->certificate_file, c->key_file, c->digest);
    e = tls_open(c->certificate_file, c->key_file, &c->tls, why);
    if (e != ERR_NONE)
        return e;
    atomic_store(&c->expires_ms, tls_expires_ms(c->tls));
    tls_observe(c->tls, on_handshake, c);
    tell(c, "certificate");
    return ERR_NONE;
}

void certificate_look(struct certificate *c, bool now)
{
    unsigned char digest[TLS_DIGEST_SIZE];
    tls_files_digest(c->certificate_file, c->key_file, digest);
    bool changed = memcmp(digest, c->digest, sizeof digest) != 0;
    if (!changed && !c->doubtful && !now)
        return;
    memcpy(c->digest, digest, sizeof digest);
    struct why why = {0};
    if (tls_reload(c->tls, c->certificate_file, c->key_file, &why) == ERR_NONE) {
        c->doubtful = false;
        atomic_store(&c->expires_ms, tls_expires_ms(c->tls));
        tell(c, "certificate exchanged");
        return;
    }
    c->doubtful = changed && !now;
    if (!c->doubtful)
        log_why(LOG_WARN, "certificate not exchanged, the one before serves on", &why);
}

void certificate_close(struct certificate *c)
{
    tls_close(c->tls);
    c->tls = NULL;
}
