# SPDX-License-Identifier: Apache-2.0
# utf8proc: Unicode composition (NFC), so that what people type has one spelling. One file, which
# includes its tables.
NAME    := utf8proc
ARCHIVE := libutf8proc.a
SOURCES := utf8proc.c
FLAGS   := -std=gnu11 -I$(SRC) -DUTF8PROC_STATIC

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/utf8proc.h,)
	$(call licences,$(SRC)/LICENSE.md)
