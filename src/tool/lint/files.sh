#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each source file opens with its licence line and is one idea: 500 lines at most. Templates, SQL and
# assets belong to the same product but their readers are browsers: they carry no licence line.
set -u
. src/tool/lint/common

{
    files 'src/*.c' 'src/*.h' 'src/*.def' 'test/*.c' 'test/*.h' 'vendor/*.c' 'vendor/*.h' | while IFS= read -r path; do
        [ "$(head -n 1 "$path")" = '/* SPDX-License-Identifier: Apache-2.0 */' ] ||
            echo "$path:1: the first line is not /* SPDX-License-Identifier: Apache-2.0 */"
    done
    files 'src/*.c' 'src/*.h' 'src/*.def' 'src/*.sql' | while IFS= read -r path; do
        lines=$(wc -l <"$path")
        [ "$lines" -le 500 ] || echo "$path:$lines: longer than 500 lines; which two ideas are in it?"
    done
    files '*.sh' 'src/tool/make/*' 'src/tool/lint/*' 'build.sh' 'Makefile' 'test/run' | while IFS= read -r path; do
        head -n 3 "$path" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
            echo "$path:1: no SPDX-License-Identifier in the first three lines"
    done
} | sort -u >"$findings"
verdict "files: licence lines, and at most 500 lines per source" "$findings"
