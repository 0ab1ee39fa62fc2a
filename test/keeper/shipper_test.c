/* SPDX-License-Identifier: Apache-2.0 */
/* A writer that slept while another went on, and whose slot was merged and is free again. */
#include "keeper/place.h"
#include "lib/expect.h"
#include "replicate/shipper.h"

#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

enum { PAGE = 512, PAUSE_MS = 10 * 60 * 1000 };

static char data[32];
static struct shipper shipper;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static int begin(void **state)
{
    (void)state;
    struct why why;
    place_clear();
    snprintf(data, sizeof data, "/tmp/shipper-XXXXXX");
    assert_non_null(mkdtemp(data));
    assert_int_equal(shipper_init(&shipper, data, place_open(), PAGE, &why), ERR_NONE);
    memset(shipper.position.writer, 'a', NOTES_WRITER_SIZE - 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    shipper_release(&shipper);
    nftw(data, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    place_clear();
    return 0;
}

/* One page, as the next file. */
static enum err ship(unsigned char fill, struct why *why)
{
    struct commit *commit = calloc(1, sizeof *commit + COMMIT_FRAME_HEAD + PAGE);
    struct batch batch;
    assert_non_null(commit);
    commit->page_size = PAGE;
    commit->db_pages = 1;
    commit->frames_n = 1;
    commit->frames[3] = 1;
    memset(commit->frames + COMMIT_FRAME_HEAD, fill, PAGE);
    batch_make(&batch, commit);
    enum err e = shipper_batch(&shipper, &batch, why);
    batch_release(&batch);
    return e ? e : shipper_put(&shipper, why);
}

/* Another writer's file, as far as names go: the bytes are ours. */
static void other_puts(const char *name)
{
    const struct destination_notes none = {.n = 0};
    struct why why;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(destination_put_file(NULL, str_from(name), fd, 0, &none, &why), ERR_NONE);
    close(fd);
}

static void a_free_slot_is_not_enough_after_a_pause(void **state)
{
    (void)state;
    struct why why;
    assert_int_equal(ship(1, &why), ERR_NONE);
    assert_int_equal(ship(2, &why), ERR_NONE);
    other_puts("ltx/0/0000000000000004-0000000000000004.ltx");
    other_puts("ltx/1/0000000000000002-0000000000000003.ltx");
    shipper.proved_ms -= PAUSE_MS;
    assert_int_equal(ship(3, &why), ERR_CONFLICT);
    assert_contains(why.detail, "went on behind it");
    assert_null(place_find("ltx/0/0000000000000003-0000000000000003.ltx"));
    assert_int_equal(shipper.position.txid, 2);
}

/* An idle office: a pause and nobody else. The same when the answer to the look is lost. */
static void alone_it_goes_on(void **state)
{
    (void)state;
    struct why why;
    assert_int_equal(ship(1, &why), ERR_NONE);
    unsigned calls = place.calls;
    assert_int_equal(ship(2, &why), ERR_NONE);
    assert_int_equal(place.calls, calls + 1);
    shipper.proved_ms -= PAUSE_MS;
    place.dies_at = place.calls + 2;
    assert_int_equal(ship(3, &why), ERR_NETWORK);
    place.dies_at = 0;
    assert_int_equal(shipper_put(&shipper, &why), ERR_NONE);
    assert_int_equal(shipper.position.txid, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_free_slot_is_not_enough_after_a_pause, begin, end),
        cmocka_unit_test_setup_teardown(alone_it_goes_on, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
