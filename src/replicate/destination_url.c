/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/destination_url.h"

enum { ACCOUNT_MAX = 24, CONTAINER_MAX = 63, NAME_MIN = 3, PATH_LEN_MAX = 512 };

static bool lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool account_valid(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!lower_or_digit(s.ptr[i]))
            return false;
    return s.len >= NAME_MIN && s.len <= ACCOUNT_MAX;
}

static bool container_valid(struct str s)
{
    if (s.len < NAME_MIN || s.len > CONTAINER_MAX || s.ptr[s.len - 1] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = s.ptr[i] == '-';
        if (!dash && !lower_or_digit(s.ptr[i]))
            return false;
        if (dash && (i == 0 || s.ptr[i - 1] == '-'))
            return false;
    }
    return true;
}

static bool path_valid(struct str path)
{
    struct str part, rest = path;
    if (path.len > PATH_LEN_MAX)
        return false;
    while (path.len && str_cut(&rest, '/', &part)) {
        if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return false;
        for (size_t i = 0; i < part.len; i++) {
            char c = part.ptr[i];
            if (!lower_or_digit(c) && !(c >= 'A' && c <= 'Z') && c != '.' && c != '_' && c != '-')
                return false;
        }
    }
    return true;
}

static bool azure(struct str rest, struct destination_address *out)
{
    size_t at = str_find(rest, '@', 0);
    size_t slash = str_find(rest, '/', at);
    out->place = DESTINATION_AZURE;
    out->account = str_slice(rest, 0, at);
    out->container = str_slice(rest, at + 1, slash);
    out->path = str_slice(rest, slash + 1, rest.len);
    if (out->path.len && out->path.ptr[out->path.len - 1] == '/')
        out->path.len--;
    return at < rest.len && account_valid(out->account) && container_valid(out->container) &&
           path_valid(out->path);
}

static bool file(struct str rest, struct destination_address *out)
{
    out->place = DESTINATION_FILE;
    while (rest.len > 1 && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    out->path = rest;
    return rest.len > 1 && rest.ptr[0] == '/' && !memchr(rest.ptr, '\0', rest.len);
}

enum err destination_url_read(struct str url, struct destination_address *out, struct why *why)
{
    *out = (struct destination_address){0};
    struct str abs = STR("abs://"), path = STR("file://");
    bool right = false;
    if (str_starts(url, abs))
        right = azure(str_slice(url, abs.len, url.len), out);
    else if (str_starts(url, path))
        right = file(str_slice(url, path.len, url.len), out);
    else if (str_eq(url, STR("null:")))
        right = (out->place = DESTINATION_NULL) == DESTINATION_NULL;
    if (right)
        return ERR_NONE;
    enum err e = err_set(why, ERR_USAGE, "open the replica", "\"%.*s\" is not a place for one",
                         STR_ARG(url));
    err_hint(why, "abs://ACCOUNT@CONTAINER/PATH for Azure Blob Storage, or file:///DIRECTORY. The "
                  "path is made of letters, digits and \".\", \"_\", \"-\".");
    return e;
}
