#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each check of `make lint`: it lets a clean tree pass and refuses a planted violation, by its file,
# line and rule. The tree is a small one of its own, in a scratch folder.
. test/tap

tree=$scratch/tree
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/src/core" "$tree/src/base"
    mkdir -p "$tree/src/tool" && cp -r src/tool/lint "$tree/src/tool/" && cp .clang-format .clang-tidy "$tree/"
    printf '%s\n#include "base/str.h"\n\nint core_one(void);\n\nint core_one(void)\n{\n    return 1;\n}\n' \
        "$spdx" >"$tree/src/core/one.c"
    printf '%s\nint base_one(void);\n' "$spdx" >"$tree/src/base/str.h"
}

write() { # PATH: standard input becomes a file of the tree
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

# shellcheck disable=SC2317 # called through passes and says
lint() { # CHECK
    (cd "$tree" && "src/tool/lint/$1.sh")
}

clean() { # CHECK
    fresh
    passes "$1: a clean tree passes" lint "$1"
}

# planted CHECK PATH FINDING NAME TEXT: a clean tree plus a file PATH with TEXT (\n is a line break) is
# refused with FINDING, an extended regular expression over what the check says.
planted() {
    fresh
    text "$5" | write "$2"
    says "$1: $4" "^# $2:$3" lint "$1"
    refuses "$1: $4, and it ends so" lint "$1"
}

text() {
    printf '%b\n' "$1"
}

# ---- layers --------------------------------------------------------------------------------------

clean layers
against() { # FROM TO: an include that goes the wrong way
    planted layers "src/$1/bad.c" "2: $1 may not include $2: it may use" "$1 does not include $2" \
        "$spdx\n#include \"$2/thing.h\""
}
against base core
against core config
against core store
against config net
against store web
against net store
against store net
against web notify
against web cmd
against notify replicate
against replicate web
against tool web
library() { # ROOM HEADER
    planted layers "src/$1/bad.h" "2: <$2> is for" "<$2> is not for $1" "$spdx\n#include <$2>"
}
library web sqlite3.h
library store h2o.h
library cmd openssl/ssl.h
planted layers src/core/bad.c '2: core is pure: <stdlib.h>' 'core takes no <stdlib.h>' \
        "$spdx\n#include <stdlib.h>"
planted layers src/web/bad.c '2: "thing.h" is not a path from src/' 'an include without its folder' \
        "$spdx\n  #  include \"thing.h\""
planted layers src/store/bad.c '2: store may not include pages.h' 'a generated header has a room' \
        "$spdx\n#include \"pages.h\""
planted layers src/util/bad.c '1: the folder src/util has no place' 'a room that nobody decided on' "$spdx"
fresh
printf '%s\n#include "cmd/a.h"\n#include "web/b.h"\n' "$spdx" | write src/main.c
printf '%s\n#include "store/a.h"\n#include "net/a.h"\n#include <h2o.h>\n#include "pages.h"\n' "$spdx" | write src/web/good.c
passes "layers: the right way passes" lint layers

# ---- purity --------------------------------------------------------------------------------------

pure() { # BODY: compiles core/one.c with this body into the archive that the check reads
    fresh
    cp src/core/purity.allow "$tree/src/core/"
    mkdir -p "$tree/build/release"
    printf '#include <stdlib.h>\n#include <string.h>\n#include <time.h>\nint one(char *p);\nint two(void);\nint two(void) { return 2; }\nint one(char *p) { %s }\n' \
        "$1" >"$tree/src/core/one.c"
    (cd "$tree" && "${CC:-gcc}" -O0 -c -o one.o src/core/one.c && ar rcs build/release/libcore.a one.o)
}
pure 'memset(p, 0, 4); return two();'
passes "purity: memset and its own functions pass" lint purity
for impure in 'free(p); return 0;:free' 'return p == malloc(4);:malloc' 'return time(0) > 9;:time' 'return (int)getenv(p)[0];:getenv'; do
    pure "${impure%:*}"
    says "purity: ${impure##*:} is refused" "^# src/core/one.c: core is pure, and ${impure##*:} is not in" lint purity
done
fresh
refuses "purity: no archive is no proof" lint purity

# ---- format, tidy, cppcheck, shellcheck ----------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1 || { skip "$2" "$1 is not installed"; return 1; }; }

if has clang-format format; then
    clean format
    planted format src/base/bad.h '2:' 'a line laid out otherwise' \
        "$spdx\nint  x ( void ) ;"
fi
if has clang-tidy tidy; then
    clean tidy
    planted tidy src/base/bad.c '[0-9]+:[0-9]+: warning' 'a planted bug' \
        "$spdx\n#include <string.h>\nint f(const char *p);\nint f(const char *p)\n{\n    return memcmp(p, \"ab\", sizeof(p)) ? 1 : 1;\n}"
    printf '%s\nint f(const char *p);\nint f(const char *p)\n{\n    return p != 0;\n}\n' "$spdx" | write src/base/bad.c
    passes "tidy: a mended file is looked at again" lint tidy
fi
if has cppcheck cppcheck; then
    clean cppcheck
    planted cppcheck src/base/bad.c '6: ' 'an index past the end' \
        "$spdx\nint f(void);\nint f(void)\n{\n    int a[4] = {0};\n    return a[4];\n}"
fi
if has shellcheck shell; then
    clean shell
    planted shell tools/bad '3:' 'an unquoted variable, in a file without .sh' \
        "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nrm -r \$1/*"
fi

# ---- words, files --------------------------------------------------------------------------------

# The words are put together here, so that the check does not find this file.
clean words
planted words docs/bad.md '1: the host name' "a mirror's host name" "deb https://deb.deb""ian.org/x"
planted words test/bad.json '1: the host name' "a registry's host name" "see registry.npmj""s.org"
planted words tools/bad.sh '2: a path of one machine' "a machine's path" \
        "\ncp /wor""k/main/x ."
planted words README.md '1: a path of one machine' "somebody's home" "cd /ho""me/ann/x"
for word in "TO""DO" "FIX""ME" "XX""X" "HA""CK"; do
    planted words src/base/bad.c '1: work left open' "$word" "/* $word: later */"
done
fresh
printf 'mktemp -d /tmp/x.XXXXXX\nplaceholder="no"\nworkshop/home/rooted\n' | write docs/good.md
passes "words: what only looks like it passes" lint words
fresh
for folder in .git data anteroom-data vendor/work/apt vendor/downloads/h2o test/e2e/node_modules/x; do
    echo "see registry.npmj""s.org" | write "$folder/file"
done
passes "words: without git, what git would ignore is not looked at" lint words

clean node
planted node test/web/bad.mjs '2: newer than Node 18' 'a method of Node 20' "//\nconst b = a.toReversed();"

clean files
planted files src/base/bad.h '1: the first line is not' 'no licence line' 'int x;'
planted files src/base/bad.c '501: longer than 500' '501 lines' "$spdx\n$(yes 'int x;' | head -n 500)"
planted files tools/bad.sh '1: no SPDX' 'a script without licence line' \
        "#!/bin/sh\necho"
{ echo "$spdx"; yes 'int x;' | head -n 499; } | write src/base/bad.c
rm -rf "$tree/tools"
passes "files: 500 lines pass" lint files

# ---- docs ----------------------------------------------------------------------------------------

reference() {
    fresh
    # shellcheck disable=SC2016 # for that script, not for this one
    text '#!/bin/sh\ncase $1 in\nhelp) echo "the $2 of now" ;;\ninit) echo "the example of now" >"$2" ;;\nesac' |
        write build/anteroom
    chmod +x "$tree/build/anteroom"
    text "the config of now" | write docs/reference/configuration.md
    text "the fields of now" | write docs/reference/fields.md
    text "the example of now" | write config/anteroom.yaml
    text '#!/bin/sh\necho "the roles of now"' | write src/tool/roles.sh
    chmod +x "$tree/src/tool/roles.sh"
    text "the roles of now" | write docs/reference/roles.md
}
reference
passes "docs: what the code says passes" lint docs
echo "the fields of old" | write docs/reference/fields.md
says "docs: a stale one is refused" '^# docs/reference/fields.md:1: is not what the code says' lint docs
reference
rm "$tree/config/anteroom.yaml"
says "docs: a missing one is refused" '^# config/anteroom.yaml:1: is missing' lint docs

clean layout
planted layout notes.txt 1 "a stray file at the top is refused" "notes"

finish
