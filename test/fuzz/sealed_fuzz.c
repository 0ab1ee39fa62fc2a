/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypted files of a replica that anybody may have changed. The first byte chooses: even, the
 * rest is a stored file (with the mark and our key's id put there when it is long enough) and must
 * not open; odd, the rest is encrypted by us, read back in pieces, the same, and refused or cut
 * short with one bit changed. Either way it is also the note "sealed" of a file.
 */
#include "base/buf.h"
#include "base/must.h"
#include "replicate/sealed_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str name = STR_INIT("ltx/0/fuzz");
enum { PLAIN_MAX = 200 * 1024 };

static enum err collect(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static enum err read_all(const struct sealed_keys *keys, struct str stored, size_t piece,
                         struct buf *out)
{
    struct sealed_file f = {0};
    struct sealed_reader r;
    struct why why;
    enum err e = ERR_NONE;
    buf_clear(out);
    sealed_reader_init(&r, keys, name, &f, 0, UINT64_MAX);
    r.take = collect;
    r.context = out;
    for (size_t at = 0; !e && at < stored.len; at += piece) {
        struct str part = str_slice(stored, at, at + piece);
        e = sealed_reader_feed(&r, part.ptr, part.len, &why);
    }
    if (!e)
        e = sealed_reader_end(&r, &why);
    sealed_reader_release(&r);
    sealed_file_release(&f);
    return e;
}

static void write_all(const struct sealed_keys *keys, struct str plain, struct buf *out)
{
    static const unsigned char salt[SEALED_SALT_SIZE] = {1};
    static unsigned char chunk[SEALED_STORED_CHUNK];
    struct sealed_file f;
    sealed_file_new(&f, keys, name, salt);
    buf_bytes(out, f.header, sizeof f.header);
    for (size_t at = 0, number = 0; at < plain.len || number == 0; at += SEALED_CHUNK, number++) {
        struct str part = str_slice(plain, at, at + SEALED_CHUNK);
        sealed_chunk(&f, number, at + part.len == plain.len, part, chunk);
        buf_bytes(out, chunk, part.len + AEAD_TAG_SIZE);
    }
    sealed_file_release(&f);
}

static void open_note(const struct sealed_keys *keys, struct str value)
{
    struct arena a = ARENA_INIT;
    struct destination_notes notes = {.items = {{STR("sealed"), value}}, .n = 1};
    bool found;
    size_t key;
    struct why why;
    must(sealed_notes_open(&a, keys, name, &notes, &found, &key, &why) != ERR_NONE && found);
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sealed_keys keys;
    struct buf stored, out;
    if (size < 2 || size > PLAIN_MAX)
        return 0;
    must(!sealed_keys_read(STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                           &keys, NULL));
    struct str input = str_of(data + 1, size - 1);
    size_t piece = 1 + (size_t)data[1] * 300;
    buf_init(&stored, 2 * PLAIN_MAX);
    buf_init(&out, 2 * PLAIN_MAX);
    open_note(&keys, input);
    if (data[0] % 2 == 0) {
        write_all(&keys, STR_EMPTY, &stored);
        stored.len = 24; /* the mark, the version, the key's id */
        buf_str(&stored, input);
        must(read_all(&keys, buf_view(&stored), piece, &out) == ERR_DATA && out.len == 0);
        enum err e = read_all(&keys, input, piece, &out);
        must(e != ERR_NONE || str_eq(buf_view(&out), input));
    } else {
        write_all(&keys, input, &stored);
        must(read_all(&keys, buf_view(&stored), piece, &out) == ERR_NONE);
        must(str_eq(buf_view(&out), input));
        size_t at = SEALED_MARK_SIZE + data[1] * (size_t)127 % (stored.len - SEALED_MARK_SIZE);
        stored.ptr[at] ^= (char)(1 << data[0] / 2 % 8);
        must(read_all(&keys, buf_view(&stored), piece, &out) != ERR_NONE);
        must(str_starts(input, buf_view(&out)));
    }
    buf_release(&stored);
    buf_release(&out);
    return 0;
}
