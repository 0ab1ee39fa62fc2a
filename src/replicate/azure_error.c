/* SPDX-License-Identifier: Apache-2.0 */
/* What the Blob service means when it says no, and what an operator can do about it. */
#include "replicate/azure.h"

enum { SKEW_MS = 5 * 60 * 1000 };

/* By its own word first … */
static const struct by_code {
    struct str code;
    enum err kind;
    const char *hint;
} by_code[] = {
    {STR_INIT("ContainerNotFound"), ERR_MISSING,
     "Make the container: az storage container create --account-name ACCOUNT --name CONTAINER"},
    {STR_INIT("ContainerBeingDeleted"), ERR_BUSY, "Wait until it is gone, then make it anew."},
    {STR_INIT("AccountBeingCreated"), ERR_BUSY, ""},
    {STR_INIT("AccountIsDisabled"), ERR_REFUSED, "Enable the storage account."},
    {STR_INIT("OperationTimedOut"), ERR_BUSY, ""},
    {STR_INIT("InternalError"), ERR_BUSY, ""},
    {STR_INIT("ServerBusy"), ERR_BUSY, ""},
    {STR_INIT("Md5Mismatch"), ERR_NETWORK, "Damaged on the way: it is sent again."},
    {STR_INIT("Crc64Mismatch"), ERR_NETWORK, "Damaged on the way: it is sent again."},
    {STR_INIT("AuthorizationPermissionMismatch"), ERR_REFUSED,
     "Give the identity the role Storage Blob Data Contributor on the container; it takes some "
     "minutes to come into force. A SAS needs read, create, write, delete, list."},
    {STR_INIT("AuthorizationServiceMismatch"), ERR_REFUSED,
     "The SAS must be for the Blob service."},
    {STR_INIT("AuthorizationResourceTypeMismatch"), ERR_REFUSED,
     "The SAS must be for containers and objects (srt=co)."},
    {STR_INIT("AuthorizationProtocolMismatch"), ERR_REFUSED, "Use https."},
    {STR_INIT("AuthorizationSourceIPMismatch"), ERR_REFUSED,
     "The SAS is for other addresses than this machine's."},
    {STR_INIT("AuthorizationFailure"), ERR_REFUSED,
     "The storage account's firewall or network rules do not let this machine in."},
    {STR_INIT("KeyBasedAuthenticationNotPermitted"), ERR_REFUSED,
     "The account takes no keys: leave account_key_file and sas_file empty, and use an identity."},
    {STR_INIT("ImmutabilityPolicyDeleteNotAllowed"), ERR_REFUSED, ""},
};

/* … else by status. */
static const struct by_status {
    int from, to;
    enum err kind;
    const char *hint;
} by_status[] = {
    {404, 404, ERR_MISSING, ""},
    {409, 409, ERR_CONFLICT, ""},
    {412, 412, ERR_CONFLICT, ""},
    {401, 401, ERR_REFUSED, "Renew the credentials, and restart the server if they are in files."},
    {403, 403, ERR_REFUSED,
     "Compare the account's name and its key or SAS with what the portal says; a SAS ends at its "
     "time (se=)."},
    {408, 408, ERR_BUSY, ""},
    {429, 429, ERR_BUSY, ""},
    {500, 599, ERR_BUSY, ""},
    {300, 499, ERR_REFUSED, "Is the endpoint an Azure Blob service?"},
};

enum err azure_error(int status, struct str code, int64_t skew_ms, struct str what, struct why *why)
{
    enum err kind = ERR_NETWORK;
    const char *hint = "";
    for (size_t i = sizeof by_status / sizeof *by_status; i-- > 0;)
        if (status >= by_status[i].from && status <= by_status[i].to) {
            kind = by_status[i].kind;
            hint = by_status[i].hint;
        }
    for (size_t i = 0; i < sizeof by_code / sizeof *by_code; i++)
        if (str_eq(code, by_code[i].code)) {
            kind = by_code[i].kind;
            hint = by_code[i].hint;
        }
    err_set(why, kind, "use Azure Blob Storage", "%.*s: %d %.*s", STR_ARG(what), status,
            STR_ARG(code.len ? code : STR("without a reason")));
    int64_t minutes = (skew_ms < 0 ? -skew_ms : skew_ms) / 60000;
    if (kind == ERR_REFUSED && (skew_ms > SKEW_MS || skew_ms < -SKEW_MS))
        err_hint(why,
                 "This machine's clock is %lld minutes %s Azure's: set it (timedatectl set-ntp "
                 "true).",
                 (long long)minutes, skew_ms > 0 ? "behind" : "before");
    else if (*hint)
        err_hint(why, "%s", hint);
    return kind;
}
