/* SPDX-License-Identifier: Apache-2.0 */
#include "web/link.h"

#include "base/random.h"
#include "base/sign.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TOKEN_VERSION = 1,
    SIGNED_SIZE = 1 + CLIENT_ID_LEN,
    TOKEN_SIZE = SIGNED_SIZE + LINK_MAC_SIZE
};

static const char op[] = "open the key of the links";

/* ---- the key -------------------------------------------------------------------------------- */

static enum err refused(const char *file, struct why *why)
{
    enum err e = err_set(why, ERR_IO, op, "%s: %s", file, err_errno(errno));
    err_hint(why, "Make the data directory readable and writable for this user.");
    return e;
}

/* Complete or not there: written beside, synced, then renamed. */
static enum err make_key(const char *file, struct why *why)
{
    char draft[4200], text[TEXT_HEX_LEN(LINK_KEY_SIZE) + 1];
    unsigned char key[LINK_KEY_SIZE];
    if (snprintf(draft, sizeof draft, "%s.new", file) >= (int)sizeof draft) {
        errno = ENAMETOOLONG;
        return refused(file, why);
    }
    struct arena a = ARENA_INIT;
    random_bytes(key, sizeof key);
    memcpy(text, text_hex(&a, str_of(key, sizeof key)).ptr, sizeof text - 1);
    text[sizeof text - 1] = '\n';
    arena_release(&a);

    unlink(draft); /* what a start that was cut off left */
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refused(file, why);
    bool done = write(fd, text, sizeof text) == (ssize_t)sizeof text && fsync(fd) == 0;
    done = close(fd) == 0 && done && rename(draft, file) == 0;
    enum err e = done ? ERR_NONE : refused(file, why);
    if (!done)
        unlink(draft);
    return e;
}

static enum err read_key(int fd, const char *file, struct link_key *out, struct why *why)
{
    char text[TEXT_HEX_LEN(LINK_KEY_SIZE) + 2];
    ssize_t n = read(fd, text, sizeof text);
    if (n < 0)
        return refused(file, why);
    if (!text_unhex(str_trim(str_of(text, (size_t)n)), out->bytes, LINK_KEY_SIZE)) {
        enum err e = err_set(why, ERR_CONFIG, op, "%s does not hold 64 hexadecimal digits", file);
        err_hint(why,
                 "Put the right file back. Without it, remove the file: a new key is made, and "
                 "the links that people have stop working.");
        return e;
    }
    return ERR_NONE;
}

enum err link_key_open(const char *file, struct link_key *out, struct why *why)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        enum err e = make_key(file, why);
        if (e)
            return e;
        fd = open(file, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return refused(file, why);
    enum err e = read_key(fd, file, out, why);
    close(fd);
    return e;
}

/* ---- tokens --------------------------------------------------------------------------------- */

static void sign_token(const struct link_key *key, struct str message, unsigned char *mac)
{
    unsigned char whole[SIGN_MAC_SIZE];
    sign(key->bytes, "status link", message, whole);
    memcpy(mac, whole, LINK_MAC_SIZE);
}

struct str link_token(struct arena *a, const struct link_key *key, const struct client_id *id)
{
    unsigned char token[TOKEN_SIZE];
    token[0] = TOKEN_VERSION;
    memcpy(token + 1, id->text, CLIENT_ID_LEN);
    sign_token(key, str_of(token, SIGNED_SIZE), token + SIGNED_SIZE);
    return text_base64url(a, str_of(token, sizeof token));
}

bool link_read(struct arena *a, const struct link_key *key, struct str token, struct client_id *out)
{
    struct str bytes;
    unsigned char mac[LINK_MAC_SIZE];
    if (token.len != TEXT_BASE64_LEN(TOKEN_SIZE) || !text_unbase64url(a, token, &bytes) ||
        bytes.len != TOKEN_SIZE || bytes.ptr[0] != TOKEN_VERSION)
        return false;
    sign_token(key, str_slice(bytes, 0, SIGNED_SIZE), mac);
    if (!str_eq_secret(str_of(mac, sizeof mac), str_slice(bytes, SIGNED_SIZE, bytes.len)))
        return false;
    memcpy(out->text, bytes.ptr + 1, CLIENT_ID_LEN);
    out->text[CLIENT_ID_LEN] = '\0';
    return true;
}
