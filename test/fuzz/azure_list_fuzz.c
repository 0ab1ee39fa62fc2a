/* SPDX-License-Identifier: Apache-2.0 */
/* The list of blobs as a service, or somebody in its place, may send it; and a replica's URL. */
#include "base/must.h"
#include "base/str.h"
#include "replicate/azure_list.h"
#include "replicate/destination_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seen(void *context, const struct azure_list_blob *blob)
{
    size_t *bytes = context;
    for (size_t i = 0; i < blob->name.len; i++)
        *bytes += blob->name.ptr[i] != '\0';
    for (size_t i = 0; i < blob->modified.len; i++)
        *bytes += blob->modified.ptr[i] != '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = ARENA_INIT;
    struct str text = str_of(data, size);
    size_t bytes = 0;
    struct azure_list list = {.blob = seen, .context = &bytes};
    if (azure_list_read(&a, text, &list))
        must(str_contains(text, STR("EnumerationResults")) && bytes <= size);
    arena_release(&a);

    struct destination_address address;
    if (destination_url_read(text, &address, NULL) == ERR_NONE) {
        must(address.place != DESTINATION_AZURE || (address.account.len && address.container.len));
        must(address.place != DESTINATION_FILE || address.path.ptr[0] == '/');
    }
    return 0;
}
