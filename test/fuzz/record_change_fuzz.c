/* SPDX-License-Identifier: Apache-2.0 */
/* What a program may send to change a record: taken or refused with a sentence, never more. */
#include "base/must.h"
#include "core/record_change.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct record_change_asked c;
    struct why why = {0};
    struct str text;
    if (record_change_read(&a, str_of(data, size), &c, &why) == ERR_NONE)
        must((c.has_status || c.has_owner) && c.status < STATUS_COUNT && c.owner >= 0);
    else
        must(why.detail[0] != '\0');
    if (note_read(&a, str_of(data, size), &text, &why) == ERR_NONE)
        must(text.len > 0);
    arena_release(&a);
    return 0;
}
