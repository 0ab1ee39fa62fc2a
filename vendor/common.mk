# SPDX-License-Identifier: Apache-2.0
# What every library's rules.mk shares. A rules.mk names its sources and ends with what it installs;
# vendor/build-one.sh calls it as
#
#     make -f vendor/NAME/rules.mk SRC=unpacked-source WORK=objects OUT=result PREFIX=needed-libraries
#
# SOURCES    .c files below $(SRC) (or below $(WORK), for generated ones), compiled into $(ARCHIVE)
# EXTRA      further objects, whose rules stand in the rules.mk itself
# FLAGS      this library's own flags; FLAGS_file.c are for that one file
# NEEDS      libraries whose headers this one includes (in $(PREFIX)/include)
# INPUTS     files outside vendor/NAME and vendor/patches/NAME that decide the result

CC      ?= gcc
AR      ?= ar
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))

# The same hardening as our own code. -fPIE because the program is a static-pie; the prefix map keeps
# the place where somebody happened to build out of the binary.
HARDEN_x86_64  := -fcf-protection=full
HARDEN_aarch64 := -mbranch-protection=standard
CFLAGS := -O2 -g -fPIE -fno-plt -fno-common -fno-omit-frame-pointer -ffunction-sections \
          -fdata-sections -fstack-protector-strong -fstack-clash-protection \
          -D_FORTIFY_SOURCE=3 $(HARDEN_$(MACHINE)) -pthread -w \
          -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(SRC)=vendor/$(NAME) \
          -ffile-prefix-map=$(WORK)=vendor/$(NAME)

OBJECTS = $(patsubst %.c,$(WORK)/%.o,$(SOURCES)) $(EXTRA)

.PHONY: all count
all: install
	@echo "ok $(NAME)"

# How many "cc" lines to expect: build.sh shows the progress with it.
count:
	@echo $(words $(SOURCES))

$(OUT)/lib/$(ARCHIVE): $(OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $^

define compile
	@mkdir -p $(@D)
	@echo "cc $(notdir $<)"
	@$(CC) $(CFLAGS) $(FLAGS) $(FLAGS_$(notdir $<)) -c -o $@ $<
endef

$(WORK)/%.o: $(SRC)/%.c
	$(compile)
$(WORK)/%.o: $(WORK)/%.c
	$(compile)

# $(call headers,FILES,FOLDER below include)
headers  = mkdir -p $(OUT)/include/$(2) && cp $(1) $(OUT)/include/$(2)
licences = mkdir -p $(OUT)/licenses && cat $(1) > $(OUT)/licenses/$(NAME).txt
