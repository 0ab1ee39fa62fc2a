/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a peer sends where a PROXY header is due. A reading does not depend on how the bytes are cut
 * into pieces: what is wrong stays wrong, what is whole was never wrong before and is read alike
 * whatever follows.
 */
#include "base/must.h"
#include "core/proxy_header.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_header whole, part;
    struct str bytes = str_of(data, size);
    enum proxy_reading reading = proxy_header_read(bytes, &whole);
    if (reading == PROXY_BEGUN)
        must(size < PROXY_HEADER_MAX);
    if (reading != PROXY_WHOLE)
        return 0;
    must(whole.size <= size && whole.size <= PROXY_HEADER_MAX);
    for (size_t n = 0; n < whole.size; n++)
        must(proxy_header_read(str_slice(bytes, 0, n), &part) == PROXY_BEGUN);
    must(proxy_header_read(str_slice(bytes, 0, whole.size), &part) == PROXY_WHOLE);
    must(part.size == whole.size && part.told == whole.told && part.port == whole.port);
    must(memcmp(&part.client, &whole.client, sizeof part.client) == 0);
    return 0;
}
