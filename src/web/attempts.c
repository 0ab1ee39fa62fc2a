/* SPDX-License-Identifier: Apache-2.0 */
#include "web/attempts.h"

#include "base/hmac.h"
#include "base/must.h"
#include "base/random.h"

#include <pthread.h>

enum { SECRET_SIZE = 32, SECOND_MS = 1000, COUNT_MOST = 1000 };

struct counter {
    uint64_t number; /* 0: nobody's */
    int64_t last_ms, until_ms;
    unsigned n;
};

struct attempts {
    unsigned char secret[SECRET_SIZE];
    pthread_mutex_t lock;
    struct counter sets[ATTEMPTS_SETS][ATTEMPTS_WAYS];
};

struct attempts *attempts_new(void)
{
    struct attempts *attempts = calloc(1, sizeof *attempts);
    must(attempts != NULL);
    random_bytes(attempts->secret, sizeof attempts->secret);
    must(pthread_mutex_init(&attempts->lock, NULL) == 0);
    return attempts;
}

void attempts_free(struct attempts *attempts)
{
    if (!attempts)
        return;
    pthread_mutex_destroy(&attempts->lock);
    free(attempts);
}

struct attempts_key attempts_key(const struct attempts *attempts, const char *use, struct str who,
                                 struct str from)
{
    unsigned char mac[3][HMAC_SIZE];
    uint64_t words[2];
    struct str secret = str_of(attempts->secret, sizeof attempts->secret);
    hmac_sha256(secret, str_from(use), mac[0]);
    hmac_sha256(str_of(mac[0], HMAC_SIZE), who, mac[1]);
    hmac_sha256(str_of(mac[1], HMAC_SIZE), from, mac[2]);
    memcpy(words, mac[2], sizeof words);
    return (struct attempts_key){words[0] ? words[0] : 1, words[1] % ATTEMPTS_SETS};
}

/* Under the lock. NULL when there is none. */
static struct counter *find(struct attempts *attempts, struct attempts_key key)
{
    for (size_t i = 0; i < ATTEMPTS_WAYS; i++)
        if (attempts->sets[key.set][i].number == key.number)
            return &attempts->sets[key.set][i];
    return NULL;
}

/* Under the lock. The key's own, or the place of the one with the fewest attempts. */
static struct counter *find_or_make(struct attempts *attempts, struct attempts_key key,
                                    int64_t now_ms)
{
    struct counter *found = find(attempts, key), *set = attempts->sets[key.set];
    for (size_t i = 0; !found && i < ATTEMPTS_WAYS; i++)
        if (now_ms - set[i].last_ms >= (int64_t)ATTEMPTS_FORGET_S * SECOND_MS)
            set[i] = (struct counter){0};
    if (!found) {
        found = &set[0];
        for (size_t i = 1; i < ATTEMPTS_WAYS; i++)
            if (set[i].n < found->n)
                found = &set[i];
        *found = (struct counter){.number = key.number, .last_ms = now_ms};
    }
    /* The clock may also have been set back. */
    if (now_ms - found->last_ms >= (int64_t)ATTEMPTS_FORGET_S * SECOND_MS ||
        now_ms < found->last_ms)
        *found = (struct counter){.number = key.number, .last_ms = now_ms};
    return found;
}

static int pause_of(unsigned n)
{
    int pause = ATTEMPTS_PAUSE_S;
    if (n < ATTEMPTS_FREE)
        return 0;
    for (unsigned i = ATTEMPTS_FREE; i < n && pause < ATTEMPTS_PAUSE_MOST_S; i++)
        pause *= 2;
    return pause < ATTEMPTS_PAUSE_MOST_S ? pause : ATTEMPTS_PAUSE_MOST_S;
}

int attempts_take(struct attempts *attempts, struct attempts_key key, int64_t now_ms, int *pause_s)
{
    pthread_mutex_lock(&attempts->lock);
    struct counter *c = find_or_make(attempts, key, now_ms);
    int wait_s = (int)((c->until_ms - now_ms + SECOND_MS - 1) / SECOND_MS);
    *pause_s = 0;
    if (wait_s <= 0) {
        wait_s = 0;
        c->n += c->n < COUNT_MOST;
        c->last_ms = now_ms;
        *pause_s = pause_of(c->n);
        c->until_ms = now_ms + (int64_t)*pause_s * SECOND_MS;
    }
    pthread_mutex_unlock(&attempts->lock);
    return wait_s;
}

void attempts_give_back(struct attempts *attempts, struct attempts_key key)
{
    pthread_mutex_lock(&attempts->lock);
    struct counter *c = find(attempts, key);
    if (c && c->n) {
        c->n--;
        c->until_ms = 0;
    }
    pthread_mutex_unlock(&attempts->lock);
}

void attempts_passed(struct attempts *attempts, struct attempts_key key)
{
    pthread_mutex_lock(&attempts->lock);
    struct counter *c = find(attempts, key);
    if (c)
        *c = (struct counter){0};
    pthread_mutex_unlock(&attempts->lock);
}
