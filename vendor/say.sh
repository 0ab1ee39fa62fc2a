# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # variables are shared with build.sh
# What build.sh says: a line per step, colours and progress on a terminal only (and no colours with
# NO_COLOR), one sentence and a remedy when something fails. Sourced, not run.
#
#   step NAME COMMAND…   runs COMMAND with its output in build/log/NAME.log and says
#                        "▸ NAME  VERB…  done 41 s"; set step_verb before. A line "total 90" in the
#                        log announces 90 lines that begin with "cc ": the progress counts them.
#                        step_fail and step_remedy, for this step only: what to say if it fails.
#                        A line "fail: SENTENCE | REMEDY" of the command's own goes before them.
#   note TEXT            a line about what happens
#   fail SENTENCE [REMEDY]   ends the program

log_folder=build/log
step_verb='working…' step_fail='' step_remedy=''

if [ -t 2 ]; then on_terminal=1; else on_terminal=0; fi
if [ $on_terminal = 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    colour_name=$'\e[1m' colour_good=$'\e[32m' colour_bad=$'\e[31;1m' colour_dim=$'\e[2m'
    colour_off=$'\e[0m'
else
    colour_name='' colour_good='' colour_bad='' colour_dim='' colour_off=''
fi

note() {
    printf '%s▸%s %s\n' "$colour_dim" "$colour_off" "$*" >&2
}

fail() {
    printf '%s✗%s %s\n' "$colour_bad" "$colour_off" "$1" >&2
    if [ -n "${2:-}" ]; then printf '  %s\n' "$2" >&2; fi
    exit 1
}

# The process that a step runs in the background; build.sh stops it when it is stopped itself.
step_process=

step() {
    local name=$1 log began=$SECONDS status=0 line total
    shift
    # The bare name, for the file: "mbedtls 3.6.6" logs to mbedtls.log.
    log=$log_folder/${name%% *}.log
    mkdir -p "$log_folder"
    line=$(printf '%s▸%s %s%-24s%s %s' "$colour_dim" "$colour_off" "$colour_name" "$name" \
        "$colour_off" "$step_verb")
    # A process group of its own, so that stopping us can stop all of it.
    set -m
    "$@" >"$log" 2>&1 </dev/null 9>&- &
    set +m
    step_process=$!
    if [ $on_terminal = 1 ]; then
        while kill -0 $step_process 2>/dev/null; do
            total=$(sed -n 's/^total //p' "$log")
            if [ -n "$total" ]; then
                printf '\r%s %s/%s  %s s\e[K' "$line" "$(grep -c '^cc ' "$log" || true)" \
                    "$total" $((SECONDS - began)) >&2
            else
                printf '\r%s %s s\e[K' "$line" $((SECONDS - began)) >&2
            fi
            sleep 0.2
        done
        printf '\r\e[K' >&2
    fi
    wait $step_process || status=$?
    step_process=
    if [ $status = 0 ]; then
        step_fail='' step_remedy=''
        printf '%s  %sdone%s %s s\n' "$line" "$colour_good" "$colour_off" $((SECONDS - began)) >&2
        return 0
    fi
    printf '%s  %sfailed%s\n' "$line" "$colour_bad" "$colour_off" >&2
    if grep -q '^fail: ' "$log"; then
        line=$(grep '^fail: ' "$log" | tail -n 1)
        line=${line#fail: }
        fail "${line%% | *}" "${line##* | }"
    fi
    tail -n 12 "$log" | sed 's/^/  │ /' >&2
    fail "$name: ${step_fail:-this step failed with status $status}." \
        "The whole log is in $log. ${step_remedy:-}"
}
