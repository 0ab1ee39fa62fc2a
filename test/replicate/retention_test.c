/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever happens to a replica, every promised point can be restored: by us and by stock tools. */
#include "base/arena.h"
#include "replicate/database.h"
#include "replicate/retention.h"

enum { FILES_MAX = 40000, COMMITS_MAX = 40000, SECOND = 1000, MINUTE = 60 * SECOND };

struct world {
    struct retention_rules rules;
    struct retention_file *files; /* in order */
    size_t n;
    int64_t *at;   /* of TXID i, from 1 */
    uint64_t txid; /* the last one */
    bool torn;     /* a deletion stopped in the middle: stock tools may see gaps in old moments */
    bool overlap;  /* files of two writers, at random: only the end is promised */
    int64_t now_ms;
    int64_t since_ms; /* the rules are these: what others deleted before was not promised */
    size_t merges, deletions, snapshots;
};

/* A minute, ten minutes, two hours: a life passes quickly. */
static const struct retention_rules quick = {
    .levels = {{0, 20 * SECOND},
               {SECOND, MINUTE},
               {10 * SECOND, 10 * MINUTE},
               {100 * SECOND, 120 * MINUTE}},
    .levels_n = 4,
    .settle_ms = SECOND,
    .snapshot_ms = 20 * MINUTE,
    .snapshot_size = 100000,
    .all_ms = 60 * MINUTE,
    .thin_ms = 60 * MINUTE,
    .inputs_max = 12,
};

static void world_init(struct world *w, const struct retention_rules *rules)
{
    *w = (struct world){.rules = *rules, .now_ms = 1700000000000};
    w->files = calloc(FILES_MAX, sizeof *w->files);
    w->at = calloc(COMMITS_MAX + 1, sizeof *w->at);
    assert_true(w->files && w->at);
}

static void world_release(struct world *w)
{
    free(w->files);
    free(w->at);
}

static void add(struct world *w, struct ltx_name name, uint64_t size)
{
    size_t i = w->n;
    assert_true(w->n < FILES_MAX);
    while (i > 0 && retention_order(&w->files[i - 1].name, &name) > 0)
        i--;
    if (i > 0 && retention_order(&w->files[i - 1].name, &name) == 0)
        return;
    memmove(&w->files[i + 1], &w->files[i], (w->n++ - i) * sizeof *w->files);
    w->files[i] = (struct retention_file){
        .name = name, .size = size, .at_ms = w->at[name.max_txid], .put_ms = w->now_ms};
}

static void commit(struct world *w)
{
    if (w->txid == COMMITS_MAX)
        return;
    w->at[++w->txid] = w->now_ms;
    add(w, (struct ltx_name){0, w->txid, w->txid}, w->txid == 1 ? 50000 : 1000);
}

static void drop(struct world *w, struct ltx_name name)
{
    size_t i = 0;
    while (retention_order(&w->files[i].name, &name) != 0)
        i++;
    memmove(&w->files[i], &w->files[i + 1], (--w->n - i) * sizeof *w->files);
}

/* A merge is of files without gap or overlap, all there, and into the next level or a snapshot. */
static void check_merge(const struct retention_step *step)
{
    unsigned level = step->files[0]->name.level;
    assert_true(step->n > 0);
    for (size_t i = 1; i < step->n; i++)
        assert_true(step->files[i]->name.min_txid == step->files[i - 1]->name.max_txid + 1);
    if (step->result.level != LTX_LEVEL_SNAPSHOT)
        assert_int_equal(step->result.level, level + 1);
    else
        assert_int_equal(step->result.min_txid, 1);
    assert_true(step->result.min_txid == step->files[0]->name.min_txid);
    assert_true(step->result.max_txid == step->files[step->n - 1]->name.max_txid);
}

/* One step; false: nothing was due. A deletion is cut short in `torn` of 100. */
static bool step(struct world *w, uint32_t torn)
{
    struct arena a;
    struct retention_step s;
    arena_init(&a);
    retention_next(&a, w->files, w->n, &w->rules, w->now_ms, &s);
    assert_true(s.gap == 0 || w->txid == 0);
    if (s.kind == RETENTION_MERGE) {
        uint64_t size = 0;
        check_merge(&s);
        for (size_t i = 0; i < s.n; i++)
            size += s.files[i]->size;
        bool snapshot = s.result.level == LTX_LEVEL_SNAPSHOT;
        add(w, s.result, snapshot ? 50000 : size);
        w->merges++;
        w->snapshots += snapshot;
    } else if (s.kind == RETENTION_DELETE) {
        size_t n = chance(100) < torn ? chance((uint32_t)s.n + 1) : s.n;
        struct ltx_name names[RETENTION_DELETE_MAX];
        for (size_t i = 0; i < s.n; i++)
            names[i] = s.files[i]->name;
        for (size_t i = 0; i < n; i++) { /* any of them */
            size_t j = i + chance((uint32_t)(s.n - i));
            struct ltx_name name = names[j];
            names[j] = names[i];
            drop(w, name);
        }
        w->deletions += n;
        w->torn = n < s.n;
    }
    arena_release(&a);
    return s.kind != RETENTION_REST;
}

/* The last TXID committed at t or before; 0: none. Times rise. */
static uint64_t last_at(const struct world *w, int64_t t)
{
    uint64_t from = 0, to = w->txid;
    while (from < to) {
        uint64_t middle = from + (to - from + 1) / 2;
        if (w->at[middle] <= t)
            from = middle;
        else
            to = middle - 1;
    }
    return from;
}

/* The slow reference: the furthest TXID up to `to` that any chain of files leads to. */
static uint64_t reachable(const struct world *w, uint64_t to)
{
    bool *there = calloc(to + 1, 1);
    assert_non_null(there);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < w->n; i++) {
            const struct ltx_name *f = &w->files[i].name;
            if (f->max_txid > to || there[f->max_txid])
                continue;
            bool leads = f->min_txid == 1;
            for (uint64_t c = f->min_txid - 1; !leads && c < f->max_txid; c++)
                leads = there[c];
            there[f->max_txid] = leads;
            more = more || leads;
        }
    }
    uint64_t best = to;
    while (best > 0 && !there[best])
        best--;
    free(there);
    return best;
}

/* Litestream 0.5: the newest snapshot, then level by level; a gap in a level is an error (0). */
static uint64_t stock(const struct world *w, uint64_t to)
{
    uint64_t at = 0;
    for (size_t i = 0; i < w->n; i++)
        if (w->files[i].name.level == LTX_LEVEL_SNAPSHOT && w->files[i].name.max_txid <= to)
            at = w->files[i].name.max_txid;
    for (int level = 8; level >= 0; level--)
        for (size_t i = 0; i < w->n; i++) {
            const struct ltx_name *f = &w->files[i].name;
            if (f->level != (unsigned)level || f->max_txid > to || f->max_txid <= at)
                continue;
            if (f->min_txid > at + 1)
                return 0;
            at = f->max_txid;
        }
    return at;
}

/* Is what is promised for the moment t there? */
static void check_moment(const struct world *w, int64_t t, bool slow)
{
    int64_t age = w->now_ms - t;
    unsigned level = 0;
    while (level < w->rules.levels_n && age > w->rules.levels[level].keep_ms)
        level++;
    uint64_t to = last_at(w, t);
    if (level == w->rules.levels_n || to == 0)
        return;
    uint64_t least = last_at(w, t - w->rules.levels[level].span_ms);
    uint64_t ours = slow ? reachable(w, to) : to, theirs = stock(w, to);
    if (ours < least || (theirs < least && !w->torn) || theirs > to)
        fail_msg("%lld ms ago: from %llu to %llu was promised; ours %llu, stock %llu",
                 (long long)age, (unsigned long long)least, (unsigned long long)to,
                 (unsigned long long)ours, (unsigned long long)theirs);
}

static void check(const struct world *w, int moments)
{
    if (w->txid == 0 || w->overlap)
        return;
    assert_true(stock(w, w->txid) == w->txid);
    int64_t longest = w->rules.levels[w->rules.levels_n - 1].keep_ms;
    int64_t born = w->now_ms - (w->at[1] > w->since_ms ? w->at[1] : w->since_ms);
    if (born < longest)
        longest = born;
    for (int i = 0; i < moments; i++) {
        /* As many moments in each level's time. */
        int64_t within = w->rules.levels[chance(w->rules.levels_n)].keep_ms;
        if (within > longest)
            within = longest;
        check_moment(w, w->now_ms - (int64_t)chance((uint32_t)(within + 1)), i % 8 == 0);
    }
}

/* Bursts and silences; a keeper that comes often, late, or is killed in the middle. */
static void live(struct world *w, unsigned turns, uint32_t torn)
{
    for (unsigned turn = 0; turn < turns; turn++) {
        uint32_t busy = chance(4);
        for (uint32_t i = chance(30); i > 0; i--) {
            w->now_ms += busy == 0   ? chance(20)
                         : busy == 1 ? chance(2000)
                         : busy == 2 ? chance(20 * SECOND)
                                     : chance(turn % 50 == 0 ? 20 * MINUTE : MINUTE);
            commit(w);
        }
        for (unsigned steps = chance(10) ? 100000 : chance(5); steps > 0 && step(w, torn);)
            steps--;
        if (turn % 4 == 0)
            check(w, 6);
    }
}

static void every_promised_point_stays(void **state)
{
    (void)state;
    size_t merges = 0, deletions = 0, snapshots = 0;
    for (int life = 0; life < 12; life++) {
        struct world w;
        world_init(&w, &quick);
        if (life % 3 == 1)
            w.rules.inputs_max = 2 + chance(4);
        live(&w, 150, life % 2 ? 50 : 0);
        merges += w.merges;
        deletions += w.deletions;
        snapshots += w.snapshots;
        /* It does not only grow. */
        assert_true(w.n < w.txid);
        world_release(&w);
    }
    print_message("# merges %zu, deletions %zu, snapshots %zu\n", merges, deletions, snapshots);
    assert_true(merges > 5000 && deletions > 5000 && snapshots > 50);
}

/* Somebody gives it other levels, or other times. */
static void rules_may_change(void **state)
{
    (void)state;
    for (int life = 0; life < 6; life++) {
        struct world w;
        world_init(&w, &quick);
        for (int change = 0; change < 6; change++) {
            live(&w, 25, 20);
            while (step(&w, 0))
                ;
            w.rules.levels_n = change % 2 ? 4 : 3;
            w.since_ms = w.now_ms;
            for (int i = 0; i < 60; i++) {
                w.now_ms += 2 * MINUTE;
                commit(&w);
                while (step(&w, 0))
                    ;
                assert_true(stock(&w, w.txid) == w.txid && reachable(&w, w.txid) == w.txid);
            }
        }
        world_release(&w);
    }
}

/* A writer that was taken over left merged files where the next one made others. */
static void what_overlaps_stops_nothing(void **state)
{
    (void)state;
    for (int life = 0; life < 10; life++) {
        struct world w;
        world_init(&w, &quick);
        w.overlap = true;
        for (int i = 0; i < 40; i++) {
            live(&w, 3, 20);
            uint64_t end = 1, last = w.txid;
            for (size_t f = 0; f < w.n; f++)
                if (w.files[f].name.level > 0 && w.files[f].name.max_txid > end)
                    end = w.files[f].name.max_txid;
            for (int writer = 0; w.txid > 1 && writer < 2; writer++)
                for (uint64_t from = end + 1, to; from <= last; from = to + 1) {
                    to = from + chance(4);
                    if (to > last)
                        to = last;
                    add(&w, (struct ltx_name){1, from, to}, 1000);
                }
        }
        for (int i = 0; i < 200; i++) {
            w.now_ms += 5 * MINUTE;
            commit(&w);
            while (step(&w, 0))
                ;
        }
        assert_true(reachable(&w, w.txid) == w.txid && stock(&w, w.txid) == w.txid);
        assert_true(w.n < 300);
        world_release(&w);
    }
}

/* The times of the product: a month and a half of an office, then what is left. */
static void a_month_by_default(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, &retention_rules_default);
    for (int day = 0; day < 45; day++) {
        for (int i = 0; i < 60; i++) {
            w.now_ms += day % 7 < 5 ? 24 * MINUTE : 26 * MINUTE;
            for (uint32_t burst = chance(6); burst > 0; burst--) {
                w.now_ms += chance(3000);
                commit(&w);
            }
            while (step(&w, 5))
                ;
        }
        check(&w, 40);
    }
    size_t levels[LTX_LEVEL_SNAPSHOT + 1] = {0};
    for (size_t i = 0; i < w.n; i++)
        levels[w.files[i].name.level]++;
    print_message("# after %llu files: %zu + %zu + %zu + %zu, %zu snapshots\n",
                  (unsigned long long)w.txid, levels[0], levels[1], levels[2], levels[3],
                  levels[LTX_LEVEL_SNAPSHOT]);
    assert_in_range(levels[LTX_LEVEL_SNAPSHOT], 8, 14);
    assert_true(levels[0] < 10);
    assert_true(w.now_ms - retention_oldest_ms(w.files, w.n) >= 30 * 24 * 60 * (int64_t)MINUTE);
    world_release(&w);
}

/* Wrong clocks delay; they neither stop it nor lose anything. */
static void a_clock_that_jumps(void **state)
{
    (void)state;
    for (int life = 0; life < 10; life++) {
        struct world w;
        world_init(&w, &quick);
        for (int i = 0; i < 400; i++) {
            if (chance(20) == 0)
                w.now_ms +=
                    chance(2) ? (int64_t)chance(100 * MINUTE) : -(int64_t)chance(100 * MINUTE);
            w.now_ms += chance(5000);
            commit(&w);
            while (step(&w, 20))
                ;
            assert_true(stock(&w, w.txid) == w.txid);
        }
        assert_true(reachable(&w, w.txid) == w.txid);
        world_release(&w);
    }
}

static void a_gap_is_named(void **state)
{
    (void)state;
    struct arena a;
    struct retention_step s;
    arena_init(&a);
    const struct retention_file files[] = {
        {.name = {0, 2, 2}}, {.name = {0, 5, 5}}, {.name = {1, 2, 2}}, {.name = {9, 1, 1}}};
    retention_next(&a, files, 4, &quick, 500, &s);
    assert_int_equal(s.kind, RETENTION_REST);
    assert_int_equal(s.gap, 3);
    retention_next(&a, files, 2, &quick, 500, &s);
    assert_int_equal(s.gap, 1);
    /* A snapshot behind the gap ends it. */
    const struct retention_file healed[] = {{.name = {0, 2, 2}},
                                            {.name = {0, 5, 5}},
                                            {.name = {1, 2, 2}},
                                            {.name = {9, 1, 1}},
                                            {.name = {9, 1, 4}}};
    retention_next(&a, healed, 5, &quick, 3000, &s);
    assert_int_equal(s.kind, RETENTION_MERGE);
    assert_int_equal(s.gap, 0);
    assert_int_equal(s.result.min_txid, 5);
    retention_next(&a, NULL, 0, &quick, 500, &s);
    assert_int_equal(s.kind, RETENTION_REST);
    assert_int_equal(s.gap, 0);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_promised_point_stays),  cmocka_unit_test(rules_may_change),
        cmocka_unit_test(what_overlaps_stops_nothing), cmocka_unit_test(a_month_by_default),
        cmocka_unit_test(a_clock_that_jumps),          cmocka_unit_test(a_gap_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
