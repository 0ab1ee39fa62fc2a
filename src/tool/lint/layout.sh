#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The top of the repository is what a newcomer sees first: these rooms and no others.
set -u
. src/tool/lint/common
allowed=' Makefile README.md LICENSE build.sh assets config docs k8s src terraform test vendor '
{
    files . | sed 's#/.*##' | sort -u | while IFS= read -r name; do
        case $name in .*) continue ;; esac
        case $allowed in
        *" $name "*) ;;
        *) echo "$name:1: the top of the repository has no place for this; src/tool/lint/layout.sh names what has" ;;
        esac
    done
} >"$findings" 2>&1
verdict "layout: the top of the repository holds only its rooms" "$findings"
