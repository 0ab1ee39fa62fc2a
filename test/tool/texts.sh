#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What build/tool/texts refuses: catalogues that are wrong in one place each.
set -u
cd "$(dirname "$0")/../.." || exit 1
tool=$PWD/build/tool/texts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
status=0

report() { # OK NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        sed 's/^/# /' "$work/said"
        status=1
    fi
}

reference() {
    mkdir -p "$work/out"
    printf '%s\n' 'a:' '  plain: Yes' '  link: "Go to {link} or {other}"' \
        '  days: {one: "{n} day", other: "{n} days"}' >"$work/en.yaml"
}

refuses() { # NAME WANTED LINES…: de.yaml against the reference
    name=$1 wanted=$2
    shift 2
    printf '%s\n' "$@" >"$work/de.yaml"
    (cd "$work" && "$tool" out en.yaml de.yaml) >"$work/said" 2>&1
    code=$?
    [ "$code" = 1 ] && grep -qF "$wanted" "$work/said"
    report $? "$name"
}

reference
plain='  plain: Ja'
link='  link: "{other} {link}"'
days='  days: {one: "{n} Tag", other: "{n} Tage"}'
printf '%s\n' 'a:' "$plain" "$link" "$days" >"$work/de.yaml"
(cd "$work" && "$tool" out en.yaml de.yaml) >"$work/said" 2>&1 && grep -q TEXT_A_LINK "$work/out/texts.h" &&
    grep -qx 'a.link TEXT_A_LINK plain link other' "$work/out/texts.index"
report $? "catalogues that agree"

refuses "a key that is missing" "de.yaml: a.link is missing" 'a:' "$plain" "$days"
refuses "a key that is not in the reference" "de.yaml:5:3: a.more is not a key of en.yaml" 'a:' "$plain" "$link" "$days" '  more: x'
refuses "a key twice" "a.plain stands here twice" 'a:' "$plain" "$plain" "$link" "$days"
refuses "another placeholder" "de.yaml:3:3: a.link has other placeholders" 'a:' "$plain" '  link: "{link} {brand}"' "$days"
refuses "a placeholder too few" "a.link has other placeholders" 'a:' "$plain" '  link: "{link}"' "$days"
refuses "a brace without its other" "a.link: a placeholder is {name}" 'a:' "$plain" '  link: "{link"' "$days"
refuses "a plural form too few" 'the plural form “one” is missing' 'a:' "$plain" "$link" '  days: {other: "{n} Tage"}'
refuses "a plural form the language has not" 'de has no plural form “few”' 'a:' "$plain" "$link" '  days: {one: "{n} Tag", few: x, other: "{n} Tage"}'
refuses "no plural forms where there are some" "a.days has plural forms, or has none" 'a:' "$plain" "$link" '  days: "{n} Tage"'
refuses "nothing" "a.plain is empty" 'a:' '  plain: ""' "$link" "$days"
refuses "a list" "a.plain is a list" 'a:' '  plain: [x]' "$link" "$days"
refuses "a control character" "a.plain holds a control character" 'a:' '  plain: "x\u0007"' "$link" "$days"
refuses "what is not YAML" "de.yaml:3:" 'a:' '  plain: "x'

cp "$work/en.yaml" "$work/xx.yaml"
(cd "$work" && "$tool" out en.yaml xx.yaml) >"$work/said" 2>&1
grep -qF 'no plural rule for “xx”' "$work/said"
report $? "a language without a plural rule"

printf '%s\n' '{{t a.plain}} TEXT_A_LINK {{t a.days_more}}' >"$work/page.html"
(cd "$work" && "$tool" --unused en.yaml page.html) >"$work/said" 2>&1
[ "$(cat "$work/said")" = "en.yaml:4:3: nobody uses a.days" ]
report $? "a text that nobody uses"

set -- assets/texts/en.yaml
for file in assets/texts/*.yaml; do
    [ "$file" = assets/texts/en.yaml ] || set -- "$@" "$file"
done
build/tool/texts "$work/out" "$@" >"$work/said" 2>&1
report $? "the project's own catalogues are complete"

echo "1..$n"
exit $status
