# SPDX-License-Identifier: Apache-2.0
# argon2: the hashes of passwords. One lane is all we ask for, so it is built without threads of its
# own; the filling of memory with SSE2 where every processor has that, else in plain C.
NAME    := argon2
ARCHIVE := libargon2.a
FILL_x86_64 := opt
SOURCES  = src/argon2.c src/core.c src/encoding.c src/blake2/blake2b.c \
           src/$(or $(FILL_$(MACHINE)),ref).c
# -O3 as upstream builds it: guessing runs at full speed elsewhere, so we should too.
FLAGS   := -std=gnu11 -O3 -DARGON2_NO_THREADS -I$(SRC)/include -I$(SRC)/src

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/include/argon2.h,)
	$(call licences,$(SRC)/LICENSE)
