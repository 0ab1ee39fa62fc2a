/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20, HASH_LEN = 10 };

const struct asset *asset_find(struct str path)
{
    size_t low = 0, high = asset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(path, asset_table[middle].path);
        if (order == 0)
            return &asset_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Whether path is name with a hash before its extension. */
static bool is_hashed(struct str path, struct str name)
{
    if (path.len != name.len + HASH_LEN + 1)
        return false;
    size_t dot = name.len;
    while (dot && name.ptr[dot - 1] != '.')
        dot--;
    struct str hash = str_slice(path, dot, dot + HASH_LEN);
    for (size_t i = 0; i < hash.len; i++)
        if (!strchr("0123456789abcdef", hash.ptr[i]) || !hash.ptr[i])
            return false;
    return str_eq(str_slice(path, 0, dot), str_slice(name, 0, dot)) &&
           path.ptr[dot + HASH_LEN] == '.' &&
           str_eq(str_slice(path, dot + HASH_LEN + 1, path.len), str_slice(name, dot, name.len));
}

const struct asset *asset_find_named(struct str path)
{
    for (size_t i = 0; i < asset_count; i++)
        if (str_eq(path, asset_table[i].name) || is_hashed(path, asset_table[i].name))
            return &asset_table[i];
    return NULL;
}

/* ---- Accept-Encoding ---- */

/* Whether the parameters behind a coding (";q=0.000") say "not acceptable": a weight of zero. */
static bool is_refused(struct str parameters)
{
    struct str part;
    while (str_cut(&parameters, ';', &part)) {
        part = str_trim(part);
        if (part.len < 3 || (part.ptr[0] != 'q' && part.ptr[0] != 'Q') || part.ptr[1] != '=')
            continue;
        for (size_t i = 2; i < part.len; i++)
            if (part.ptr[i] != '0' && part.ptr[i] != '.')
                return false;
        return true;
    }
    return false;
}

/* A coding named itself counts; otherwise what "*" says. */
static bool accepts(struct str header, struct str coding)
{
    bool star = false;
    struct str element;
    while (str_cut(&header, ',', &element)) {
        struct str name = STR_EMPTY;
        str_cut(&element, ';', &name);
        name = str_trim(name);
        if (str_eq_nocase(name, coding))
            return !is_refused(element);
        if (str_eq(name, STR("*")))
            star = !is_refused(element);
    }
    return star;
}

struct str asset_pick(const struct asset *asset, struct str accept_encoding, struct str *encoding)
{
    struct str best = asset->identity;
    *encoding = STR_EMPTY;
    if (asset->gzip.len && asset->gzip.len < best.len && accepts(accept_encoding, STR("gzip"))) {
        best = asset->gzip;
        *encoding = STR("gzip");
    }
    if (asset->brotli.len && asset->brotli.len < best.len && accepts(accept_encoding, STR("br"))) {
        best = asset->brotli;
        *encoding = STR("br");
    }
    return best;
}

/* ---- development ---- */

static bool read_all(int fd, struct arena *a, struct str *body)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return false;
    size_t size = (size_t)st.st_size;
    char *bytes = arena_alloc(a, size);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, bytes + n, size - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    *body = str_of(bytes, n);
    return n == size;
}

bool asset_load(const char *dir, struct str path, struct arena *a, struct str *body,
                struct str *type)
{
    const struct asset *asset = asset_find_named(path);
    if (!asset)
        return false;
    /* The name is the table's own, not the path's. */
    struct str file = arena_fmt(a, "%s/%.*s", dir, STR_ARG(asset->name));
    int fd = open(file.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool ok = read_all(fd, a, body);
    close(fd);
    *type = asset->type;
    return ok;
}
