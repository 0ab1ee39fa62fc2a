#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# roles.sh: docs/reference/roles.md from the two tables that decide, core/access.def and
# web/routes.def.
set -eu
cat <<'EOF'
# Roles

<!-- Made by `make docs` from src/core/access.def and src/web/routes.def. -->

What each role may do. The router asks this table before any page of the team is made; `test/web/staff_roles.mjs` walks
every role over every address below.

| action | what | viewer | agent | privacy | auditor | administrator |
|---|---|---|---|---|---|---|
EOF
# shellcheck disable=SC2016 # the backquotes are Markdown's
sed -n 's/^ACTION(\([a-z_]*\), *"\(.*\)", *\([01]\), *\([01]\), *\([01]\), *\([01]\), *\([01]\))$/| `\1` | \2 | \3 | \4 | \5 | \6 | \7 |/p' \
    src/core/access.def | sed 's/ 1 |/ yes |/g; s/ 1 |/ yes |/g; s/ 0 |/  |/g; s/ 0 |/  |/g'
cat <<'EOF'

## Addresses

`*` stands for one thing: a Client ID, a person, a token. Forms also need the session's own `csrf`; addresses under
`/api` need a token (`Authorization: Bearer art_…`).

| method | address | action |
|---|---|---|
EOF
# shellcheck disable=SC2016
sed -n 's/^STAFF(\([A-Z]*\), *"\([^"]*\)", *[a-z_]*, *\([a-z_]*\),.*$/| \1 | `\2` | `\3` |/p' src/web/routes.def
