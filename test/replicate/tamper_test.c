/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thousand random changes to a replica, one at a time: a bit, a cut, bytes behind the end, two
 * blobs exchanged, one renamed, one deleted, a note changed, taken away or another blob's. Each is
 * found when it is restored, or the database is the right one all the same: never a wrong one.
 * ANTEROOM_SEED and ANTEROOM_TAMPERS choose others, and how many.
 */
#include "replicate/tree.h"

#include "replicate/ltx_checksum.h"
#include "replicate/ltx_name.h"
#include "replicate/restore.h"
#include "replicate/sealed.h"

#include <stdlib.h>

enum { TXIDS = 10, FILES_MAX = 32 };

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 33) % below;
}

static char names[FILES_MAX][64];
static unsigned names_n;

static void find_names(struct tree *t)
{
    struct arena a = ARENA_INIT;
    struct destination_blob *blobs;
    size_t n;
    struct why why;
    trial_must(destination_list(t->place, &a, STR("ltx/"), STR_EMPTY, &blobs, &n, &why), &why);
    for (size_t i = 0; i < n; i++)
        snprintf(names[names_n++], sizeof *names, "%.*s", STR_ARG(blobs[i].name));
    arena_release(&a);
}

enum { FLIP, CUT, GROW, SWAP, RENAME, DELETE, NOTE_CHANGED, NOTE_GONE, NOTES_SWAPPED, KINDS };
static const char *const kinds[KINDS] = {
    "bit flipped", "cut",          "bytes behind", "exchanged",       "renamed",
    "deleted",     "note changed", "note gone",    "notes exchanged",
};

static void change_note(struct tree_blob *blob)
{
    struct str *value = &blob->notes.items[draw((uint32_t)blob->notes.n)].value;
    char *copy = arena_alloc(&blob->arena, value->len);
    memcpy(copy, value->ptr, value->len);
    char *at = &copy[draw((uint32_t)value->len)];
    *at = *at == '0' ? '1' : '0';
    *value = str_of(copy, value->len);
}

static void drop_note(struct tree_blob *blob)
{
    struct destination_note last = blob->notes.items[--blob->notes.n];
    size_t i = draw((uint32_t)blob->notes.n + 1);
    if (i < blob->notes.n)
        blob->notes.items[i] = last;
}

static void tamper(struct tree *t, unsigned kind, const struct tree_blob *x,
                   const struct tree_blob *y)
{
    struct tree_blob changed;
    tree_take(t, x->name, &changed);
    size_t n = changed.content.len;
    if (kind == FLIP)
        changed.content.ptr[draw((uint32_t)n)] ^= (char)(1 << draw(8));
    else if (kind == CUT)
        changed.content.len = draw((uint32_t)n);
    else if (kind == GROW)
        buf_bytes(&changed.content, "garbage", 1 + draw(7));
    else if (kind == NOTE_CHANGED)
        change_note(&changed);
    else if (kind == NOTE_GONE)
        drop_note(&changed);
    else if (kind == NOTES_SWAPPED)
        changed.notes = y->notes;

    if (kind == RENAME || kind == DELETE)
        tree_delete(t, x->name);
    else if (kind != SWAP)
        tree_put(t, x->name, &changed);
    if (kind == RENAME || kind == SWAP)
        tree_put(t, y->name, x);
    if (kind == SWAP)
        tree_put(t, x->name, y);
    tree_drop(&changed);
}

static uint64_t checksum(const char *directory)
{
    char path[256];
    static unsigned char page[TREE_PAGE];
    snprintf(path, sizeof path, "%s/anteroom.db", directory);
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    uint64_t sum = LTX_DATABASE_EMPTY;
    for (uint32_t pgno = 1; fread(page, sizeof page, 1, f) == 1; pgno++)
        sum = ltx_database_toggle(sum, ltx_page_checksum(pgno, page, sizeof page));
    fclose(f);
    remove(path);
    return sum;
}

static void change_and_restore(unsigned n, const struct sealed_keys *keys)
{
    const char *seed = getenv("ANTEROOM_SEED"), *turns = getenv("ANTEROOM_TAMPERS");
    state = seed ? strtoull(seed, NULL, 10) : 1;
    state = state * 0x9e3779b97f4a7c15u + 1;
    n = turns ? (unsigned)strtoul(turns, NULL, 10) : n;
    names_n = 0;
    static struct tree t;
    unsigned found[KINDS] = {0}, around[KINDS] = {0}, harmless[KINDS] = {0};
    tree_init(&t, keys);
    for (unsigned i = 1; i <= TXIDS; i++)
        tree_grow(&t, 2, false);
    tree_compact(&t, 0, 9, 1, 4);
    tree_compact(&t, 0, 1, 5, 8);
    for (unsigned i = 1; i <= 6; i++) { /* some are gone, as compaction has it */
        char name[LTX_NAME_SIZE];
        ltx_name_write(&(struct ltx_name){0, i, i}, name);
        tree_delete(&t, name);
    }
    find_names(&t);
    for (unsigned i = 0; i < n; i++) {
        unsigned kind = draw(KINDS);
        struct tree_blob x, y;
        unsigned first = draw(names_n);
        tree_take(&t, names[first], &x);
        tree_take(&t, names[(first + 1 + draw(names_n - 1)) % names_n], &y);
        tamper(&t, kind, &x, &y);

        char to[128];
        struct why why;
        struct arena a = ARENA_INIT;
        struct restore_report report;
        const struct restore_options o = {
            .from = &t.options, .to = tree_target(&t, to), .scratch = true, .threads = 2};
        enum err e = restore_run(&o, &a, &report, &why);
        uint64_t sum = checksum(to);
        if (e) {
            assert_int_equal(sum, 0);
            found[kind]++;
        } else {
            if (report.txid < TXIDS) /* the newest files are gone, or go by older names */
                assert_true((kind == DELETE || kind == RENAME) && sum == t.dbsum[report.txid]);
            else if (sum != t.dbsum[TXIDS])
                fail_msg("turn %u: %s, %s: restored wrong", i, x.name, kinds[kind]);
            report.damaged ? around[kind]++ : harmless[kind]++;
        }
        arena_release(&a);
        tree_put(&t, x.name, &x);
        tree_put(&t, y.name, &y);
        tree_drop(&x);
        tree_drop(&y);
    }
    for (unsigned k = 0; k < KINDS; k++)
        print_message("# %-16s %4u refused, %4u found and gone around, %4u harmless\n", kinds[k],
                      found[k], around[k], harmless[k]);
    tree_release(&t);
}

static void a_thousand_changes(void **unused)
{
    (void)unused;
    change_and_restore(1000, NULL);
}

static void to_encrypted_files(void **unused)
{
    (void)unused;
    struct sealed_keys keys;
    struct str key = STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert_int_equal(sealed_keys_read(key, &keys, NULL), ERR_NONE);
    change_and_restore(300, &keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_thousand_changes),
                                       cmocka_unit_test(to_encrypted_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
