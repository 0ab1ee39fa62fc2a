# SPDX-License-Identifier: Apache-2.0
# Objects, archives, programs and tests. A new file needs no line here: src/LAYER/*.c becomes
# libLAYER.a, test/ROOM/NAME_test.c a unit test, test/fuzz/NAME_fuzz.c a fuzz target,
# test/bench/NAME.c a bench, test/ROOM/tool/NAME.c a program for scripts, test/ROOM/*.{sh,mjs,py} a
# test script.

# The order of the layers is the order of the link: an archive finds what it needs further right.
# This must agree with the table in src/tool/lint/layers.sh.
LAYERS   := cmd web notify replicate store net config core base
VARIANTS := release asan tsan fuzz

$(GEN)/ build/tool/:
	@mkdir -p $@

# What is not on the machine is told by its name, and not by an error of the compiler or the shell.
need = command -v $(firstword $(1)) >/dev/null || { \
    echo "$(1) is not installed: ./build.sh prepare installs what tests and checks need." >&2; exit 1; }
.PHONY: need-python3 need-clang need-npm need-node need-cmocka
need-python3: ; @$(call need,python3)
need-clang:   ; @$(call need,$(CLANG))
need-npm:     ; @$(call need,npm)
need-node:    ; @$(call need,node)
need-cmocka:
	@echo '#include <cmocka.h>' | $(CC) -E -o /dev/null - 2>/dev/null || $(call need,cmocka)

# ---- objects and archives ------------------------------------------------------------------------

# The command line of a variant is a file: when it changes, what it made is made again.
define variant_rules
build/$(1)/flags: force
	@mkdir -p $$(@D)
	@echo '$$($(1)_CC) $$(COMPILER) $$(BASE_CFLAGS) $$($(1)_CFLAGS) $$(VENDOR_ID)' > $$@.new
	@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@

build/$(1)/obj/%.o: src/%.c build/$(1)/flags
	@mkdir -p $$(@D)
	$$(call say,$(1) cc,$$<)
	$$(quiet)$$($(1)_CC) $$(BASE_CFLAGS) $$($(1)_CFLAGS) -MMD -MP -c -o $$@ $$<

build/$(1)/obj/gen/%.o: $(GEN)/%.c build/$(1)/flags
	@mkdir -p $$(@D)
	$$(call say,$(1) cc,$$<)
	$$(quiet)$$($(1)_CC) $$(BASE_CFLAGS) $$($(1)_CFLAGS) -MMD -MP -c -o $$@ $$<

build/$(1)/obj/test/%.o: test/%.c build/$(1)/flags | $(if $(filter fuzz,$(1)),need-clang,need-cmocka)
	@mkdir -p $$(@D)
	$$(call say,$(1) cc,$$<)
	$$(quiet)$$($(1)_CC) $$(BASE_CFLAGS) -Itest $$($(1)_CFLAGS) -MMD -MP -c -o $$@ $$<
endef

layer_objects = $(patsubst src/%.c,build/$(1)/obj/%.o,$(sort $(wildcard src/$(2)/*.c))) \
                $(patsubst $(GEN)/%.c,build/$(1)/obj/gen/%.o,$(GEN_$(2)))

# Thrown away first: ar only adds, and a deleted source would live on in its archive.
define archive_rules
build/$(1)/lib$(2).a: $(call layer_objects,$(1),$(2))
	@rm -f $$@
	@ar rcsD $$@ $$(filter %.o,$$^)
endef

# Only what has sources: a layer that nobody has written yet is no archive.
PRESENT := $(foreach l,$(LAYERS),$(if $(strip $(call layer_objects,release,$l)),$l))
archives = $(PRESENT:%=build/$(1)/lib%.a)

build/fuzz/flags: | need-clang

$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$v)))
$(foreach v,$(VARIANTS),$(foreach l,$(PRESENT),$(eval $(call archive_rules,$v,$l))))

# The layers in their order, then the libraries: those need each other, and libh2o calls our TLS
# adapter in net, which in turn uses base.
link_libs = $(2) -Wl,--start-group $(filter %/libnet.a %/libbase.a,$(2)) \
            $(VENDOR_LIBS) -Wl,--end-group -lpthread -lm

# V=1 shows the commands; otherwise a line per file.
ifeq ($(V),1)
say   =
quiet =
else
say   = @printf '  %-12s %s\n' '$(1)' '$(2)'
quiet = @
endif

# The upper layers may include generated headers: these must be there before the first compile;
# afterwards the dependency files know.
$(foreach v,$(VARIANTS),$(foreach l,cmd web notify replicate store,$(call layer_objects,$v,$l))) \
$(VARIANTS:%=build/%/obj/main.o): | $(GEN_HEADERS)

# Texts are core's, so everything but base, net and the tool that makes them waits for their keys.
$(foreach v,$(VARIANTS),$(filter-out %/core/plural.o,$(foreach l,core config,$(call layer_objects,$v,$l))) \
    $(patsubst src/%.c,build/$v/obj/%.o,$(filter-out src/tool/texts%,$(wildcard src/tool/*.c))) \
    $(patsubst test/%.c,build/$v/obj/test/%.o,$(wildcard test/*/*.c))): | $(GEN)/texts.h

# ---- the program ---------------------------------------------------------------------------------

# Static and position-independent. People run build/anteroom; its debug information lies beside it.
LINK_PROGRAM = $(release_CC) $(release_CFLAGS) -static-pie $(LINK_HARDEN) -o build/release/anteroom \
               build/release/obj/main.o $(call link_libs,release,$(call archives,release))
build/release/anteroom: build/release/obj/main.o $(call archives,release) $(VENDOR_LIBS) $(GEN)/texts.used | vendor-there
	$(call say,release ld,$@)
	@echo '$(LINK_PROGRAM)' > build/release/link
	$(quiet)$(LINK_PROGRAM)

build/asan/anteroom build/tsan/anteroom: build/%/anteroom: build/%/obj/main.o \
        build/%/obj/test/lib/sanitizer.o | vendor-there
	$(call say,$* ld,$@)
	$(quiet)$($*_CC) $($*_LDFLAGS) -o $@ $(filter %.o,$^) $(call link_libs,$*,$(call archives,$*))
$(foreach v,asan tsan,$(eval build/$v/anteroom: $(call archives,$v) $(VENDOR_LIBS)))

build/anteroom: build/release/anteroom
	@objcopy --only-keep-debug $< build/anteroom.debug
	@objcopy --strip-debug --add-gnu-debuglink=build/anteroom.debug $< $@

.PHONY: vendor-there
vendor-there:
	@[ -d $(VENDOR)/lib ] || { \
	    echo "$(VENDOR) is missing: the libraries are not built yet. Run ./build.sh once." >&2; exit 1; }

# ---- tools ---------------------------------------------------------------------------------------

# The tools that make parts of core cannot be linked with core.
TOOL_LAYERS := $(filter build/release/libconfig.a build/release/libcore.a build/release/libbase.a,$(call archives,release))

TOOL_LAYERS_texts     := build/release/obj/core/plural.o build/release/libbase.a
TOOL_LAYERS_passwords := build/release/libbase.a
tool_layers = $(or $(TOOL_LAYERS_$(1)),$(TOOL_LAYERS))

define tool_rules
build/tool/$(1): $(patsubst src/%.c,build/release/obj/%.o,src/tool/$(1).c $(wildcard src/tool/$(1)_*.c)) \
                 $(call tool_layers,$(1)) $(VENDOR_LIBS) | build/tool/
	$$(call say,tool ld,$$@)
	$$(quiet)$(release_CC) $(release_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(filter %.a,$(call tool_layers,$(1))) \
	    -Wl,--start-group $(VENDOR_LIBS) -Wl,--end-group -lpthread -lm
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rules,$t)))

# ---- unit tests ----------------------------------------------------------------------------------

only  = $(if $(ONLY),$(foreach f,$(1),$(if $(findstring $(ONLY),$f),$f)),$(1))
tests = $(patsubst %.c,build/$(1)/%,$(call only,$(TEST_SOURCES)))

TEST_SOURCES := $(sort $(wildcard test/*/*_test.c))

# Files of a test folder that are no test themselves are linked into each test of that folder; a
# test of tool/ is linked with the tool's parts (all but its main).
test_helpers = $(filter-out %_test.c %_fuzz.c,$(wildcard $(dir $(1))*.c))
test_parts   = $(if $(filter test/tool/%,$(1)),$(wildcard src/tool/*_*.c))

# A test sees what its layer may see and nothing above, so half-written pages do not stop the tests
# of base, and a use of a higher layer does not link. Rooms that are no layer see all but cmd.
sees_base   := base
sees_core   := core base
sees_config := config core base
sees_net    := net core base
sees_store  := store core base
sees_tool   := web store config core base
sees_cmd     = $(LAYERS)
sees         = $(or $(sees_$(1)),$(filter-out cmd,$(LAYERS)))
room         = $(word 2,$(subst /, ,$(1)))
seen         = $(foreach l,$(filter $(call sees,$(call room,$(2))),$(PRESENT)),build/$(1)/lib$l.a)

define test_rules
build/$(1)/$(basename $(2)): $(patsubst test/%.c,build/$(1)/obj/test/%.o,$(2) $(call test_helpers,$(2))) \
        $(patsubst src/%.c,build/$(1)/obj/%.o,$(call test_parts,$(2))) \
        $(call seen,$(1),$(2)) $(VENDOR_LIBS) $(if $(filter test/tool/%,$(2)),| $(TOOLS:%=build/tool/%))
	@mkdir -p $$(@D)
	$$(call say,$(1) ld,$$@)
	$$(quiet)$($(1)_CC) $($(1)_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call link_libs,$(1),$(call seen,$(1),$(2))) -lcmocka
endef
$(foreach v,release asan tsan,$(foreach t,$(TEST_SOURCES),$(eval $(call test_rules,$v,$t))))

$(foreach v,$(VARIANTS),$(patsubst test/%.c,build/$v/obj/test/%.o,\
    $(filter-out test/base/% test/core/% test/config/% test/net/% test/tool/%,$(wildcard test/*/*.c)))): | $(GEN_HEADERS)

# ---- fuzz targets --------------------------------------------------------------------------------

FUZZ_SOURCES := $(sort $(wildcard test/fuzz/*_fuzz.c))
FUZZERS       = $(patsubst test/fuzz/%_fuzz.c,build/fuzz/%,$(call only,$(FUZZ_SOURCES)))

define fuzz_rules
build/fuzz/$(patsubst test/fuzz/%_fuzz.c,%,$(1)): \
        $(patsubst test/%.c,build/fuzz/obj/test/%.o,$(1) $(call test_helpers,$(1))) \
        $(if $(filter %/template_fuzz.c,$(1)),$(patsubst src/%.c,build/fuzz/obj/%.o,$(wildcard src/tool/*_*.c))) \
        $(call archives,fuzz) $(VENDOR_LIBS)
	$$(call say,fuzz ld,$$@)
	$$(quiet)$(fuzz_CC) $(fuzz_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call link_libs,fuzz,$(call archives,fuzz))
endef
$(foreach f,$(FUZZ_SOURCES),$(eval $(call fuzz_rules,$f)))

# ---- benches -------------------------------------------------------------------------------------

BENCH_SOURCES := $(sort $(wildcard test/bench/*.c))
BENCHES       := $(BENCH_SOURCES:test/%.c=build/%)

define bench_rules
build/$(patsubst test/%.c,%,$(1)): $(patsubst test/%.c,build/release/obj/test/%.o,$(1)) $(call archives,release) $(VENDOR_LIBS)
	@mkdir -p $$(@D)
	$$(call say,release ld,$$@)
	$$(quiet)$(release_CC) $(release_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call link_libs,release,$(call archives,release))
endef
$(foreach b,$(BENCH_SOURCES),$(eval $(call bench_rules,$b)))

# ---- programs for test scripts ---------------------------------------------------------------------

TEST_TOOL_SOURCES := $(sort $(wildcard test/*/tool/*.c))
TEST_TOOLS        := $(TEST_TOOL_SOURCES:%.c=build/%)

define test_tool_rules
build/$(1:%.c=%): $(1:test/%.c=build/release/obj/test/%.o) $(call archives,release) $(VENDOR_LIBS)
	@mkdir -p $$(@D)
	$$(call say,release ld,$$@)
	$$(quiet)$(release_CC) $(release_LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call link_libs,release,$(call archives,release))
endef
$(foreach t,$(TEST_TOOL_SOURCES),$(eval $(call test_tool_rules,$t)))

# ---- scripts: tests in shell, Node and Python; and the checks of lint --------------------------------

scripts = $(foreach d,$(1),$(foreach s,$(sort $(wildcard test/$d/*.sh test/$d/*.mjs test/$d/*.py)),$(if $(shell test -x $s && echo x),$s)))

LINTS      := $(sort $(wildcard src/tool/lint/*.sh))
LINT_NEEDS := build/lint/cflags $(filter %/libcore.a,$(call archives,release)) $(GEN_HEADERS) \
              build/anteroom

# clang-tidy and cppcheck read the code as the compiler does.
build/lint/cflags: force
	@mkdir -p $(@D)
	@echo '$(filter-out -g -f% -W%,$(BASE_CFLAGS))' > $@

# What scripts take from npm, per room that names something.
NODE_MODULES := $(patsubst %/package-lock.json,%/node_modules/.package-lock.json,$(wildcard test/*/package-lock.json))
$(NODE_MODULES): test/%/node_modules/.package-lock.json: test/%/package-lock.json | need-node need-npm
	cd test/$* && npm ci --no-audit --no-fund
	@touch $@

# ---- dependencies found by the compiler ------------------------------------------------------------

-include $(shell find build -name '*.d' 2>/dev/null)
