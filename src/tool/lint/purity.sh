#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# core/ does no I/O, reads no clock, draws no random bytes, allocates nothing and starts no thread.
# Not a promise but a list: whatever its archive needs from elsewhere must be named, by a shell
# pattern, in src/core/purity.allow.
set -u
. src/tool/lint/common
archive=build/release/libcore.a
allow=src/core/purity.allow

[ -f "$archive" ] || echo "$archive: is not built (make lint builds it)" >"$findings"
[ -f "$allow" ] || echo "$allow: is missing" >>"$findings"
if [ ! -s "$findings" ]; then
    nm -A "$archive" 2>/dev/null | awk -v allow="$allow" '
        BEGIN {
            while ((getline line < allow) > 0) {
                sub(/[ \t]*#.*/, "", line)
                if (line == "") continue
                gsub(/\./, "\\.", line); gsub(/\*/, ".*", line)
                pattern[++n] = "^" line "$"
            }
        }
        { member = $1; sub(/^[^:]*:/, "", member); sub(/:.*/, "", member)
          kind = $(NF - 1); name = $NF }
        kind == "U" { needs[member " " name] = 1; next }
        kind ~ /^[A-Z]$/ { defined[name] = 1 }
        END {
            for (need in needs) {
                split(need, word, " ")
                if (word[2] in defined) continue
                good = 0
                for (i = 1; i <= n && !good; i++) good = word[2] ~ pattern[i]
                if (good) continue
                file = word[1]; sub(/\.o$/, ".c", file)
                printf "src/core/%s: core is pure, and %s is not in %s\n", file, word[2], allow
            }
        }' | sort >"$findings"
fi
verdict "purity: core needs nothing but what src/core/purity.allow names" "$findings"
