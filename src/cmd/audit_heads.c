/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/audit_heads.h"

#include "base/clock.h"
#include "base/key_file.h"
#include "base/log.h"
#include "base/text.h"
#include "core/audit_head.h"
#include "net/signature.h"
#include "replicate/keeper.h"
#include "store/audit_log.h"
#include "store/reader.h"
#include "store/store.h"

#include <limits.h>
#include <stdatomic.h>

enum { EVERY_MS = 60 * 1000 };

static const struct str blob = STR_INIT("audit-head");

enum err audit_heads_key(const char *file, struct signing_key **out, struct why *why)
{
    unsigned char secret[KEY_FILE_SIZE];
    enum err e = key_file_open(file, "of the audit's heads",
                               "heads that were signed before are checked with the key kept then",
                               secret, why);
    if (e == ERR_NONE)
        e = signing_key_of_secret(secret, out, why);
    explicit_bzero(secret, sizeof secret);
    return e;
}

enum err audit_heads_sign(struct signing_key *key, struct arena *a, const struct audit_head *head,
                          int64_t wall_ms, struct str *token, struct why *why)
{
    char at[CLOCK_RFC3339_SIZE];
    return signing_key_sign(key, a, audit_head_header,
                            audit_head_payload(a, head, clock_rfc3339(wall_ms, at)), token, why);
}

struct str audit_heads_public(const struct signing_key *key, struct arena *a)
{
    struct jwk jwk;
    if (!signing_key_public(key, a, &jwk))
        return STR_EMPTY;
    return arena_fmt(a,
                     "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"x\":\"%.*s\","
                     "\"y\":\"%.*s\"}]}",
                     STR_ARG(text_base64url(a, jwk.a)), STR_ARG(text_base64url(a, jwk.b)));
}

enum err audit_heads_open(struct audit_heads *h, struct store *store, struct why *why)
{
    char file[PATH_MAX];
    store_path(store, "keys/audit.key", file, sizeof file);
    enum err e = audit_heads_key(file, &h->key, why);
    atomic_store(&h->sure_ms, clock_monotonic_ms());
    return e ? e : reader_open(store, &h->reader, why);
}

void audit_heads_look(struct audit_heads *h, struct keeper *keeper, bool last)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!h->reader || (!last && now_ms < h->next_ms))
        return;
    struct audit_head head;
    struct arena a = ARENA_INIT;
    struct why why;
    struct str token;
    enum err e = reader_audit_head(h->reader, &head, &why);
    if (!e && head.seq > h->said) {
        e = audit_heads_sign(h->key, &a, &head, clock_wall_ms(), &token, &why);
        if (!e) {
            log_event(LOG_INFO, "audit head", LOG_INT("event", (int64_t)head.seq),
                      LOG_STR("signed", token));
            if (keeper)
                keeper_beside(keeper, blob, token);
            h->said = head.seq;
        }
        h->next_ms = now_ms + EVERY_MS;
    }
    if (!e)
        atomic_store(&h->sure_ms, now_ms);
    if (e)
        log_why(LOG_WARN, "no signed head of the audit", &why);
    arena_release(&a);
}

void audit_heads_expose(struct exposition *x, void *context)
{
    struct audit_heads *h = context;
    exposition_gauge(x, "anteroom_audit_head_age_seconds",
                     "How long ago the newest event of the audit was known to be in a signed head.",
                     (double)(clock_monotonic_ms() - atomic_load(&h->sure_ms)) / 1000);
}

void audit_heads_close(struct audit_heads *h)
{
    reader_close(h->reader);
    signing_key_free(h->key);
    h->reader = NULL;
    h->key = NULL;
}
