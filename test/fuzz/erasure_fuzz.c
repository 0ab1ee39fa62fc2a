/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the ledger of erasures: what is read is written again byte by byte. */
#include "base/must.h"
#include "core/erasure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct erasure e;
    char text[ERASURE_SIZE];
    if (!erasure_read(str_of(data, size), &e))
        return 0;
    must(str_eq(erasure_write(&e, text), str_of(data, size)));
    struct erasure_head head = erasure_head(&e);
    must(head.number == e.number && e.number > 0);
    return 0;
}
