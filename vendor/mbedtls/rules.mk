# SPDX-License-Identifier: Apache-2.0
# mbedTLS: TLS 1.2 and 1.3, X.509, and every cryptographic primitive of the program. One archive
# instead of three, so that nobody has to know their order.
NAME    := mbedtls
ARCHIVE := libmbedtls.a
SOURCES := $(patsubst $(SRC)/%,%,$(sort $(wildcard $(SRC)/library/*.c))) \
           3rdparty/everest/library/everest.c 3rdparty/everest/library/x25519.c \
           3rdparty/everest/library/Hacl_Curve25519_joined.c
EVEREST := $(SRC)/3rdparty/everest/include
FLAGS   := -std=gnu11 -I$(OUT)/include -I$(SRC)/library -I$(EVEREST) -I$(EVEREST)/everest \
           -I$(EVEREST)/everest/kremlib

# The instructions are asked for at run time; this only lets the compiler know them in that file.
# Without it GCC uses the assembly fallback, and bulk encryption costs twice as much.
FLAGS_aesni.c_x86_64 := -maes -mpclmul

include vendor/common.mk

FLAGS_aesni.c := $(FLAGS_aesni.c_$(MACHINE))
# aes.c and gcm.c share types with it whose alignment depends on these flags: compiled without them,
# aes.c would place round keys where aesni.c's aligned stores crash (test/net/aes_place_test.c).
FLAGS_aes.c := $(FLAGS_aesni.c)
FLAGS_gcm.c := $(FLAGS_aesni.c)

# The headers are installed first, with our configuration at the end of theirs: what is compiled is
# what others will include.
CONFIG := $(OUT)/include/mbedtls/mbedtls_config.h
$(OBJECTS): | $(CONFIG)
$(CONFIG): vendor/mbedtls/user_config.h
	@mkdir -p $(OUT)/include
	cp -R $(SRC)/include/mbedtls $(SRC)/include/psa $(OUT)/include/
	cp -R $(EVEREST)/everest $(OUT)/include/
	cat $(SRC)/include/mbedtls/mbedtls_config.h $< > $@

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call licences,$(SRC)/LICENSE)
