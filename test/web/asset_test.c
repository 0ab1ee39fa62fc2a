/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

/* These tests use the assets that are really compiled in, so they hold whatever those are. */

static void finds_each_by_its_path(void **state)
{
    (void)state;
    assert_true(asset_count > 0);
    for (size_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &asset_table[i];
        assert_ptr_equal(asset_find(asset->path), asset);
        assert_ptr_equal(asset_find_named(asset->path), asset);
        assert_ptr_equal(asset_find_named(asset->name), asset);
        assert_null(asset_find(asset->name));
        assert_null(asset_find(str_slice(asset->path, 0, asset->path.len - 1)));
        assert_true(asset->type.len && asset->identity.len);
        assert_true(str_starts(asset->etag, STR("W/\"")) && str_ends(asset->etag, STR("\"")));
    }
}

static void finds_nothing_else(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "/",
        ".",
        "..",
        "css/",
        "css/app",
        "css/app..css",
        "css/app.0123456789.css/",
        "../css/app.css",
        "css/../css/app.css",
        "./css/app.css",
        "/css/app.css",
        "css//app.css",
        "css/app.012345678.css",
        "css/app.012345678g.css",
        "css/app.0123456789.js",
        "css/app.0123456789xcss",
        "CSS/app.css",
        "css\\app.css",
        "css/app.css%00",
        "etc/passwd",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_null(asset_find(str_from(paths[i])));
        assert_null(asset_find_named(str_from(paths[i])));
    }
    assert_null(asset_find(STR_EMPTY));
    assert_null(asset_find(STR("css/app\0css")));
}

static void gzip_is_the_same_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &asset_table[i];
        assert_true(asset->brotli.len < asset->identity.len);
        if (!asset->gzip.len)
            continue;
        assert_true(asset->gzip.len < asset->identity.len);
        char *plain = malloc(asset->identity.len + 1);
        char *packed = malloc(asset->gzip.len);
        assert_true(plain && packed);
        memcpy(packed, asset->gzip.ptr, asset->gzip.len);
        z_stream z = {.next_in = (Bytef *)packed,
                      .avail_in = (uInt)asset->gzip.len,
                      .next_out = (Bytef *)plain,
                      .avail_out = (uInt)asset->identity.len + 1};
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        assert_true(str_eq(str_of(plain, z.total_out), asset->identity));
        inflateEnd(&z);
        free(plain);
        free(packed);
    }
}

static void picks_what_the_client_takes(void **state)
{
    (void)state;
    static const struct asset asset = {
        .identity = STR_INIT("iiii"), .gzip = STR_INIT("ggg"), .brotli = STR_INIT("bb")};
    static const struct {
        const char *header, *want;
    } cases[] = {
        {"", ""},
        {"identity", ""},
        {"deflate", ""},
        {"gzip", "gzip"},
        {"GZip", "gzip"},
        {"br", "br"},
        {"gzip, deflate, br, zstd", "br"},
        {"gzip,deflate", "gzip"},
        {" gzip ; q=1 ", "gzip"},
        {"gzip;q=0.001", "gzip"},
        {"gzip;q=0", ""},
        {"gzip;q=0.000", ""},
        {"gzip;Q=0", ""},
        {"br;q=0, gzip", "gzip"},
        {"br ; q=0.0, gzip;q=0.5", "gzip"},
        {"*", "br"},
        {"*;q=0", ""},
        {"gzip, *;q=0", "gzip"},
        {"*, br;q=0", "gzip"},
        {"gzipx, xbr", ""},
        {",,;,", ""},
        {"x;q=0;br", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str encoding;
        struct str body = asset_pick(&asset, str_from(cases[i].header), &encoding);
        if (!str_eq(encoding, str_from(cases[i].want)))
            fail_msg("%s: %.*s", cases[i].header, STR_ARG(encoding));
        assert_int_equal(body.ptr[0], encoding.len ? encoding.ptr[0] : 'i');
    }
    struct str encoding;
    static const struct asset plain = {.identity = STR_INIT("x")};
    assert_int_equal(asset_pick(&plain, STR("gzip, br"), &encoding).len, 1);
    assert_int_equal(encoding.len, 0);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void loads_from_a_folder(void **state)
{
    (void)state;
    const struct asset *asset = &asset_table[0];
    struct arena a = ARENA_INIT;
    char folder[] = "/tmp/asset_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct str slash = str_slice(asset->name, 0, str_find(asset->name, '/', 0));
    struct str inner = arena_fmt(&a, "%s/%.*s", folder, STR_ARG(slash));
    struct str file = arena_fmt(&a, "%s/%.*s", folder, STR_ARG(asset->name));
    struct str secret = arena_fmt(&a, "%s/secret", folder);
    struct str body, type;
    assert_false(asset_load(folder, asset->path, &a, &body, &type));
    assert_int_equal(mkdir(inner.ptr, 0700), 0);
    write_file(file.ptr, "now");
    assert_true(asset_load(folder, asset->path, &a, &body, &type));
    assert_true(str_eq(body, STR("now")) && str_eq(type, asset->type));
    assert_true(asset_load(folder, asset->name, &a, &body, &type));
    write_file(secret.ptr, "secret");
    assert_false(asset_load(folder, STR("secret"), &a, &body, &type));
    assert_false(asset_load(folder, STR("../secret"), &a, &body, &type));
    unlink(file.ptr);
    assert_int_equal(symlink(secret.ptr, file.ptr), 0);
    assert_false(asset_load(folder, asset->path, &a, &body, &type));
    unlink(file.ptr);
    assert_int_equal(mkdir(file.ptr, 0700), 0);
    assert_false(asset_load(folder, asset->path, &a, &body, &type));
    rmdir(file.ptr);
    assert_int_equal(mkfifo(file.ptr, 0600), 0); /* must not wait for a writer */
    assert_false(asset_load(folder, asset->path, &a, &body, &type));
    unlink(file.ptr);
    rmdir(inner.ptr);
    unlink(secret.ptr);
    rmdir(folder);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_by_its_path),   cmocka_unit_test(finds_nothing_else),
        cmocka_unit_test(gzip_is_the_same_content), cmocka_unit_test(picks_what_the_client_takes),
        cmocka_unit_test(loads_from_a_folder),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("web/asset", tests, NULL, NULL);
}
