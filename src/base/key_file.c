/* SPDX-License-Identifier: Apache-2.0 */
#include "base/key_file.h"

#include "base/random.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct key_file {
    const char *file;
    char op[48];
    const char *lost;
};

static enum err refused(const struct key_file *k, struct why *why)
{
    enum err e = err_set(why, ERR_IO, k->op, "%s: %s", k->file, err_errno(errno));
    err_hint(why, "Make the data directory readable and writable for this user.");
    return e;
}

static enum err make_key(const struct key_file *k, struct why *why)
{
    char draft[4200], text[TEXT_HEX_LEN(KEY_FILE_SIZE) + 1];
    unsigned char key[KEY_FILE_SIZE];
    if (snprintf(draft, sizeof draft, "%s.new", k->file) >= (int)sizeof draft) {
        errno = ENAMETOOLONG;
        return refused(k, why);
    }
    struct arena a = ARENA_INIT;
    random_bytes(key, sizeof key);
    memcpy(text, text_hex(&a, str_of(key, sizeof key)).ptr, sizeof text - 1);
    text[sizeof text - 1] = '\n';
    arena_release(&a);

    unlink(draft); /* what a start that was cut off left */
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refused(k, why);
    bool done = write(fd, text, sizeof text) == (ssize_t)sizeof text && fsync(fd) == 0;
    done = close(fd) == 0 && done && rename(draft, k->file) == 0;
    enum err e = done ? ERR_NONE : refused(k, why);
    if (!done)
        unlink(draft);
    return e;
}

static enum err read_key(int fd, const struct key_file *k, unsigned char *key, struct why *why)
{
    char text[TEXT_HEX_LEN(KEY_FILE_SIZE) + 2];
    ssize_t n = read(fd, text, sizeof text);
    if (n < 0)
        return refused(k, why);
    if (!text_unhex(str_trim(str_of(text, (size_t)n)), key, KEY_FILE_SIZE)) {
        enum err e =
            err_set(why, ERR_CONFIG, k->op, "%s does not hold 64 hexadecimal digits", k->file);
        err_hint(why,
                 "Put the right file back. Without it, remove the file: a new key is made, and %s.",
                 k->lost);
        return e;
    }
    return ERR_NONE;
}

enum err key_file_open(const char *file, const char *use, const char *lost,
                       unsigned char key[KEY_FILE_SIZE], struct why *why)
{
    struct key_file k = {.file = file, .lost = lost};
    snprintf(k.op, sizeof k.op, "open the key %s", use);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        enum err e = make_key(&k, why);
        if (e)
            return e;
        fd = open(file, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return refused(&k, why);
    enum err e = read_key(fd, &k, key, why);
    close(fd);
    return e;
}
