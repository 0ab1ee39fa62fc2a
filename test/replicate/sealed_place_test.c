/* SPDX-License-Identifier: Apache-2.0 */
/* What a place does with keys: replicas that were begun without one, exchanged keys, missing ones.
 */
#include "../lib/expect.h"

#include "base/buf.h"
#include "replicate/sealed.h"
#include "store/trial.h"

static const char key_one[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const char key_two[] = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

static struct sealed_keys keys_of(const char *first, const char *second)
{
    struct sealed_keys keys;
    struct arena a = ARENA_INIT;
    struct str text = arena_fmt(&a, "%s\n%s", first, second);
    assert_int_equal(sealed_keys_read(text, &keys, NULL), ERR_NONE);
    arena_release(&a);
    return keys;
}

static enum err collect(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static const struct destination_notes notes = {
    .items = {{STR_INIT("litestreamtimestamp"), STR_INIT("2026-11-21T09:30:00.125000000Z")},
              {STR_INIT("writer"), STR_INIT("00112233445566778899aabbccddeeff")},
              {STR_INIT("epoch"), STR_INIT("7")},
              {STR_INIT("dbsum"), STR_INIT("a0b1c2d3e4f50617")}},
    .n = 4};

struct rig {
    struct trial_directory directory;
    struct arena arena;
    struct str url;
};

static struct destination *open_place(struct rig *rig, const struct sealed_keys *keys, bool only)
{
    const struct destination_options options = {.url = rig->url, .keys = keys, .sealed_only = only};
    struct destination *d;
    assert_int_equal(destination_open(&options, &d, NULL), ERR_NONE);
    return d;
}

static enum err content(struct destination *d, struct str as, struct buf *out, struct why *why)
{
    buf_clear(out);
    return destination_get(d, as, 0, UINT64_MAX, collect, out, why);
}

/* Begun without encryption, encrypted from some day on, with another key from some day on. */
static void a_place_that_changes_its_keys(void **unused)
{
    (void)unused;
    struct rig rig = {.directory = trial_directory(), .arena = ARENA_INIT};
    struct sealed_keys one = keys_of(key_one, ""), rotated = keys_of(key_two, key_one);
    rig.url = arena_fmt(&rig.arena, "file://%s/place", rig.directory.path);
    const struct str files[] = {STR("ltx/0/a"), STR("ltx/0/b"), STR("ltx/0/c")};
    const struct str text = STR("what a visitor wrote, and some more: it is longer than "
                                "the header of an encrypted file and its tag");
    struct destination *places[] = {open_place(&rig, NULL, false), open_place(&rig, &one, false),
                                    open_place(&rig, &rotated, false)};
    struct destination *strict = open_place(&rig, &rotated, true);
    struct destination_blob b;
    struct why why;
    struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(destination_put(places[i], files[i], &text, 1, &notes, NULL), ERR_NONE);
    for (size_t i = 0; i < 3; i++) {
        static const enum destination_sealing wanted[] = {
            DESTINATION_PLAIN, DESTINATION_SEALED_BEFORE, DESTINATION_SEALED};
        assert_int_equal(content(places[2], files[i], &out, NULL), ERR_NONE);
        assert_true(str_eq(buf_view(&out), text));
        assert_int_equal(destination_look(places[2], &rig.arena, files[i], &b, NULL), ERR_NONE);
        assert_int_equal(b.sealed, wanted[i]);
        assert_int_equal(b.size, text.len);
        assert_int_equal(b.notes.n, notes.n);
        buf_clear(&out); /* from the middle, without its beginning having been read */
        assert_int_equal(destination_get(places[2], files[i], 7, 7, collect, &out, NULL), ERR_NONE);
        assert_str(buf_view(&out), "visitor");
    }
    /* The fence is the name, encrypted or not. */
    assert_int_equal(destination_put(places[1], files[0], &text, 1, &notes, NULL), ERR_CONFLICT);
    assert_int_equal(destination_put(places[0], files[1], &text, 1, &notes, NULL), ERR_CONFLICT);

    assert_int_equal(content(places[0], files[1], &out, &why), ERR_CONFIG);
    assert_int_equal(destination_look(places[0], &rig.arena, files[1], &b, &why), ERR_CONFIG);
    assert_contains(why.hint, "replica.encryption_key_file");
    assert_int_equal(content(places[1], files[2], &out, &why), ERR_CONFIG);
    assert_int_equal(content(strict, files[0], &out, &why), ERR_DATA);
    assert_contains(why.hint, "encryption_only");
    assert_int_equal(destination_look(strict, &rig.arena, files[0], &b, &why), ERR_DATA);
    assert_int_equal(content(strict, files[2], &out, &why), ERR_NONE);
    assert_int_equal(destination_look(strict, &rig.arena, files[2], &b, &why), ERR_NONE);
    for (size_t i = 0; i < 3; i++)
        destination_free(places[i]);
    destination_free(strict);
    buf_release(&out);
    arena_release(&rig.arena);
    trial_remove(&rig.directory);
}

/* Copied without its notes: its size is that of its content all the same. */
static void without_notes(void **unused)
{
    (void)unused;
    struct rig rig = {.directory = trial_directory(), .arena = ARENA_INIT};
    struct sealed_keys one = keys_of(key_one, "");
    rig.url = arena_fmt(&rig.arena, "file://%s/place", rig.directory.path);
    struct destination *d = open_place(&rig, &one, false);
    const struct str file = STR("ltx/0/a"), text = STR("text");
    struct destination_blob b;
    assert_int_equal(destination_put(d, file, &text, 1, &notes, NULL), ERR_NONE);
    char path[128];
    snprintf(path, sizeof path, "%s/place/ltx/0/.a.notes", rig.directory.path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(destination_look(d, &rig.arena, file, &b, NULL), ERR_NONE);
    assert_int_equal(b.size, text.len);
    assert_int_equal(b.sealed, DESTINATION_SEALED);
    assert_int_equal(b.notes.n, 0);
    destination_free(d);
    arena_release(&rig.arena);
    trial_remove(&rig.directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_changes_its_keys),
        cmocka_unit_test(without_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
