/* SPDX-License-Identifier: Apache-2.0 */
#include "replicate/position.h"

#include "base/text.h"
#include "replicate/ltx.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXT_MAX = 4096 };

static const char op[] = "note where the database is";

/* "key value\n" taken off *rest. */
static bool line(struct str *rest, struct str key, struct str *value)
{
    struct str text, name;
    bool there = str_cut(rest, '\n', &text) && str_cut(&text, ' ', &name) && str_eq(name, key);
    *value = there ? text : STR_EMPTY;
    return there && rest->ptr;
}

static bool number(struct str *rest, struct str key, uint64_t most, uint64_t *out)
{
    struct str value;
    return line(rest, key, &value) && str_to_u64(value, out) && *out > 0 && *out <= most;
}

bool position_parse(struct str text, struct str from, struct position *out)
{
    struct str url, sum;
    uint64_t page_size, pages;
    unsigned char bytes[8];
    bool right =
        line(&text, STR("from"), &url) && str_eq(url, from) &&
        number(&text, STR("txid"), UINT64_MAX - 1, &out->txid) &&
        number(&text, STR("page_size"), LTX_PAGE_MAX, &page_size) && page_size >= 512 &&
        (page_size & (page_size - 1)) == 0 && number(&text, STR("pages"), UINT32_MAX - 1, &pages) &&
        line(&text, STR("dbsum"), &sum) && text_unhex(sum, bytes, sizeof bytes) && text.len == 0;
    if (right) {
        out->page_size = (uint32_t)page_size;
        out->pages = (uint32_t)pages;
        out->dbsum = ltx_get_u64(bytes);
    }
    return right;
}

bool position_read(const char *path, struct str from, struct position *out)
{
    char text[TEXT_MAX];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    return n > 0 && position_parse(str_of(text, (size_t)n), from, out);
}

enum err position_write(const char *path, struct str from, const struct position *p,
                        struct why *why)
{
    char text[TEXT_MAX], fresh[PATH_MAX];
    int n =
        snprintf(text, sizeof text, "from %.*s\ntxid %llu\npage_size %u\npages %u\ndbsum %016llx\n",
                 STR_ARG(from), (unsigned long long)p->txid, p->page_size, p->pages,
                 (unsigned long long)p->dbsum);
    if (n >= (int)sizeof text || snprintf(fresh, sizeof fresh, "%s.new", path) >= PATH_MAX)
        return err_set(why, ERR_IO, op, "%s: the name is too long", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool done = fd >= 0 && write(fd, text, (size_t)n) == n && rename(fresh, path) == 0;
    int failed = done ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return done ? ERR_NONE : err_set(why, ERR_IO, op, "%s: %s", fresh, err_errno(failed));
}

void position_forget(const char *path)
{
    unlink(path);
}
