#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reference documents and the example configuration are written by the tables in the code
# (make docs). A table that changed without them fails here.
set -u
. src/tool/lint/common
program=build/anteroom

check() { # WRITTEN FILE
    if [ ! -f "$2" ]; then
        echo "$2:1: is missing; make docs writes it"
    else
        cmp -s "$1" "$2" || echo "$2:1: is not what the code says any more; make docs writes it"
    fi
}

made=$(mktemp -d)
trap 'rm -rf "$made" "$findings"' EXIT
{
    "$program" help config >"$made/configuration.md" && "$program" help fields >"$made/fields.md" &&
        "$program" init "$made/anteroom.yaml" >"$made/talk" 2>&1 || echo "$program:1: does not say what it should"
    check "$made/configuration.md" docs/reference/configuration.md
    check "$made/fields.md" docs/reference/fields.md
    src/tool/roles.sh >"$made/roles.md"
    check "$made/roles.md" docs/reference/roles.md
    check "$made/anteroom.yaml" config/anteroom.yaml
} >"$findings" 2>&1
verdict "docs: the reference says what the code says" "$findings"
