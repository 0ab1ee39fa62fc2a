/* SPDX-License-Identifier: Apache-2.0 */
/* Compaction is the same as applying in order. */
#include "replicate/database.h"
#include "replicate/ltx_compact.h"

enum { LIFE = 10 };

struct life {
    struct database at[LIFE + 1]; /* at[0] is the snapshot's */
    struct buf file[LIFE + 1];    /* file[0] the snapshot, file[n] leads from n - 1 to n */
};

static void life_init(struct life *l, uint32_t page_size, uint32_t flags)
{
    database_init(&l->at[0], page_size, 1 + chance(30));
    l->file[0] = database_file(NULL, &l->at[0], flags);
    for (int i = 1; i <= LIFE; i++) {
        database_copy(&l->at[i], &l->at[i - 1]);
        database_change(&l->at[i]);
        l->file[i] = database_file(&l->at[i - 1], &l->at[i], flags);
    }
}

static void life_release(struct life *l)
{
    for (int i = 0; i <= LIFE; i++) {
        database_release(&l->at[i]);
        buf_release(&l->file[i]);
    }
}

/* Files [from, to) of a life as one. */
static enum err compact(const struct buf *files, size_t from, size_t to, struct buf *out,
                        struct why *why)
{
    struct str rest[LIFE + 1];
    struct ltx_source sources[LIFE + 1];
    for (size_t i = from; i < to; i++) {
        rest[i] = buf_view(&files[i]);
        sources[i - from] = ltx_source_str(&rest[i]);
    }
    buf_init(out, FILE_MAX);
    return ltx_compact(sources, to - from, ltx_sink_buf(out), NULL, NULL, why);
}

static void same_as_in_order(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        struct life l;
        struct why why;
        life_init(&l, round % 2 ? 512 : 4096, round % 4 < 2 ? LTX_FLAG_NO_CHECKSUM : 0);
        for (size_t from = 0; from <= LIFE; from++) {
            size_t to = from + 1 + chance(LIFE + 1 - (uint32_t)from);
            struct buf one;
            struct database d;
            expect_fine(compact(l.file, from, to, &one, &why), &why);
            if (from)
                database_copy(&d, &l.at[from - 1]);
            else
                database_init(&d, l.at[0].page_size, 0);
            expect_fine(database_apply(&d, buf_view(&one), &why), &why);
            expect_same(&d, &l.at[to - 1]);
            database_release(&d);
            buf_release(&one);
        }
        life_release(&l);
    }
}

/* (a b)(c d) as one is a b c d as one, byte for byte. */
static void in_rounds(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct life l;
        struct buf part[3], all;
        struct why why;
        life_init(&l, 512, 0);
        expect_fine(compact(l.file, 0, 4, &part[0], &why), &why);
        expect_fine(compact(l.file, 4, 5, &part[1], &why), &why);
        expect_fine(compact(l.file, 5, LIFE, &part[2], &why), &why);
        expect_fine(compact(l.file, 0, LIFE, &all, &why), &why);
        struct buf again;
        expect_fine(compact(part, 0, 3, &again, &why), &why);
        assert_true(str_eq(buf_view(&all), buf_view(&again)));
        buf_release(&again);
        buf_release(&all);
        for (int i = 0; i < 3; i++)
            buf_release(&part[i]);
        life_release(&l);
    }
}

static void header_of_the_result(void **state)
{
    (void)state;
    struct life l;
    struct buf one;
    struct ltx_header h, last;
    struct why why;
    life_init(&l, 512, 0);
    expect_fine(compact(l.file, 3, 8, &one, &why), &why);
    expect_fine(ltx_header_read((unsigned char *)one.ptr, &h, &why), &why);
    expect_fine(ltx_header_read((unsigned char *)l.file[7].ptr, &last, &why), &why);
    assert_true(h.min_txid == l.at[3].txid && h.max_txid == l.at[7].txid);
    assert_true(h.commit == last.commit && h.at_ms == last.at_ms);
    assert_true(h.pre_apply == database_checksum(&l.at[2]));
    buf_release(&one);
    life_release(&l);
}

static void expect_refusal(struct buf files[], size_t n, const char *says)
{
    struct buf out;
    struct why why = {.detail = ""};
    assert_int_equal(compact(files, 0, n, &out, &why), ERR_DATA);
    assert_contains(why.detail, says);
    buf_release(&out);
}

static void what_does_not_follow(void **state)
{
    (void)state;
    struct life l, other;
    struct why why;
    life_init(&l, 512, 0);
    life_init(&other, 512, 0);
    expect_refusal((struct buf[]){l.file[1], l.file[3]}, 2,
                   "input 2: TXID 0000000000000004 does not follow 0000000000000002");
    expect_refusal((struct buf[]){l.file[2], l.file[1]}, 2, "does not follow");
    expect_refusal((struct buf[]){l.file[1], l.file[1]}, 2, "does not follow");
    expect_refusal((struct buf[]){l.file[1], other.file[2]}, 2, "input 2: ");

    struct buf mixed = database_file(&l.at[1], &l.at[2], LTX_FLAG_NO_CHECKSUM);
    expect_refusal((struct buf[]){l.file[1], mixed}, 2, "input 2: flags 2 after flags 0");
    buf_release(&mixed);

    /* Damage in the middle of one. */
    l.file[2].ptr[l.file[2].len - 9] ^= 1;
    expect_refusal(l.file, 4, "input 3: byte ");

    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(ltx_compact(NULL, 0, ltx_sink_buf(&out), NULL, NULL, &why), ERR_INTERNAL);
    buf_release(&out);
    life_release(&l);
    life_release(&other);
}

/* A file whose database grew must hold all that is new: what the headers before it said decides. */
static void a_gap_between_files(void **state)
{
    (void)state;
    struct database a, b, c, wrong;
    database_init(&a, 512, 4);
    database_copy(&b, &a);
    b.txid++;
    b.commit = 2;
    database_copy(&c, &a);
    c.txid = b.txid + 1;
    database_page(&c, 4)[9] ^= 1;
    /* As if nobody had seen that the database was small in between: page 3 is not in the file. */
    database_copy(&wrong, &a);
    wrong.txid = b.txid;
    struct buf small = database_file(&a, &b, 2), grown = database_file(&wrong, &c, 2);
    expect_refusal((struct buf[]){small, grown}, 2, "page 3 is missing");
    buf_release(&small);
    buf_release(&grown);
    database_release(&a);
    database_release(&b);
    database_release(&c);
    database_release(&wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_in_order),     cmocka_unit_test(in_rounds),
        cmocka_unit_test(header_of_the_result), cmocka_unit_test(what_does_not_follow),
        cmocka_unit_test(a_gap_between_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
