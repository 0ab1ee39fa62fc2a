/* SPDX-License-Identifier: Apache-2.0 */
/* Accept-Language: whatever stands there, the answer is offered, or the fallback. */
#include "base/must.h"
#include "core/accept_language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str codes[] = {STR_INIT("en"), STR_INIT("ar"), STR_INIT("de"),
                                       STR_INIT("pt-BR")};
    enum { CODES = 4, FALLBACK = 2 };
    if (size == 0)
        return 0;
    unsigned offered = (data[0] & 15U) | 1U << FALLBACK;
    unsigned chosen = accept_language(str_of(data + 1, size - 1), codes, CODES, offered, FALLBACK);
    must(chosen < CODES && (offered & (1U << chosen)));
    return 0;
}
