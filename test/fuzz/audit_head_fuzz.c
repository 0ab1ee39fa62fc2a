/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that may hold signed heads of the audit, and a payload of one: what is read as a head is
 * written back to the same one, and every token found lies in the file.
 */
#include "base/must.h"
#include "core/audit_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str text = str_of(data, size), token, at;
    size_t from = 0, before = 0;
    while (audit_head_next(text, &from, &token)) {
        must(from > before && from <= size);
        must(token.ptr >= text.ptr && token.ptr + token.len == text.ptr + from);
        before = from;
    }
    struct audit_head head, again;
    if (audit_head_read(&a, text, &head, &at)) {
        struct str other;
        must(audit_head_read(&a, audit_head_payload(&a, &head, STR("now")), &again, &other));
        must(memcmp(&head.hash, &again.hash, sizeof head.hash) == 0 && head.seq == again.seq);
    }
    arena_release(&a);
    return 0;
}
