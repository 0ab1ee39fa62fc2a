#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The reference documents and the example configuration are written by the tables in the code
# (make docs). A table that changed without them fails here.
set -u
. mk/lint/common
tool=build/tool/reference

if [ ! -f src/tool/reference.c ]; then
    echo "1..1"
    echo "ok 1 - docs # SKIP src/tool/reference.c is not there"
    exit 0
fi
check() { # KIND FILE
    if [ ! -f "$2" ]; then
        echo "$2:1: is missing; make docs writes it"
    else
        "$tool" "$1" 2>&1 | cmp -s - "$2" || echo "$2:1: is not what the code says any more; make docs"
    fi
}
{
    check configuration docs/reference/configuration.md
    check fields docs/reference/fields.md
    check example config/anteroom.yaml
} >"$findings"
verdict "docs: the reference says what the code says" "$findings"
