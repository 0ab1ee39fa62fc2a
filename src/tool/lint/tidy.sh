#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy with the checks of .clang-tidy. What it said about a file is kept under the hash of
# everything it depends on, so that a second run only looks at what changed.
#
# Nearly all the time goes into clang-analyzer's walks through a function. It gives up on one after
# 225,000 steps; here after 50,000, which is a third of the time. TIDY_STEPS=225000 walks on.
set -u
. src/tool/lint/common
absent tidy clang-tidy
cache=build/lint/tidy
mkdir -p "$cache"
[ -f build/lint/cflags ] && flags=$(cat build/lint/cflags) || flags="-std=gnu17 -D_GNU_SOURCE -Isrc -Ibuild/gen"
flags="$flags -Xclang -analyzer-config -Xclang max-nodes=${TIDY_STEPS:-50000}"
base=$({ clang-tidy --version; echo "$flags"; cat .clang-tidy; readlink vendor/out; } | sha256sum)

# shellcheck disable=SC2317 # called by xargs below
one() {
    # shellcheck disable=SC2086 # the flags are words
    depends=$(clang $3 -MM -MG "$1" 2>/dev/null | sed -e 's/^[^:]*://' -e 's/\\$//' | tr -s ' ' '\n' | grep .)
    # shellcheck disable=SC2086
    key=$({ echo "$2"; sha256sum "$1" $depends; } 2>/dev/null | sha256sum | cut -c 1-32)
    if [ ! -f "$4/$key" ]; then
        # shellcheck disable=SC2086
        clang-tidy --quiet "$1" -- $3 2>/dev/null | sed "s|$PWD/||g" >"$4/$key.new.$$"
        mv "$4/$key.new.$$" "$4/$key"
    fi
    # Used today: the sweep below keeps it.
    touch "$4/$key"
    cat "$4/$key"
}
export -f one
files 'src/*.c' | xargs -r -P 2 -I {} bash -c 'one "$@"' - {} "$base" "$flags" "$cache" |
    grep -E '^(src|build/gen)/[^:]*:[0-9]+:[0-9]+: (warning|error):' | sort -u >"$findings"
find "$cache" -type f -mtime +14 -delete
verdict "tidy: clang-tidy finds nothing" "$findings"
