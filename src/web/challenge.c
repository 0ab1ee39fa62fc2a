/* SPDX-License-Identifier: Apache-2.0 */
#include "web/challenge.h"

#include "base/must.h"
#include "base/sign.h"
#include "base/text.h"

#include <mbedtls/sha256.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, SIGNED_SIZE = 12 + CHALLENGE_RANDOM, MAC_SIZE = 16 };
enum { TOKEN_SIZE = SIGNED_SIZE + MAC_SIZE, NUMBER_SIZE = 8, HASH_SIZE = 32 };
enum { CLOCK_SLACK_MS = 5000 }; /* of two servers with one key */

static void put(unsigned char *to, uint64_t n, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)(n >> 8 * (size - 1 - i));
}

static uint64_t get(const unsigned char *from, size_t size)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | from[i];
    return n;
}

static void sign_token(const unsigned char *key, const struct ip *client,
                       const unsigned char *message, unsigned char *mac)
{
    unsigned char text[SIGNED_SIZE + sizeof client->bytes], whole[SIGN_MAC_SIZE];
    memcpy(text, message, SIGNED_SIZE);
    memcpy(text + SIGNED_SIZE, client->bytes, sizeof client->bytes);
    sign(key, "challenge", str_of(text, sizeof text), whole);
    memcpy(mac, whole, MAC_SIZE);
}

struct str challenge_token(struct arena *a, const unsigned char *key, const struct ip *client,
                           const struct challenge *c)
{
    unsigned char token[TOKEN_SIZE];
    token[0] = VERSION;
    token[1] = (unsigned char)c->bits;
    put(token + 2, c->wait_s, 2);
    put(token + 4, (uint64_t)c->issued_ms, 8);
    memcpy(token + 12, c->random, CHALLENGE_RANDOM);
    sign_token(key, client, token, token + SIGNED_SIZE);
    return text_base64url(a, str_of(token, sizeof token));
}

bool challenge_read(struct arena *a, const unsigned char *key, const struct ip *client,
                    struct str token, int64_t now_ms, struct challenge *out)
{
    struct str bytes;
    unsigned char mac[MAC_SIZE];
    if (token.len != TEXT_BASE64_LEN(TOKEN_SIZE) || !text_unbase64url(a, token, &bytes) ||
        bytes.len != TOKEN_SIZE || bytes.ptr[0] != VERSION)
        return false;
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    sign_token(key, client, p, mac);
    if (!str_eq_secret(str_of(mac, sizeof mac), str_slice(bytes, SIGNED_SIZE, bytes.len)))
        return false;
    *out = (struct challenge){
        .bits = p[1], .wait_s = (unsigned)get(p + 2, 2), .issued_ms = (int64_t)get(p + 4, 8)};
    memcpy(out->random, p + 12, CHALLENGE_RANDOM);
    return out->bits <= CHALLENGE_BITS_MAX && out->issued_ms <= now_ms + CLOCK_SLACK_MS &&
           out->issued_ms > now_ms - CHALLENGE_LIFE_MS;
}

bool challenge_is_solved(const struct challenge *c, struct str token, struct str number,
                         int64_t now_ms)
{
    uint64_t n;
    unsigned char message[CHALLENGE_MESSAGE] = {0}, hash[HASH_SIZE];
    if (!str_to_u64(number, &n) || token.len != TEXT_BASE64_LEN(TOKEN_SIZE) ||
        c->issued_ms <= now_ms - CHALLENGE_SOLVE_MS)
        return false;
    put(message, n, NUMBER_SIZE);
    memcpy(message + NUMBER_SIZE, token.ptr, token.len);
    must(mbedtls_sha256(message, sizeof message, hash, 0) == 0);
    return get(hash, 4) >> (32 - c->bits) == 0; /* a shift of 64 bits: none is undefined */
}

int challenge_wait_s(const struct challenge *c, int64_t now_ms)
{
    int64_t wait_ms = c->issued_ms + (int64_t)c->wait_s * 1000 - now_ms;
    return wait_ms <= 0 ? 0 : (int)((wait_ms + 999) / 1000);
}

/* ---- what has counted ----------------------------------------------------------------------- */

struct set {
    int64_t floor_ms; /* nothing as old as this counts any more */
    struct {
        uint64_t id;
        int64_t issued_ms; /* 0: free */
    } ways[SPENT_WAYS];
};

struct spent {
    pthread_mutex_t lock; /* held for one set's loads and stores */
    struct set sets[SPENT_SETS];
};

struct spent *spent_new(void)
{
    struct spent *spent = calloc(1, sizeof *spent);
    must(spent != NULL && pthread_mutex_init(&spent->lock, NULL) == 0);
    return spent;
}

void spent_free(struct spent *spent)
{
    if (!spent)
        return;
    pthread_mutex_destroy(&spent->lock);
    free(spent);
}

/* With the lock held. */
static bool take(struct set *set, uint64_t id, int64_t issued_ms)
{
    size_t oldest = 0;
    if (issued_ms <= set->floor_ms)
        return false;
    for (size_t i = 0; i < SPENT_WAYS; i++) {
        if (set->ways[i].id == id && set->ways[i].issued_ms == issued_ms)
            return false;
        if (set->ways[i].issued_ms < set->ways[oldest].issued_ms)
            oldest = i;
    }
    /* Younger ones stay: were this the oldest of all, it would itself be below the new floor. */
    if (issued_ms <= set->ways[oldest].issued_ms) {
        set->floor_ms = issued_ms;
        return true;
    }
    set->floor_ms = set->ways[oldest].issued_ms;
    set->ways[oldest].id = id;
    set->ways[oldest].issued_ms = issued_ms;
    return true;
}

bool spent_take(struct spent *spent, const struct challenge *c)
{
    uint64_t id = get(c->random, sizeof c->random);
    pthread_mutex_lock(&spent->lock);
    bool first = take(&spent->sets[id % SPENT_SETS], id, c->issued_ms);
    pthread_mutex_unlock(&spent->lock);
    return first;
}
