/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A replica of a small database, for days of a clock of its own. Wherever the keeper dies, what was
 * shipped can be restored, and the next keeper goes on.
 */
#include "base/log.h"
#include "keeper/place.h"
#include "lib/expect.h"
#include "replicate/keeper.h"
#include "replicate/ltx_decode.h"
#include "replicate/ltx_encode.h"
#include "replicate/stage.h"

#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

enum { PAGE = 512, PAGES = 12, LIFE_MAX = 4000, SECOND = 1000, MINUTE = 60 * SECOND };

struct life {
    char data[64];
    struct keeper *keeper;
    struct ltx_encoder encoder;
    struct stage stage;
    uint32_t seed;
    uint64_t txid;
    bool whole;                         /* the next file has every page */
    unsigned asked;                     /* how often an image was wanted */
    uint8_t pages[LIFE_MAX + 1][PAGES]; /* what page i was filled with after a TXID */
};

static const struct retention_rules quick = {
    .levels = {{0, 20 * SECOND},
               {SECOND, MINUTE},
               {10 * SECOND, 10 * MINUTE},
               {100 * SECOND, 60 * MINUTE}},
    .levels_n = 4,
    .settle_ms = SECOND,
    .snapshot_ms = 20 * MINUTE,
    .snapshot_size = 4000,
    .all_ms = 30 * MINUTE,
    .thin_ms = 30 * MINUTE,
    .inputs_max = 12,
};

static uint32_t chance(struct life *l, uint32_t below)
{
    l->seed = l->seed * 1103515245U + 12345U;
    return (l->seed >> 8) % below;
}

static void want_image(void *context)
{
    ((struct life *)context)->asked++;
}

static struct keeper_options options_of(struct life *l)
{
    return (struct keeper_options){.data = l->data,
                                   .destination = place_open(),
                                   .rules = quick,
                                   .heal = want_image,
                                   .context = l};
}

static void life_open(struct life *l)
{
    struct keeper_options options = options_of(l);
    keeper_open(&options, &l->keeper);
}

static void life_init(struct life *l)
{
    struct why why;
    memset(l, 0, sizeof *l);
    l->seed = 7;
    snprintf(l->data, sizeof l->data, "/tmp/keeper-XXXXXX");
    assert_non_null(mkdtemp(l->data));
    assert_int_equal(ltx_encoder_init(&l->encoder, &why), ERR_NONE);
    stage_init(&l->stage);
    place_clear();
    place.now_ms = 1700000000000;
    life_open(l);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void life_release(struct life *l)
{
    keeper_free(l->keeper);
    ltx_encoder_release(&l->encoder);
    stage_release(&l->stage);
    nftw(l->data, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    place_clear();
}

static void fine(enum err e, const struct why *why)
{
    if (e)
        fail_msg("%s: %s", why->op, why->detail);
}

/* A file of the next TXID, as the shipper does it. */
static void ship(struct life *l)
{
    uint64_t txid = l->txid + 1;
    struct ltx_name name = {.min_txid = txid, .max_txid = txid};
    struct ltx_header header = {.flags = LTX_FLAG_NO_CHECKSUM,
                                .page_size = PAGE,
                                .commit = PAGES,
                                .min_txid = txid,
                                .max_txid = txid,
                                .at_ms = place.now_ms};
    struct ltx_trailer trailer;
    struct why why;
    char text[LTX_NAME_SIZE];
    assert_true(txid <= LIFE_MAX);
    memcpy(l->pages[txid], l->pages[l->txid], PAGES);
    fine(stage_begin(&l->stage, l->data, &name, &why), &why);
    fine(
        ltx_encoder_begin(&l->encoder, &header, txid == 1 ? 0 : PAGES, stage_sink(&l->stage), &why),
        &why);
    for (uint32_t p = 0; p < PAGES; p++) {
        if (txid > 1 && !l->whole && chance(l, 4) && p != txid % PAGES)
            continue;
        unsigned char page[PAGE];
        l->pages[txid][p] = (uint8_t)chance(l, 256);
        memset(page, l->pages[txid][p], PAGE);
        fine(ltx_encoder_page(&l->encoder, p + 1, page, &why), &why);
    }
    fine(ltx_encoder_end(&l->encoder, 0, &trailer, &why), &why);
    fine(stage_end(&l->stage, &why), &why);
    struct notes notes = {
        .at_ms = place.now_ms, .epoch = 1, .dbsum = txid, .filesum = trailer.file};
    memset(notes.writer, 'a', NOTES_WRITER_SIZE - 1);
    struct arena a;
    arena_init(&a);
    struct destination_notes written = notes_write(&a, &notes);
    unsigned dies_at = place.dies_at; /* the shipper lives */
    place.dies_at = 0;
    fine(destination_put_file(NULL, ltx_name_write(&name, text), l->stage.fd, l->stage.size,
                              &written, &why),
         &why);
    place.calls--;
    place.dies_at = dies_at;
    arena_release(&a);
    keeper_told(l->keeper, &name, &notes, l->stage.size);
    if (l->whole)
        keeper_image(l->keeper, &name);
    l->whole = false;
    stage_close(&l->stage);
    l->txid = txid;
}

/* ---- restoring ------------------------------------------------------------------------------ */

static void apply(const struct place_blob *blob, uint8_t pages[PAGES])
{
    static struct ltx_unpacker unpacker;
    static bool ready;
    struct ltx_decoder d;
    struct why why;
    struct str rest = str_of(blob->bytes, blob->size);
    const unsigned char *page;
    uint32_t pgno;
    if (!ready)
        fine(ltx_unpacker_init(&unpacker, &why), &why);
    ready = true;
    ltx_decoder_init(&d, &unpacker, 0);
    fine(ltx_decoder_begin(&d, ltx_source_str(&rest), LTX_KNOWN_ALL, &why), &why);
    for (;;) {
        fine(ltx_decoder_page(&d, &pgno, &page, &why), &why);
        if (!pgno)
            break;
        pages[pgno - 1] = page[PAGE - 1];
    }
    ltx_decoder_release(&d);
}

/* Goes from the newest snapshot on by whatever continues furthest; compares. How far it came. */
static uint64_t restore(const struct life *l, uint64_t to)
{
    uint8_t pages[PAGES] = {0};
    uint64_t at = 0;
    for (;;) {
        const struct place_blob *best = NULL;
        uint64_t end = at;
        for (size_t i = 0; i < place.n; i++) {
            struct ltx_name name;
            if (!ltx_name_read(str_from(place.blobs[i].name), &name) || name.max_txid > to ||
                name.min_txid > at + 1 || name.max_txid <= end)
                continue;
            best = &place.blobs[i];
            end = name.max_txid;
        }
        if (!best)
            break;
        apply(best, pages);
        at = end;
    }
    if (at)
        assert_memory_equal(pages, l->pages[at], PAGES);
    return at;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void pass(struct life *l, uint32_t at_most_ms)
{
    place.now_ms += chance(l, at_most_ms) + 1;
}

static unsigned count(unsigned level)
{
    unsigned n = 0;
    for (size_t i = 0; i < place.n; i++) {
        struct ltx_name name;
        n += ltx_name_read(str_from(place.blobs[i].name), &name) && name.level == level;
    }
    return n;
}

static void days_pass(void **state)
{
    (void)state;
    static struct life l;
    struct keeper_state s;
    struct why why;
    life_init(&l);
    while (l.txid < 1500) {
        for (uint32_t i = chance(&l, 12); i > 0; i--) {
            pass(&l, 3 * SECOND);
            ship(&l);
        }
        pass(&l, MINUTE);
        fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
        assert_true(restore(&l, l.txid) == l.txid);
    }
    keeper_state(l.keeper, &s);
    assert_true(s.known && s.gap == 0 && s.failures == 0);
    /* Nothing that was put was fetched back, and the copies here went with their files. */
    assert_int_equal(place.fetches, 0);
    assert_int_equal(s.fetched, 0);
    assert_true(s.merges > 300 && s.deletions > 300 && s.oldest_ms && s.snapshot_txid > 500);
    assert_true(place.now_ms - s.oldest_ms >= 60 * MINUTE);
    for (unsigned level = 0; level <= LTX_LEVEL_SNAPSHOT; level++)
        assert_int_equal(s.levels[level].files, count(level));
    print_message("# %llu files became %u + %u + %u + %u and %u snapshots\n",
                  (unsigned long long)l.txid, count(0), count(1), count(2), count(3),
                  count(LTX_LEVEL_SNAPSHOT));
    /* Nothing happens: nobody is asked. */
    place.now_ms += 3 * 60 * (int64_t)MINUTE;
    fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
    unsigned calls = place.calls;
    for (int i = 0; i < 100; i++) {
        place.now_ms += SECOND;
        fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
    }
    assert_int_equal(place.calls, calls);
    /* What a merged file says of itself is what its last part said. */
    keeper_state(l.keeper, &s);
    struct ltx_name last = {LTX_LEVEL_SNAPSHOT, 1, s.snapshot_txid};
    char text[LTX_NAME_SIZE], dbsum[17];
    ltx_name_write(&last, text);
    struct place_blob *b = place_find(text);
    assert_non_null(b);
    snprintf(dbsum, sizeof dbsum, "%016llx", (unsigned long long)s.snapshot_txid);
    assert_string_equal(b->notes[3].value, dbsum);
    life_release(&l);
}

/* One stretch of life with a keeper that dies at call `at`; then another one tidies up. False: it
 * did not come to that many calls. */
static bool die_at(unsigned at, bool after)
{
    static struct life l;
    struct why why;
    bool died = false;
    life_init(&l);
    place.dies_at = at;
    place.after = after;
    for (int turn = 0; turn < 70 && !died; turn++) {
        for (uint32_t i = 1 + chance(&l, 4); i > 0; i--) {
            pass(&l, SECOND);
            ship(&l);
        }
        pass(&l, 2 * MINUTE);
        died = keeper_turn(l.keeper, place.now_ms, &why) != ERR_NONE;
    }
    place.dies_at = 0;
    assert_true(restore(&l, l.txid) == l.txid);
    keeper_free(l.keeper);
    life_open(&l);
    for (int turn = 0; turn < 3; turn++) {
        pass(&l, SECOND);
        ship(&l);
        place.now_ms += 3 * MINUTE;
        fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
        assert_true(restore(&l, l.txid) == l.txid);
    }
    struct keeper_state s;
    keeper_state(l.keeper, &s);
    assert_int_equal(s.gap, 0);
    assert_int_equal(count(0), 1); /* the last one, within its grace */
    life_release(&l);
    return died;
}

static void dies_anywhere(void **state)
{
    (void)state;
    unsigned deaths = 0;
    for (int after = 0; after < 2; after++)
        for (unsigned at = 1; die_at(at, after); at += at < 40 ? 1 : 11)
            deaths++;
    print_message("# died at %u places\n", deaths);
    assert_true(deaths > 80);
}

static void turns(struct life *l, int n)
{
    struct why why;
    for (int i = 0; i < n; i++) {
        place.now_ms += SECOND;
        fine(keeper_turn(l->keeper, place.now_ms, &why), &why);
    }
}

static void somebody_deletes(const char *name)
{
    struct str view = str_from(name);
    struct why why;
    unsigned calls = place.calls;
    assert_non_null(place_find(name));
    fine(destination_delete(NULL, &view, 1, &why), &why);
    place.calls = calls;
}

/*
 * Files are deleted by somebody: of what is merged next, of a level, the snapshot. Seen when the
 * list is read (a start, or a file that is asked for), an image is wanted once, and closes it.
 */
static void a_gap_heals(void **state)
{
    (void)state;
    static const char *const victims[] = {"ltx/0/0000000000000006-0000000000000006.ltx", "ltx/1/",
                                          "ltx/9/"};
    for (size_t v = 0; v < sizeof victims / sizeof *victims; v++) {
        static struct life l;
        struct keeper_state s;
        char name[DESTINATION_NAME_MAX];
        life_init(&l);
        for (int i = 0; i < 4; i++) {
            ship(&l);
            place.now_ms += 700;
        }
        turns(&l, 40); /* what was shipped is merged, and gone */
        ship(&l);
        ship(&l);
        ship(&l);
        snprintf(name, sizeof name, "%s", victims[v]);
        for (size_t i = 0; name[strlen(name) - 1] == '/' && i < place.n; i++)
            if (str_starts(str_from(place.blobs[i].name), str_from(victims[v])))
                snprintf(name, sizeof name, "%s", place.blobs[i].name);
        somebody_deletes(name);
        keeper_free(l.keeper);
        life_open(&l);
        uint64_t before = restore(&l, l.txid);
        bool broken = before < l.txid;
        turns(&l, 6);
        keeper_state(l.keeper, &s);
        print_message("# %s: %s\n", name, broken ? "missing" : "missed by nobody");
        assert_int_equal(s.gap != 0, broken);
        assert_int_equal(l.asked, broken);
        l.whole = true;
        ship(&l);
        turns(&l, 4);
        ship(&l);
        turns(&l, 6);
        keeper_state(l.keeper, &s);
        assert_int_equal(s.gap, 0);
        assert_int_equal(s.healed, broken);
        assert_int_equal(l.asked, broken);
        assert_int_equal(restore(&l, l.txid), l.txid);
        if (before)
            assert_int_equal(restore(&l, before), before);
        place.now_ms += 3 * 60 * (int64_t)MINUTE;
        turns(&l, 3);
        assert_int_equal(restore(&l, l.txid), l.txid);
        life_release(&l);
    }
}

/* The image is lost on its way: it is asked for again after a while, and not each second. */
static void an_image_that_does_not_come_is_asked_for_again(void **state)
{
    (void)state;
    static struct life l;
    life_init(&l);
    for (int i = 0; i < 5; i++)
        ship(&l);
    somebody_deletes("ltx/0/0000000000000003-0000000000000003.ltx");
    keeper_free(l.keeper);
    life_open(&l);
    turns(&l, 50);
    assert_int_equal(l.asked, 1);
    turns(&l, 100);
    assert_in_range(l.asked, 2, 3);
    life_release(&l);
}

/* Copies here that are gone, cut or of another past are fetched; a damaged replica is said. */
static void copies_are_not_trusted(void **state)
{
    (void)state;
    static struct life l;
    struct why why;
    life_init(&l);
    for (int i = 0; i < 4; i++) {
        ship(&l);
        place.now_ms += 100;
    }
    static const char *const names[] = {"0000000000000002-0000000000000002",
                                        "0000000000000003-0000000000000003"};
    for (int i = 0; i < 2; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/replica/ltx/0/%s.ltx", l.data, names[i]);
        assert_int_equal(i ? truncate(path, 200) : unlink(path), 0);
    }
    place.now_ms += 3 * SECOND;
    fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
    assert_int_equal(place.fetches, 2);
    assert_int_equal(count(1), 1);
    assert_true(restore(&l, 4) == 4);
    ship(&l);
    struct place_blob *b = place_find("ltx/0/0000000000000005-0000000000000005.ltx");
    char path[512];
    snprintf(path, sizeof path, "%s/replica/%s", l.data, b->name);
    assert_int_equal(unlink(path), 0);
    b->bytes[b->size / 2] ^= 1;
    place.now_ms += 3 * SECOND;
    assert_int_equal(keeper_turn(l.keeper, place.now_ms, &why), ERR_DATA);
    struct keeper_state s;
    keeper_state(l.keeper, &s);
    assert_int_equal(s.result, ERR_DATA);
    b->bytes[b->size / 2] ^= 1;
    fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
    assert_true(restore(&l, 5) == 5);
    life_release(&l);
}

static enum err drill(void *context, const char *scratch, uint64_t *txid, struct why *why)
{
    assert_non_null(strstr(scratch, "/replica/drill"));
    *txid = 42;
    return ++*(int *)context % 2 ? ERR_NONE : err_set(why, ERR_DATA, "drill", "no");
}

static void drills_daily(void **state)
{
    (void)state;
    static struct life l;
    int drills = 0;
    struct why why;
    struct keeper_state s;
    life_init(&l);
    keeper_free(l.keeper);
    struct keeper_options options = options_of(&l);
    options.drill = drill;
    options.context = &drills;
    options.drill_ms = 24 * 60 * (int64_t)MINUTE;
    keeper_open(&options, &l.keeper);
    ship(&l);
    for (int hour = 0; hour < 50; hour++) {
        fine(keeper_turn(l.keeper, place.now_ms, &why), &why);
        place.now_ms += 60 * (int64_t)MINUTE;
        keeper_state(l.keeper, &s);
        if (drills == 1)
            assert_true(s.drill.result == ERR_NONE && s.drill.txid == 42 && s.drill.at_ms);
    }
    assert_int_equal(drills, 3);
    life_release(&l);
}

static void on_turned(void *context)
{
    __atomic_add_fetch((int *)context, 1, __ATOMIC_SEQ_CST);
}

static void on_a_thread(void **state)
{
    (void)state;
    static struct life l;
    int turns = 0;
    life_init(&l);
    keeper_free(l.keeper);
    struct keeper_options options = options_of(&l);
    options.turned = on_turned;
    options.context = &turns;
    keeper_open(&options, &l.keeper);
    ship(&l);
    keeper_start(l.keeper);
    while (__atomic_load_n(&turns, __ATOMIC_SEQ_CST) == 0)
        usleep(1000);
    keeper_stop(l.keeper);
    assert_int_equal(count(LTX_LEVEL_SNAPSHOT), 1);
    life_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_pass),
        cmocka_unit_test(dies_anywhere),
        cmocka_unit_test(drills_daily),
        cmocka_unit_test(a_gap_heals),
        cmocka_unit_test(an_image_that_does_not_come_is_asked_for_again),
        cmocka_unit_test(copies_are_not_trusted),
        cmocka_unit_test(on_a_thread),
    };
    log_init(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_ERROR, LOG_FORMAT_JSON);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
