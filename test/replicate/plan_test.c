/* SPDX-License-Identifier: Apache-2.0 */
/* Plans by hand, and of thousands of random trees against a reference that tries everything. */
#include "replicate/database.h"

#include "base/must.h"
#include "replicate/plan.h"

enum { FILES_MAX = 64 };

/* "9:1-6 0:7-7!": level, TXIDs, "!" for a damaged one. */
static size_t read_files(const char *text, struct plan_file files[FILES_MAX])
{
    size_t n = 0;
    struct str rest = str_from(text), word;
    while (str_cut(&rest, ' ', &word)) {
        uint64_t level, from, to;
        struct str part;
        bool out = str_ends(word, STR("!"));
        if (out)
            word.len--;
        assert_true(str_cut(&word, ':', &part) && str_to_u64(part, &level));
        assert_true(str_cut(&word, '-', &part) && str_to_u64(part, &from));
        assert_true(str_to_u64(word, &to));
        files[n++] =
            (struct plan_file){.name = {.level = (unsigned)level, .min_txid = from, .max_txid = to},
                               .size = 10 + to - from,
                               .out = out};
    }
    return n;
}

static void plans_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *files;
        uint64_t from, to;
        const char *plan; /* the files' places */
        uint64_t txid;
        enum plan_end end;
        uint64_t next, missing;
    } rows[] = {
        {"0:1-1", 0, 1, "0", 1, PLAN_THERE, 0, 0},
        {"0:3-3 0:1-1 0:2-2", 0, 3, "120", 3, PLAN_THERE, 0, 0},
        {"0:3-3 0:1-1 0:2-2", 0, 2, "12", 2, PLAN_THERE, 0, 0},
        /* a snapshot is better than what it is made of, and levels than what they are made of */
        {"9:1-6 0:1-1 1:7-9 0:7-7 0:8-8 0:9-9 0:10-10", 0, 10, "026", 10, PLAN_THERE, 0, 0},
        {"9:1-6 0:1-1 1:7-9 0:7-7 0:8-8 0:9-9 0:10-10", 0, 8, "034", 8, PLAN_THERE, 0, 0},
        /* the newest snapshot that is not too new */
        {"9:1-3 9:1-6 0:4-4 0:5-5 0:6-6", 0, 5, "023", 5, PLAN_THERE, 0, 0},
        {"9:1-3 9:1-6 0:4-4 0:5-5 0:6-6", 0, 6, "1", 6, PLAN_THERE, 0, 0},
        /* files may overlap */
        {"9:1-4 1:3-8 2:6-12", 0, 12, "012", 12, PLAN_THERE, 0, 0},
        /* equally far: the smaller one */
        {"0:1-1 1:1-3 1:2-3", 1, 3, "2", 3, PLAN_THERE, 0, 0},
        /* from somewhere on */
        {"9:1-6 0:7-7 0:8-8", 6, 8, "12", 8, PLAN_THERE, 0, 0},
        {"9:1-6 0:7-7 0:8-8", 8, 8, "", 8, PLAN_THERE, 0, 0},
        {"2:3-9", 6, 9, "0", 9, PLAN_THERE, 0, 0},
        /* what is missing */
        {"", 0, 1, "", 0, PLAN_SHORT, 0, 0},
        {"0:1-1 0:2-2", 0, 3, "01", 2, PLAN_SHORT, 0, 0},
        {"0:1-1 0:4-4", 0, 4, "0", 1, PLAN_GAP, 0, 3},
        {"0:2-2", 0, 2, "", 0, PLAN_GAP, 0, 1},
        {"0:1-1 1:2-5", 0, 3, "0", 1, PLAN_COARSE, 5, 0},
        {"0:1-1 1:2-5 1:2-4 0:9-9", 0, 3, "0", 1, PLAN_COARSE, 4, 0},
        /* damaged ones */
        {"0:1-1 0:2-2! 0:3-3", 0, 3, "0", 1, PLAN_GAP, 0, 2},
        {"0:1-1 0:2-2! 1:2-3", 0, 3, "02", 3, PLAN_THERE, 0, 0},
        {"0:1-1 0:2-2!", 0, 2, "0", 1, PLAN_SHORT, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_file files[FILES_MAX];
        size_t n = *rows[i].files ? read_files(rows[i].files, files) : 0;
        struct arena a = ARENA_INIT;
        struct plan plan;
        char places[FILES_MAX] = "";
        plan_make(&a, files, n, rows[i].from, rows[i].to, &plan);
        for (size_t k = 0; k < plan.n; k++)
            places[k] = (char)('0' + plan.files[k]);
        assert_string_equal(places, rows[i].plan);
        assert_int_equal(plan.txid, rows[i].txid);
        assert_int_equal(plan.end, rows[i].end);
        assert_int_equal(plan.next, rows[i].next);
        assert_int_equal(plan.missing, rows[i].missing);
        arena_release(&a);
    }
}

/* The fewest files that lead from each point to `to`, by trying all: -1 when none do. */
static int fewest(const struct plan_file *files, size_t n, uint64_t from, uint64_t to)
{
    enum { TXIDS = 64 };
    int steps[TXIDS];
    must(to < TXIDS);
    for (uint64_t at = 0; at < TXIDS; at++)
        steps[at] = at == from ? 0 : -1;
    for (uint64_t at = from; at < to; at++)
        for (size_t i = 0; steps[at] >= 0 && i < n; i++) {
            const struct ltx_name *f = &files[i].name;
            if (!files[i].out && f->min_txid <= at + 1 && f->max_txid > at && f->max_txid <= to &&
                (steps[f->max_txid] < 0 || steps[f->max_txid] > steps[at] + 1))
                steps[f->max_txid] = steps[at] + 1;
        }
    return steps[to];
}

static void plans_of_random_trees(void **state)
{
    (void)state;
    unsigned there = 0;
    for (unsigned turn = 0; turn < 20000; turn++) {
        struct plan_file files[FILES_MAX];
        size_t n = 1 + chance(FILES_MAX - 1);
        for (size_t i = 0; i < n; i++) {
            uint64_t from = 1 + chance(chance(3) ? 40 : 1);
            files[i] = (struct plan_file){
                .name = {.level = chance(10), .min_txid = from, .max_txid = from + chance(8)},
                .size = chance(1000),
                .out = chance(10) == 0};
        }
        uint64_t from = chance(2) ? 0 : chance(20), to = from + 1 + chance(30);
        struct arena a = ARENA_INIT;
        struct plan plan;
        plan_make(&a, files, n, from, to, &plan);
        int right = fewest(files, n, from, to);
        assert_int_equal(plan.end == PLAN_THERE, right >= 0);
        if (right >= 0)
            assert_int_equal(plan.n, right);
        /* It is a chain, and where it ends is the farthest that can be reached. */
        uint64_t at = from;
        for (size_t i = 0; i < plan.n; i++) {
            const struct plan_file *f = &files[plan.files[i]];
            assert_true(!f->out && f->name.min_txid <= at + 1 && f->name.max_txid > at);
            at = f->name.max_txid;
        }
        assert_int_equal(at, plan.txid);
        assert_true(at <= to);
        for (uint64_t behind = at + 1; behind <= to; behind++)
            assert_int_equal(fewest(files, n, from, behind), -1);
        there += right >= 0;
        arena_release(&a);
    }
    assert_true(there > 1000);
}

struct clock {
    const struct plan_file *files;
    unsigned asked;
    bool broken;
};

static enum err when(void *context, size_t i, int64_t *at_ms, struct why *why)
{
    struct clock *clock = context;
    clock->asked++;
    if (clock->broken)
        return err_set(why, ERR_MISSING, "ask", "gone");
    *at_ms = (int64_t)clock->files[i].name.max_txid * 1000;
    return ERR_NONE;
}

static void points_in_time(void **state)
{
    (void)state;
    struct plan_file files[FILES_MAX];
    size_t n = read_files("9:1-6 0:5-5 1:7-9 0:9-9 0:10-10! 0:12-12", files);
    struct clock clock = {.files = files};
    static const struct {
        int64_t at_ms;
        uint64_t txid;
    } rows[] = {{4999, 0},  {5000, 5},  {5999, 5},   {6000, 6},   {8999, 6},     {9000, 9},
                {10500, 9}, {11999, 9}, {12000, 12}, {99999, 12}, {INT64_MIN, 0}};
    struct why why;
    uint64_t txid;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        clock.asked = 0;
        assert_int_equal(plan_at(files, n, rows[i].at_ms, when, &clock, &txid, &why), ERR_NONE);
        assert_int_equal(txid, rows[i].txid);
        assert_true(clock.asked <= 3);
    }
    clock.broken = true;
    assert_int_equal(plan_at(files, n, 5000, when, &clock, &txid, &why), ERR_MISSING);
    assert_int_equal(plan_at(files, 0, 5000, when, &clock, &txid, &why), ERR_NONE);
    assert_int_equal(txid, 0);
    assert_int_equal(plan_newest(files, n), 12);
    assert_int_equal(plan_newest(files, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_by_hand),
        cmocka_unit_test(plans_of_random_trees),
        cmocka_unit_test(points_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
