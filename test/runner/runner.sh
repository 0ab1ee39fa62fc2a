#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test/run itself: what it counts, what it calls a failure, and its last line.
. test/tap

program() { # NAME: a test program with the body on standard input
    { echo '#!/bin/sh'; cat; } >"$scratch/$1"
    chmod +x "$scratch/$1"
}

# ends NAME LAST-LINE STATUS ARGUMENT...: the last line and the exit status of test/run
ends() {
    name=$1 line=$2 status=$3
    shift 3
    test/run "$@" >"$scratch/all" 2>&1
    got=$?
    [ "$(tail -n 1 "$scratch/all")" = "$line" ] && [ $got -eq "$status" ]
    tap_result $? "$name" "$scratch/all"
}

program good <<'X'
echo 1..2; echo "ok 1 - a"; echo "ok 2 - b"
X
program bad <<'X'
echo 1..2; echo "ok 1 - a"; echo "not ok 2 - the reason"; echo "# a detail"; exit 1
X
program skips <<'X'
echo 1..3; echo "ok 1 - a"; echo "ok 2 - b # SKIP no such tool"; echo "not ok 3 # SKIP c"
X
program all_skipped <<'X'
echo "1..0 # SKIP not here"
X
program silent <<'X'
:
X
program short <<'X'
echo 1..3; echo "ok 1 - a"
X
program no_plan <<'X'
echo "ok 1 - a"
X
program crash <<'X'
echo 1..1; echo "ok 1 - a"; kill -SEGV $$
X
program status <<'X'
echo 1..1; echo "ok 1 - a"; exit 3
X
program hangs <<'X'
echo 1..1; sleep 600 & wait
X
program bails <<'X'
echo 1..1; echo "ok 1 - a"; echo "Bail out! the disk is gone"
X
program twice <<'X'
echo 1..1; echo "ok 1 - a"; echo 1..1; echo "ok 1 - b"
X
program noise <<'X'
echo "okay then"; echo "not okay"; echo 1..1; echo "ok 1 - not ok is a name"; echo "ok: a remark" >&2
X
program env <<'X'
echo 1..1; [ "$CMOCKA_MESSAGE_OUTPUT" = TAP ] && [ "$1" = one ] && echo "ok 1"
X
program alone <<'X'
echo 1..1; [ ! -e "$0.lock" ] && : >"$0.lock" && sleep 0.1 && rm "$0.lock" && echo "ok 1"
X

ends "a good program"                "2 passed, 0 failed" 0 "$scratch/good"
ends "a failed test"                 "1 passed, 1 failed" 1 "$scratch/bad"
says "its output is shown in full"   "    # a detail" test/run "$scratch/bad"
silent "a good one's is not"         "ok 1 - a" test/run "$scratch/good"
ends "skipped ones are counted"      "1 passed, 0 failed, 2 skipped" 0 "$scratch/skips"
ends "a whole program skipped"       "0 passed, 0 failed, 1 skipped" 0 "$scratch/all_skipped"
ends "no TAP at all"                 "0 passed, 1 failed" 1 "$scratch/silent"
ends "fewer tests than planned"      "1 passed, 1 failed" 1 "$scratch/short"
ends "no plan"                       "1 passed, 1 failed" 1 "$scratch/no_plan"
ends "killed by a signal"            "1 passed, 1 failed" 1 "$scratch/crash"
says "the signal is named"           "killed by SIGSEGV" test/run "$scratch/crash"
ends "an exit status without reason" "1 passed, 1 failed" 1 "$scratch/status"
ends "a hung program is stopped"     "0 passed, 1 failed" 1 --hang 1 "$scratch/hangs"
ends "Bail out!"                     "1 passed, 1 failed" 1 "$scratch/bails"
ends "two groups in one program"     "2 passed, 0 failed" 0 "$scratch/twice"
ends "what only looks like TAP"      "1 passed, 0 failed" 0 "$scratch/noise"
ends "a program that is not there"   "0 passed, 1 failed" 1 "$scratch/absent"
ends "no program at all"             "0 passed, 1 failed" 1
refuses "an unknown option"          test/run -x "$scratch/good"
ends "arguments, environment"        "1 passed, 0 failed" 0 "'$scratch/env' one"
ends "the sum of several"            "6 passed, 2 failed, 2 skipped" 1 -j 3 \
    "$scratch/good" "$scratch/bad" "$scratch/good" "$scratch/skips" "$scratch/silent"
ends "--alone: one at a time"        "5 passed, 0 failed" 0 -j 4 "$scratch/good" \
    --alone "$scratch/alone" "$scratch/alone" "$scratch/alone"
program pair <<'X'
echo 1..1; : >"$1.here"
for i in $(seq 200); do [ -e "$2.here" ] && echo "ok 1 - the other one runs too" && exit; sleep 0.1; done
X
ends "--beside: with the others"     "2 passed, 0 failed" 0 -j 1 "'$scratch/pair' '$scratch/1' '$scratch/2'" \
    --beside "'$scratch/pair' '$scratch/2' '$scratch/1'"
program slow <<'X'
echo 1..1; sleep 0.3; : >"$1.slow"; echo "ok 1"
X
program behind <<'X'
echo 1..1; [ -e "$1.slow" ] && echo "ok 1"
X
ends "--after: behind the others"    "4 passed, 0 failed" 0 -j 2 "'$scratch/slow' '$scratch/1'" \
    --after "'$scratch/behind' '$scratch/1'" "'$scratch/slow' '$scratch/2'" \
    --alone "'$scratch/behind' '$scratch/2'"
says "many: the slowest are named"   "^took [0-9]+ s; the longest: .*good [0-9]+" test/run -j 4 \
    "$scratch/good" "$scratch/good" "$scratch/good" "$scratch/good" "$scratch/good" "$scratch/good" \
    "$scratch/good" "$scratch/good" "$scratch/good" "$scratch/good" "$scratch/good"
silent "few: they are not"           "longest" test/run "$scratch/good"
finish
