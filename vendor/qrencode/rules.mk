# SPDX-License-Identifier: Apache-2.0
# qrencode: QR codes of the links on the confirmation. Its table of Galois fields is made on first
# use under a mutex (HAVE_LIBPTHREAD); nothing else is shared between threads.
NAME    := qrencode
ARCHIVE := libqrencode.a
SOURCES := bitstream.c mask.c mmask.c mqrspec.c qrencode.c qrinput.c qrspec.c rsecc.c split.c
# What its configure would have written into config.h.
VERSION ?= 4.1.1
NUMBERS := $(subst ., ,$(VERSION))
FLAGS   := -std=gnu11 -DHAVE_STRDUP=1 -DHAVE_LIBPTHREAD=1 -DSTATIC_IN_RELEASE=static \
           -DMAJOR_VERSION=$(word 1,$(NUMBERS)) -DMINOR_VERSION=$(word 2,$(NUMBERS)) \
           -DMICRO_VERSION=$(word 3,$(NUMBERS)) -DVERSION='"$(VERSION)"'

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/qrencode.h,)
	$(call licences,$(SRC)/COPYING)
