/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct audit_hash start;

static struct audit_event first_event(void)
{
    return (struct audit_event){
        .seq = 1,
        .at_ms = 1795253400125,
        .actor = STR("visitor"),
        .action = STR("submission.created"),
        .subject = STR("CL-7KQ4M-X2PHM"),
        .detail = STR("{\"source\":\"form\"}"),
    };
}

static void assert_hash(const struct audit_hash *hash, const char *hex)
{
    char text[2 * AUDIT_HASH_SIZE + 1];
    for (size_t i = 0; i < AUDIT_HASH_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", hash->bytes[i]);
    assert_string_equal(text, hex);
}

/*
 * Computed apart, in Python:
 *
 *     def chain(prev, seq, at, *fields):
 *         b = b"anteroom-audit-1" + prev + struct.pack(">QQ", seq, at)
 *         for f in fields: b += struct.pack(">I", len(f)) + f.encode()
 *         return hashlib.sha256(b).digest()
 *     h1 = chain(bytes(32), 1, 1795253400125, "visitor", "submission.created", "CL-7KQ4M-X2PHM",
 *                '{"source":"form"}')
 *     h2 = chain(h1, 2, 1795253400126, "system", "", "", "")
 */
static void two_known_links(void **state)
{
    struct audit_event event = first_event();
    struct audit_hash first, second;
    (void)state;
    audit_chain(&start, &event, &first);
    assert_hash(&first, "cb9950ec31b149f7820355b73ac2e07eaa6ca14c2e053ab74a0144efd702f77c");
    event = (struct audit_event){.seq = 2, .at_ms = 1795253400126, .actor = STR("system")};
    audit_chain(&first, &event, &second);
    assert_hash(&second, "94db0dfa0f3a28850c281b69050ee9ea5a0ffe833ffb317f045e33374e7ee5da");
}

/* Row 0 is the event as it is; each other row differs in one thing. Text moved from one field to
 * the next is a difference too. */
static void every_difference_shows(void **state)
{
    struct audit_event events[10];
    struct audit_hash hashes[10];
    struct audit_hash other = {{1}};
    (void)state;
    for (size_t i = 0; i < 10; i++)
        events[i] = first_event();
    events[1].seq = 2;
    events[2].at_ms++;
    events[3].actor = STR("visitos");
    events[4].action = STR("submission.create");
    events[5].subject = STR("");
    events[6].detail = STR("{\"source\":\"api\"}");
    events[7].actor = STR("visitorsubmission");
    events[7].action = STR(".created");
    events[8].seq = 0;
    events[9].at_ms = -events[9].at_ms;
    for (size_t i = 0; i < 10; i++)
        audit_chain(&start, &events[i], &hashes[i]);
    for (size_t i = 0; i < 10; i++)
        for (size_t k = i + 1; k < 10; k++)
            assert_memory_not_equal(&hashes[i], &hashes[k], sizeof *hashes);
    struct audit_hash on_other;
    audit_chain(&other, &events[0], &on_other);
    assert_memory_not_equal(&on_other, &hashes[0], sizeof on_other);
}

/* out may be where the predecessor stood. */
static void in_place(void **state)
{
    struct audit_event event = first_event();
    struct audit_hash hash = start;
    (void)state;
    audit_chain(&hash, &event, &hash);
    assert_hash(&hash, "cb9950ec31b149f7820355b73ac2e07eaa6ca14c2e053ab74a0144efd702f77c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_known_links),
        cmocka_unit_test(every_difference_shows),
        cmocka_unit_test(in_place),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
