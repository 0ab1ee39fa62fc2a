#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the documents name is there: files and headings behind links, files of the repository in
# `backquotes` (names in capitals stand for something else), and each test that SECURITY.md calls
# the proof of a promise.
set -u
. src/tool/lint/common
# shellcheck disable=SC2016 # backquotes are meant
quoted='`[^`]+`' quoted_path='`(src|test|assets)/[a-z0-9_./-]+`'

# The anchors of a page, as a forge makes them of its headings.
anchors() { # FILE
    sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed -e 's/[^[:alnum:] _-]//g' -e 's/ /-/g'
}

links() { # FILE
    grep -noE '\]\([^) ]+\)' "$1" | sed -e 's/:](/:/' -e 's/)$//' | while IFS=: read -r line target; do
        case $target in http* | mailto*) continue ;; esac
        path=${target%%#*}
        page=${path:+${1%/*}/$path}
        page=${page:-$1}
        [ "$1" = README.md ] && page=${path:-$1}
        if [ ! -e "$page" ]; then
            echo "$1:$line: there is no $target"
        elif [ "$target" != "$path" ] && ! anchors "$page" | grep -qxF -- "${target#*#}"; then
            echo "$1:$line: $target has no such heading"
        fi
    done
}

paths() { # FILE
    grep -noE "$quoted_path" "$1" | tr -d '`' | while IFS=: read -r line path; do
        [ -e "$path" ] || echo "$1:$line: there is no $path"
    done
}

# `test/web/rate_test.c`, `rate.mjs`: the second one lies beside the first.
proofs() { # FILE
    awk -F' \\| ' '/^\| / { print NR ":" $3 }' "$1" | while IFS=: read -r line tests; do
        at='test'
        for name in $(grep -oE "$quoted" <<<"$tests" | tr -d '`'); do
            case $name in */*) path=$name at=${name%/*} ;; *) path=$at/$name ;; esac
            [ -e "$path" ] || echo "$1:$line: there is no $path"
        done
    done
}

files 'README.md' 'docs/*.md' 'vendor/README.md' | while read -r page; do
    links "$page"
    paths "$page"
done >"$findings"
proofs docs/SECURITY.md >>"$findings"
verdict "links: what the documents name is there" "$findings"
