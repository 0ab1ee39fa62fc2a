#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every shell program, known by its first line, must please shellcheck. What it sources is read with
# it, and only so: a part alone does not know the names of the whole.
set -u
. src/tool/lint/common
absent shell shellcheck

files . | while IFS= read -r path; do
    case $path in
    *.c | *.h | *.html | *.css | *.js | *.mjs | *.json | *.md | *.svg) continue ;;
    esac
    head -c 64 "$path" | head -n 1 | LC_ALL=C grep -aqE '^#!.*[/ ](ba|da)?sh( |$)|^# shellcheck shell=' && echo "$path"
done | xargs -r shellcheck -x --format=gcc >"$findings" 2>&1
verdict "shell: shellcheck finds nothing" "$findings"
