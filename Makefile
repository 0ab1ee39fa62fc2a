# SPDX-License-Identifier: Apache-2.0
#
# Every development target. `make help` lists them; docs/how-to/develop.md tells the story.
# build.sh prepares the machine and the libraries (vendor/out); everything here only compiles, tests
# and checks. What is made lies in build/, one folder per variant: release, asan, tsan, fuzz.
#
#   src/tool/make/flags.mk   compilers, warnings, hardening, sanitizers, the list of vendor archives
#   src/tool/make/gen.mk     generated sources: pages, assets, SQL, the version (build/gen)
#   src/tool/make/build.mk   objects, one archive per layer, programs, unit tests, fuzz targets
#   src/tool/lint/           the checks of `make lint`, each a small program that prints TAP
#
# Settings: DEV=0 (warnings are not errors), JOBS=N (compilers and tests at a time),
# FUZZ_SECONDS=N (per target),
# ARGS="…" (for run, bench), ONLY=pattern (for check, asan, tsan, fuzz: test programs whose path holds it).

VERSION := 0.1.0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# As many at a time as there are cores (at most 4: others live here too), unless -j says otherwise.
JOBS ?= $(shell n=$$(nproc); [ "$$n" -gt 4 ] && n=4; echo $$n)
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(JOBS)
endif

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2 }' Makefile \
	| if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi

include src/tool/make/flags.mk
include src/tool/make/gen.mk
include src/tool/make/build.mk

# ---- building ------------------------------------------------------------------------------------

.PHONY: all run design dist clean
all: build/anteroom ## the program: build/anteroom

run: build/anteroom ## build and serve on https://localhost:8443 (ARGS="--config FILE …")
	exec build/anteroom serve $(ARGS)

design: build/asan/anteroom ## serve a development build: every part in every state on https://localhost:8443/staff/design
	exec build/asan/anteroom serve --assets assets/static $(ARGS)

# ---- testing -------------------------------------------------------------------------------------

FUZZ_SECONDS ?= 6
RUN = test/run -j $(JOBS)

.PHONY: check asan tsan fuzz e2e test-all
check asan tsan fuzz e2e test-all lint bench bench-staff: | need-python3
check: $(call tests,release) ## unit tests, the quick loop (ONLY=core/form)
	@$(RUN) $(call tests,release)

asan: $(call tests,asan) ## unit tests under AddressSanitizer and UBSan
	@$(RUN) $(call tests,asan)

tsan: $(call tests,tsan) ## unit tests under ThreadSanitizer
	@$(RUN) $(call tests,tsan)

fuzz: $(FUZZERS) ## every fuzz target for FUZZ_SECONDS=6 each, from its seeds
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(RUN) $(FUZZERS:%='test/fuzz/run %')

e2e: build/anteroom $(NODE_MODULES) ## the journey in a browser
	@ANTEROOM_BIN=$(abspath build/anteroom) test/run $(call scripts,e2e)

# One list, one count. Tests with servers have ports and data of their own and mostly wait for time
# limits: they run beside what needs the processors. Browsers, which keep more than one processor busy,
# and those that measure or kill have the machine to themselves at the end.
UNDER = $(foreach v,asan tsan,$(foreach s,$(call scripts,cmd web),'test/under $v $s'))

test-all: all $(foreach v,release asan tsan,$(call tests,$v)) build/asan/anteroom build/tsan/anteroom $(FUZZERS) $(LINT_NEEDS) $(TEST_TOOLS) $(NODE_MODULES) ## everything that CI runs; the last line is the count
	@ANTEROOM_BIN=$(abspath build/anteroom) FUZZ_SECONDS=$(FUZZ_SECONDS) $(RUN) \
	    $(LINTS) $(foreach v,release asan tsan,$(call tests,$v)) $(FUZZERS:%='test/fuzz/run %') \
	    $(call scripts,runner lint binary tool replicate oidc api) --beside $(call scripts,cmd web) $(UNDER) \
	    --alone $(call scripts,e2e fault)

.PHONY: lint bench bench-replica bench-staff soak docs
lint: $(LINT_NEEDS) ## layers, purity, format, clang-tidy, cppcheck, shellcheck, words, files, docs, links
	@$(RUN) $(LINTS)

bench: all $(BENCHES) ## throughput, latency, memory, size, as ratios (ARGS="--only pages")
	test/bench/bench.py $(ARGS)

bench-replica: all ## what a replica costs and gives (ARGS="--only waiting")
	test/bench/replica.py $(ARGS)

bench-staff: all build/bench/staff ## the team's lists and searches at a million records (ARGS="--data DIR --records N")
	test/bench/staff.py $(ARGS)

docs: $(REFERENCES) ## docs/reference from the tables in the code

# The long versions of what CI does in short; each names its seed, with which it runs again. SOAK=20
# is a night; the five counts are for one that has to be shorter.
SOAK        ?= 1
POWER_LOSSES ?= $$((5000 * $(SOAK)))
ALLOCATIONS ?= 1000000
STARVATIONS ?= $$((1000 * $(SOAK)))
KILLS       ?= $$((2000 * $(SOAK)))
STOPS       ?= $$((300 * $(SOAK)))

soak: all build/test/fault/tool/starved $(addprefix build/release/test/fault/,power_loss_test memory_test) ## the fault suites for half an hour (SOAK=N: N times that)
	@export ANTEROOM_BIN=$(abspath build/anteroom) ANTEROOM_SEEDS=$(POWER_LOSSES) SEED=$$(date +%s) \
	    CMOCKA_MESSAGE_OUTPUT=TAP ANTEROOM_ALLOCATIONS=$(ALLOCATIONS) STOPS=$(STOPS) \
	    STARVATIONS=$(STARVATIONS) && \
	build/release/test/fault/power_loss_test && build/release/test/fault/memory_test && \
	KILLS=$(KILLS) test/fault/kill.mjs && KILLS=$$(($(KILLS) / 2)) test/fault/kill_journey.mjs && \
	test/fault/stop.mjs && test/fault/starved.mjs

# ---- packing, cleaning ---------------------------------------------------------------------------

DIST := build/dist/anteroom-$(VERSION)-linux-$(MACHINE)

dist: all ## build/dist/anteroom-VERSION-linux-MACHINE.tar.gz, the same bytes for the same source
	@rm -rf $(DIST) && mkdir -p $(DIST)
	@cp build/anteroom $(wildcard LICENSE README.md config/anteroom.yaml) $(DIST)/
	@strip $(DIST)/anteroom
	@$(if $(wildcard vendor/out/licenses),cp -RL vendor/out/licenses $(DIST)/licenses)
	@tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(SOURCE_DATE)" \
	    -C build/dist -cf - $(notdir $(DIST)) | gzip -9n > $(DIST).tar.gz
	@cd build/dist && sha256sum $(notdir $(DIST)).tar.gz

clean: ## remove build/ (the libraries in vendor/ stay)
	rm -rf build
