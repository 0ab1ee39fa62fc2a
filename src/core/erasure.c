/* SPDX-License-Identifier: Apache-2.0 */
#include "core/erasure.h"

#include "base/must.h"
#include "base/text.h"

#include <mbedtls/sha256.h>
#include <string.h>

static const struct str first_line = STR_INIT("anteroom erasure 1");

struct str erasure_write(const struct erasure *e, char out[ERASURE_SIZE])
{
    char before[TEXT_HEX_LEN(AUDIT_HASH_SIZE) + 1];
    for (size_t i = 0; i < AUDIT_HASH_SIZE; i++)
        snprintf(before + 2 * i, 3, "%02x", e->before.bytes[i]);
    int n = snprintf(out, ERASURE_SIZE, "%.*s\nnumber %llu\nat %lld\nsubmission %s\nbefore %s\n",
                     STR_ARG(first_line), (unsigned long long)e->number, (long long)e->at_ms,
                     e->client_id.text, before);
    must(n > 0 && n < ERASURE_SIZE);
    return str_of(out, (size_t)n);
}

/* "key value\n" taken off *rest. */
static bool line(struct str *rest, struct str key, struct str *value)
{
    struct str text;
    if (!str_cut(rest, '\n', &text) || !str_starts(text, key))
        return false;
    *value = str_slice(text, key.len, text.len);
    return true;
}

bool erasure_read(struct str text, struct erasure *out)
{
    struct str rest = text, value;
    uint64_t at_ms = 0;
    char again[ERASURE_SIZE];
    *out = (struct erasure){0};
    bool right = line(&rest, first_line, &value) && line(&rest, STR("number "), &value) &&
                 str_to_u64(value, &out->number) && out->number > 0 &&
                 line(&rest, STR("at "), &value) && str_to_u64(value, &at_ms) &&
                 at_ms <= INT64_MAX && line(&rest, STR("submission "), &value) &&
                 client_id_parse(value, &out->client_id) == CLIENT_ID_RIGHT &&
                 line(&rest, STR("before "), &value) &&
                 text_unhex(value, out->before.bytes, AUDIT_HASH_SIZE);
    out->at_ms = (int64_t)at_ms;
    return right && str_eq(erasure_write(out, again), text);
}

struct erasure_head erasure_head(const struct erasure *e)
{
    struct erasure_head head = {.number = e->number};
    char text[ERASURE_SIZE];
    struct str written = erasure_write(e, text);
    must(mbedtls_sha256((const unsigned char *)written.ptr, written.len, head.hash.bytes, 0) == 0);
    return head;
}

bool erasure_follows(const struct erasure *e, const struct erasure_head *head)
{
    return e->number == head->number + 1 && memcmp(&e->before, &head->hash, sizeof head->hash) == 0;
}

bool erasure_head_eq(const struct erasure_head *a, const struct erasure_head *b)
{
    return a->number == b->number && memcmp(&a->hash, &b->hash, sizeof a->hash) == 0;
}
