#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-replica: what a replica costs, and what it gives.

Throughput with a replica beside the same without one, in turns, as a ratio; answers that wait for
the replica (replica.mode: sync), by one client (the wait is a commit and one put: the lag) and by
32; bytes put per byte of the write-ahead log; how quickly an outage is caught up; requests of an
idle server; restore of a large database. The replica lies in a
directory, and in Azurite on the same machine where that is installed (./build.sh prepare). Nothing
here passes or fails; docs/reference/performance.md is written from what it prints.
"""
import argparse
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import socketserver
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from bench import ANTEROOM, ROOT, SUBMISSION, anteroom, h2load, machine, markdown

AZURITE = os.path.join(ROOT, "test", "replicate", "node_modules", "azurite")


class Directory:
    name = "directory"

    def __init__(self, scratch):
        self.path, self.n = os.path.join(scratch, "replica"), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def options(self):
        self.n += 1
        path = os.path.join(self.path, f"run{self.n}")
        os.makedirs(path)
        return {"ANTEROOM_REPLICA__URL": f"file://{path}"}


class Azurite:
    name = "Azurite"

    def __init__(self, scratch):
        self.n = 0
        self.process = subprocess.Popen(["node", os.path.join(ROOT, "test", "bench", "azurite.mjs")], cwd=ROOT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = json.loads(self.process.stdout.readline())
        self.key = os.path.join(scratch, "key")
        with open(self.key, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write(self.told["key"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)

    def options(self):
        self.n += 1
        return {"ANTEROOM_REPLICA__URL": f"{self.told['url']}{self.n}",
                "ANTEROOM_REPLICA__ENDPOINT": self.told["endpoint"],
                "ANTEROOM_REPLICA__ACCOUNT_KEY_FILE": self.key}


def places(scratch):
    yield Directory(scratch)
    if os.path.exists(AZURITE):
        yield Azurite(scratch)


def submit(clients, requests, **options):
    with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data"), **options) as p:
        return h2load(f"https://127.0.0.1:{p.port}/api/v1/submissions", clients, requests, http1=True,
                      body=json.dumps(SUBMISSION))


def throughput(rounds, scale):
    table = []
    with tempfile.TemporaryDirectory() as scratch:
        for place in places(scratch):
            with place:
                off, on = [], []
                for _ in range(rounds):
                    off.append(submit(100, int(20000 * scale))[0])
                    on.append(submit(100, int(20000 * scale), **place.options())[0])
                table.append([place.name, f"{statistics.median(off):,.0f}", f"{statistics.median(on):,.0f}",
                              f"{statistics.median(on) / statistics.median(off):.2f}"])
    return ("Durable submissions with a replica and without, 100 connections",
            ["replica in", "off /s", "on /s", "ratio"], table)


def waiting(rounds, scale):
    table = []
    with tempfile.TemporaryDirectory() as scratch:
        for place in places(scratch):
            with place:
                for clients, requests in ((1, 300), (32, 6000)):
                    got = [submit(clients, max(clients, int(requests * scale)), ANTEROOM_REPLICA__MODE="sync",
                                  **place.options()) for _ in range(rounds)]
                    table.append([place.name, clients] + [f"{statistics.median(g[i] for g in got):,.{2 if i else 0}f}"
                                                          for i in range(3)])
    return ("Answers that wait for the replica (sync)",
            ["replica in", "connections", "/s", "p50 ms", "p99 ms"], table)


def status(data):
    with open(os.path.join(data, "replica", "status.json"), encoding="utf8") as f:
        return json.load(f)


def bytes_put(_, scale):
    """After some seconds of load, and then of the keeper's merges, what was put for what was logged."""
    table = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Directory(scratch)
        for clients, requests in ((100, 40000), (1, 1000)):
            data = os.path.join(scratch, f"data-{clients}")
            with anteroom(data, **place.options()) as p:
                h2load(f"https://127.0.0.1:{p.port}/api/v1/submissions", clients, int(requests * scale),
                       http1=True, body=json.dumps(SUBMISSION))
                wait_until_there(p, data)
                time.sleep(15)  # the levels of one and of ten seconds
                state = status(data)
            logged = state["bytes_captured"]
            table.append([clients, f"{logged / 1e6:,.1f}", f"{state['bytes_put'] / logged:.2f}",
                          f"{state['keeper']['bytes_put'] / logged:.2f}"])
    return ("Bytes put for each byte of the write-ahead log",
            ["connections", "MB logged", "shipped", "merged and put again (levels 1 and 2, the snapshot)"], table)


def catching_up(_, scale):
    """Azurite asleep for a while under load, then awake: how long until all is there."""
    table = []
    if not os.path.exists(AZURITE):
        return "An outage caught up", ["not measured: Azurite is not installed"], table
    with tempfile.TemporaryDirectory() as scratch:
        with Azurite(scratch) as place:
            data = os.path.join(scratch, "data")
            with anteroom(data, **place.options()) as p:
                submit_to = f"https://127.0.0.1:{p.port}/api/v1/submissions"
                h2load(submit_to, 10, 100, http1=True, body=json.dumps(SUBMISSION))
                wait_until_there(p, data)
                os.kill(place.told["pid"], signal.SIGSTOP)
                began, requests = time.monotonic(), 0
                while time.monotonic() - began < 60 * scale:
                    h2load(submit_to, 32, 2000, http1=True, body=json.dumps(SUBMISSION))
                    requests += 2000
                away = time.monotonic() - began
                os.kill(place.told["pid"], signal.SIGCONT)
                began = time.monotonic()
                while status(data)["lag_ms"] > 2500:  # the state is written every second or two
                    time.sleep(0.01)
                took = time.monotonic() - began
                table.append([f"{away:.1f}", f"{requests:,}", f"{took:.2f}", f"{away / took:,.0f}"])
    return ("An outage caught up (Azurite stopped under full load)",
            ["away s", "submissions meanwhile", "caught up in s", "times real time"], table)


class Counter(socketserver.ThreadingTCPServer):
    """Before a place: passes everything on, and counts requests."""
    daemon_threads = True

    def __init__(self, port):
        self.to, self.requests = port, 0
        super().__init__(("127.0.0.1", 0), CounterLine)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class CounterLine(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(("127.0.0.1", self.server.to)) as place:
            lines = [self.request, place]
            while True:
                for line in select.select(lines, [], [])[0]:
                    got = line.recv(65536)
                    if not got:
                        return
                    if line is self.request and re.match(rb"(GET|PUT|HEAD|DELETE|POST) ", got):
                        self.server.requests += 1
                    (place if line is self.request else self.request).sendall(got)


def idle(_, scale):
    table = []
    if not os.path.exists(AZURITE):
        return "Requests of an idle server", ["not measured: Azurite is not installed"], table
    seconds = max(10, int(60 * scale))
    with tempfile.TemporaryDirectory() as scratch:
        with Azurite(scratch) as place:
            for role in ("primary", "auto"):
                options, data = place.options(), os.path.join(scratch, f"data-{role}")
                endpoint = urllib.parse.urlsplit(options["ANTEROOM_REPLICA__ENDPOINT"])
                counter = Counter(endpoint.port)
                options["ANTEROOM_REPLICA__ENDPOINT"] = endpoint._replace(
                    netloc=f"127.0.0.1:{counter.server_address[1]}").geturl()
                # Levels that are done soon: what comes after a change is not idling.
                with anteroom(data, ANTEROOM_REPLICA__ROLE=role, ANTEROOM_REPLICA__LEVELS="1s for 1h, 2s", **options) as p:
                    h2load(f"https://127.0.0.1:{p.port}/api/v1/submissions", 1, 10, http1=True,
                           body=json.dumps(SUBMISSION))
                    wait_until_there(p, data)
                    time.sleep(10)
                    before = counter.requests
                    time.sleep(seconds)
                    n = counter.requests - before
                counter.shutdown()
                table.append([role, seconds, n, f"{n * 3600 / seconds:,.0f}"])
    return ("Requests of an idle server", ["replica.role", "watched s", "requests", "an hour"], table)


def fill(path, megabytes):
    """A database of the server's own, made large by rows nobody typed."""
    with sqlite3.connect(os.path.join(path, "anteroom.db")) as db:
        db.execute("CREATE TABLE ballast (id INTEGER PRIMARY KEY, content BLOB)")
        for i in range(megabytes * 256):
            db.execute("INSERT INTO ballast (content) VALUES (?)", ((f"{i:08d} ".encode() * 64 + os.urandom(1700))[:2200],))
    db.close()
    return os.path.getsize(os.path.join(path, "anteroom.db"))


def restoring(_, scale):
    table = []
    with tempfile.TemporaryDirectory() as scratch:
        for place in places(scratch):
            with place:
                data, options = os.path.join(scratch, f"data-{place.name}"), place.options()
                with anteroom(data):
                    pass
                size = fill(data, int(800 * scale))
                with anteroom(data, **options) as p:
                    wait_until_there(p, data)
                target = os.path.join(scratch, f"restored-{place.name}")
                env = {**os.environ, **options}
                began = time.monotonic()
                subprocess.run([ANTEROOM, "restore", "--from", options["ANTEROOM_REPLICA__URL"], "--to", target],
                               env=env, check=True, capture_output=True)
                took = time.monotonic() - began
                peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                table.append([place.name, f"{size / 1e6:,.0f}", f"{took:.1f}", f"{size / 1e6 / took:,.0f}",
                              f"{peak:,.0f}"])
                shutil.rmtree(data)
                shutil.rmtree(target)
    return ("Restore of a whole database, every checksum compared",
            ["replica in", "MB", "s", "MB/s", "largest child MiB"], table)


def restored(data, target, options):
    """MB/s of a restore of what that data directory has put there."""
    with anteroom(data, **options) as p:
        wait_until_there(p, data)
    size = os.path.getsize(os.path.join(data, "anteroom.db"))
    began = time.monotonic()
    subprocess.run([ANTEROOM, "restore", "--from", options["ANTEROOM_REPLICA__URL"], "--to", target],
                   env={**os.environ, **options}, check=True, capture_output=True)
    took = time.monotonic() - began
    shutil.rmtree(target)
    shutil.rmtree(os.path.join(data, "replica"))
    return size / 1e6 / took


def encryption(rounds, scale):
    """The same with a key and without, in turns, in a directory."""
    got = {name: ([], []) for name in ("submissions/s, async, 32 connections", "submissions/s, sync, 32 connections",
                                       "restore, MB/s")}
    with tempfile.TemporaryDirectory() as scratch, Directory(scratch) as place:
        key = os.path.join(scratch, "key")
        with open(key, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write(os.urandom(32).hex())
        data, target = os.path.join(scratch, "data"), os.path.join(scratch, "restored")
        with anteroom(data):
            pass
        fill(data, int(200 * scale))
        for _ in range(rounds):
            for i, more in enumerate(({}, {"ANTEROOM_REPLICA__ENCRYPTION_KEY_FILE": key})):
                numbers = (submit(32, int(20000 * scale), **place.options(), **more)[0],
                           submit(32, int(6000 * scale), ANTEROOM_REPLICA__MODE="sync", **place.options(), **more)[0],
                           restored(data, target, {**place.options(), **more}))
                for both, number in zip(got.values(), numbers):
                    both[i].append(number)
    return ("Encryption on our side (replica.encryption_key_file), replica in a directory",
            ["", "without", "with", "ratio"],
            [[name, f"{statistics.median(a):,.0f}", f"{statistics.median(b):,.0f}",
              f"{statistics.median(b) / statistics.median(a):.2f}"] for name, (a, b) in got.items()])


def wait_until_there(p, data):
    """Until the replica has a file: the log says nothing of it, status.json does."""
    for _ in range(6000):
        try:
            with open(os.path.join(data, "replica", "status.json"), encoding="utf8") as f:
                state = json.load(f)
            if state.get("commits_waiting") == 0 and state.get("txid", 0) > 0:
                return
        except (OSError, ValueError):
            pass
        if p.process.poll() is not None:
            raise RuntimeError("the server ended")
        time.sleep(0.01)
    raise RuntimeError("the replica was not reached")


PARTS = {"throughput": throughput, "waiting": waiting, "bytes": bytes_put, "catching-up": catching_up, "idle": idle,
         "restoring": restoring, "encryption": encryption}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", choices=list(PARTS))
    args = parser.parse_args()
    if not shutil.which("h2load"):
        sys.exit("bench-replica: h2load is missing. ./build.sh prepare installs what benches need.")
    print(f"Measured on {machine()}, medians of {args.rounds} interleaved rounds.\n")
    for name, run in PARTS.items():
        if args.only in (None, name):
            print(markdown(*run(args.rounds, args.scale)), flush=True)


if __name__ == "__main__":
    main()
