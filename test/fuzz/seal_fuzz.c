/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening what a browser sends back. The first byte chooses: even, the bytes are opened as they are
 * (they must not open: nobody sealed them); odd, they are sealed, and come back only unchanged.
 */
#include "base/must.h"
#include "base/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[SEAL_KEY_SIZE] = {7};
    if (size == 0)
        return 0;
    struct arena a = ARENA_INIT;
    struct str input = str_of(data + 1, size - 1), back;
    if (data[0] % 2 == 0) {
        must(!seal_open(&a, key, STR("fuzz"), input, &back));
    } else {
        struct str sealed = seal(&a, key, STR("fuzz"), input);
        must(seal_open(&a, key, STR("fuzz"), sealed, &back) && str_eq(input, back));
        char *copy = arena_alloc(&a, sealed.len);
        memcpy(copy, sealed.ptr, sealed.len);
        size_t at = (data[0] / 2U) % sealed.len;
        copy[at] = (char)(copy[at] ^ (1 << data[0] % 8));
        must(!seal_open(&a, key, STR("fuzz"), str_of(copy, sealed.len), &back));
    }
    arena_release(&a);
    return 0;
}
