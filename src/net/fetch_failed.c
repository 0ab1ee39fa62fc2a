/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch_inner.h"

static const struct failure {
    CURLcode result;
    enum err kind;
    const char *what, *hint;
} failures[] = {
    {CURLE_URL_MALFORMAT, ERR_USAGE, "the address is not a URL", "It begins with https://."},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_USAGE, "the address is neither https:// nor http://",
     "It begins with https://."},
    {CURLE_COULDNT_RESOLVE_HOST, ERR_NETWORK, "its name has no address",
     "Check the name, and that this machine's name servers (/etc/resolv.conf) answer."},
    {CURLE_COULDNT_RESOLVE_PROXY, ERR_NETWORK, "the proxy's name has no address",
     "Check https_proxy in the environment of the server."},
    {CURLE_COULDNT_CONNECT, ERR_NETWORK, "nobody answers there",
     "Check address and port, and that no firewall stands between."},
    {CURLE_OPERATION_TIMEDOUT, ERR_NETWORK, "no answer in time", ""},
    {CURLE_PEER_FAILED_VERIFICATION, ERR_NETWORK, "its certificate is not to be trusted",
     "An authority of your own is named by ca_file; the name in the URL must be in the "
     "certificate."},
    {CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "the file of authorities cannot be read",
     "It holds certificates in PEM form."},
    {CURLE_SSL_CONNECT_ERROR, ERR_NETWORK, "no TLS connection comes about",
     "Is it an HTTPS port, and does it speak TLS 1.2 or 1.3?"},
    {CURLE_PARTIAL_FILE, ERR_NETWORK, "the answer broke off", ""},
    {CURLE_GOT_NOTHING, ERR_NETWORK, "it closed the connection without an answer", ""},
    {CURLE_SEND_ERROR, ERR_NETWORK, "the connection broke", ""},
    {CURLE_RECV_ERROR, ERR_NETWORK, "the connection broke", ""},
    {CURLE_SEND_FAIL_REWIND, ERR_NETWORK, "the connection broke", ""},
    {CURLE_ABORTED_BY_CALLBACK, ERR_NETWORK, "it was stopped", ""},
    {CURLE_WEIRD_SERVER_REPLY, ERR_NETWORK, "what answers there does not speak HTTP", ""},
    {CURLE_OUT_OF_MEMORY, ERR_INTERNAL, "there is no memory for it", ""},
};

/* "https://host:port" of it: queries hold secrets. */
static struct str origin_of(struct str url)
{
    size_t colon = str_find(url, ':', 0);
    size_t slash = str_find(url, '/', colon + 3);
    size_t query = str_find(url, '?', 0);
    return str_slice(url, 0, slash < query ? slash : query);
}

enum err fetch_failed(CURLcode result, const struct fetch_request *request, const char *text,
                      bool trust_nobody, struct why *why)
{
    struct failure unknown = {result, ERR_NETWORK, curl_easy_strerror(result), ""};
    const struct failure *f = &unknown;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].result == result)
            f = &failures[i];
    enum err e =
        err_set(why, f->kind, "reach a server", "%.*s: %s%s%s%s", STR_ARG(origin_of(request->url)),
                f->what, *text ? " (" : "", text, *text ? ")" : "");
    bool untrusted = result == CURLE_PEER_FAILED_VERIFICATION && trust_nobody;
    if (untrusted)
        err_hint(why, "This machine has no bundle of certificate authorities: install "
                      "ca-certificates, or name one by ca_file.");
    else if (*f->hint)
        err_hint(why, "%s", f->hint);
    return e;
}
