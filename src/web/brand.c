/* SPDX-License-Identifier: Apache-2.0 */
#include "web/brand.h"

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "config/config.h"
#include "core/picture.h"

#include "assets.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HASH_LEN = 10, SHA256_SIZE = 32, FILE_MAX = PICTURE_PNG_MAX, SHEET_MAX = 1 << 20 };
enum { GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 9 };

static const char op_read[] = "read the brand's files";

/* ---- one asset ---- */

static struct str compress_body(struct arena *a, struct str body)
{
    z_stream z = {0};
    if (!body.ptr)
        return STR_EMPTY;
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return STR_EMPTY;
    size_t room = deflateBound(&z, body.len);
    unsigned char *out = arena_alloc(a, room), *in = arena_alloc(a, body.len);
    memcpy(in, body.ptr, body.len); /* zlib's pointer is not const */
    z.next_in = in;
    z.avail_in = (uInt)body.len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
    struct str packed = str_of(out, z.total_out);
    deflateEnd(&z);
    return whole && packed.len < body.len ? packed : STR_EMPTY;
}

/* name is "css/app" and extension "css"; body lives in the arena. */
static void add_asset(struct brand *b, enum brand_file which, const char *name,
                      const char *extension, struct str type, struct str body)
{
    unsigned char digest[SHA256_SIZE];
    must(mbedtls_sha256((const unsigned char *)body.ptr, body.len, digest, 0) == 0);
    struct str hash = str_slice(text_hex(&b->arena, str_of(digest, sizeof digest)), 0, HASH_LEN);
    struct str path = arena_fmt(&b->arena, "%s.%.*s.%s", name, STR_ARG(hash), extension);
    b->assets[which] = (struct asset){
        .name = arena_fmt(&b->arena, "%s.%s", name, extension),
        .path = path,
        .type = type,
        .etag = arena_fmt(&b->arena, "W/\"%.*s\"", STR_ARG(hash)),
        .identity = body,
        .gzip = compress_body(&b->arena, body),
    };
    b->urls[which] = arena_fmt(&b->arena, "/static/%.*s", STR_ARG(path));
}

/* ---- pictures ---- */

static enum err read_file(struct arena *a, const char *option, const char *path, struct str *out,
                          struct why *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return err_set(why, ERR_CONFIG, op_read, "%s: %s: %s", option, path, err_errno(errno));
    struct stat st;
    char *bytes = arena_alloc(a, FILE_MAX + 1);
    size_t n = 0;
    ssize_t got = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? 1 : -1;
    while (got > 0 && n <= FILE_MAX) {
        got = read(fd, bytes + n, FILE_MAX + 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *out = str_of(bytes, n);
    return got >= 0 ? ERR_NONE
                    : err_set(why, ERR_CONFIG, op_read, "%s: %s is not a file that can be read",
                              option, path);
}

static enum err add_picture(struct brand *b, enum brand_file which, const char *option,
                            const char *name, struct str path, struct picture *picture,
                            struct why *why)
{
    static const struct {
        const char *extension;
        struct str type;
    } kinds[] = {
        [PICTURE_SVG] = {"svg", STR_INIT("image/svg+xml")},
        [PICTURE_PNG] = {"png", STR_INIT("image/png")},
    };
    struct str bytes = STR_EMPTY;
    struct picture_problem problem = {0};
    char line[24] = "";
    enum err e = read_file(&b->arena, option, path.ptr, &bytes, why);
    if (e != ERR_NONE)
        return e;
    if (!picture_read(bytes, picture, &problem)) {
        if (problem.line)
            snprintf(line, sizeof line, ":%u", problem.line);
        e = err_set(why, ERR_CONFIG, op_read, "%s: %.*s%s: %s", option, STR_ARG(path), line,
                    problem.detail);
        err_hint(why, "%s", problem.hint);
        return e;
    }
    add_asset(b, which, name, kinds[picture->kind].extension, kinds[picture->kind].type, bytes);
    return ERR_NONE;
}

static enum err add_pictures(struct brand *b, const struct config *c, struct why *why)
{
    const struct {
        const char *option, *name;
        struct str path;
    } files[BRAND_FILES] = {
        [BRAND_LOGO] = {"brand.logo_file", "brand/logo", c->brand_logo_file},
        [BRAND_LOGO_DARK] = {"brand.logo_dark_file", "brand/logo-dark", c->brand_logo_dark_file},
        [BRAND_ICON] = {"brand.icon_file", "brand/icon", c->brand_icon_file},
    };
    if (c->brand_logo_dark_file.len && !c->brand_logo_file.len) {
        enum err e = err_set(why, ERR_CONFIG, op_read,
                             "brand.logo_dark_file is there without brand.logo_file");
        err_hint(why, "Set brand.logo_file: the logo for the light scheme.");
        return e;
    }
    for (int i = BRAND_LOGO; i < BRAND_FILES; i++) {
        struct picture picture;
        if (!files[i].path.len)
            continue;
        enum err e = add_picture(b, (enum brand_file)i, files[i].option, files[i].name,
                                 files[i].path, &picture, why);
        if (e != ERR_NONE)
            return e;
        double width = BRAND_LOGO_HEIGHT * picture.width / picture.height;
        if (i <= BRAND_LOGO_DARK)
            b->logo_widths[i] = width < 1 ? 1 : width > 4096 ? 4096 : (uint64_t)(width + 0.5);
    }
    return ERR_NONE;
}

/* ---- the accent ---- */

static void write_tokens(struct buf *out, const struct colour_scheme *s)
{
    const struct {
        const char *name;
        struct colour value;
    } tokens[] = {
        {"accent", s->accent}, {"accent-deep", s->deep}, {"on-accent", s->on_accent},
        {"tint", s->tint},     {"frame", s->frame},      {"leaf", s->leaf},
    };
    char text[COLOUR_TEXT_SIZE];
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        buf_fmt(out, "--%s:%s;", tokens[i].name, colour_text(tokens[i].value, text));
}

/* On paper the sheet's own black stays. */
static void add_accent(struct brand *b, struct colour accent)
{
    struct buf sheet;
    buf_init(&sheet, SHEET_MAX);
    b->has_accent = true;
    b->palette = colour_palette_of(accent);
    buf_str(&sheet, asset_find_named(STR("css/app.css"))->identity);
    buf_str(&sheet, STR("@media screen{:root{"));
    write_tokens(&sheet, &b->palette.light);
    buf_str(&sheet, STR("}}@media screen and (prefers-color-scheme:dark){:root{"));
    write_tokens(&sheet, &b->palette.dark);
    buf_str(&sheet, STR("}}\n"));
    must(buf_ok(&sheet));
    struct str body = arena_str(&b->arena, buf_view(&sheet));
    buf_release(&sheet);
    add_asset(b, BRAND_SHEET, "css/app", "css", STR("text/css; charset=utf-8"), body);
}

enum err brand_open(const struct config *config, struct brand *out, struct why *why)
{
    struct colour accent;
    *out = (struct brand){.urls = {[BRAND_SHEET] = STR_INIT(ASSET_URL_CSS_APP_CSS)}};
    enum err e = add_pictures(out, config, why);
    if (e != ERR_NONE)
        brand_release(out);
    else if (colour_parse(config->brand_accent, &accent))
        add_accent(out, accent);
    return e;
}

void brand_release(struct brand *brand)
{
    arena_release(&brand->arena);
    *brand = (struct brand){0};
}

const struct asset *brand_find(const struct brand *brand, struct str path)
{
    for (size_t i = 0; i < BRAND_FILES; i++)
        if (brand->assets[i].path.len && str_eq(brand->assets[i].path, path))
            return &brand->assets[i];
    return NULL;
}
