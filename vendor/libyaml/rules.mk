# SPDX-License-Identifier: Apache-2.0
# libyaml: the configuration file. libh2o's headers name its types too (through yoml.h).
NAME    := libyaml
ARCHIVE := libyaml.a
SOURCES := src/api.c src/dumper.c src/emitter.c src/loader.c src/parser.c src/reader.c \
           src/scanner.c src/writer.c
# What its configure would have written into config.h.
VERSION ?= 0.2.5
NUMBERS := $(subst ., ,$(VERSION))
FLAGS   := -std=gnu11 -I$(SRC)/include -DYAML_DECLARE_STATIC \
           -DYAML_VERSION_STRING='"$(VERSION)"' -DYAML_VERSION_MAJOR=$(word 1,$(NUMBERS)) \
           -DYAML_VERSION_MINOR=$(word 2,$(NUMBERS)) -DYAML_VERSION_PATCH=$(word 3,$(NUMBERS))

include vendor/common.mk

.PHONY: install
install: $(OUT)/lib/$(ARCHIVE)
	$(call headers,$(SRC)/include/yaml.h,)
	$(call licences,$(SRC)/License)
