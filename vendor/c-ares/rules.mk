# SPDX-License-Identifier: Apache-2.0
# c-ares: names to addresses, without glibc's resolver, which a static program cannot rely on (it
# loads libraries of the machine it runs on) and which blocks a thread for as long as it likes.
NAME    := c-ares
ARCHIVE := libcares.a
SOURCES := $(patsubst $(SRC)/%,%,$(sort $(wildcard $(SRC)/src/lib/*.c $(SRC)/src/lib/*/*.c)))
FLAGS   := -std=gnu11 -DHAVE_CONFIG_H -DCARES_STATICLIB -I$(WORK)/src/lib -I$(WORK)/include \
           -I$(SRC)/include -I$(SRC)/src/lib -I$(SRC)/src/lib/include

# Names of services are asked of nobody (absent.c).
FLAGS_ares_getaddrinfo.c := -Dgetservbyname=ares_absent_service
FLAGS_ares_getnameinfo.c := -Dgetservbyport_r=ares_absent_service_of_port
EXTRA := $(WORK)/absent.o

include vendor/common.mk

$(WORK)/absent.o: vendor/c-ares/absent.c
	$(compile)

# What the machine can do is asked by the source's own configure, in a clean environment.
CONFIG := $(WORK)/src/lib/ares_config.h
$(OBJECTS): | $(CONFIG)
$(CONFIG):
	@mkdir -p $(WORK)
	cd $(WORK) && env -i PATH="$$PATH" CC="$(CC)" $(SRC)/configure --disable-shared --enable-static \
	    --disable-tests --disable-dependency-tracking

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/include/ares.h $(SRC)/include/ares_version.h $(SRC)/include/ares_nameser.h $(SRC)/include/ares_dns_record.h $(WORK)/include/ares_build.h,)
	$(call licences,$(SRC)/LICENSE.md)
