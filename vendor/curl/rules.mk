# SPDX-License-Identifier: Apache-2.0
# libcurl: every request that this program makes of others, over HTTP and SMTP, on mbedTLS and
# c-ares. Nothing else of its many protocols, and no reading of .netrc, cookies or proxies' tickets.
NAME    := curl
ARCHIVE := libcurl.a
NEEDS   := mbedtls c-ares
SOURCES := $(patsubst $(SRC)/%,%,$(sort $(wildcard $(SRC)/lib/*.c $(SRC)/lib/curlx/*.c \
             $(SRC)/lib/vauth/*.c $(SRC)/lib/vtls/*.c $(SRC)/lib/vquic/*.c $(SRC)/lib/vssh/*.c)))
FLAGS   := -std=gnu11 -DHAVE_CONFIG_H -DBUILDING_LIBCURL -DCURL_STATICLIB -DCARES_STATICLIB \
           -I$(WORK)/lib -I$(SRC)/include -I$(SRC)/lib -I$(PREFIX)/include

EXTRA := $(WORK)/absent.o

include vendor/common.mk

$(WORK)/absent.o: vendor/curl/absent.c
	$(compile)

# The certificates that are trusted are given at run time: none is built in. configure looks for
# mbedTLS's three archives, which are one here, and cannot link them alone: their randomness is ours
# (src/net/drbg.c), so it is told that they are there.
CONFIG := $(WORK)/lib/curl_config.h
$(OBJECTS): | $(CONFIG)
$(CONFIG):
	@mkdir -p $(WORK)/names
	ln -sf $(abspath $(PREFIX))/lib/libmbedtls.a $(WORK)/names/libmbedx509.a
	ln -sf $(abspath $(PREFIX))/lib/libmbedtls.a $(WORK)/names/libmbedcrypto.a
	cd $(WORK) && env -i PATH="$$PATH" CC="$(CC)" CPPFLAGS="-DCARES_STATICLIB" \
	    LDFLAGS="-L$(WORK)/names" ac_cv_lib_mbedtls_mbedtls_ssl_init=yes $(SRC)/configure \
	    --disable-shared --enable-static --disable-dependency-tracking --disable-manual \
	    --disable-docs --with-mbedtls=$(PREFIX) --enable-ares=$(PREFIX) \
	    --without-ca-bundle --without-ca-path --without-ca-fallback \
	    --without-zlib --without-brotli --without-zstd --without-libpsl --without-libidn2 \
	    --without-nghttp2 --without-librtmp --without-libgsasl --without-libssh2 \
	    --disable-ftp --disable-file --disable-ldap --disable-ldaps --disable-rtsp --disable-dict \
	    --disable-telnet --disable-tftp --disable-pop3 --disable-imap --disable-smb \
	    --disable-gopher --disable-mqtt --disable-ipfs --disable-websockets --disable-cookies \
	    --disable-netrc --disable-alt-svc --disable-hsts --disable-doh --disable-ntlm \
	    --disable-kerberos-auth --disable-negotiate-auth --disable-digest-auth --disable-aws \
	    --disable-tls-srp --disable-progress-meter --disable-libcurl-option

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(wildcard $(SRC)/include/curl/*.h),curl)
	$(call licences,$(SRC)/COPYING)
