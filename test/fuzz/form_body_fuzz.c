/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the form: whatever is accepted is normalised and reads back the same. */
#include "form_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct form form;
    struct why why;
    for (unsigned steps = 1; steps <= FORM_ALL; steps++) {
        enum err e =
            form_from_urlencoded(&a, &form_check_rules, str_of(data, size), steps, &form, &why);
        must(e == ERR_NONE || (e == ERR_INPUT && why.detail[0]));
        if (e == ERR_NONE)
            form_check(&a, &form);
    }
    arena_release(&a);
    return 0;
}
