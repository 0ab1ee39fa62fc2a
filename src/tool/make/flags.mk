# SPDX-License-Identifier: Apache-2.0
# Compilers and their flags. A flag stands here with its reason or it does not stand here.

CC    ?= cc
ifeq ($(origin CC),default)
CC    := gcc
endif
CLANG ?= clang

# What we are building on: x86_64, aarch64 …
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

# Warnings are errors for developers: on the compilers we develop with, a warning is news. On any
# other a new warning must not stand between somebody and a working program.
COMPILER := $(shell $(CC) --version | head -n 1) $(shell $(CC) -dumpversion)
DEV ?= $(if $(filter 12 14.0.6 12.%,$(shell $(CC) -dumpversion)),1,0)

WARN := -Wall -Wextra -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
        -Wcast-qual -Wformat=2
ifeq ($(DEV),1)
WARN  += -Werror
FATAL := -Wl,--fatal-warnings
endif

# Third-party code is only ever an archive and its headers. src/net holds our OpenSSL-shaped headers
# (<openssl/ssl.h>), which libh2o's own headers include; it comes before anything the system has.
VENDOR      := vendor/out
VENDOR_ID   := $(shell readlink $(VENDOR) 2>/dev/null)
VENDOR_LIBS := $(sort $(wildcard $(VENDOR)/lib/*.a))
INCLUDES    := -Isrc -Ibuild/gen -isystem src/net -isystem $(VENDOR)/include -isystem $(VENDOR)

# libh2o is built with its own event loop; its headers must be told so.
DEFINES := -D_GNU_SOURCE -DH2O_USE_LIBUV=0

BASE_CFLAGS := -std=gnu17 $(WARN) $(DEFINES) $(INCLUDES) -g -ffile-prefix-map=$(CURDIR)=. \
               -fno-common -fno-omit-frame-pointer

# Hardening, each line one class of mistakes that stops being exploitable or becomes a clean abort.
# -z now and relro: no writable function pointers of the linker's. -fcf-protection: CET landing pads
# (Debian's static glibc has none, so the whole file carries no CET mark; our objects do).
# trivial-auto-var-init: a forgotten initialiser reads zero and not old stack.
HARDEN_x86_64  := -fcf-protection=full
HARDEN_aarch64 := -mbranch-protection=standard
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
          -ftrivial-auto-var-init=zero $(HARDEN_$(MACHINE))
LINK_HARDEN := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--gc-sections \
               -Wl,--as-needed $(FATAL)

# The variants. release is what people run; the others are the same code under instruments.
# --gc-sections there too: a test of base takes from the libraries only what it calls, and not what
# a higher layer would have to answer for.
release_CC      := $(CC)
release_CFLAGS  := -O2 -fPIE -ffunction-sections -fdata-sections $(HARDEN)
release_LDFLAGS := -pie $(LINK_HARDEN)

# What only who works on the program should meet: the page of the design (web/design.h).
DEVELOPMENT     := -DANTEROOM_DEVELOPMENT

asan_CC         := $(CC)
asan_CFLAGS     := $(DEVELOPMENT) -O1 -fPIE -fsanitize=address,undefined -fno-sanitize-recover=all
asan_LDFLAGS    := -pie -Wl,--gc-sections -fsanitize=address,undefined

tsan_CC         := $(CC)
tsan_CFLAGS     := $(DEVELOPMENT) -O1 -fPIE -fsanitize=thread
tsan_LDFLAGS    := -pie -Wl,--gc-sections -fsanitize=thread

fuzz_CC         := $(CLANG)
fuzz_CFLAGS     := -O1 -fPIE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzz_LDFLAGS    := -pie -fsanitize=fuzzer,address,undefined
