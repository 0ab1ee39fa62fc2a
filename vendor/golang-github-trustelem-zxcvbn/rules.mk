# SPDX-License-Identifier: Apache-2.0
# zxcvbn's list of common passwords ("WORD COUNT" a line, the most common first), as this package
# carries it: no code of it is compiled. src/tool/passwords.c makes a table of it.
NAME    := golang-github-trustelem-zxcvbn
SOURCES :=

include vendor/common.mk

.PHONY: install
install:
	mkdir -p $(OUT)/share && cp $(SRC)/data/passwords.txt $(OUT)/share/
	$(call licences,$(SRC)/LICENSE.txt)
