/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of the place in Azure, and of its URL; the requests themselves: azure.mjs. */
#include "../lib/expect.h"

#include "core/oauth_token.h"
#include "replicate/azure.h"
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
        cmocka_unit_test(checksum),
        cmocka_unit_test(urls),
        cmocka_unit_test(lists_that_are_none),
        cmocka_unit_test(tokens),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
