#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every shell program must please shellcheck; known by its name or by its first line.
set -u
. mk/lint/common
absent shell shellcheck

files . | while IFS= read -r path; do
    case $path in
    *.sh) echo "$path" ;;
    *.*) ;;
    *) head -c 64 "$path" | head -n 1 | LC_ALL=C grep -aqE '^#!.*[/ ](ba|da)?sh( |$)|^# shellcheck shell=' && echo "$path" ;;
    esac
done | xargs -r shellcheck -x --format=gcc >"$findings" 2>&1
verdict "shell: shellcheck finds nothing" "$findings"
