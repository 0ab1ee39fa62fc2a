/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mbedtls/sha256.h>
#include <zlib.h>

static const struct {
    struct str extension, type;
} types[] = {
    {STR_INIT(".css"), STR_INIT("text/css; charset=utf-8")},
    {STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8")},
    {STR_INIT(".svg"), STR_INIT("image/svg+xml")},
    {STR_INIT(".png"), STR_INIT("image/png")},
    {STR_INIT(".jpg"), STR_INIT("image/jpeg")},
    {STR_INIT(".webp"), STR_INIT("image/webp")},
    {STR_INIT(".avif"), STR_INIT("image/avif")},
    {STR_INIT(".ico"), STR_INIT("image/x-icon")},
    {STR_INIT(".woff2"), STR_INIT("font/woff2")},
    {STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8")},
    {STR_INIT(".json"), STR_INIT("application/json")},
    {STR_INIT(".webmanifest"), STR_INIT("application/manifest+json")},
};

struct str packed_type(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_ends(name, types[i].extension))
            return types[i].type;
    return STR_EMPTY;
}

bool packed_name_ok(struct str name)
{
    bool begin = true; /* of a part */
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!plain && (begin || (c != '.' && c != '/')))
            return false;
        begin = c == '/';
    }
    return !begin;
}

bool packed_read(struct arena *a, const char *path, struct str *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    struct buf b;
    buf_init(&b, PACKED_FILE_MAX);
    char chunk[16384];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_bytes(&b, chunk, n);
    bool ok = !ferror(f) && buf_ok(&b);
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, buf_ok(&b) ? "cannot be read" : "is over 4 MiB");
    fclose(f);
    *out = arena_str(a, buf_view(&b));
    buf_release(&b);
    return ok;
}

/* ---- names ---- */

bool packed_hash(struct arena *a, struct packed *p)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[32];
    if (mbedtls_sha256((const unsigned char *)p->plain.ptr, p->plain.len, sum, 0) != 0) {
        fprintf(stderr, "%.*s: SHA-256 failed\n", STR_ARG(p->name));
        return false;
    }
    char hex[PACKED_HASH_LEN];
    for (size_t i = 0; i < sizeof hex; i++)
        hex[i] = digits[i % 2 ? sum[i / 2] & 15 : sum[i / 2] >> 4];
    p->hash = arena_str(a, str_of(hex, sizeof hex));
    size_t dot = p->name.len;
    while (dot && p->name.ptr[dot - 1] != '.')
        dot--;
    struct str stem = str_slice(p->name, 0, dot);
    struct str extension = str_slice(p->name, dot, p->name.len);
    p->hashed = arena_fmt(a, "%.*s%.*s.%.*s", STR_ARG(stem), STR_ARG(p->hash), STR_ARG(extension));
    return true;
}

static const struct packed *find(const struct packed_list *list, struct str name)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

/* How far a name inside url(…) reaches: to a quote, bracket, ?, # or space. */
static size_t name_length(struct str s)
{
    size_t n = 0;
    while (n < s.len && !strchr("\"')?# \t\n", s.ptr[n]))
        n++;
    return n;
}

bool packed_rewrite_css(struct arena *a, const struct packed_list *others, struct packed *css)
{
    static const struct str prefix = STR_INIT("/static/");
    struct buf out;
    buf_init(&out, PACKED_FILE_MAX);
    struct str rest = css->plain;
    bool ok = true;
    while (ok && rest.len) {
        const char *hit = memmem(rest.ptr, rest.len, prefix.ptr, prefix.len);
        size_t before = hit ? (size_t)(hit - rest.ptr) + prefix.len : rest.len;
        buf_str(&out, str_slice(rest, 0, before));
        rest = str_slice(rest, before, rest.len);
        if (!hit)
            break;
        struct str name = str_slice(rest, 0, name_length(rest));
        const struct packed *other = find(others, name);
        ok = other && other->hashed.len;
        if (!ok)
            fprintf(stderr, "%.*s: /static/%.*s %s\n", STR_ARG(css->name), STR_ARG(name),
                    other ? "is a style sheet: one style sheet does not load another"
                          : "does not exist");
        else
            buf_str(&out, other->hashed);
        rest = str_slice(rest, name.len, rest.len);
    }
    css->plain = arena_str(a, buf_view(&out));
    ok = ok && buf_ok(&out);
    buf_release(&out);
    return ok;
}

/* ---- compression ---- */

bool packed_gzip(struct arena *a, struct packed *p)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&z, p->plain.len);
    unsigned char *out = arena_alloc(a, room);
    unsigned char *in = arena_alloc(a, p->plain.len + 1); /* zlib's pointer is not const */
    if (p->plain.len)
        memcpy(in, p->plain.ptr, p->plain.len);
    z.next_in = in;
    z.avail_in = (uInt)p->plain.len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t n = z.total_out;
    deflateEnd(&z);
    if (ok && n < p->plain.len)
        p->gzip = str_of(out, n);
    return ok;
}

static bool write_file(const char *path, struct str s)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(s.ptr, 1, s.len, f) == s.len;
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return ok;
}

/* brotli < in > out. Its exit status, or -1 when it could not be started. */
static int run_brotli(const char *in, const char *out)
{
    char program[] = "brotli", quality[] = "--quality=11", to_stdout[] = "--stdout";
    char *argv[] = {program, quality, to_stdout, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pid_t pid;
    int failed = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

bool packed_brotli(struct arena *a, const char *scratch, struct packed *p, bool *there)
{
    struct str in = arena_fmt(a, "%s/assets.in", scratch);
    struct str out = arena_fmt(a, "%s/assets.br", scratch);
    bool ok = write_file(in.ptr, p->plain);
    int status = ok ? run_brotli(in.ptr, out.ptr) : 1;
    *there = status != -1 && status != 127;
    if (*there && status != 0) {
        fprintf(stderr, "%.*s: brotli failed\n", STR_ARG(p->name));
        ok = false;
    }
    struct str packed = STR_EMPTY;
    if (ok && *there)
        ok = packed_read(a, out.ptr, &packed);
    if (ok && packed.len && packed.len < p->plain.len)
        p->brotli = packed;
    unlink(in.ptr);
    unlink(out.ptr);
    return ok;
}
