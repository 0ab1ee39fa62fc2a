# SPDX-License-Identifier: Apache-2.0
# libh2o: HTTP/1.1 and HTTP/2. Only the objects a server of pages needs; what they name beyond that
# (proxy, resolver, memcached, cache digests) is in absent.c. Its socket layer is written against
# OpenSSL and is compiled here against src/net/openssl/, which src/net puts on mbedTLS.
NAME    := h2o
ARCHIVE := libh2o.a
NEEDS   := libyaml zlib
INPUTS  := src/net/openssl/*.h
SOURCES := $(addprefix lib/common/,cache.c file.c filecache.c memory.c multithread.c serverutil.c \
             socket.c string.c time.c timeout.c url.c) \
           $(addprefix lib/core/,config.c configurator.c context.c headers.c logconf.c request.c \
             token.c util.c) \
           $(addprefix lib/handler/,access_log.c chunked.c compress.c compress/gzip.c errordoc.c \
             file.c headers.c headers_util.c mimemap.c) \
           lib/http1.c \
           $(addprefix lib/http2/,connection.c frame.c hpack.c scheduler.c stream.c) \
           deps/cloexec/cloexec.c deps/picohttpparser/picohttpparser.c

# Its own loop (epoll) and nothing of libuv; no brotli, mruby or picotls. Aliasing: it casts between
# its structures as C programmers did.
FLAGS := -std=gnu11 -D_GNU_SOURCE -DH2O_USE_LIBUV=0 -fno-strict-aliasing -Isrc/net \
         -I$(SRC)/include -I$(SRC)/deps/cloexec -I$(SRC)/deps/golombset -I$(SRC)/deps/klib \
         -I$(SRC)/deps/picohttpparser -I$(SRC)/deps/yoml -I$(PREFIX)/include

EXTRA := $(WORK)/absent.o

include vendor/common.mk

$(WORK)/absent.o: vendor/h2o/absent.c
	$(compile)

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	@mkdir -p $(OUT)/include
	cp -R $(SRC)/include/h2o.h $(SRC)/include/h2o $(OUT)/include/
	$(call headers,$(SRC)/deps/yoml/yoml.h $(SRC)/deps/klib/khash.h,)
	$(call licences,$(SRC)/LICENSE $(SRC)/deps/ssl-conservatory/LICENSE)
