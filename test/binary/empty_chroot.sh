#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One file is enough: the program runs, and serves, in a directory that holds nothing else. No
# libraries, no /dev, no /proc, no /etc, no /tmp.
. test/tap
bin=$(realpath "${ANTEROOM_BIN:-build/anteroom}")
room=$scratch/room
mkdir "$room"
cp "$bin" "$room/anteroom"

# chroot is root's; anybody else gets a user namespace where the machine allows one.
if [ "$(id -u)" = 0 ]; then
    within=(chroot "$room" /anteroom)
elif unshare -r true 2>/dev/null; then
    within=(unshare -r chroot "$room" /anteroom)
else
    skip "an empty chroot" "neither root nor user namespaces"
    finish
fi

passes "version runs"                "${within[@]}" version
says   "and names what it contains"  'mbedtls +3\.6' "${within[@]}" version
says   "SQLite with the WAL fix"     'sqlite3 +3\.(5[1-9]|[6-9][0-9])' "${within[@]}" version
passes "help runs"                   "${within[@]}" help
refuses "an unknown command is refused" "${within[@]}" frobnicate
says   "with a sentence"             "no command" "${within[@]}" frobnicate

# Two free ports of this moment.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
port=$(free_port) ops=$(free_port)
ANTEROOM_SERVER__LISTEN=127.0.0.1:$port ANTEROOM_SERVER__OPS_LISTEN=127.0.0.1:$ops \
    "${within[@]}" serve --data /data >"$scratch/serve.log" 2>&1 &
server=$!
ready=1
for _ in $(seq 600); do
    kill -0 $server 2>/dev/null || break
    curl -fsS -o /dev/null "http://127.0.0.1:$ops/readyz" 2>/dev/null && ready=0 && break
    sleep 0.05
done
tap_result $ready "serve is ready" "$scratch/serve.log"
says "the form is there, over HTTP/2 and TLS" '^200 2' \
    curl -ksS --http2 -o /dev/null -w '%{http_code} %{http_version}\n' "https://127.0.0.1:$port/"
says "TLS 1.3 as well as 1.2" '^200' \
    curl -ksS --tlsv1.2 --tls-max 1.2 -o /dev/null -w '%{http_code}\n' "https://127.0.0.1:$port/"
kill -TERM $server 2>/dev/null
wait $server
tap_result $? "SIGTERM ends it with status 0" "$scratch/serve.log"
# Everything that it wrote lies in its data directory.
says "it wrote nowhere else" '^anteroom data $' sh -c "ls '$room' | tr '\n' ' '"
finish
