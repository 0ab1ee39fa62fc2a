/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "replicate/sealed.h"

static const char op[] = "read the key of the replica";

static bool read_key(struct str text, unsigned char out[AEAD_KEY_SIZE])
{
    if (text_unhex(text, out, AEAD_KEY_SIZE))
        return true;
    struct arena a = ARENA_INIT;
    struct str bytes;
    bool right = text_unbase64(&a, text, &bytes) && bytes.len == AEAD_KEY_SIZE;
    if (right) {
        memcpy(out, bytes.ptr, AEAD_KEY_SIZE);
        explicit_bzero((char *)(uintptr_t)bytes.ptr, bytes.len);
    }
    arena_release(&a);
    return right;
}

/* Keys are drawn, and a drawn one never repeats one byte; a file of zeros does. */
static bool is_drawn(const unsigned char key[AEAD_KEY_SIZE])
{
    return memcmp(key, key + 1, AEAD_KEY_SIZE - 1) != 0;
}

static enum err add(struct sealed_keys *out, struct str text, size_t line, struct why *why)
{
    enum err e = ERR_CONFIG;
    if (out->n == SEALED_KEYS_MAX)
        return err_set(why, e, op, "line %zu: there are more than %d keys", line, SEALED_KEYS_MAX);
    struct sealed_key *key = &out->items[out->n];
    if (!read_key(text, key->bytes) || !is_drawn(key->bytes)) {
        err_set(why, e, op, "line %zu of replica.encryption_key_file is no key", line);
        err_hint(why, "A key is 32 random bytes as 64 hexadecimal digits (0-9, a-f) or as base64. "
                      "To make one: openssl rand -hex 32");
        return e;
    }
    aead_derive(str_of(key->bytes, sizeof key->bytes), STR_EMPTY, STR("anteroom replica key"),
                key->id, sizeof key->id);
    for (size_t i = 0; i < out->n; i++)
        if (memcmp(out->items[i].id, key->id, sizeof key->id) == 0)
            return err_set(why, e, op, "line %zu: the same key is there twice", line);
    out->n++;
    return ERR_NONE;
}

enum err sealed_keys_read(struct str text, struct sealed_keys *out, struct why *why)
{
    *out = (struct sealed_keys){.n = 0};
    struct str line, rest = text;
    enum err e = ERR_NONE;
    for (size_t number = 1; !e && str_cut(&rest, '\n', &line); number++) {
        line = str_trim(line);
        if (line.len && line.ptr[0] != '#')
            e = add(out, line, number, why);
    }
    if (!e && out->n == 0)
        e = err_set(why, ERR_CONFIG, op, "replica.encryption_key_file has no key in it");
    if (e)
        sealed_keys_wipe(out);
    return e;
}

void sealed_keys_wipe(struct sealed_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}
