#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sqlcheck takes the SQL we have and refuses SQL that would fail later.
set -u
tool=${SQLCHECK:-build/tool/sqlcheck}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

# check NAME EXPECTED-WORDS: runs sqlcheck on $dir/sql; no words: it must succeed.
check() {
    n=$((n + 1))
    if "$tool" "$dir/sql" "$dir/out.c" "$dir/out.h" >"$dir/said" 2>&1; then
        [ -z "$2" ] && echo "ok $n - $1" && return
    elif [ -n "$2" ] && grep -q -- "$2" "$dir/said"; then
        echo "ok $n - $1"
        return
    fi
    echo "not ok $n - $1"
    sed 's/^/# /' "$dir/said"
}

# Names for one more migration, and for one behind a gap.
last=$(find src/store/sql -name '*.up.sql' | wc -l)
next=$(printf '%04d' $((last + 1)))
gap=$(printf '%04d' $((last + 2)))

fresh() {
    rm -rf "$dir/sql"
    cp -r src/store/sql "$dir/sql"
}

fresh
check "our own SQL is right" ""

fresh
printf -- '-- name: wrong\nSELECT emial FROM submission;\n' >>"$dir/sql/queries.sql"
check "a misspelt column" "no such column: emial"

fresh
printf -- '-- name: ping\nSELECT 1;\n' >>"$dir/sql/queries.sql"
check "a name used twice" "two statements are named ping"

fresh
printf -- '-- name: two\nSELECT 1; SELECT 2;\n' >>"$dir/sql/queries.sql"
check "two statements under a name" "one statement under each name"

fresh
printf -- '-- name: unnamed\nSELECT * FROM meta WHERE key = ?;\n' >>"$dir/sql/queries.sql"
check "a parameter without a name" "has no :name"

fresh
sed -i 's/company_name, address, industry,/address, company_name, industry,/' "$dir/sql/queries.sql"
check "fields out of their order" "is not at its place"

fresh
sed -i '/^    phone  /d' "$dir/sql/0001-first.up.sql"
check "a field without a column" "phone"

fresh
printf 'CREATE TABLE lax (x);\n' >"$dir/sql/$next-lax.up.sql"
check "a table that is not STRICT" "table lax is not STRICT"

fresh
printf 'CREATE TABLE t (x TEXT) STRICT;\n' >"$dir/sql/$gap-gap.up.sql"
check "a gap in the numbers" "without a gap"

fresh
printf 'BEGIN; CREATE TABLE t (x TEXT) STRICT;\n' >"$dir/sql/$next-open.up.sql"
check "a migration that leaves a transaction open" "leaves a transaction open"

fresh
printf -- "-- name: quoted\nSELECT 'a  --  b' AS c;\n" >>"$dir/sql/queries.sql"
check "quoted text" ""
n=$((n + 1))
if grep -q "SELECT 'a  --  b' AS c;" "$dir/out.c"; then
    echo "ok $n - quoted text stays as it is"
else
    echo "not ok $n - quoted text stays as it is"
fi
echo "1..$n"
