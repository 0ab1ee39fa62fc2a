/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A proof of work, as anybody may send it: token, a space, number. What is read has one spelling
 * and was signed; and the same bytes signed by us, whatever they say, are in bounds once read.
 */
#include "base/must.h"
#include "base/text.h"
#include "web/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[32] = {7};
    static const struct ip client = {{1}};
    static const int64_t now = 1795237200000;
    struct arena a = ARENA_INIT;
    struct str rest = str_of(data, size), token, number;
    struct challenge c;
    str_cut(&rest, ' ', &token);
    number = rest;
    if (challenge_read(&a, key, &client, token, now, &c))
        must(str_eq(challenge_token(&a, key, &client, &c), token));

    struct challenge any = {.bits = 13, .wait_s = 20, .issued_ms = now};
    if (size >= 12) {
        any.bits = data[0];
        any.wait_s = data[1];
        any.issued_ms = now + (int64_t)data[2] * 1000 - (int64_t)data[3] * 60000;
        memcpy(any.random, data + 4, sizeof any.random);
    }
    struct str ours = challenge_token(&a, key, &client, &any);
    if (challenge_read(&a, key, &client, ours, now, &c)) {
        must(c.bits == any.bits && c.bits <= CHALLENGE_BITS_MAX && c.wait_s == any.wait_s);
        must(c.issued_ms == any.issued_ms);
        must(challenge_wait_s(&c, now) >= 0);
        uint64_t n;
        bool solved = challenge_is_solved(&c, ours, number, now);
        must(!solved || str_to_u64(number, &n));
        must(!challenge_is_solved(&c, ours, number, now + CHALLENGE_LIFE_MS));
    }
    arena_release(&a);
    return 0;
}
