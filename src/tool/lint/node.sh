#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tests run on Debian 12's Node 18, and developers often have a newer one: what came after 18
# passes there and fails in CI. No tool knows this without a registry, so it is a list of names.
set -u
. src/tool/lint/common

methods='[.](toReversed|toSorted|toSpliced|isWellFormed|toWellFormed|union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)[(]'
functions='(Object|Map)[.]groupBy|Promise[.](withResolvers|try)|Array[.]fromAsync|RegExp[.]escape|URL[.]canParse|AbortSignal[.]any|import[.]meta[.](dirname|filename)|new WebSocket|globSync|node:sqlite|Symbol[.](dispose|asyncDispose)'

files 'test/*.mjs' | xargs -r grep -HnE -e "$methods" -e "$functions" /dev/null |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: newer than Node 18, which Debian 12 has/' >"$findings"
verdict "node: nothing newer than Node 18" "$findings"
