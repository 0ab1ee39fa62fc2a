/* SPDX-License-Identifier: Apache-2.0 */
#include "web/crowd.h"

#include "base/must.h"
#include "base/random.h"
#include "net/peer.h"

#include <mbedtls/sha256.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_SIZE = 32, HASH_SIZE = 32, CLIENT = 0, SITE = 1 };

struct crowd {
    unsigned most;
    unsigned char secret[SECRET_SIZE];
    atomic_uint cells[CROWD_ROWS * CROWD_CELLS]; /* last, from calloc: untouched is no memory */
};

struct crowd *crowd_new(unsigned most)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    must(crowd != NULL);
    crowd->most = most;
    random_bytes(crowd->secret, sizeof crowd->secret);
    return crowd;
}

void crowd_free(struct crowd *crowd)
{
    free(crowd);
}

/* Counts it; true when it may be there. */
static bool count(struct crowd *crowd, const struct ip *who, unsigned char kind, unsigned most,
                  struct crowd_place *place)
{
    unsigned char text[SECRET_SIZE + sizeof who->bytes + 1], hash[HASH_SIZE];
    uint32_t words[CROWD_ROWS];
    memcpy(text, crowd->secret, SECRET_SIZE);
    memcpy(text + SECRET_SIZE, who->bytes, sizeof who->bytes);
    text[sizeof text - 1] = kind;
    mbedtls_sha256(text, sizeof text, hash, 0);
    memcpy(words, hash, sizeof words);
    unsigned least = UINT32_MAX;
    for (unsigned row = 0; row < CROWD_ROWS; row++) {
        unsigned cell = row * CROWD_CELLS + words[row] % CROWD_CELLS;
        unsigned before = atomic_fetch_add(&crowd->cells[cell], 1);
        place->cells[place->n++] = cell;
        least = before < least ? before : least;
    }
    return least < most;
}

bool crowd_enter(struct crowd *crowd, const struct ip *client, struct crowd_place *place)
{
    place->n = 0;
    if (crowd->most == 0)
        return true;
    struct ip key = peer_key(*client), site = peer_site(*client);
    bool free_place =
        count(crowd, &key, CLIENT, crowd->most, place) &&
        (ip_is_v4(&key) || count(crowd, &site, SITE, crowd->most * CROWD_SITE, place));
    if (!free_place)
        crowd_leave(crowd, place);
    return free_place;
}

void crowd_leave(struct crowd *crowd, struct crowd_place *place)
{
    while (place->n)
        atomic_fetch_sub(&crowd->cells[place->cells[--place->n]], 1);
}
