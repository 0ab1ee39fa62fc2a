/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"
#include "net/fetch_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <strings.h>
#include <unistd.h>

#include <psa/crypto.h>

/* In order of likelihood: Debian and our image, Fedora and RHEL, SUSE, Alpine and the BSDs. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

/* What finding addresses reads. */
static const char *const resolver_files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
                                             "/run/systemd/resolve"};

enum {
    BUNDLES = sizeof bundles / sizeof *bundles,
    CA_MAX = 4 * 1024 * 1024,
    URL_MAX = 16 * 1024,
    TEXT_MAX = 64 * 1024 * 1024,
    LINE_MAX_SIZE = 64 * 1024,
    RETRY_MAX_S = 24 * 3600,
};

struct fetch {
    CURL *curl;
    struct curl_slist *headers;
    struct buf ca;   /* the authorities, PEM */
    struct buf url;  /* with a NUL, for libcurl */
    struct buf text; /* of the last answer */
    struct str ca_file;
    bool trust_nobody; /* no bundle was found: HTTPS will not work, HTTP does */
    bool direct;
    atomic_bool stopped;
    const atomic_bool *stop; /* the owner's, or NULL */
    int64_t until_ms;        /* monotonic; 0: no limit */
    char error[CURL_ERROR_SIZE];

    /* the request under way */
    const struct fetch_request *request;
    size_t part, part_at; /* the next byte to send: of the parts … */
    uint64_t sent;        /* … or of the file */
    int status;
    enum err failure; /* of take, or of the answer's size */
    struct why *why;
};

size_t fetch_files(const char *out[FETCH_FILES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < BUNDLES; i++)
        out[n++] = bundles[i];
    for (size_t i = 0; i < sizeof resolver_files / sizeof *resolver_files; i++)
        out[n++] = resolver_files[i];
    return n;
}

/* What stands behind the last colon of the host, as far as that is a port. */
static uint16_t port_of(struct str url, uint16_t otherwise)
{
    struct str mark = STR("://");
    const char *found = url.len ? memmem(url.ptr, url.len, mark.ptr, mark.len) : NULL;
    size_t host = found ? (size_t)(found - url.ptr) + mark.len : 0;
    size_t slash = str_find(url, '/', host), at = slash;
    uint64_t port = 0;
    while (at > host && url.ptr[at - 1] != ':' && url.ptr[at - 1] != ']')
        at--;
    bool said = at > host && url.ptr[at - 1] == ':' &&
                str_to_u64(str_slice(url, at, slash), &port) && port > 0 && port < 65536;
    return said ? (uint16_t)port : otherwise;
}

uint16_t fetch_port(struct str url)
{
    return port_of(url, str_starts(url, STR("https://")) ? 443 : 80);
}

uint16_t fetch_proxy_port(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str url = str_from(getenv(names[i]));
        if (url.len)
            return port_of(url, str_starts(url, STR("https://")) ? 443 : 1080);
    }
    return 0;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static bool ready;

static void prepare(void)
{
    ready = psa_crypto_init() == PSA_SUCCESS && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* 0, or the errno. */
static int read_file(const char *path, struct buf *into)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    char chunk[16 * 1024];
    ssize_t got;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        buf_bytes(into, chunk, (size_t)got);
    int error = got < 0 ? errno : buf_ok(into) ? 0 : EFBIG;
    close(fd);
    return error;
}

static enum err read_authorities(struct fetch *f, struct str file, struct why *why)
{
    if (file.len == 0) {
        for (size_t i = 0; i < BUNDLES && f->ca.len == 0; i++)
            read_file(bundles[i], &f->ca);
        f->trust_nobody = f->ca.len == 0;
        return ERR_NONE;
    }
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s", STR_ARG(file));
    int error = read_file(path, &f->ca);
    if (!error && str_contains(buf_view(&f->ca), STR("-----BEGIN CERTIFICATE-----")))
        return ERR_NONE;
    enum err e = err_set(why, ERR_CONFIG, "read the certificate authorities", "%s: %s", path,
                         error ? err_errno(error) : "it holds no certificate in PEM form");
    err_hint(why, "Name a file with the certificate of the authority, \"-----BEGIN "
                  "CERTIFICATE-----\" and so on, that the server may read.");
    return e;
}

enum err fetch_open(const struct fetch_options *options, struct fetch **out, struct why *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare);
    *out = NULL;
    if (!ready)
        return err_set(why, ERR_INTERNAL, "start the HTTP client", "libcurl does not start");
    struct fetch *f = calloc(1, sizeof *f);
    must(f);
    buf_init(&f->ca, CA_MAX);
    buf_init(&f->url, URL_MAX);
    buf_init(&f->text, TEXT_MAX);
    f->direct = options->direct;
    f->stop = options->stop;
    enum err e = read_authorities(f, options->ca_file, why);
    if (e == ERR_NONE && !(f->curl = curl_easy_init()))
        e = err_set(why, ERR_INTERNAL, "start the HTTP client", "libcurl does not start");
    if (e != ERR_NONE) {
        fetch_free(f);
        return e;
    }
    *out = f;
    return ERR_NONE;
}

void fetch_free(struct fetch *f)
{
    if (!f)
        return;
    curl_easy_cleanup(f->curl);
    curl_slist_free_all(f->headers);
    buf_release(&f->ca);
    buf_release(&f->url);
    buf_release(&f->text);
    free(f);
}

void fetch_stop(struct fetch *f)
{
    atomic_store(&f->stopped, true);
}

static bool is_stopped(const struct fetch *f)
{
    return atomic_load(&f->stopped) || (f->stop && atomic_load(f->stop));
}

void fetch_limit(struct fetch *f, int64_t until_ms)
{
    f->until_ms = until_ms;
}

/* What is left of the whole time of a request; 0: no limit, negative: nothing. */
static int64_t whole_time(const struct fetch *f, const struct fetch_request *r)
{
    if (f->until_ms == 0)
        return r->whole_ms;
    int64_t left = f->until_ms - clock_monotonic_ms();
    if (left <= 0)
        return -1;
    return r->whole_ms && r->whole_ms < left ? r->whole_ms : left;
}

/* ---- while it goes on --------------------------------------------------------------------------
 */

static size_t send_read(struct fetch *f, char *to, size_t room)
{
    const struct fetch_body *b = f->request->body;
    uint64_t left = b->size - f->sent;
    size_t n = left < room ? (size_t)left : room;
    f->failure = n ? b->read(b->context, b->offset + f->sent, to, n, f->why) : ERR_NONE;
    if (f->failure)
        return CURL_READFUNC_ABORT;
    f->sent += n;
    return n;
}

static size_t on_send(char *to, size_t size, size_t count, void *context)
{
    struct fetch *f = context;
    const struct fetch_body *b = f->request->body;
    size_t room = size * count, n = 0;
    if (b->read)
        return send_read(f, to, room);
    while (n < room && f->part < b->n) {
        struct str left = str_slice(b->parts[f->part], f->part_at, SIZE_MAX);
        size_t take = left.len < room - n ? left.len : room - n;
        if (take)
            memcpy(to + n, left.ptr, take);
        n += take;
        f->part_at += take;
        if (take == left.len) {
            f->part++;
            f->part_at = 0;
        }
    }
    return n;
}

/* Back to the beginning, when the kept connection turns out to be closed. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
    struct fetch *f = context;
    if (origin != SEEK_SET || offset != 0)
        return CURL_SEEKFUNC_CANTSEEK;
    f->part = f->part_at = 0;
    f->sent = 0;
    return CURL_SEEKFUNC_OK;
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *context)
{
    struct fetch *f = context;
    size_t n = size * count;
    long status = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
    bool good = status >= 200 && status < 300;
    if (good && f->request->take) {
        f->failure = f->request->take(f->request->context, bytes, n, f->why);
        return f->failure == ERR_NONE ? n : CURL_WRITEFUNC_ERROR;
    }
    size_t max = good && f->request->text_max ? f->request->text_max : FETCH_TEXT_MAX;
    size_t fits = f->text.len + n <= max ? n : max - f->text.len;
    buf_bytes(&f->text, bytes, fits);
    if (good && fits < n) {
        f->failure =
            err_set(f->why, ERR_TOO_BIG, "read an answer", "%.*s answers with more than %zu bytes",
                    STR_ARG(f->request->url), max);
        return CURL_WRITEFUNC_ERROR;
    }
    return n;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct fetch *f = context;
    (void)a, (void)b, (void)c, (void)d;
    return is_stopped(f);
}

/* ---- one request
 * ---------------------------------------------------------------------------------
 */

static uint64_t body_size(const struct fetch_body *b)
{
    uint64_t size = b->read ? b->size : 0;
    for (size_t i = 0; !b->read && i < b->n; i++)
        size += b->parts[i].len;
    return size;
}

static void set_headers(struct fetch *f, const struct fetch_request *r)
{
    curl_slist_free_all(f->headers);
    /* No waiting for leave to send, and no type that nobody gave. */
    f->headers = curl_slist_append(NULL, "Expect:");
    f->headers = curl_slist_append(f->headers, "Content-Type:");
    struct buf line;
    buf_init(&line, LINE_MAX_SIZE);
    for (size_t i = 0; i < r->n_headers; i++) {
        buf_clear(&line);
        buf_str(&line, r->headers[i].name);
        /* "Name;" is libcurl's way to say a header without a value. */
        buf_str(&line, r->headers[i].value.len ? STR(": ") : STR(";"));
        buf_str(&line, r->headers[i].value);
        must(!memchr(line.ptr, '\n', line.len) && !memchr(line.ptr, '\r', line.len));
        f->headers = curl_slist_append(f->headers, buf_cstring(&line));
    }
    buf_release(&line);
    must(f->headers);
}

/* A connection outlives curl_easy_reset; everything else is said anew each time. */
static void prepare_request(struct fetch *f, const struct fetch_request *r, int64_t whole_ms)
{
    CURL *c = f->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_URL, buf_cstring(&f->url));
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)whole_ms);
    if (r->stall_ms) {
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1024L);
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)((r->stall_ms + 999) / 1000));
    }
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "anteroom");
    if (f->direct)
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    struct curl_blob ca = {f->ca.ptr, f->ca.len, CURL_BLOB_NOCOPY};
    if (ca.len)
        curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &ca);

    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    if (r->body) {
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body_size(r->body));
        curl_easy_setopt(c, CURLOPT_READFUNCTION, on_send);
        curl_easy_setopt(c, CURLOPT_READDATA, f);
        curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(c, CURLOPT_SEEKDATA, f);
    } else if (strcmp(r->method, "HEAD") == 0) {
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    set_headers(f, r);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, f->headers);
}

/* Retry-After says seconds or a date. */
static int64_t retry_after_ms(struct fetch *f)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds < 0 || seconds > RETRY_MAX_S)
        seconds = seconds < 0 ? 0 : RETRY_MAX_S;
    return seconds * 1000;
}

static int64_t date_ms(struct fetch *f)
{
    struct str date = fetch_header(f, "Date");
    char text[64];
    if (date.len == 0 || date.len >= sizeof text)
        return 0;
    snprintf(text, sizeof text, "%.*s", STR_ARG(date));
    time_t at = curl_getdate(text, NULL);
    return at > 0 ? (int64_t)at * 1000 : 0;
}

enum err fetch_send(struct fetch *f, const struct fetch_request *request,
                    struct fetch_answer *answer, struct why *why)
{
    *answer = (struct fetch_answer){0};
    if (is_stopped(f))
        return err_set(why, ERR_NETWORK, "send a request", "it was stopped");
    int64_t whole_ms = whole_time(f, request);
    if (whole_ms < 0)
        return err_set(why, ERR_NETWORK, "send a request", "no time is left for it");
    buf_clear(&f->url);
    buf_str(&f->url, request->url);
    buf_clear(&f->text);
    f->request = request;
    f->part = f->part_at = 0;
    f->sent = 0;
    f->failure = ERR_NONE;
    f->why = why;
    f->error[0] = '\0';
    if (!buf_ok(&f->url))
        return err_set(why, ERR_USAGE, "send a request", "the address is too long");
    prepare_request(f, request, whole_ms);
    CURLcode result = curl_easy_perform(f->curl);
    f->request = NULL;
    f->why = NULL;
    if (f->failure != ERR_NONE)
        return f->failure;
    if (result != CURLE_OK)
        return fetch_failed(result, request, f->error, f->trust_nobody, why);
    long status = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    answer->text = buf_view(&f->text);
    answer->retry_ms = retry_after_ms(f);
    answer->date_ms = date_ms(f);
    return ERR_NONE;
}

struct str fetch_header(struct fetch *f, const char *name)
{
    struct curl_header *found;
    if (curl_easy_header(f->curl, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return STR_EMPTY;
    return str_from(found->value);
}

size_t fetch_headers(struct fetch *f, struct str prefix, struct fetch_header *out, size_t max)
{
    size_t n = 0;
    struct curl_header *h = NULL;
    while (n < max && (h = curl_easy_nextheader(f->curl, CURLH_HEADER, -1, h))) {
        struct str name = str_from(h->name);
        if (str_eq_nocase(str_slice(name, 0, prefix.len), prefix))
            out[n++] =
                (struct fetch_header){str_slice(name, prefix.len, SIZE_MAX), str_from(h->value)};
    }
    return n;
}
