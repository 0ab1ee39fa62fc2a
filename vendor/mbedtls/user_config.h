/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS as this program wants it: what differs from the defaults of its 3.6 series.
 * vendor/mbedtls/rules.mk appends this file to mbedtls_config.h, so that the library and everybody
 * who includes its headers see the same structures without a -D.
 *
 * We are a TLS 1.2 and 1.3 server (and, for outbound HTTPS and SMTP, a client) on sockets that
 * belong to somebody else, in several threads, in a chroot that may be empty. Certificates are
 * ECDSA or RSA; key exchange is ephemeral elliptic curves only; ciphers are AES-GCM and
 * ChaCha20-Poly1305 (Mozilla's "intermediate" list without finite-field Diffie-Hellman). */

/* Several loops use the library at once. TLS 1.3 computes through PSA: it draws from
 * src/net/drbg.c, one generator per thread, and not from one of its own behind a lock. */
#define MBEDTLS_THREADING_C
#define MBEDTLS_THREADING_PTHREAD
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG

/* An idle connection holds both its buffers, about 30 KB in all. A client may send records of 16
 * KB, so the one for reading keeps its size; ours go out in records of 8 KB, which costs 29 bytes
 * each. A chain of certificates must fit that too (src/net/credentials.c says so at the start). The
 * maximum fragment length extension stays out, and the shrinking of buffers that builds on it: with
 * buffers of two sizes mbedTLS then cuts the one for reading to the smaller, unasked, and ends
 * every connection on which a client sends a full record. */
#define MBEDTLS_SSL_OUT_CONTENT_LEN 8192
#undef MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#undef MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH

/* Speed: the window for curve arithmetic costs a few KB; Everest is the verified X25519. */
#undef MBEDTLS_ECP_WINDOW_SIZE
#define MBEDTLS_ECP_WINDOW_SIZE 6
#undef MBEDTLS_ECP_FIXED_POINT_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED
#undef MBEDTLS_ECP_RESTARTABLE

/* Not over datagrams, and no renegotiation: libh2o cannot write while it reads. */
#undef MBEDTLS_SSL_RENEGOTIATION
#undef MBEDTLS_SSL_PROTO_DTLS
#undef MBEDTLS_SSL_DTLS_ANTI_REPLAY
#undef MBEDTLS_SSL_DTLS_HELLO_VERIFY
#undef MBEDTLS_SSL_DTLS_CLIENT_PORT_REUSE
#undef MBEDTLS_SSL_DTLS_CONNECTION_ID
#undef MBEDTLS_SSL_DTLS_CONNECTION_ID_COMPAT
#undef MBEDTLS_SSL_DTLS_SRTP
#undef MBEDTLS_SSL_COOKIE_C
#undef MBEDTLS_SSL_CONTEXT_SERIALIZATION
#undef MBEDTLS_SSL_EARLY_DATA

/* Resumption is by tickets; there is no session cache to share between loops. */
#undef MBEDTLS_SSL_CACHE_C

/* Key exchanges without forward secrecy, or with pre-shared keys that nobody configures. */
#undef MBEDTLS_KEY_EXCHANGE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_DHE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_RSA_PSK_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_RSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_DHE_RSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDH_ECDSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECDH_RSA_ENABLED
#undef MBEDTLS_KEY_EXCHANGE_ECJPAKE_ENABLED

/* Ciphers, digests, curves and formats that no peer of ours needs. SHA-1 stays: it names keys in
 * certificates (RFC 5280 §4.2.1.2); it signs nothing. CBC stays for password-protected key files.
 */
#undef MBEDTLS_ARIA_C
#undef MBEDTLS_CAMELLIA_C
#undef MBEDTLS_DES_C
#undef MBEDTLS_DHM_C
#undef MBEDTLS_ECJPAKE_C
#undef MBEDTLS_RIPEMD160_C
#undef MBEDTLS_MD5_C
#undef MBEDTLS_LMS_C
#undef MBEDTLS_NIST_KW_C
#undef MBEDTLS_PADLOCK_C
#undef MBEDTLS_PKCS7_C
#undef MBEDTLS_PKCS12_C
#undef MBEDTLS_ECP_DP_SECP192R1_ENABLED
#undef MBEDTLS_ECP_DP_SECP224R1_ENABLED
#undef MBEDTLS_ECP_DP_SECP192K1_ENABLED
#undef MBEDTLS_ECP_DP_SECP224K1_ENABLED
#undef MBEDTLS_ECP_DP_SECP256K1_ENABLED
#undef MBEDTLS_ECP_DP_BP256R1_ENABLED
#undef MBEDTLS_ECP_DP_BP384R1_ENABLED
#undef MBEDTLS_ECP_DP_BP512R1_ENABLED
#undef MBEDTLS_ECP_DP_CURVE448_ENABLED

/* The sockets, the clock ticks and the files are ours. Random bytes come from getrandom. */
#undef MBEDTLS_NET_C
#undef MBEDTLS_TIMING_C
#undef MBEDTLS_PSA_CRYPTO_STORAGE_C
#undef MBEDTLS_PSA_ITS_FILE_C
#undef MBEDTLS_SELF_TEST
#undef MBEDTLS_DEBUG_C
#undef MBEDTLS_VERSION_FEATURES
