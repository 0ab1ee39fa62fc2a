#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a bare Debian 12 to a running server. Everything it fetches and builds stays in ignored
# folders of the checkout; on the machine it only installs the packages of vendor/packages.*.
# What stands where: vendor/README.md.
set -euo pipefail

usage() {
    cat <<'END'
./build.sh               build: build/anteroom
./build.sh run [ARGS]    build, then build/anteroom serve ARGS
./build.sh test          build, then every test
./build.sh prepare       build, and install what the tests and checks of `make help` need
./build.sh --newer       first move vendor/lock to the newest versions of each series
./build.sh --help        this text

The first build installs compilers with apt (as root, or through sudo), fetches Debian source
packages and builds static libraries: some minutes. After that it needs neither root nor network,
and `make help` lists the quicker targets for daily work.

Environment: CC (gcc), JOBS (all cores), NO_COLOR.
END
}

cd "$(dirname "${BASH_SOURCE[0]}")"
umask 022
export LC_ALL=C.UTF-8
unset MAKEFLAGS MAKEOVERRIDES
jobs=${JOBS:-$(nproc)}

. vendor/say.sh
. vendor/install.sh
. vendor/fetch.sh
. vendor/libraries.sh

stop() {
    if [ -n "$step_process" ]; then kill -TERM -- "-$step_process" 2>/dev/null || true; fi
    printf '\n' >&2
    trap - INT TERM
    fail 'Stopped. Nothing half-built is kept as finished: run the same command to go on.'
}

# Two builds in one checkout would tread on each other's feet: the second one waits.
take_turn() {
    mkdir -p vendor/work
    exec 9>vendor/work/turn
    if flock -n 9; then return; fi
    note 'waiting for another build in this checkout'
    flock 9
}

fetch_missing() {
    local name version missing=()
    while read -r name _; do
        if ! fetched "$name" >/dev/null; then missing+=("$name"); fi
    done < <(lock_rows)
    if [ ${#missing[@]} = 0 ]; then return; fi
    step_verb='fetching… '
    step lists apt_prepare
    for name in "${missing[@]}"; do
        read -r _ _ version _ < <(lock_row "$name")
        step_verb='fetching… '
        step "$name $version" fetch_one "$name"
        sed -n 's/^note: //p' "$log_folder/$name.log" | while read -r line; do note "$line"; done
    done
}

move_lock() {
    step_verb='fetching… '
    step lists apt_prepare
    step_verb='comparing…'
    step lock lock_newest
    if grep -q '^note: ' "$log_folder/lock.log"; then
        sed -n 's/^note: //p' "$log_folder/lock.log" | while read -r line; do note "$line"; done
        note 'vendor/lock is changed: run ./build.sh test before you commit it'
    else
        note 'vendor/lock already has the newest of each series'
    fi
}

build_libraries() {
    if [ "$newer" = 1 ]; then move_lock; fi
    if libraries_ready; then return; fi
    fetch_missing
    libraries_build
}

build_program() {
    step_verb='building… '
    step_fail='it could not be compiled'
    step_remedy='make all shows it on the terminal.'
    step anteroom make -j "$jobs" all
}

command=build newer=0
case ${1:-} in
--help | -h | help)
    usage
    exit 0
    ;;
--newer)
    newer=1
    shift
    ;;
esac
case ${1:-} in
'') ;;
run | test | prepare)
    command=$1
    shift
    ;;
*)
    usage >&2
    fail "There is no \"$1\" here."
    ;;
esac

case $PWD in
*[[:space:]]*) fail 'The path of this checkout has a space in it, which make cannot handle.' \
    'Move the checkout to a path without one.' ;;
esac

trap stop INT TERM
take_turn
lists=(vendor/packages.build)
case $command in test | prepare) lists+=(vendor/packages.test) ;; esac
install_packages "${lists[@]}"
build_libraries
build_program
flock -u 9
exec 9>&-

case $command in
build) note "build/anteroom is ready: ./build.sh run serves it, make help lists what else there is" ;;
prepare) note "build/anteroom is ready, and so is this machine for make check and all that make help lists" ;;
run) exec build/anteroom serve "$@" ;;
test) exec make test-all ;;
esac
