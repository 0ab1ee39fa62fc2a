#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# .clang-format decides, nobody else.   Mend: clang-format -i FILE
set -u
. src/tool/lint/common
absent format clang-format

files 'src/*.c' 'src/*.h' 'test/*.c' 'test/*.h' 'vendor/*.c' 'vendor/*.h' |
    xargs -r clang-format --dry-run 2>&1 |
    grep -E ':[0-9]+:[0-9]+: (warning|error):' | sed 's/ code should be clang-formatted.*/ clang-format would change this line/' |
    awk -F: '!seen[$1]++' >"$findings"
verdict "format: clang-format changes nothing (first line of each file)" "$findings"
