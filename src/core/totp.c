/* SPDX-License-Identifier: Apache-2.0 */
#include "core/totp.h"

#include "base/hmac.h"

#include <mbedtls/sha256.h>

enum { MILLION = 1000000, BASE32_CHARS = TOTP_SECRET_SIZE * 8 / 5, GROUP = 4 };

/* ---- codes ---------------------------------------------------------------------------------- */

int64_t totp_step(int64_t wall_ms)
{
    return wall_ms / TOTP_STEP_MS;
}

/* RFC 4226 §5.3: four bytes of the HMAC, from where its last four bits say. */
uint32_t totp_code(const struct totp_secret *secret, int64_t step)
{
    unsigned char counter[8], mac[HMAC_SHA1_SIZE];
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    hmac_sha1(str_of(secret->bytes, sizeof secret->bytes), str_of(counter, sizeof counter), mac);
    const unsigned char *at = mac + (mac[HMAC_SHA1_SIZE - 1] & 0x0F);
    uint32_t n =
        (uint32_t)(at[0] & 0x7F) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return n % MILLION;
}

/* Six digits, whatever white space is between them. */
static bool read_code(struct str typed, char digits[TOTP_DIGITS])
{
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '\t' || c == '-')
            continue;
        if (c < '0' || c > '9' || n == TOTP_DIGITS)
            return false;
        digits[n++] = c;
    }
    return n == TOTP_DIGITS;
}

int64_t totp_check(const struct totp_secret *secret, struct str typed, int64_t now_ms,
                   int64_t last_step)
{
    char digits[TOTP_DIGITS];
    if (!read_code(typed, digits))
        return 0;
    int64_t now = totp_step(now_ms), found = 0;
    /* All of them, so that the time does not tell which one it was. */
    for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
        char right[TOTP_DIGITS];
        uint32_t code = totp_code(secret, step);
        for (int i = TOTP_DIGITS - 1; i >= 0; i--, code /= 10)
            right[i] = (char)('0' + code % 10);
        if (str_eq_secret(str_of(digits, sizeof digits), str_of(right, sizeof right)) &&
            step > last_step && step > 0)
            found = step;
    }
    return found;
}

/* ---- enrolment --------------------------------------------------------------------------------
 */

static void base32(const struct totp_secret *secret, char out[BASE32_CHARS])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned bits = 0, held = 0, n = 0;
    for (size_t i = 0; i < sizeof secret->bytes; i++) {
        bits = (bits << 8 | secret->bytes[i]) & 0xFFFF;
        for (held += 8; held >= 5; held -= 5)
            out[n++] = alphabet[bits >> (held - 5) & 31];
    }
}

struct str totp_base32(struct arena *a, const struct totp_secret *secret)
{
    char chars[BASE32_CHARS];
    base32(secret, chars);
    char *out = arena_alloc(a, BASE32_CHARS + BASE32_CHARS / GROUP);
    size_t n = 0;
    for (size_t i = 0; i < BASE32_CHARS; i++) {
        if (i && i % GROUP == 0)
            out[n++] = ' ';
        out[n++] = chars[i];
    }
    return str_of(out, n);
}

/* Percent-encoded (RFC 3986 §2), which leaves nothing that could end a part of the URI. */
static struct str encoded(struct arena *a, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    static const struct str plain = STR_INIT("-._~");
    char *out = arena_alloc(a, s.len * 3);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter || str_find(plain, (char)c, 0) < plain.len) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    return str_of(out, n);
}

struct str totp_uri(struct arena *a, const struct totp_secret *secret, struct str issuer,
                    struct str account)
{
    char chars[BASE32_CHARS];
    base32(secret, chars);
    struct str by = encoded(a, issuer), who = encoded(a, account);
    return arena_fmt(a, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s", STR_ARG(by),
                     STR_ARG(who), (int)sizeof chars, chars, STR_ARG(by));
}

/* ---- recovery codes -----------------------------------------------------------------------------
 */

static const struct str crockford = STR_INIT("0123456789ABCDEFGHJKMNPQRSTVWXYZ");

struct recovery_code recovery_code_make(uint64_t bits)
{
    struct recovery_code code;
    size_t n = 0;
    for (int i = RECOVERY_SYMBOLS - 1; i >= 0; i--) {
        code.text[n++] = crockford.ptr[bits >> (5 * i) & 31];
        if (i == RECOVERY_SYMBOLS / 2)
            code.text[n++] = '-';
    }
    code.text[n] = '\0';
    return code;
}

/* The symbol that was meant, or 0. */
static char symbol(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    return str_find(crockford, c, 0) < crockford.len ? c : '\0';
}

bool recovery_code_hash(struct str typed, unsigned char hash[RECOVERY_HASH_SIZE])
{
    unsigned char symbols[RECOVERY_SYMBOLS];
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-' || c == '\t')
            continue;
        char s = symbol(c);
        if (!s || n == RECOVERY_SYMBOLS)
            return false;
        symbols[n++] = (unsigned char)s;
    }
    if (n != RECOVERY_SYMBOLS)
        return false;
    mbedtls_sha256(symbols, sizeof symbols, hash, 0);
    return true;
}
