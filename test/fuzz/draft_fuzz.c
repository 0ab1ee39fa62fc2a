/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A draft's row. As content that was opened: what is read writes back to the same form. As the
 * sealed bytes in the store, which somebody may have changed: they never open.
 */
#include "form_check.h"

#include "base/seal.h"
#include "web/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str input = str_of(data, size), content;
    struct form form;
    unsigned finished = 0;
    bool paid;
    if (draft_parse_content(&a, &form_check_rules, input, &finished, &paid, &form)) {
        must((finished & ~FORM_ALL) == 0);
        form_check_values(&form);
        form_check_round_trips(&a, &form);
    }
    static const struct draft_handle handle = {.id = {{1}}, .key = {7}};
    must(!seal_open(&a, handle.key, str_of(handle.id.bytes, DRAFT_ID_SIZE), input, &content));
    must(content.len == 0);
    arena_release(&a);
    return 0;
}
