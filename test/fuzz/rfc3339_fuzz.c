/* SPDX-License-Identifier: Apache-2.0 */
/* A moment as people and other programs write it. What is taken is written and read again alike. */
#include "base/clock.h"
#include "base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From 0001-01-01T00:00:00+23:59 to 9999-12-31T23:59:59.999-23:59. */
#define FIRST_MS (-62135596800000 - 86400000)
#define LAST_MS  (253402300799999 + 86400000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t ms, again;
    char text[CLOCK_RFC3339_SIZE];
    if (!clock_read_rfc3339(str_of(data, size), &ms))
        return 0;
    must(ms >= FIRST_MS && ms <= LAST_MS);
    if (ms >= FIRST_MS + 86400000 && ms <= LAST_MS - 86400000)
        must(clock_read_rfc3339(clock_rfc3339(ms, text), &again) && again == ms);
    return 0;
}
