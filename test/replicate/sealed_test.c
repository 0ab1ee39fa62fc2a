/* SPDX-License-Identifier: Apache-2.0 */
/* The format of encrypted files of a replica (sealed.h), in memory. */
#include "../lib/expect.h"

#include "base/buf.h"
#include "base/must.h"
#include "base/random.h"
#include "base/text.h"
#include "replicate/sealed_reader.h"

#include <stdlib.h>

enum { BIG = 5 * SEALED_CHUNK, MUTATIONS = 800 };

#define KEY_ONE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_TWO "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
static const struct str name = STR_INIT("ltx/0/0000000000000001-0000000000000001.ltx");
static const unsigned char salt[SEALED_SALT_SIZE] = "a salt of 32 bytes, that's drawn";

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}

static struct sealed_keys keys_of(const char *text)
{
    struct sealed_keys keys;
    assert_int_equal(sealed_keys_read(str_from(text), &keys, NULL), ERR_NONE);
    return keys;
}

static void make(struct buf *out, const struct sealed_keys *keys, struct str as, struct str plain)
{
    struct sealed_file f;
    unsigned char chunk[SEALED_STORED_CHUNK];
    sealed_file_new(&f, keys, as, salt);
    buf_clear(out);
    buf_bytes(out, f.header, sizeof f.header);
    for (size_t at = 0, number = 0; at < plain.len || number == 0; at += SEALED_CHUNK, number++) {
        struct str part = str_slice(plain, at, at + SEALED_CHUNK);
        sealed_chunk(&f, number, at + part.len == plain.len, part, chunk);
        buf_bytes(out, chunk, part.len + AEAD_TAG_SIZE);
    }
    sealed_file_release(&f);
    assert_true(buf_ok(out));
    assert_int_equal(out->len, sealed_size(plain.len));
}

static enum err collect(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

/* Reads a range as a place would give it, in pieces of any size. */
static enum err read_range(struct str stored, const struct sealed_keys *keys, struct str as,
                           struct sealed_file *f, uint64_t from, uint64_t n, struct buf *out,
                           struct why *why)
{
    struct sealed_reader r;
    sealed_reader_init(&r, keys, as, f, from, n);
    r.take = collect;
    r.context = out;
    buf_clear(out);
    uint64_t begin = sealed_reader_from(&r), count = sealed_reader_count(&r);
    struct str rest = begin < stored.len ? str_slice(stored, begin, stored.len) : STR_EMPTY;
    if (count < rest.len)
        rest.len = count;
    enum err e = ERR_NONE;
    while (!e && rest.len) {
        size_t piece = draw(3) ? 1 + draw(50000) : 1 + draw(20);
        struct str part = str_slice(rest, 0, piece);
        e = sealed_reader_feed(&r, part.ptr, part.len, why);
        rest = str_slice(rest, part.len, rest.len);
    }
    if (!e)
        e = sealed_reader_end(&r, why);
    sealed_reader_release(&r);
    return e;
}

static enum err read_all(struct str stored, const struct sealed_keys *keys, struct str as,
                         struct buf *out, struct why *why)
{
    struct sealed_file f = {0};
    enum err e = read_range(stored, keys, as, &f, 0, UINT64_MAX, out, why);
    sealed_file_release(&f);
    return e;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void keys_are_read(void **unused)
{
    (void)unused;
    struct sealed_keys keys = keys_of("# made in May\n" KEY_ONE "\n\n  " KEY_TWO " \r\n");
    assert_int_equal(keys.n, 2);
    for (size_t i = 0; i < AEAD_KEY_SIZE; i++) {
        assert_int_equal(keys.items[0].bytes[i], i);
        assert_int_equal(keys.items[1].bytes[i], 32 + i);
    }
    assert_memory_not_equal(keys.items[0].id, keys.items[1].id, SEALED_ID_SIZE);
    sealed_keys_wipe(&keys);
    assert_int_equal(keys.n, 0);
}

static void wrong_keys_are_refused(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {
        "",
        "# only words\n",
        "0001",
        KEY_ONE "20",
        "secret",
        "0001020304050607080900A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        KEY_ONE "\n" KEY_ONE,
        "0000000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sealed_keys keys;
        struct why why = {0};
        assert_int_equal(sealed_keys_read(str_from(wrong[i]), &keys, &why), ERR_CONFIG);
        assert_int_equal(keys.n, 0);
        assert_null(strstr(why.detail, "000102")); /* no secret goes into a message */
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Written by another program from the description of the format: test/lib/sealed.mjs. */
static const char golden_file[] =
    "616e7465726f6f6d0100000000000000bbb7ba252d295435612073616c74206f6620333220627974"
    "65732c2074686174277320647261776e9115c208612533106cc8102fb0453672c4eaa7312037a572"
    "c99696da51e5cc6db2f5702d";

static void golden(void **unused)
{
    (void)unused;
    struct arena a = ARENA_INIT;
    struct sealed_keys keys = keys_of(KEY_ONE);
    struct buf out;
    buf_init(&out, 4096);
    make(&out, &keys, name, STR("what a visitor wrote"));
    assert_str(text_hex(&a, buf_view(&out)), golden_file);
    arena_release(&a);
    buf_release(&out);
}

static void sizes(void **unused)
{
    (void)unused;
    static const uint64_t some[] = {0,
                                    1,
                                    SEALED_CHUNK - 1,
                                    SEALED_CHUNK,
                                    SEALED_CHUNK + 1,
                                    7 * SEALED_CHUNK,
                                    UINT64_C(1) << 40};
    uint64_t back;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        assert_true(sealed_plain_size(sealed_size(some[i]), &back));
        assert_int_equal(back, some[i]);
    }
    size_t sizes_n = 0; /* of all small stored sizes those that a file can have */
    for (uint64_t stored = 0; stored < sealed_size(2 * SEALED_CHUNK); stored++)
        sizes_n += sealed_plain_size(stored, &back) && sealed_size(back) == stored;
    assert_int_equal(sizes_n, 2 * SEALED_CHUNK);
}

static void any_size_and_range_comes_back(void **unused)
{
    (void)unused;
    static char big[BIG];
    random_bytes(big, sizeof big);
    struct sealed_keys keys = keys_of(KEY_ONE);
    struct buf stored, out;
    buf_init(&stored, 2 * BIG);
    buf_init(&out, 2 * BIG);
    for (unsigned i = 0; i < 50; i++) {
        static const size_t edges[] = {
            0, 1, SEALED_CHUNK - 1, SEALED_CHUNK, SEALED_CHUNK + 1, 2 * SEALED_CHUNK, BIG};
        size_t n = i < 7 ? edges[i] : draw(BIG);
        struct str plain = str_of(big, n);
        make(&stored, &keys, name, plain);
        struct sealed_file f = {0};
        assert_int_equal(read_range(buf_view(&stored), &keys, name, &f, 0, UINT64_MAX, &out, NULL),
                         ERR_NONE);
        assert_true(str_eq(buf_view(&out), plain));
        for (unsigned k = 0; k < 10; k++) {
            size_t from = 1 + draw((uint32_t)n + 10), count = 1 + draw((uint32_t)n + 10);
            assert_int_equal(
                read_range(buf_view(&stored), &keys, name, &f, from, count, &out, NULL), ERR_NONE);
            assert_true(str_eq(buf_view(&out), str_slice(plain, from, from + count)));
        }
        sealed_file_release(&f);
    }
    buf_release(&stored);
    buf_release(&out);
}

static void what_is_not_encrypted_passes(void **unused)
{
    (void)unused;
    struct sealed_keys keys = keys_of(KEY_ONE);
    static const char *const texts[] = {"", "L", "LTX1 and so on", "anteroo",
                                        "anteroom2 is another"};
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str plain = str_from(texts[i]);
        assert_int_equal(read_all(plain, &keys, name, &out, NULL), ERR_NONE);
        assert_true(str_eq(buf_view(&out), plain));
        assert_int_equal(read_all(plain, NULL, name, &out, NULL), ERR_NONE);
        assert_true(str_eq(buf_view(&out), plain));
    }
    buf_release(&out);
}

static void another_key_is_named_as_such(void **unused)
{
    (void)unused;
    struct sealed_keys one = keys_of(KEY_ONE), two = keys_of(KEY_TWO);
    struct sealed_keys both = keys_of(KEY_TWO "\n" KEY_ONE);
    struct buf stored, out;
    struct why why;
    buf_init(&stored, 4096);
    buf_init(&out, 4096);
    make(&stored, &one, name, STR("text"));
    assert_int_equal(read_all(buf_view(&stored), &two, name, &out, &why), ERR_CONFIG);
    assert_contains(why.detail, "ours is another");
    assert_contains(why.hint, "replica.encryption_key_file");
    assert_int_equal(read_all(buf_view(&stored), NULL, name, &out, &why), ERR_CONFIG);
    assert_contains(why.detail, "we have none");
    assert_int_equal(read_all(buf_view(&stored), &both, name, &out, &why), ERR_NONE);
    assert_str(buf_view(&out), "text");
    buf_release(&stored);
    buf_release(&out);
}

enum { FLIP, CUT, GROW, CHUNKS_SWAPPED, CHUNK_GONE, CHUNK_TWICE, OTHER_FILE, RENAMED, KINDS };

static void move(struct buf *b, size_t to, size_t from, size_t n)
{
    memmove(b->ptr + to, b->ptr + from, n);
}

/* Changes it; false when this kind cannot be done to so short a file. */
static bool mutate(unsigned kind, struct buf *b, const struct buf *other, struct str *as)
{
    static unsigned char spare[SEALED_STORED_CHUNK];
    size_t chunks = (b->len - SEALED_HEADER_SIZE) / SEALED_STORED_CHUNK; /* whole ones */
    if ((kind == CHUNKS_SWAPPED || kind == CHUNK_TWICE) && chunks < 2)
        return false;
    if ((kind == CHUNK_GONE || kind == OTHER_FILE) && chunks < 1)
        return false;
    size_t x = chunks ? draw((uint32_t)chunks) : 0, y = chunks > 1 ? (x + 1) % chunks : x;
    size_t at = SEALED_HEADER_SIZE + x * SEALED_STORED_CHUNK;
    size_t second = SEALED_HEADER_SIZE + y * SEALED_STORED_CHUNK;
    if (kind == FLIP) {
        b->ptr[draw((uint32_t)b->len)] ^= (char)(1 << draw(8));
    } else if (kind == CUT) {
        b->len = draw(2) ? draw((uint32_t)b->len) : at; /* often at the edge of a chunk */
    } else if (kind == GROW) {
        buf_bytes(b, other->ptr, 1 + draw(2 * SEALED_STORED_CHUNK));
    } else if (kind == CHUNKS_SWAPPED) {
        memcpy(spare, b->ptr + at, sizeof spare);
        move(b, at, second, sizeof spare);
        memcpy(b->ptr + second, spare, sizeof spare);
    } else if (kind == CHUNK_GONE) {
        move(b, at, at + sizeof spare, b->len - at - sizeof spare);
        b->len -= sizeof spare;
    } else if (kind == CHUNK_TWICE) {
        move(b, second, at, sizeof spare);
    } else if (kind == OTHER_FILE) {
        memcpy(b->ptr + at, other->ptr + at, sizeof spare);
    } else {
        *as = STR("ltx/0/0000000000000002-0000000000000002.ltx");
    }
    return true;
}

static void every_mutation_is_found(void **unused)
{
    (void)unused;
    static char big[BIG], text[BIG];
    random_bytes(big, sizeof big);
    random_bytes(text, sizeof text);
    struct sealed_keys keys = keys_of(KEY_ONE);
    struct buf stored, other, out;
    buf_init(&stored, 2 * BIG);
    buf_init(&other, 2 * BIG);
    buf_init(&out, 4 * BIG);
    make(&other, &keys, STR("ltx/0/0000000000000003-0000000000000003.ltx"), str_of(text, BIG));
    unsigned done = 0;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        struct str as = name, plain = str_of(big, i % 4 ? draw(1000) : draw(BIG));
        make(&stored, &keys, name, plain);
        if (!mutate(i % KINDS, &stored, &other, &as))
            continue;
        done++;
        enum err e = read_all(buf_view(&stored), &keys, as, &out, NULL);
        /* What lost its mark is no encrypted file, and no LTX file either. */
        bool no_mark = !sealed_is(buf_view(&stored));
        if (e == ERR_NONE && !(no_mark && str_eq(buf_view(&out), buf_view(&stored))))
            fail_msg("mutation %u of kind %u was not found", i, i % KINDS);
        if (e != ERR_NONE) /* only what is right has been given on */
            assert_true(str_eq(buf_view(&out), str_slice(plain, 0, out.len)));
    }
    print_message("# %u mutations, each found\n", done);
    assert_true(done > MUTATIONS / 2);
    buf_release(&stored);
    buf_release(&other);
    buf_release(&out);
}

/* ---- notes ----------------------------------------------------------------------------------- */

static const struct destination_notes notes = {
    .items = {{STR_INIT("litestreamtimestamp"), STR_INIT("2026-11-21T09:30:00.125000000Z")},
              {STR_INIT("writer"), STR_INIT("00112233445566778899aabbccddeeff")},
              {STR_INIT("epoch"), STR_INIT("18446744073709551615")},
              {STR_INIT("dbsum"), STR_INIT("a0b1c2d3e4f50617")},
              {STR_INIT("filesum"), STR_INIT("ffeeddccbbaa9988")},
              {STR_INIT("audit"), STR_INIT("18446744073709551615-0123456789abcdef0123456789abcdef"
                                           "0123456789abcdef0123456789abcdef")},
              {STR_INIT("erasures"),
               STR_INIT("18446744073709551615-0123456789abcdef0123456789abcdef"
                        "0123456789abcdef0123456789abcdef")}},
    .n = 7};

static void notes_come_back(void **unused)
{
    (void)unused;
    struct arena a = ARENA_INIT;
    struct sealed_keys keys = keys_of(KEY_ONE);
    struct destination_notes written;
    assert_int_equal(sealed_notes(&a, &keys, name, &notes, salt, &written, NULL), ERR_NONE);
    assert_int_equal(written.n, 5);
    for (size_t i = 0; i < written.n; i++) { /* the longest there are fit */
        assert_true(written.items[i].value.len <= DESTINATION_NOTE_MAX);
        assert_false(str_contains(written.items[i].value, STR("a0b1c2d3")));
    }
    assert_str(written.items[3].key, "sealed");
    assert_str(written.items[4].key, "sealed2");
    bool found;
    size_t key;
    struct destination_notes back = written;
    assert_int_equal(sealed_notes_open(&a, &keys, name, &back, &found, &key, NULL), ERR_NONE);
    assert_true(found && back.n == notes.n);
    for (size_t i = 0; i < back.n; i++) {
        assert_true(str_eq(back.items[i].key, notes.items[i].key));
        assert_true(str_eq(back.items[i].value, notes.items[i].value));
    }
    back = notes; /* of a file that is not encrypted */
    assert_int_equal(sealed_notes_open(&a, &keys, name, &back, &found, &key, NULL), ERR_NONE);
    assert_true(!found && back.n == notes.n);
    struct sealed_keys two = keys_of(KEY_TWO);
    back = written;
    assert_int_equal(sealed_notes_open(&a, &two, name, &back, &found, &key, NULL), ERR_CONFIG);
    assert_int_equal(sealed_notes_open(&a, NULL, name, &back, &found, &key, NULL), ERR_CONFIG);
    arena_release(&a);
}

/* Each character of each of them, and a name that is another's. */
static void changed_notes_are_found(void **unused)
{
    (void)unused;
    struct sealed_keys keys = keys_of(KEY_ONE);
    struct arena a = ARENA_INIT;
    struct destination_notes written;
    assert_int_equal(sealed_notes(&a, &keys, name, &notes, salt, &written, NULL), ERR_NONE);
    size_t key;
    bool found;
    struct destination_notes back = written;
    assert_int_equal(sealed_notes_open(&a, &keys, STR("ltx/0/other"), &back, &found, &key, NULL),
                     ERR_DATA);
    for (size_t i = 0; i < written.n; i++)
        for (size_t k = 0; k < written.items[i].value.len; k++) {
            struct arena one = ARENA_INIT;
            struct str *value = &back.items[i].value;
            back = written;
            char *copy = arena_alloc(&one, value->len);
            memcpy(copy, value->ptr, value->len);
            copy[k] = copy[k] == '1' ? '2' : '1';
            *value = str_of(copy, value->len);
            enum err e = sealed_notes_open(&one, &keys, name, &back, &found, &key, NULL);
            assert_true(e == ERR_DATA || (e == ERR_CONFIG && i == 3 && k < 16));
            arena_release(&one);
        }
    for (size_t i = 0; i < written.n; i++) { /* one is gone */
        back = written;
        back.items[i] = back.items[--back.n];
        assert_int_equal(sealed_notes_open(&a, &keys, name, &back, &found, &key, NULL), ERR_DATA);
    }
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(golden),
        cmocka_unit_test(sizes),
        cmocka_unit_test(any_size_and_range_comes_back),
        cmocka_unit_test(what_is_not_encrypted_passes),
        cmocka_unit_test(another_key_is_named_as_such),
        cmocka_unit_test(every_mutation_is_found),
        cmocka_unit_test(notes_come_back),
        cmocka_unit_test(changed_notes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
