/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/sealed.h"

#include "base/buf.h"
#include "base/must.h"
#include "replicate/ltx.h"
#include "replicate/sealed_inner.h"

enum { AT_ID = 16, AT_SALT = 24, USE_MAX = 512 };

static const char op[] = "decrypt a file of the replica";
static const unsigned char mark[AT_ID] = "anteroom\1";

/* ---- sizes ----------------------------------------------------------------------------------- */

uint64_t sealed_size(uint64_t plain)
{
    uint64_t chunks = plain ? (plain - 1) / SEALED_CHUNK + 1 : 1;
    return SEALED_HEADER_SIZE + plain + chunks * AEAD_TAG_SIZE;
}

bool sealed_plain_size(uint64_t stored, uint64_t *plain)
{
    if (stored < SEALED_HEADER_SIZE + AEAD_TAG_SIZE)
        return false;
    uint64_t body = stored - SEALED_HEADER_SIZE;
    uint64_t chunks = (body - 1) / SEALED_STORED_CHUNK + 1;
    if (body < chunks * AEAD_TAG_SIZE)
        return false;
    *plain = body - chunks * AEAD_TAG_SIZE;
    return sealed_size(*plain) == stored;
}

/* ---- which key ------------------------------------------------------------------------------- */

enum err sealed_find_key(const struct sealed_keys *keys, const unsigned char id[SEALED_ID_SIZE],
                         struct str name, size_t *out, struct why *why)
{
    for (*out = 0; keys && *out < keys->n; ++*out)
        if (memcmp(keys->items[*out].id, id, SEALED_ID_SIZE) == 0)
            return ERR_NONE;
    unsigned long long which = ltx_get_u64(id);
    if (!keys || keys->n == 0) {
        err_set(why, ERR_CONFIG, op, "%.*s is encrypted, with the key %016llx, and we have none",
                STR_ARG(name), which);
        err_hint(why,
                 "Name the file with the key in replica.encryption_key_file. A replica without "
                 "encryption needs another path in replica.url.");
    } else {
        err_set(why, ERR_CONFIG, op,
                "%.*s is encrypted with the key %016llx, and ours is another: %016llx",
                STR_ARG(name), which, (unsigned long long)ltx_get_u64(keys->items[0].id));
        err_hint(why, "Add the key that it was encrypted with as a further line to the file that "
                      "replica.encryption_key_file names.");
    }
    return ERR_CONFIG;
}

/* ---- one file -------------------------------------------------------------------------------- */

bool sealed_is(struct str head)
{
    return head.len >= SEALED_MARK_SIZE && memcmp(head.ptr, mark, SEALED_MARK_SIZE) == 0;
}

static void open_file(struct sealed_file *f, const struct sealed_key *key, struct str name)
{
    static const char use[] = "anteroom replica file";
    unsigned char info[USE_MAX], derived[AEAD_KEY_SIZE];
    must(sizeof use + AT_SALT + name.len <= sizeof info);
    memcpy(info, use, sizeof use); /* with its NUL */
    memcpy(info + sizeof use, f->header, AT_SALT);
    memcpy(info + sizeof use + AT_SALT, name.ptr, name.len);
    aead_derive(str_of(key->bytes, sizeof key->bytes),
                str_of(f->header + AT_SALT, SEALED_SALT_SIZE),
                str_of(info, sizeof use + AT_SALT + name.len), derived, sizeof derived);
    f->aead = aead_new(derived);
    explicit_bzero(derived, sizeof derived);
}

void sealed_file_new(struct sealed_file *f, const struct sealed_keys *keys, struct str name,
                     const unsigned char salt[SEALED_SALT_SIZE])
{
    must(keys->n > 0);
    *f = (struct sealed_file){0};
    memcpy(f->header, mark, sizeof mark);
    memcpy(f->header + AT_ID, keys->items[0].id, SEALED_ID_SIZE);
    memcpy(f->header + AT_SALT, salt, SEALED_SALT_SIZE);
    open_file(f, &keys->items[0], name);
}

enum err sealed_file_read(struct sealed_file *f, const struct sealed_keys *keys, struct str name,
                          const unsigned char header[SEALED_HEADER_SIZE], struct why *why)
{
    *f = (struct sealed_file){0};
    memcpy(f->header, header, sizeof f->header);
    if (memcmp(header, mark, sizeof mark) != 0)
        return err_set(why, ERR_DATA, op, "%.*s does not begin as an encrypted file of version 1",
                       STR_ARG(name));
    enum err e = sealed_find_key(keys, header + AT_ID, name, &f->key, why);
    if (!e)
        open_file(f, &keys->items[f->key], name);
    return e;
}

void sealed_file_release(struct sealed_file *f)
{
    aead_free(f->aead);
    *f = (struct sealed_file){0};
}

static void nonce_of(uint64_t number, bool last, unsigned char out[AEAD_NONCE_SIZE])
{
    memset(out, 0, AEAD_NONCE_SIZE);
    out[0] = last;
    ltx_put_u64(out + AEAD_NONCE_SIZE - sizeof number, number);
}

void sealed_chunk(struct sealed_file *f, uint64_t number, bool last, struct str plain, void *out)
{
    unsigned char nonce[AEAD_NONCE_SIZE];
    must(plain.len == SEALED_CHUNK || (last && plain.len < SEALED_CHUNK));
    nonce_of(number, last, nonce);
    aead_seal(f->aead, nonce, STR_EMPTY, plain, out);
}

bool sealed_chunk_open(struct sealed_file *f, uint64_t number, bool last, struct str sealed,
                       void *out)
{
    unsigned char nonce[AEAD_NONCE_SIZE];
    /* Only the one chunk of an empty file is empty: one spelling for each file. */
    bool right = sealed.len == SEALED_STORED_CHUNK ||
                 (last && sealed.len < SEALED_STORED_CHUNK &&
                  (sealed.len > AEAD_TAG_SIZE || (number == 0 && sealed.len == AEAD_TAG_SIZE)));
    nonce_of(number, last, nonce);
    return right && aead_open(f->aead, nonce, STR_EMPTY, sealed, out);
}
