/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of the place in Azure, and of its URL; the requests themselves: azure.mjs. */
#include "../lib/expect.h"

#include "core/oauth_token.h"
#include "replicate/azure.h"
#include "replicate/azure_batch.h"
#include "replicate/azure_crc64.h"
#include "replicate/azure_list.h"

static void checksum(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    assert_true(azure_crc64(0, "123456789", 9) == 0xAE8B14860A799888u);
    assert_true(azure_crc64(azure_crc64(0, "1234", 4), "56789", 5) == 0xAE8B14860A799888u);
    assert_true(azure_crc64(0, "", 0) == 0);
    assert_str(azure_crc64_text(&a, 0xAE8B14860A799888u), "iJh5CoYUi64=");
    arena_release(&a);
}

static void urls(void **state)
{
    (void)state;
    struct destination_address u;
    assert_int_equal(destination_url_read(STR("abs://acc1@my-box/a/b.c_d/"), &u, NULL), ERR_NONE);
    assert_str(u.account, "acc1");
    assert_str(u.container, "my-box");
    assert_str(u.path, "a/b.c_d");
    assert_int_equal(destination_url_read(STR("abs://acc1@box"), &u, NULL), ERR_NONE);
    assert_str(u.path, "");
    assert_int_equal(destination_url_read(STR("file:///srv/replica//"), &u, NULL), ERR_NONE);
    assert_str(u.path, "/srv/replica");
    static const char *const wrong[] = {
        "",
        "abs://",
        "abs://acc1",
        "abs://Acc1@box/p",
        "abs://ac@box/p",
        "abs://@b/",
        "abs://acc1@bo/",
        "abs://acc1@b--x/p",
        "abs://acc1@-box/p",
        "abs://acc1@box/../p",
        "file://",
        "file:///",
        "file://relative",
        "abs://acc1@box//p",
        "abs://acc1@box/a b",
        "null:x",
        "s3://bucket/p",
    };
    struct why why;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(destination_url_read(str_from(wrong[i]), &u, &why), ERR_USAGE);
        assert_contains(why.hint, "abs://");
    }
}

static void nobody(void *context, const struct azure_list_blob *blob)
{
    (void)blob;
    ++*(size_t *)context;
}

static void lists_that_are_none(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "<EnumerationResults>",
        "<Error><Code>x</Code></Error>",
        "<EnumerationResults></EnumerationResults><EnumerationResults></EnumerationResults>",
        "<EnumerationResults><Blobs></EnumerationResults></Blobs>",
        "<!DOCTYPE x><EnumerationResults></EnumerationResults>",
        "<EnumerationResults><![CDATA[x]]></EnumerationResults>",
        "<EnumerationResults><NextMarker>&unknown;</NextMarker></EnumerationResults>",
        "<EnumerationResults><NextMarker>&#x110000;</NextMarker></EnumerationResults>",
        "<EnumerationResults><NextMarker>&amp</NextMarker></EnumerationResults>",
        "<EnumerationResults><a><b><c><d><e><f><g><h></h></g></f></e></d></c></b></a></"
        "EnumerationResults>",
    };
    struct arena a = ARENA_INIT;
    size_t n = 0;
    struct azure_list list = {.blob = nobody, .context = &n};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(azure_list_read(&a, str_from(wrong[i]), &list));
    assert_true(azure_list_read(&a,
                                STR("<EnumerationResults a=\"b\"><Blobs/><NextMarker>a&lt;&#66;"
                                    "</NextMarker></EnumerationResults>"),
                                &list));
    assert_str(list.marker, "a<B");
    assert_int_equal(n, 0);
    arena_release(&a);
}

#define PART(id, answer)                                                                           \
    "--b\r\nContent-Type: application/http\r\n" id "\r\nHTTP/1.1 " answer "\r\n\r\n"

static void batches(void **state)
{
    (void)state;
    const struct str type = STR("multipart/mixed; boundary=b");
    struct azure_batch batch;
    static const char first[] = "a preamble\r\n" PART("Content-ID: 1\r\n", "202 Accepted")
        PART("content-id: 0\r\n", "404 Not here\r\nX-MS-Error-Code: BlobNotFound\r\n\r\n<x>--b")
            PART("Content-ID: 2\r\n", "503 Busy") "--b--\r\n--b\r\n";
    assert_true(azure_batch_read(type, str_from(first), 3, &batch));
    assert_int_equal(batch.parts[0].status, 404);
    assert_str(batch.parts[0].code, "BlobNotFound");
    assert_int_equal(batch.parts[1].status, 202);
    assert_str(batch.parts[1].code, "");
    assert_int_equal(batch.parts[2].status, 503);
    assert_int_equal(batch.whole.status, 0);
    assert_false(azure_batch_read(type, str_from(first), 2, &batch));
    assert_false(azure_batch_read(type, str_from(first), 4, &batch));
    /* No beginning of it is the whole. */
    for (size_t n = 0; n < (size_t)(strstr(first, "--b--") + 5 - first); n++)
        assert_false(azure_batch_read(type, str_of(first, n), 3, &batch));

    static const char whole[] = PART("", "400 No\r\nx-ms-error-code: InvalidInput") "--b--";
    assert_true(
        azure_batch_read(STR("Multipart/mixed; x=y; Boundary=\"b\""), str_from(whole), 9, &batch));
    assert_int_equal(batch.whole.status, 400);
    assert_str(batch.whole.code, "InvalidInput");

    static const struct {
        const char *id, *status, *second_id, *second_status, *end;
    } wrong[] = {
        {"Content-ID: 0\r\n", "202 OK", NULL, NULL, ""},
        {"Content-ID: 0\r\n", "202 OK", "Content-ID: 0\r\n", "202 OK", "--b--"},
        {"Content-ID: 0\r\nContent-ID: 0\r\n", "202 OK", NULL, NULL, "--b--"},
        {"Content-ID: 1\r\n", "202 OK", NULL, NULL, "--b--"},
        {"Content-ID: -1\r\n", "202 OK", NULL, NULL, "--b--"},
        {"Content-ID: 0\r\n", "2x2 OK", NULL, NULL, "--b--"},
        {"Content-ID: 0\r\n", "99 OK", NULL, NULL, "--b--"},
        {"Content-ID: 0\r\n", "202 OK", "", "400 No", "--b--"},
        {"", "400 No", "", "400 No", "--b--"},
    };
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str text = arena_fmt(&a, PART("%s", "%s"), wrong[i].id, wrong[i].status);
        if (wrong[i].second_id)
            text = arena_fmt(&a, "%.*s" PART("%s", "%s"), STR_ARG(text), wrong[i].second_id,
                             wrong[i].second_status);
        text = arena_fmt(&a, "%.*s%s", STR_ARG(text), wrong[i].end);
        assert_false(azure_batch_read(type, text, 1, &batch));
    }
    arena_release(&a);
    static const char *const none[] = {"", "--b--", "--b\r\nContent-ID: 0\r\n\r\n--b--"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(azure_batch_read(type, str_from(none[i]), 1, &batch));
    assert_false(azure_batch_read(STR("text/plain; boundary=b"), str_from(whole), 1, &batch));
    assert_false(azure_batch_read(STR("multipart/mixed"), str_from(whole), 1, &batch));
    assert_false(azure_batch_read(STR("multipart/mixed; boundary="), str_from(whole), 1, &batch));
}

static void tokens(void **state)
{
    (void)state;
    struct arena a = ARENA_INIT;
    struct oauth_token t;
    assert_true(oauth_token_read(&a, STR("{\"access_token\":\"abc\",\"expires_in\":\"60\"}"), &t));
    assert_str(t.access_token, "abc");
    assert_int_equal(t.lifetime_s, 60);
    assert_true(oauth_token_read(&a, STR("{\"access_token\":\"abc\",\"expires_in\":7}"), &t));
    assert_int_equal(t.lifetime_s, 7);
    assert_true(
        oauth_token_read(&a, STR("{\"error\":\"e\",\"error_description\":\"a\\r\\nb\"}"), &t));
    assert_str(t.description, "a");
    assert_false(oauth_token_read(&a, STR("{\"access_token\":\"a\\r\\nX: y\"}"), &t));
    assert_false(oauth_token_read(&a, STR("[]"), &t));
    assert_false(oauth_token_read(&a, STR("{\"access_token\":\"abc\""), &t));
    arena_release(&a);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *code;
        enum err is;
    } rows[] = {
        {404, "BlobNotFound", ERR_MISSING},
        {409, "BlobAlreadyExists", ERR_CONFLICT},
        {409, "LeaseAlreadyPresent", ERR_CONFLICT},
        {412, "ConditionNotMet", ERR_CONFLICT},
        {409, "ContainerBeingDeleted", ERR_BUSY},
        {400, "Crc64Mismatch", ERR_NETWORK},
        {400, "InvalidHeaderValue", ERR_REFUSED},
        {403, "AuthorizationPermissionMismatch", ERR_REFUSED},
        {429, "", ERR_BUSY},
        {500, "InternalError", ERR_BUSY},
        {503, "ServerBusy", ERR_BUSY},
        {307, "", ERR_REFUSED},
    };
    struct why why;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            azure_error(rows[i].status, str_from(rows[i].code), 0, STR("box/name"), &why),
            rows[i].is);
    azure_error(403, STR("AuthenticationFailed"), -1200000, STR("box/name"), &why);
    assert_contains(why.hint, "20 minutes before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum), cmocka_unit_test(urls),   cmocka_unit_test(lists_that_are_none),
        cmocka_unit_test(batches),  cmocka_unit_test(tokens), cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
