/* SPDX-License-Identifier: Apache-2.0 */
#include "core/likeness.h"

#include "base/utf8.h"

#include <mbedtls/sha256.h>

static int64_t number_of(struct arena *a, struct str text)
{
    struct str folded = utf8_fold(a, text);
    if (folded.len == 0)
        return 0;
    unsigned char hash[32];
    mbedtls_sha256((const unsigned char *)folded.ptr, folded.len, hash, 0);
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | hash[i];
    n >>= 1;
    return n ? (int64_t)n : 1;
}

struct likeness likeness_of(struct arena *a, const struct form *form)
{
    return (struct likeness){
        .company = number_of(a, form->value[FIELD_COMPANY_NAME]),
        .email = number_of(a, form->value[FIELD_EMAIL_ADDRESS]),
    };
}
