/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody types who signs in or chooses a password: the password and its rules, a one-time
 * code, a recovery code; and a stored hash, which a restored database may hold damaged.
 */
#include "base/must.h"
#include "base/password_hash.h"
#include "base/utf8.h"
#include "core/password_rules.h"
#include "core/totp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str typed = str_of(data, size), password, again;
    const struct str own[] = {STR("margaret.hale"), str_slice(typed, 0, size / 2)};
    enum password_verdict verdict = password_judge(&a, typed, own, 2);
    if (password_canonical(&a, typed, &password)) {
        must(utf8_valid(password) && utf8_length(password) <= PASSWORD_MOST);
        must(password_canonical(&a, password, &again) && str_eq(password, again));
        must(verdict == password_judge(&a, password, own, 2));
        must((verdict == PASSWORD_SHORT) == (utf8_length(password) < PASSWORD_LEAST));
    } else {
        must(verdict == PASSWORD_NOT_TEXT || verdict == PASSWORD_LONG);
    }

    static const struct totp_secret secret = {"12345678901234567890"};
    int64_t now = INT64_C(1795000000000), step = totp_check(&secret, typed, now, 0);
    if (step)
        must(totp_check(&secret, typed, now, step) == 0);
    struct str uri = totp_uri(&a, &secret, typed, typed);
    for (size_t i = 0; i < uri.len; i++)
        must(uri.ptr[i] > ' ' && uri.ptr[i] < 127);

    unsigned char hash[RECOVERY_HASH_SIZE];
    if (recovery_code_hash(typed, hash))
        must(typed.len >= RECOVERY_SYMBOLS);

    /* Not hashed with what it asks for: a wrong frame is refused before that, and a right one costs
     * more than there is time for here. */
    bool stale;
    if (!str_starts(typed, STR("$argon2id$v=19$m=")))
        must(password_check(typed, STR("password"), &stale, NULL) == ERR_DATA);
    arena_release(&a);
    return 0;
}
