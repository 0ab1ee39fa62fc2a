/* SPDX-License-Identifier: Apache-2.0 */
/* What <data>/replica/status.json says, and when it is written. */
#include "lib/expect.h"
#include "replicate/report.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yyjson.h>

enum { TEXT_MAX = 16384 };

static void read_file(const char *path, char text[TEXT_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, text, TEXT_MAX - 1);
    assert_true(fd >= 0 && n > 0);
    text[n] = '\0';
    close(fd);
}

static void says_what_is(void **state)
{
    (void)state;
    char data[] = "/tmp/report-XXXXXX", folder[64], path[96], text[TEXT_MAX], again[TEXT_MAX];
    struct why why;
    struct report report;
    struct replicator_state r = {.position = {.txid = 17, .epoch = 2, .writer = "ab"},
                                 .seq_committed = 9,
                                 .seq_safe = 7,
                                 .safe_ms = 1700000000125};
    struct keeper_state k = {.snapshot_txid = 12, .snapshot_ms = 1700000000000};
    k.levels[0].files = 3;
    k.levels[9].files = 1;
    k.levels[9].bytes = 4096;
    assert_non_null(mkdtemp(data));
    snprintf(folder, sizeof folder, "%s/replica", data);
    snprintf(path, sizeof path, "%s/status.json", folder);
    report_init(&report);
    struct str url = STR("abs://account@container/path");
    assert_int_equal(report_write(&report, "/nowhere", url, &r, &k, 1700000001000, &why), ERR_IO);
    assert_int_equal(report_write(&report, data, url, &r, &k, 1700000001000, &why), ERR_NONE);
    read_file(path, text);
    yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
    assert_non_null(doc);
    yyjson_doc_free(doc);
    assert_contains(text,
                    "{\"time\":\"2023-11-14T22:13:21.000Z\",\"url\":\"abs://account@container");
    assert_contains(text, "\"health\":\"good\",\"trouble\":null,\"txid\":17,\"epoch\":2");
    assert_contains(text, "\"commits_waiting\":2");
    assert_contains(text, "\"safe\":\"2023-11-14T22:13:20.125Z\"");
    assert_contains(text,
                    "\"levels\":[{\"level\":0,\"files\":3,\"bytes\":0},{\"level\":9,\"files\":1,"
                    "\"bytes\":4096}]");
    assert_contains(text, "\"oldest\":null");
    assert_contains(text, "\"drill\":{\"time\":null,\"ok\":false");
    /* Nothing changed: not written. Something did: it is. */
    assert_int_equal(report_write(&report, data, url, &r, &k, 1700000002000, &why), ERR_NONE);
    read_file(path, again);
    assert_string_equal(again, text);
    r.health = REPLICATOR_BEHIND;
    err_set(&r.trouble, ERR_NETWORK, "reach the place", "it is \"away\"");
    k.drill = (struct keeper_drill){.at_ms = 1700000000000, .took_ms = 12, .txid = 16};
    assert_int_equal(report_write(&report, data, url, &r, &k, 1700000003000, &why), ERR_NONE);
    read_file(path, text);
    doc = yyjson_read(text, strlen(text), 0);
    assert_non_null(doc);
    yyjson_doc_free(doc);
    assert_contains(text, "22:13:23.000Z");
    assert_contains(text, "\"health\":\"behind\"");
    assert_contains(text, "it is \\\"away\\\"");
    assert_contains(text, "\"ok\":true,\"txid\":16,\"took_ms\":12,\"trouble\":null");
    report_release(&report);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rmdir(data), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
