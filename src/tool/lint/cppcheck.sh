#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cppcheck: a second pair of eyes. A net, not a proof. A finding that is wrong is suppressed on its
# line with the reason beside it: /* cppcheck-suppress ID ; why */
set -u
. src/tool/lint/common
absent cppcheck cppcheck
mkdir -p build/lint/cppcheck

files 'src/*.c' >build/lint/cppcheck.files
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
    --cppcheck-build-dir=build/lint/cppcheck -j 2 -D_GNU_SOURCE -D__linux__ -Isrc -Ibuild/gen \
    --suppress=missingInclude --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
    --suppress='*:build/gen/*' --suppress='*:*.html' \
    --template='{file}:{line}: {message} ({id})' --file-list=build/lint/cppcheck.files \
    2>"$findings" >/dev/null
verdict "cppcheck: nothing found" "$findings"
