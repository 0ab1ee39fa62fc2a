/* SPDX-License-Identifier: Apache-2.0 */
#include "base/password_hash.h"

#include "base/random.h"

#include <argon2.h>

/* What OWASP asks for at the least, which a sign-in can pay: 19 MiB, two passes. */
enum { MEMORY_KIB = 19456, PASSES = 2, LANES = 1, SALT_SIZE = 16, HASH_SIZE = 32 };

/* What a stored hash may ask for: what others recommend (64 MiB, three passes), and some room. */
enum { MEMORY_KIB_MOST = 128 * 1024, PASSES_MOST = 10, LANES_MOST = 8 };

static const char op[] = "check a password";

/* Of a hash with these parameters, a salt and a sum: nobody's password. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2Q$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

struct parameters {
    uint64_t memory, passes, lanes;
};

/* "m=19456" of "m=19456,t=2,p=1" */
static bool parameter(struct str *rest, struct str name, uint64_t most, uint64_t *out)
{
    struct str part;
    return str_cut(rest, ',', &part) && str_starts(part, name) &&
           str_to_u64(str_slice(part, name.len, part.len), out) && *out > 0 && *out <= most;
}

/* Only the frame; what is in salt and sum argon2 reads. */
static bool read_parameters(struct str stored, struct parameters *out)
{
    struct str rest = stored, part, numbers;
    if (!str_cut(&rest, '$', &part) || part.len || !str_cut(&rest, '$', &part) ||
        !str_eq(part, STR("argon2id")) || !str_cut(&rest, '$', &part) ||
        !str_eq(part, STR("v=19")) || !str_cut(&rest, '$', &numbers))
        return false;
    return parameter(&numbers, STR("m="), MEMORY_KIB_MOST, &out->memory) &&
           parameter(&numbers, STR("t="), PASSES_MOST, &out->passes) &&
           parameter(&numbers, STR("p="), LANES_MOST, &out->lanes) && !numbers.ptr;
}

static enum err failed(int code, struct why *why)
{
    if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
        return err_set(why, ERR_BUSY, op, "19 MiB of memory were not to be had");
    return err_set(why, ERR_DATA, op, "the stored hash cannot be used: %s",
                   argon2_error_message(code));
}

enum err password_hash(struct str password, char out[PASSWORD_HASH_SIZE], struct why *why)
{
    unsigned char salt[SALT_SIZE];
    random_bytes(salt, sizeof salt);
    int code = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.ptr, password.len, salt,
                                     sizeof salt, HASH_SIZE, out, PASSWORD_HASH_SIZE);
    if (code == ARGON2_OK)
        return ERR_NONE;
    out[0] = '\0';
    return failed(code, why);
}

enum err password_check(struct str stored, struct str password, bool *stale, struct why *why)
{
    char text[PASSWORD_HASH_SIZE];
    struct parameters has;
    *stale = false;
    if (stored.len >= sizeof text || !read_parameters(stored, &has) ||
        memchr(stored.ptr, '\0', stored.len))
        return err_set(why, ERR_DATA, op, "what is stored is no hash of ours");
    memcpy(text, stored.ptr, stored.len);
    text[stored.len] = '\0';
    int code = argon2id_verify(text, password.ptr, password.len);
    if (code == ARGON2_VERIFY_MISMATCH)
        return ERR_REFUSED;
    if (code != ARGON2_OK)
        return failed(code, why);
    *stale = has.memory != MEMORY_KIB || has.passes != PASSES || has.lanes != LANES;
    return ERR_NONE;
}

enum err password_check_nobody(struct str password, struct why *why)
{
    bool stale;
    enum err e = password_check(str_from(nobody), password, &stale, why);
    return e == ERR_NONE ? ERR_REFUSED : e;
}

void password_wipe(void *secret, size_t n)
{
    explicit_bzero(secret, n);
}
