/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"

#include "base/banned.h"

void must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr,
            "anteroom: this should never happen: %s at %s:%d. Stopping to protect the data.\n",
            condition, file, line);
    abort();
}
