/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the API: whatever is accepted is normalised and is the same form as its urlencoded
 * twin. */
#include "form_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct form form;
    struct why why;
    enum err e = form_from_json(&a, &form_check_rules, str_of(data, size), FORM_ALL, &form, &why);
    must(e == ERR_NONE || (e == ERR_INPUT && why.detail[0]));
    if (e == ERR_NONE)
        form_check(&a, &form);
    arena_release(&a);
    return 0;
}
