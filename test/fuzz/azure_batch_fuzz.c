/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to a batch as a service, or somebody in its place, may send it. A byte says how many
 * requests there were, a line is the Content-Type, the rest is the answer. */
#include "base/must.h"
#include "replicate/azure_batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t visible(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] != '\0';
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct azure_batch batch;
    struct str text = str_of(data + 1, size - 1), type = STR_EMPTY;
    const size_t n = (size_t)data[0] + 1;
    size_t codes = 0;
    str_cut(&text, '\n', &type);
    if (!azure_batch_read(type, text, n, &batch))
        return 0;
    bool all = true;
    for (size_t i = 0; i < AZURE_BATCH_MAX; i++) {
        const struct azure_batch_part *part = &batch.parts[i];
        must(part->status == 0 || (i < n && part->status >= 100 && part->status < 600));
        all = all && (i >= n || part->status != 0);
        codes += visible(part->code);
    }
    must(all != (batch.whole.status != 0));
    must(codes + visible(batch.whole.code) <= text.len);
    return 0;
}
