/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every place promises, by one list of tests: a directory, and one whose files are encrypted,
 * unless the environment names another place (test/replicate/azure.mjs does, for Azurite in all its
 * ways in):
 *
 *     PLACE_URL PLACE_ACCOUNT_KEY PLACE_SAS PLACE_ENDPOINT PLACE_CA_FILE
 *     PLACE_KEY=KEY  encrypted
 *     PLACE_FEW=1    only what differs between ways in
 */
#include "../lib/expect.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/random.h"
#include "replicate/sealed.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

static char directory[64], url[512];
static struct arena arena;
static struct sealed_keys keys;

static struct str setting(const char *name)
{
    return str_from(getenv(name));
}

static struct destination *open_place(void)
{
    const struct destination_options options = {
        .url = str_from(url),
        .account_key = setting("PLACE_ACCOUNT_KEY"),
        .sas = setting("PLACE_SAS"),
        .endpoint = setting("PLACE_ENDPOINT"),
        .ca_file = setting("PLACE_CA_FILE"),
        .keys = keys.n ? &keys : NULL,
    };
    struct destination *d;
    struct why why = {0};
    enum err e = destination_open(&options, &d, &why);
    if (e != ERR_NONE)
        fail_msg("%s: %s: %s", err_name(e), why.op, why.detail);
    return d;
}

/* Shows why, when it is not what was expected. */
#define expect(call, wanted)                                                                       \
    do {                                                                                           \
        struct why why = {0};                                                                      \
        enum err got = (call);                                                                     \
        if (got != (wanted))                                                                       \
            print_error("%s %s: %s: %s\n", #call, err_name(got), why.op, why.detail);              \
        assert_int_equal(got, (wanted));                                                           \
    } while (0)

/* A name that no other test, and no earlier run against the same place, has used. */
static struct str fresh(const char *folder)
{
    unsigned char bytes[8];
    random_bytes(bytes, sizeof bytes);
    uint64_t n;
    memcpy(&n, bytes, sizeof n);
    return arena_fmt(&arena, "%s/%016llx.ltx", folder, (unsigned long long)n);
}

static enum err collect(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)why;
    buf_bytes(context, bytes, n);
    return ERR_NONE;
}

static struct str content(struct destination *d, struct str name, uint64_t from, uint64_t n)
{
    struct buf b;
    buf_init(&b, 64 * 1024 * 1024);
    expect(destination_get(d, name, from, n, collect, &b, &why), ERR_NONE);
    struct str copy = arena_str(&arena, buf_view(&b));
    buf_release(&b);
    return copy;
}

static void put_text(struct destination *d, struct str name, const char *text)
{
    const struct str part = str_from(text);
    expect(destination_put(d, name, &part, 1, NULL, &why), ERR_NONE);
}

static void what_is_put_is_there(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/0");
    const struct str parts[] = {STR("one "), STR(""), STR("two")};
    const struct destination_notes notes = {
        .items = {{STR("litestreamtimestamp"), STR("2026-11-21T09:30:00.125000000Z")},
                  {STR("writer"), STR("00112233445566778899aabbccddeeff")},
                  {STR("epoch"), STR("7")}},
        .n = 3};
    int64_t before = clock_wall_ms();
    expect(destination_put(d, name, parts, 3, &notes, &why), ERR_NONE);
    struct destination_blob b;
    expect(destination_look(d, &arena, name, &b, &why), ERR_NONE);
    assert_int_equal(b.size, 7);
    assert_int_equal(b.notes.n, 3);
    for (size_t i = 0; i < 3; i++) {
        bool found = false;
        for (size_t k = 0; k < 3; k++)
            found = found || (str_eq(b.notes.items[k].key, notes.items[i].key) &&
                              str_eq(b.notes.items[k].value, notes.items[i].value));
        assert_true(found);
    }
    assert_str(content(d, name, 0, UINT64_MAX), "one two");
    if (*directory) /* stock tools restore by the file's time */
        assert_int_equal(b.changed_ms, INT64_C(1795253400125));
    else
        assert_in_range(b.changed_ms, before - 60000, before + 60000);
}

static void the_second_loses(void **state)
{
    struct destination *d = *state, *other = open_place();
    struct str name = fresh("ltx/0");
    const struct str first = STR("first"), second = STR("second");
    const struct destination_notes mine = {.items = {{STR("writer"), STR("me")}}, .n = 1};
    const struct destination_notes theirs = {.items = {{STR("writer"), STR("them")}}, .n = 1};
    expect(destination_put(d, name, &first, 1, &mine, &why), ERR_NONE);
    expect(destination_put(other, name, &second, 1, &theirs, &why), ERR_CONFLICT);
    expect(destination_put(d, name, &first, 1, &mine, &why), ERR_CONFLICT);
    assert_str(content(other, name, 0, UINT64_MAX), "first");
    struct destination_blob b;
    expect(destination_look(other, &arena, name, &b, &why), ERR_NONE);
    assert_int_equal(b.notes.n, 1);
    assert_str(b.notes.items[0].value, "me");
    destination_free(other);
}

enum { RACERS = 8, ROUNDS = 5 };

struct racer {
    pthread_t thread;
    struct destination *d;
    struct str name, text;
    enum err e;
};

static void *race(void *context)
{
    struct racer *r = context;
    const struct destination_notes notes = {.items = {{STR("writer"), r->text}}, .n = 1};
    r->e = destination_put(r->d, r->name, &r->text, 1, &notes, NULL);
    return NULL;
}

static void of_many_at_once_one_wins(void **state)
{
    struct racer racers[RACERS];
    for (size_t i = 0; i < RACERS; i++)
        racers[i] = (struct racer){.d = open_place(), .text = arena_fmt(&arena, "racer%zu", i)};
    for (int round = 0; round < ROUNDS; round++) {
        struct str name = fresh("ltx/0");
        const struct racer *winner = NULL;
        for (size_t i = 0; i < RACERS; i++) {
            racers[i].name = name;
            pthread_create(&racers[i].thread, NULL, race, &racers[i]);
        }
        for (size_t i = 0; i < RACERS; i++) {
            pthread_join(racers[i].thread, NULL);
            assert_true(racers[i].e == ERR_CONFLICT || (racers[i].e == ERR_NONE && !winner));
            winner = racers[i].e == ERR_NONE ? &racers[i] : winner;
        }
        assert_non_null(winner);
        struct destination_blob b;
        expect(destination_look(*state, &arena, name, &b, &why), ERR_NONE);
        assert_true(str_eq(content(*state, name, 0, UINT64_MAX), winner->text));
        assert_true(str_eq(b.notes.items[0].value, winner->text));
    }
    for (size_t i = 0; i < RACERS; i++)
        destination_free(racers[i].d);
}

static void parts_of_a_blob(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/1");
    put_text(d, name, "0123456789");
    assert_str(content(d, name, 3, 4), "3456");
    assert_str(content(d, name, 8, 100), "89");
    assert_str(content(d, name, 5, UINT64_MAX), "56789");
    assert_str(content(d, name, 10, 5), "");
    assert_str(content(d, name, 99, 5), "");
    assert_str(content(d, name, 0, 0), "");
}

static enum err enough(void *context, const void *bytes, size_t n, struct why *why)
{
    (void)bytes;
    *(size_t *)context += n;
    return err_set(why, ERR_DATA, "read it", "that is enough");
}

static void whoever_takes_may_stop(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/1");
    char *big = arena_alloc(&arena, 1024 * 1024);
    memset(big, 'x', 1024 * 1024);
    const struct str part = str_of(big, 1024 * 1024);
    expect(destination_put(d, name, &part, 1, NULL, &why), ERR_NONE);
    size_t seen = 0;
    expect(destination_get(d, name, 0, UINT64_MAX, enough, &seen, &why), ERR_DATA);
    assert_in_range(seen, 1, 1024 * 1024 - 1);
    assert_true(str_eq(content(d, name, 0, UINT64_MAX), part));
}

static void an_empty_blob(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/1");
    put_text(d, name, "");
    struct destination_blob b;
    expect(destination_look(d, &arena, name, &b, &why), ERR_NONE);
    assert_int_equal(b.size, 0);
    assert_int_equal(b.notes.n, 0);
    assert_str(content(d, name, 0, UINT64_MAX), "");
}

static void what_is_not_there(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/0");
    struct destination_blob b;
    size_t seen = 0;
    expect(destination_look(d, &arena, name, &b, &why), ERR_MISSING);
    expect(destination_get(d, name, 0, 1, enough, &seen, &why), ERR_MISSING);
    assert_int_equal(seen, 0);
    const struct str names[] = {name};
    expect(destination_delete(d, names, 1, &why), ERR_NONE);
}

static int temporary_file(void)
{
    FILE *f = tmpfile();
    int fd = dup(fileno(f));
    fclose(f);
    return fd;
}

/* Over the size that Azure takes in one request: it goes in blocks. */
static void a_big_file(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/9");
    const uint64_t size = 33 * 1024 * 1024 + 17;
    int fd = temporary_file();
    char *mega = arena_alloc(&arena, 1024 * 1024);
    random_bytes(mega, 1024 * 1024);
    for (uint64_t at = 0; at < size; at += 1024 * 1024) {
        mega[0] = (char)(at >> 20);
        assert_true(pwrite(fd, mega, 1024 * 1024, (off_t)at) == 1024 * 1024);
    }
    const struct destination_notes notes = {.items = {{STR("epoch"), STR("3")}}, .n = 1};
    expect(destination_put_file(d, name, fd, size, &notes, &why), ERR_NONE);
    expect(destination_put_file(d, name, fd, size, &notes, &why), ERR_CONFLICT);
    struct destination_blob b;
    expect(destination_look(d, &arena, name, &b, &why), ERR_NONE);
    assert_int_equal(b.size, size);
    assert_str(b.notes.items[0].value, "3");
    struct str end = content(d, name, 32 * 1024 * 1024, UINT64_MAX);
    assert_int_equal(end.len, size - 32 * 1024 * 1024);
    mega[0] = 32;
    assert_memory_equal(end.ptr, mega, 1024 * 1024);
    mega[0] = 33;
    assert_memory_equal(end.ptr + 1024 * 1024, mega, 17);
    expect(destination_delete(d, &name, 1, &why), ERR_NONE);
    close(fd);
}

static void a_small_file(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("ltx/9");
    int fd = temporary_file();
    assert_true(write(fd, "whole file", 10) == 10);
    expect(destination_put_file(d, name, fd, 10, NULL, &why), ERR_NONE);
    assert_str(content(d, name, 0, UINT64_MAX), "whole file");
    close(fd);
}

static void replaced(void **state)
{
    struct destination *d = *state;
    struct str name = fresh("leader");
    const struct destination_notes notes = {.items = {{STR("epoch"), STR("3")}}, .n = 1};
    struct destination_blob b;
    expect(destination_replace(d, name, STR("first"), &notes, &why), ERR_NONE);
    expect(destination_replace(d, name, STR("2nd"), NULL, &why), ERR_NONE);
    assert_str(content(d, name, 0, UINT64_MAX), "2nd");
    expect(destination_look(d, &arena, name, &b, &why), ERR_NONE);
    assert_int_equal(b.notes.n, 0);
}

static void lists(void **state)
{
    struct destination *d = *state;
    struct str base = fresh("list");
    static const char *const names[] = {"b/0001", "b/0002", "b/0010", "a/x.ltx", "b0", "c/d/e"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_text(d, arena_fmt(&arena, "%.*s/%s", STR_ARG(base), names[i]), "abc");
    struct destination_blob *out;
    size_t n;
    struct str prefix = arena_fmt(&arena, "%.*s/", STR_ARG(base));
    static const char *const sorted[] = {"a/x.ltx", "b/0001", "b/0002", "b/0010", "b0", "c/d/e"};
    expect(destination_list(d, &arena, prefix, STR(""), &out, &n, &why), ERR_NONE);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_str(str_slice(out[i].name, prefix.len, SIZE_MAX), sorted[i]);
        assert_int_equal(out[i].size, keys.n ? sealed_size(3) : 3);
        assert_true(out[i].changed_ms > 0);
    }
    struct str inner = arena_fmt(&arena, "%.*s/b/0", STR_ARG(base));
    struct str after = arena_fmt(&arena, "%.*s/b/0001", STR_ARG(base));
    expect(destination_list(d, &arena, inner, after, &out, &n, &why), ERR_NONE);
    assert_int_equal(n, 2);
    assert_str(str_slice(out[0].name, prefix.len, SIZE_MAX), "b/0002");
    expect(destination_list(d, &arena, STR("nothing/here/"), STR(""), &out, &n, &why), ERR_NONE);
    assert_int_equal(n, 0);
}

static void delete_all(struct destination *d, struct str prefix)
{
    size_t n;
    do {
        struct arena a = ARENA_INIT;
        struct destination_blob *out;
        expect(destination_list(d, &a, prefix, STR(""), &out, &n, &why), ERR_NONE);
        struct str *names = arena_new_array(&a, struct str, n + 1);
        for (size_t i = 0; i < n; i++)
            names[i] = out[i].name;
        expect(destination_delete(d, names, n, &why), ERR_NONE);
        arena_release(&a);
    } while (n > 0);
}

/* More than one answer holds; the list is taken up where it ended, and from any name. */
static void long_lists(void **state)
{
    struct destination *d = *state;
    struct str base = fresh("many");
    const size_t all = DESTINATION_LIST_MAX + 20;
    /* Azurite would take its time; azure.mjs tests the lists' parts. Encrypted is no other list. */
    if (!*directory || keys.n)
        return;
    for (size_t i = 0; i < all; i++)
        put_text(d, arena_fmt(&arena, "%.*s/%06zu", STR_ARG(base), i), "");
    struct str prefix = arena_fmt(&arena, "%.*s/", STR_ARG(base)), after = STR("");
    struct destination_blob *out;
    size_t seen = 0, n;
    do {
        expect(destination_list(d, &arena, prefix, after, &out, &n, &why), ERR_NONE);
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(str_slice(out[i].name, prefix.len, SIZE_MAX),
                               arena_fmt(&arena, "%06zu", seen + i)));
        seen += n;
        after = n ? out[n - 1].name : after;
    } while (n == DESTINATION_LIST_MAX);
    assert_int_equal(seen, all);
    struct destination *other = open_place(); /* it has no memory of where the last one ended */
    after = arena_fmt(&arena, "%.*s/%06zu", STR_ARG(base), (size_t)DESTINATION_LIST_MAX + 4);
    expect(destination_list(other, &arena, prefix, after, &out, &n, &why), ERR_NONE);
    assert_int_equal(n, 15);
    destination_free(other);
    delete_all(d, prefix);
}

static void deleted(void **state)
{
    struct destination *d = *state;
    struct str names[3] = {fresh("ltx/0"), fresh("ltx/0"), fresh("ltx/0")};
    put_text(d, names[0], "a");
    put_text(d, names[2], "b");
    expect(destination_delete(d, names, 3, &why), ERR_NONE);
    struct destination_blob b;
    for (size_t i = 0; i < 3; i++)
        expect(destination_look(d, &arena, names[i], &b, &why), ERR_MISSING);
    put_text(d, names[0], "again");
    assert_str(content(d, names[0], 0, UINT64_MAX), "again");
}

/* More than one request takes, and most of them are not there. */
static void many_deleted(void **state)
{
    enum { ALL = 300 };
    static const size_t there[] = {0, 1, 254, 255, 256, 257, ALL - 1};
    struct destination *d = *state;
    struct str names[ALL], kept = fresh("ltx/0");
    for (size_t i = 0; i < ALL; i++)
        names[i] = fresh("ltx/0");
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        put_text(d, names[there[i]], "a");
    put_text(d, kept, "b");
    expect(destination_delete(d, names, ALL, &why), ERR_NONE);
    struct destination_blob b;
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        expect(destination_look(d, &arena, names[there[i]], &b, &why), ERR_MISSING);
    expect(destination_look(d, &arena, kept, &b, &why), ERR_NONE);
    expect(destination_delete(d, NULL, 0, &why), ERR_NONE);
}

static void a_lease(void **state)
{
    struct destination *d = *state, *other = open_place();
    struct str name = fresh("lease");
    struct str me = STR("00112233445566778899aabbccddeeff");
    struct str them = STR("ffeeddccbbaa99887766554433221100");
    expect(destination_lease(d, name, me, 15, &why), ERR_NONE);
    expect(destination_lease(other, name, them, 15, &why), ERR_CONFLICT);
    expect(destination_lease(d, name, me, 60, &why), ERR_NONE);
    expect(destination_lease_end(other, name, them, &why), ERR_CONFLICT);
    expect(destination_lease_end(d, name, me, &why), ERR_NONE);
    expect(destination_lease(other, name, them, 15, &why), ERR_NONE);
    expect(destination_lease(d, name, me, 15, &why), ERR_CONFLICT);
    expect(destination_lease_end(other, name, them, &why), ERR_NONE);
    destination_free(other);
}

static void stopped(void **state)
{
    (void)state;
    struct destination *d = open_place();
    struct destination_blob b;
    destination_stop(d);
    enum err e = destination_look(d, &arena, fresh("ltx/0"), &b, NULL);
    assert_true(e == ERR_NETWORK || (*directory && e == ERR_MISSING)); /* a disk answers at once */
    destination_free(d);
}

static void wrong_names_are_defects(void **state)
{
    struct destination *d = *state;
    static const char *const wrong[] = {"",     "/a",  "a/", "a//b", "../a",
                                        "a/.b", "a b", "A",  "a\\b", "a/../b"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_stops(destination_delete(d, &(struct str){wrong[i], strlen(wrong[i])}, 1, NULL));
}

/* Litestream and the like must not stumble over what lies beside the files. */
static void nothing_else_is_seen_in_a_directory(void **state)
{
    struct destination *d = *state;
    if (!*directory)
        return;
    put_text(d, STR("ltx/0/0000000000000001-0000000000000001.ltx"), "abc");
    char path[256];
    snprintf(path, sizeof path, "%s/place/ltx/0/.put", directory);
    assert_int_not_equal(access(path, F_OK), 0);
    struct destination_blob *out;
    size_t n;
    expect(destination_list(d, &arena, STR(""), STR(""), &out, &n, &why), ERR_NONE);
    for (size_t i = 0; i < n; i++)
        assert_false(str_contains(out[i].name, STR("notes")));
}

static void a_directory_that_cannot_be_written(void **state)
{
    (void)state;
    if (!*directory)
        return;
    struct destination *d;
    struct why why = {0};
    const struct destination_options options = {.url = STR("file:///nowhere/at/all")};
    assert_int_equal(destination_open(&options, &d, &why), ERR_IO);
    assert_contains(why.hint, "mounted");
}

static void null_takes_everything(void **state)
{
    (void)state;
    struct destination *d, *saved;
    struct destination_blob b, *list;
    size_t n;
    const struct str part = STR("abc"), name = STR("ltx/0/a");
    expect(destination_open(&(struct destination_options){.url = STR("null:")}, &d, &why),
           ERR_NONE);
    saved = d;
    assert_str(destination_url(saved), "null:");
    expect(destination_put(d, name, &part, 1, NULL, &why), ERR_NONE);
    expect(destination_put(d, name, &part, 1, NULL, &why), ERR_NONE);
    expect(destination_look(d, &arena, name, &b, &why), ERR_MISSING);
    expect(destination_list(d, &arena, STR(""), STR(""), &list, &n, &why), ERR_NONE);
    assert_int_equal(n, 0);
    expect(destination_delete(d, &name, 1, &why), ERR_NONE);
    destination_free(d);
}

static int set_up(void **state)
{
    arena_init(&arena);
    if (setting("PLACE_URL").len) {
        snprintf(url, sizeof url, "%s", getenv("PLACE_URL"));
    } else {
        snprintf(directory, sizeof directory, "/tmp/anteroom-place-XXXXXX");
        must(mkdtemp(directory));
        snprintf(url, sizeof url, "file://%s/place/", directory);
    }
    *state = open_place();
    return 0;
}

static int tear_down(void **state)
{
    destination_free(*state);
    arena_release(&arena);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return *directory ? system(command) : 0; /* NOLINT(cert-env33-c): our own folder */
}

int main(void)
{
    const struct CMUnitTest few[] = {
        cmocka_unit_test(what_is_put_is_there),
        cmocka_unit_test(the_second_loses),
        cmocka_unit_test(parts_of_a_blob),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(lists),
        cmocka_unit_test(deleted),
        cmocka_unit_test(many_deleted),
        cmocka_unit_test(a_lease),
    };
    const struct CMUnitTest all[] = {
        cmocka_unit_test(what_is_put_is_there),
        cmocka_unit_test(the_second_loses),
        cmocka_unit_test(of_many_at_once_one_wins),
        cmocka_unit_test(parts_of_a_blob),
        cmocka_unit_test(whoever_takes_may_stop),
        cmocka_unit_test(an_empty_blob),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(a_small_file),
        cmocka_unit_test(a_big_file),
        cmocka_unit_test(replaced),
        cmocka_unit_test(lists),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(deleted),
        cmocka_unit_test(many_deleted),
        cmocka_unit_test(a_lease),
        cmocka_unit_test(stopped),
        cmocka_unit_test(wrong_names_are_defects),
        cmocka_unit_test(nothing_else_is_seen_in_a_directory),
        cmocka_unit_test(a_directory_that_cannot_be_written),
        cmocka_unit_test(null_takes_everything),
    };
    static const struct str key =
        STR_INIT("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    if (setting("PLACE_KEY").len)
        must(!sealed_keys_read(setting("PLACE_KEY"), &keys, NULL));
    if (getenv("PLACE_FEW"))
        return cmocka_run_group_tests_name("a place, few", few, set_up, tear_down);
    int failed = cmocka_run_group_tests_name("a place", all, set_up, tear_down);
    if (failed || setting("PLACE_URL").len)
        return failed;
    must(!sealed_keys_read(key, &keys, NULL));
    return cmocka_run_group_tests_name("an encrypted place", all, set_up, tear_down);
}
