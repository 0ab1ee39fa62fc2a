/* SPDX-License-Identifier: Apache-2.0 */
#include "core/client_id.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { SYMBOLS = CLIENT_ID_SYMBOLS };

/* Where symbol i stands in the canonical text. */
static size_t place(size_t i)
{
    return 3 + i + (i >= SYMBOLS / 2);
}

static unsigned value_at(const struct client_id *id, size_t i)
{
    return (unsigned)(strchr(alphabet, id->text[place(i)]) - alphabet);
}

/* id with symbol i off by e (1–31). */
static struct client_id off(struct client_id id, size_t i, unsigned e)
{
    id.text[place(i)] = alphabet[value_at(&id, i) ^ e];
    return id;
}

static enum client_id_verdict parse(const struct client_id *typed, struct client_id *out)
{
    return client_id_parse(client_id_str(typed), out);
}

/* xorshift64*: the same numbers each run. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}

/*
 * Computed apart, in Python, by schoolbook division of the data times x² by x²+6x+8 over GF(32)
 * with shift-and-add multiplication modulo x⁵+x²+1.
 */
static const struct {
    uint64_t bits;
    const char *text;
} vectors[] = {
    {0x0000000000, "CL-00000-00000"}, {0x0000000001, "CL-00000-00168"},
    {0xFFFFFFFFFF, "CL-ZZZZZ-ZZZH1"}, {0x3CEE4A7456, "CL-7KQ4M-X2PHM"},
    {0x8000000000, "CL-G0000-000HV"}, {0x0123456789, "CL-04HMA-SW92E"},
    {0xAAAAAAAAAA, "CL-NANAN-ANAXA"}, {0x5555555555, "CL-ANANA-NANCB"},
};

static void makes_the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct client_id id = client_id_make(vectors[i].bits), back;
        assert_string_equal(id.text, vectors[i].text);
        assert_int_equal(parse(&id, &back), CLIENT_ID_RIGHT);
        assert_string_equal(back.text, vectors[i].text);
    }
}

static void ignores_bits_above_forty(void **state)
{
    (void)state;
    assert_string_equal(client_id_make(0xFFFFFF3CEE4A7456).text, "CL-7KQ4M-X2PHM");
}

static void a_million_come_back(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (size_t n = 0; n < 1000000; n++) {
        struct client_id id = client_id_make(next(&seed)), back;
        assert_int_equal(parse(&id, &back), CLIENT_ID_RIGHT);
        assert_memory_equal(id.text, back.text, sizeof id.text);
    }
}

/* Each of 10 places, each of 31 other symbols, on 500 IDs: found, and what was meant suggested. */
static void every_single_error_is_put_right(void **state)
{
    uint64_t seed = 2;
    (void)state;
    for (size_t n = 0; n < 500; n++) {
        struct client_id id = client_id_make(next(&seed)), out;
        for (size_t i = 0; i < SYMBOLS; i++)
            for (unsigned e = 1; e < 32; e++) {
                struct client_id typed = off(id, i, e);
                assert_int_equal(parse(&typed, &out), CLIENT_ID_SUGGEST);
                assert_string_equal(out.text, id.text);
            }
    }
}

/*
 * Each pair of places, each pair of errors, on 20 IDs: 864,900 words, none taken for right. The
 * code is linear, so what holds for the errors on one ID holds on all; the sample guards the
 * program.
 */
static void every_double_error_is_seen(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (size_t n = 0; n < 20; n++) {
        struct client_id id = client_id_make(n ? next(&seed) : 0), out;
        for (size_t i = 0; i < SYMBOLS; i++)
            for (size_t k = i + 1; k < SYMBOLS; k++)
                for (unsigned e = 1; e < 32; e++)
                    for (unsigned g = 1; g < 32; g++) {
                        struct client_id typed = off(off(id, i, e), k, g);
                        assert_int_not_equal(parse(&typed, &out), CLIENT_ID_RIGHT);
                    }
    }
}

/* Adjacent, jump and any farther swap of two symbols, on 20,000 IDs. */
static void every_transposition_is_seen(void **state)
{
    uint64_t seed = 4;
    (void)state;
    for (size_t n = 0; n < 20000; n++) {
        struct client_id id = client_id_make(next(&seed)), out;
        for (size_t i = 0; i < SYMBOLS; i++)
            for (size_t k = i + 1; k < SYMBOLS; k++) {
                unsigned e = value_at(&id, i) ^ value_at(&id, k);
                if (e == 0)
                    continue;
                struct client_id typed = off(off(id, i, e), k, e);
                assert_int_not_equal(parse(&typed, &out), CLIENT_ID_RIGHT);
            }
    }
}

/* Each word of two symbols changed either way is no other ID: minimum distance 3. */
static void what_is_suggested_is_an_id_one_symbol_away(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (size_t n = 0; n < 200000; n++) {
        struct client_id id = client_id_make(next(&seed)), out, again;
        for (size_t i = 0; i < SYMBOLS; i++)
            id.text[place(i)] = alphabet[next(&seed) % 32];
        if (parse(&id, &out) != CLIENT_ID_SUGGEST)
            continue;
        size_t differences = 0;
        for (size_t i = 0; i < CLIENT_ID_LEN; i++)
            differences += id.text[i] != out.text[i];
        assert_int_equal(differences, 1);
        assert_int_equal(parse(&out, &again), CLIENT_ID_RIGHT);
    }
}

static void forgives(void **state)
{
    static const char *const typed[] = {
        "CL-7KQ4M-X2PHM",
        "cl-7kq4m-x2phm",
        "7KQ4MX2PHM",
        "7kq4m x2phm",
        "  CL 7KQ4M X2PHM\n",
        "CL7KQ4MX2PHM",
        "C L - 7 K Q 4 M - X 2 P H M",
        "C1-7KQ4M-X2PHM", /* the L of the prefix read as 1 */
        "CL\xE2\x80\x93"
        "7KQ4M\xE2\x80\x93X2PHM", /* en dashes */
        "CL\xE2\x80\x91"
        "7KQ4M\xE2\x80\x91X2PHM", /* no-break hyphens */
        "CL\xC2\xA0"
        "7KQ4M\xC2\xA0X2PHM", /* no-break spaces */
        "\xEF\xBB\xBF"
        "CL-7KQ4M-X2PHM", /* a byte order mark */
        "--7KQ4M--X2PHM--",
    };
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct client_id out = {"?"};
        assert_int_equal(client_id_parse(str_from(typed[i]), &out), CLIENT_ID_RIGHT);
        assert_string_equal(out.text, "CL-7KQ4M-X2PHM");
    }
}

static void reads_letters_that_look_like_digits(void **state)
{
    struct client_id out;
    (void)state;
    assert_int_equal(client_id_parse(STR("CL-ZZZZZ-ZZZHl"), &out), CLIENT_ID_RIGHT);
    assert_int_equal(client_id_parse(STR("CL-ZZZZZ-ZZZHL"), &out), CLIENT_ID_RIGHT);
    assert_string_equal(out.text, "CL-ZZZZZ-ZZZH1");
    assert_int_equal(client_id_parse(STR("CL-ooOOO-OOl68"), &out), CLIENT_ID_RIGHT);
    assert_string_equal(out.text, "CL-00000-00168");
    assert_int_equal(client_id_parse(STR("CL-00000-00I68"), &out), CLIENT_ID_RIGHT);
    assert_int_equal(client_id_parse(STR("CL-00000-00i68"), &out), CLIENT_ID_RIGHT);
}

/* There is no U: somebody misread a V. Never right as it stands. */
static void a_u_is_only_ever_suggested_away(void **state)
{
    struct client_id out;
    (void)state;
    assert_int_equal(client_id_parse(STR("CL-G0000-000HU"), &out), CLIENT_ID_SUGGEST);
    assert_string_equal(out.text, "CL-G0000-000HV");
    assert_int_equal(client_id_parse(STR("CL-G0000-000Hu"), &out), CLIENT_ID_SUGGEST);
    assert_int_equal(client_id_parse(STR("CL-7KQ4M-X2PHU"), &out), CLIENT_ID_SUGGEST);
    assert_string_equal(out.text, "CL-7KQ4M-X2PHM");
}

static void refuses(void **state)
{
    static const struct str typed[] = {
        STR_INIT(""),
        STR_INIT("CL"),
        STR_INIT("CL-"),
        STR_INIT("---"),
        STR_INIT("CL-7KQ4M-X2PH"),
        STR_INIT("CL-7KQ4M-X2PHMM"),
        STR_INIT("CX-7KQ4M-X2PHM"),
        STR_INIT("CLCL7KQ4MX2PHM"),
        STR_INIT("CL-7KQ4M-X2PH!"),
        STR_INIT("CL-7KQ4M_X2PHM"),
        STR_INIT("CL-7KQ4M-X2PH\0"),
        STR_INIT("CL-7KQ4M-X2PH\xC3\x89"),
        STR_INIT("CL-7KQ4M-X2PHM\xFF"),
        STR_INIT("CL-7KQ4M-X2PHM\xE2\x80"),
        STR_INIT("\xD1\x81L-7KQ4M-X2PHM"), /* a Cyrillic с */
        STR_INIT("'; DROP TABLE submission; --"),
    };
    struct client_id out;
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_int_equal(client_id_parse(typed[i], &out), CLIENT_ID_WRONG);
    assert_int_equal(client_id_parse(STR_EMPTY, &out), CLIENT_ID_WRONG);
}

static void refuses_what_is_far_too_long(void **state)
{
    static char long_text[200];
    struct client_id out;
    (void)state;
    memset(long_text, ' ', sizeof long_text);
    memcpy(long_text, "CL-7KQ4M-X2PHM", CLIENT_ID_LEN);
    assert_int_equal(client_id_parse(str_of(long_text, 128), &out), CLIENT_ID_RIGHT);
    assert_int_equal(client_id_parse(str_of(long_text, 129), &out), CLIENT_ID_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_vectors),
        cmocka_unit_test(ignores_bits_above_forty),
        cmocka_unit_test(a_million_come_back),
        cmocka_unit_test(every_single_error_is_put_right),
        cmocka_unit_test(every_double_error_is_seen),
        cmocka_unit_test(every_transposition_is_seen),
        cmocka_unit_test(what_is_suggested_is_an_id_one_symbol_away),
        cmocka_unit_test(forgives),
        cmocka_unit_test(reads_letters_that_look_like_digits),
        cmocka_unit_test(a_u_is_only_ever_suggested_away),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_what_is_far_too_long),
    };
    return cmocka_run_group_tests_name("client_id", tests, NULL, NULL);
}
