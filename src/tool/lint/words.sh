#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What must not stand in a committed file: a package registry's or mirror's host name (the machine
# that builds knows its own), a path of somebody's machine, and work left open. One letter of each
# word stands in brackets, so that this file does not find itself.
set -u
. src/tool/lint/common

hosts='(deb|security|snapshot|ftp|archive|people)[.][a-z.]*debian[.]org|archive[.]ubuntu|npmj[s][.](org|com)|npmmirro[r]|py[p]i[.]org|pythonhoste[d]|crate[s][.]io|prox[y][.]golang|yarnpk[g][.]com'
paths='(^|[^A-Za-z0-9._}/-])/(wor[k]|roo[t]|hom[e]/[a-z0-9_-]+)/'
open='(^|[^A-Za-z_])(TO[D]O|FIX[M]E|XX[X]|HAC[K])([^A-Za-z_]|$)'

look() { # PATTERN WHAT
    files . | tr '\n' '\0' | xargs -0 -r grep -IHnE -e "$1" /dev/null 2>/dev/null |
        sed -E "s/^([^:]*:[0-9]+:).*/\1 $2/"
}
{
    look "$hosts" "the host name of a registry or mirror"
    look "$paths" "a path of one machine"
    look "$open" "work left open: finish it or write an issue"
} | sort -u >"$findings"
verdict "words: no registry's host name, no machine's path, nothing left open" "$findings"
