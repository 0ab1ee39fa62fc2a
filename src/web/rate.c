/* SPDX-License-Identifier: Apache-2.0 */
#include "web/rate.h"

#include "base/must.h"
#include "base/random.h"
#include "net/peer.h"

#include <mbedtls/sha256.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LOCKS = 64, SECRET_SIZE = 32, HASH_SIZE = 32 };

struct slot {
    uint64_t client; /* 0: nobody yet */
    struct bucket bucket;
};

struct rate {
    struct bucket_rate rates[RATE_CLASSES];
    unsigned char secret[SECRET_SIZE];
    pthread_mutex_t locks[LOCKS]; /* a set is guarded by the one of its number modulo LOCKS */
    /* Last, and from calloc: pages that no client has touched are no memory. */
    struct slot sets[RATE_CLASSES][RATE_SETS][RATE_WAYS];
};

struct rate *rate_new(const struct bucket_rate rates[RATE_CLASSES])
{
    struct rate *rate = calloc(1, sizeof *rate);
    must(rate != NULL);
    memcpy(rate->rates, rates, sizeof rate->rates);
    random_bytes(rate->secret, sizeof rate->secret);
    for (size_t i = 0; i < LOCKS; i++)
        must(pthread_mutex_init(&rate->locks[i], NULL) == 0);
    return rate;
}

void rate_free(struct rate *rate)
{
    if (!rate)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&rate->locks[i]);
    free(rate);
}

/* The client's number, and *set: independent of each other, and unknown to the client. */
static uint64_t hash(const struct rate *rate, const struct ip *client, bool site, size_t *set)
{
    unsigned char text[SECRET_SIZE + sizeof client->bytes + 1], out[HASH_SIZE];
    uint64_t words[2];
    memcpy(text, rate->secret, SECRET_SIZE);
    memcpy(text + SECRET_SIZE, client->bytes, sizeof client->bytes);
    text[sizeof text - 1] = site;
    mbedtls_sha256(text, sizeof text, out, 0);
    memcpy(words, out, sizeof words);
    *set = words[1] % RATE_SETS;
    return words[0] ? words[0] : 1;
}

/* The client's slot in its set; without one, that of the fullest bucket, taken over as it is. */
static struct slot *slot_of(struct slot set[RATE_WAYS], uint64_t client)
{
    struct slot *fullest = &set[0];
    for (size_t i = 0; i < RATE_WAYS; i++) {
        if (set[i].client == client)
            return &set[i];
        if (set[i].bucket.full_at_us < fullest->bucket.full_at_us)
            fullest = &set[i];
    }
    fullest->client = client;
    return fullest;
}

/* From the bucket of a client, or of its site. */
static int64_t take(struct rate *rate, enum rate_class class, const struct ip *who, bool site,
                    int64_t now_us)
{
    struct bucket_rate limit = rate->rates[class];
    if (site)
        limit.tokens *= RATE_SITE;
    size_t set;
    uint64_t number = hash(rate, who, site, &set);
    pthread_mutex_t *lock = &rate->locks[set % LOCKS];
    pthread_mutex_lock(lock);
    struct slot *slot = slot_of(rate->sets[class][set], number);
    int64_t wait_us = bucket_take(&slot->bucket, &limit, now_us);
    pthread_mutex_unlock(lock);
    return wait_us;
}

/* The client's own first: what it is refused costs its neighbours nothing. */
int64_t rate_take(struct rate *rate, enum rate_class class, const struct ip *client, int64_t now_us)
{
    if (class >= RATE_CLASSES || rate->rates[class].tokens == 0)
        return 0;
    int64_t wait_us = take(rate, class, client, false, now_us);
    if (wait_us || ip_is_v4(client))
        return wait_us;
    struct ip site = peer_site(*client);
    return take(rate, class, &site, true, now_us);
}
