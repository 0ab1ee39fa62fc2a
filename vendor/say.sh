# SPDX-License-Identifier: Apache-2.0
# What build.sh says: a line per step, colours and progress on a terminal only (and no colours with
# NO_COLOR), one sentence and a remedy when something fails. Sourced, not run.
#
#   step NAME COMMAND…   runs COMMAND with its output in build/log/NAME.log
#                        "▸ NAME  VERB…  done 41 s"; set step_verb and step_total before
#   note TEXT            a line about what happens
#   fail SENTENCE [REMEDY]   ends the program

log_folder=build/log
step_verb='working…'
step_total=0 # lines that begin with "cc " to expect in the log, for the progress

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
    local name=$1 log began=$SECONDS status=0 line done_lines
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
            done_lines=$(grep -c '^cc ' "$log" || true)
            if [ "$step_total" -gt 0 ]; then
                printf '\r%s %s/%s  %s s\e[K' "$line" "$done_lines" "$step_total" \
                    $((SECONDS - began)) >&2
            else
                printf '\r%s %s s\e[K' "$line" $((SECONDS - began)) >&2
            fi
            sleep 0.2
        done
        printf '\r\e[K' >&2
    fi
    wait $step_process || status=$?
    step_process=
    step_total=0
    if [ $status = 0 ]; then
        printf '%s  %sdone%s %s s\n' "$line" "$colour_good" "$colour_off" $((SECONDS - began)) >&2
        return 0
    fi
    printf '%s  %sfailed%s\n' "$line" "$colour_bad" "$colour_off" >&2
    if grep -q '^fail: ' "$log"; then
        # The command knew what was wrong and what to do: "fail: SENTENCE | REMEDY".
        line=$(grep '^fail: ' "$log" | tail -n 1)
        line=${line#fail: }
        fail "${line%% | *}" "${line##* | }"
    fi
    tail -n 12 "$log" | sed 's/^/  │ /' >&2
    fail "$name: ${step_fail:-this step failed with status $status}." \
        "The whole log is in $log. ${step_remedy:-}"
}
