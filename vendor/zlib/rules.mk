# SPDX-License-Identifier: Apache-2.0
# zlib: gzip for answers (libh2o's compressor) and for the assets. No gzFile functions: we compress
# memory, never files.
NAME    := zlib
ARCHIVE := libz.a
SOURCES := adler32.c compress.c crc32.c deflate.c infback.c inffast.c inflate.c inftrees.c trees.c \
           uncompr.c zutil.c
FLAGS   := -std=gnu11 -DHAVE_UNISTD_H -DHAVE_STDARG_H -I$(SRC)

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/zlib.h $(SRC)/zconf.h,)
	$(call licences,$(SRC)/LICENSE)
