# SPDX-License-Identifier: Apache-2.0
# Generated sources, in build/gen. The programs that make them are src/tool/NAME.c (with NAME_*.c
# beside it), built like the release and linked with the layers that a tool may use.

GEN := build/gen

# ---- the tools -----------------------------------------------------------------------------------

TOOLS := $(foreach f,$(notdir $(wildcard src/tool/*.c)),$(if $(findstring _,$f),,$(f:.c=)))
has    = $(filter $(1),$(TOOLS))

# ---- the version ---------------------------------------------------------------------------------

# Written only when it changes, so that a commit recompiles one file and not all of them. A checkout
# that somebody else owns, as CI and containers have it, has a commit too.
GIT         := git -c safe.directory='*'
COMMIT      := $(shell $(GIT) rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
SOURCE_DATE := $(or $(SOURCE_DATE_EPOCH),$(shell $(GIT) log -1 --format=%ct 2>/dev/null || echo 0))

$(GEN)/version.h: force | $(GEN)/
	@printf '%s\n' '/* Made by src/tool/make/gen.mk. */' '#ifndef GEN_VERSION_H' '#define GEN_VERSION_H' \
	    '#define ANTEROOM_VERSION "$(VERSION)"' '#define ANTEROOM_COMMIT  "$(COMMIT)"' \
	    '#define ANTEROOM_SOURCE_MS INT64_C($(SOURCE_DATE)000) /* when it was written */' '#endif' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

.PHONY: force
force:

# ---- texts: the catalogues, English first (the reference) --------------------------------------------

TEXT_FILES := assets/texts/en.yaml $(filter-out assets/texts/en.yaml,$(sort $(wildcard assets/texts/*.yaml)))
TEXT_USERS := $(sort $(wildcard assets/pages/*.html src/*/*.c src/*/*.h src/*/*.def))

$(GEN)/texts.c $(GEN)/texts.h $(GEN)/texts.index &: build/tool/texts $(TEXT_FILES) | $(GEN)/
	build/tool/texts $(GEN) $(TEXT_FILES)
GEN_HEADERS += $(GEN)/texts.h
GEN_core    += $(GEN)/texts.c

# A text that nobody uses fails the build.
$(GEN)/texts.used: build/tool/texts $(TEXT_FILES) $(TEXT_USERS)
	@build/tool/texts --unused $(firstword $(TEXT_FILES)) $(TEXT_USERS)
	@touch $@

# ---- common passwords: a list that comes with the libraries ------------------------------------------

$(GEN)/passwords.c: build/tool/passwords $(VENDOR)/share/passwords.txt | $(GEN)/
	build/tool/passwords $(VENDOR)/share/passwords.txt $@
GEN_core    += $(GEN)/passwords.c

# ---- assets, then the pages that name them -------------------------------------------------------

ASSET_FILES := $(shell find assets/static -type f 2>/dev/null)
PAGE_FILES  := $(sort $(wildcard assets/pages/*.html assets/mail/*.txt))

ifneq ($(and $(call has,assets),$(ASSET_FILES)),)
$(GEN)/assets.h $(GEN)/assets.c $(GEN)/assets.index &: build/tool/assets $(ASSET_FILES) | $(GEN)/
	build/tool/assets assets/static $(GEN)
GEN_HEADERS += $(GEN)/assets.h
GEN_web     += $(GEN)/assets.c
endif

ifneq ($(and $(call has,template),$(PAGE_FILES)),)
$(GEN)/pages.c $(GEN)/pages.h &: build/tool/template $(GEN)/assets.index $(GEN)/texts.index $(PAGE_FILES)
	build/tool/template $(GEN)/assets.index $(GEN)/texts.index $(GEN)/pages.c $(GEN)/pages.h $(PAGE_FILES)
GEN_HEADERS += $(GEN)/pages.h
GEN_web     += $(GEN)/pages.c
endif

# ---- SQL: every statement prepared against the migrated schema before it is compiled in ------------

SQL_FILES := $(sort $(wildcard src/store/sql/*.sql))

ifneq ($(and $(call has,sqlcheck),$(SQL_FILES)),)
$(GEN)/sql.c $(GEN)/sql.h &: build/tool/sqlcheck $(SQL_FILES) | $(GEN)/
	build/tool/sqlcheck src/store/sql $(GEN)/sql.c $(GEN)/sql.h
GEN_HEADERS += $(GEN)/sql.h
GEN_store   += $(GEN)/sql.c
endif

GEN_HEADERS += $(GEN)/version.h

# ---- reference documents: what the program says about itself ----------------------------------------

REFERENCES := docs/reference/configuration.md docs/reference/fields.md docs/reference/roles.md config/anteroom.yaml

docs/reference/configuration.md: REFERENCE = build/anteroom help config > $@.new
docs/reference/fields.md:        REFERENCE = build/anteroom help fields > $@.new
docs/reference/roles.md:         REFERENCE = src/tool/roles.sh > $@.new
config/anteroom.yaml:            REFERENCE = rm -f $@.new && build/anteroom init $@.new

$(REFERENCES): build/anteroom src/core/access.def src/web/routes.def src/tool/roles.sh
	@mkdir -p $(@D)
	$(REFERENCE)
	@mv $@.new $@
