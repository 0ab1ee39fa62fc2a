# SPDX-License-Identifier: Apache-2.0
# lz4: the pages of the replica's LTX files, as frames. lz4frame refers to the slower, tighter
# compressor (lz4hc), so it is here too; the linker drops what we do not call. The library only: the
# command line tool, under another licence, is not built.
NAME    := lz4
ARCHIVE := liblz4.a
SOURCES := lib/lz4.c lib/lz4frame.c lib/lz4hc.c lib/xxhash.c
# xxhash's names get a prefix, as upstream builds it: another library might bring its own.
FLAGS   := -std=gnu11 -O3 -DXXH_NAMESPACE=LZ4_ -I$(SRC)/lib

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/lib/lz4.h $(SRC)/lib/lz4frame.h,)
	$(call licences,$(SRC)/lib/LICENSE)
