/* SPDX-License-Identifier: Apache-2.0 */
/* Client IDs as people type them: what comes out is always a Client ID. */
#include "base/must.h"
#include "core/client_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(const struct client_id *id)
{
    struct client_id again;
    must(strlen(id->text) == CLIENT_ID_LEN);
    must(client_id_parse(client_id_str(id), &again) == CLIENT_ID_RIGHT);
    must(memcmp(id->text, again.text, sizeof again.text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct client_id id;
    uint64_t bits = 0;
    if (client_id_parse(str_of(data, size), &id) != CLIENT_ID_WRONG)
        check_canonical(&id);
    memcpy(&bits, data, size < sizeof bits ? size : sizeof bits);
    id = client_id_make(bits);
    check_canonical(&id);
    return 0;
}
