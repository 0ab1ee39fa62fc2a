/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate chain and its private key, read from PEM files and checked against each other.
 *
 * Everything that makes a pair unusable is found here, when the process starts or reloads, and
 * never by a client: missing file, DER instead of PEM, files swapped, encrypted key, a kind of key
 * TLS here cannot use, a key of another certificate, a chain too long to send. Each comes as
 * ERR_CONFIG with what to type. Dates are not judged: a server with an old certificate beats no
 * server.
 *
 * Owner: credentials_init, then credentials_release. The text of the key is wiped after reading.
 */
#ifndef NET_CREDENTIALS_H
#define NET_CREDENTIALS_H

#include "base/err.h"

#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

struct credentials {
    mbedtls_x509_crt chain; /* the server's own first */
    mbedtls_pk_context key;
    char certificate_file[256]; /* for messages; cut when longer */
    char key_file[256];
    bool key_exposed; /* every user of the machine can read the key's file */
};

void credentials_init(struct credentials *c);
void credentials_release(struct credentials *c);

/* On failure c is empty again. */
enum err credentials_load(struct credentials *c, const char *certificate_file, const char *key_file,
                          struct why *why);

/* The halves of it, for files that are looked at one by one. */
enum err credentials_read_chain(mbedtls_x509_crt *chain, const char *file, struct why *why);
enum err credentials_read_key(mbedtls_pk_context *key, const char *file, bool *exposed,
                              struct why *why);

enum { CREDENTIALS_DIGEST_SIZE = 32 };

/*
 * SHA-256 over what both files hold now; a file that cannot be read counts as what it is. Content
 * and not stat(2): a file exchanged within the clock's grain, or on a file system with dates of its
 * own (a Kubernetes volume), is noticed too.
 */
void credentials_digest(const char *certificate_file, const char *key_file,
                        unsigned char out[CREDENTIALS_DIGEST_SIZE]);

/* One of a certificate's dates as wall time in ms. */
int64_t credentials_time_ms(const mbedtls_x509_time *t);

#endif
