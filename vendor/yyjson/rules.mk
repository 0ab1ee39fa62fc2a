# SPDX-License-Identifier: Apache-2.0
# yyjson: the JSON of the API and of the logs. Standard JSON only: no comments, no trailing commas,
# no NaN, and invalid UTF-8 refused, so the lenient paths are not even compiled.
NAME    := yyjson
ARCHIVE := libyyjson.a
SOURCES := src/yyjson.c
FLAGS   := -std=gnu11 -DYYJSON_DISABLE_NON_STANDARD=1

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/src/yyjson.h,)
	$(call licences,$(SRC)/LICENSE)
