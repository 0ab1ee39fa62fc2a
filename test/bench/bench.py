#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make bench: Anteroom beside what it is measured against, in one run on one machine.

Every comparison is interleaved (A B C, A B C, …), repeated, and given as the median and as a ratio
to Anteroom's median of the same run: trust the ratios, not the absolute figures. Nothing here passes
or fails; docs/reference/performance.md is written from what it prints (--markdown FILE).

  (a) bare      test/bench/bare_commit.c: the same rows, the same schema, group commit, no server
  (b) FastAPI   FastAPI + uvicorn + SQLite synchronous=FULL, one process, plain HTTP
  (c) libh2o    test/bench/bare_h2o.c: the same bytes by a bare handler, same TLS
  (d) mbedTLS   test/bench/bare_tls.c: accept, handshake, close, with the same certificate
"""
import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ANTEROOM = os.path.join(ROOT, "build", "anteroom")
JOURNEY_MS, JOURNEY_SECONDS = 2000, 10
SUBMISSION = {
    "company_name": "Ångström & Söhne GmbH", "address": "Lindenstraße 12\n10969 Berlin",
    "industry": "software", "contact_name": "Ada Lovelace", "email": "ada@example.com",
    "phone": "+49301234567", "company_size": 120, "service_type": ["cloud_migration"],
    "project_scope": "Move our order system to the cloud within the year.",
    "timeline": "not_sure", "budget_range": "not_sure", "notes": "Weekdays after ten.", "consent": True,
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, tries=1000):
    for _ in range(tries):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.005)
    raise RuntimeError(f"nothing listens on port {port}")


class Process:
    def __init__(self, command, port, **env):
        self.log = tempfile.NamedTemporaryFile(prefix="bench-log-")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log,
                                        env={**os.environ, **env})
        self.port = port
        wait_for(port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    def cpu_us(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            after_name = stat.read().rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) * 1_000_000 / os.sysconf("SC_CLK_TCK")


def anteroom(directory, **env):
    port, ops = free_port(), free_port()
    p = Process([ANTEROOM, "serve", "--data", directory], port,
                ANTEROOM_SERVER__LISTEN=f"127.0.0.1:{port}",
                ANTEROOM_SERVER__OPS_LISTEN=f"127.0.0.1:{ops}",
                # One address is all the clients here: counted, and never too many.
                ANTEROOM_LIMITS__RATE_PAGE="1000000/1s", ANTEROOM_LIMITS__RATE_SUBMIT="1000000/1s",
                ANTEROOM_LIMITS__RATE_API="1000000/1s",
                ANTEROOM_LIMITS__CONNECTIONS_PER_CLIENT="0", ANTEROOM_FORM__CHECK_TIME="0s",
                ANTEROOM_FORM__CHALLENGE="off",
                ANTEROOM_LIMITS__LAG="0s",  # other programs may have the cores: slower, and nobody turned away
                **{"ANTEROOM_LIMITS__RATE_CONNECT": "1000000/1s", **env})
    p.ops = ops
    return p


def fastapi(directory):
    port = free_port()
    return Process(["/usr/bin/python3", "-m", "uvicorn", "--app-dir", HERE, "fastapi_app:app", "--host",
                    "127.0.0.1", "--port", str(port), "--log-level", "warning", "--no-access-log"], port,
                   BENCH_DB=os.path.join(directory, "bench.db"))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def h2load(url, clients, requests, streams=1, http1=False, body=None):
    """Requests a second, and p50/p99 in milliseconds."""
    with tempfile.TemporaryDirectory() as scratch:
        log = os.path.join(scratch, "log")
        command = ["h2load", "-c", str(clients), "-n", str(requests), "-m", str(streams), "-t", "1",
                   "--log-file", log]
        if http1:
            command.append("--h1")
        if body:
            data = os.path.join(scratch, "body")
            with open(data, "w", encoding="utf8") as f:
                f.write(body)
            command += ["-d", data, "-H", "content-type: application/json"]
        out = subprocess.run(command + [url], capture_output=True, text=True, check=True).stdout
        with open(log, encoding="ascii") as f:
            rows = [line.split("\t") for line in f]
    failed = [row for row in rows if not row[1].startswith("2")]
    if failed or len(rows) < requests:
        raise RuntimeError(f"{url}: {len(failed)} failed, {len(rows)} of {requests} answered\n{out}")
    times = [int(row[2]) / 1000 for row in rows]
    rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", out).group(1))
    return rate, percentile(times, 0.5), percentile(times, 0.99)


def bare_commit(directory, batch, seconds):
    out = subprocess.run([os.path.join(ROOT, "build", "bench", "bare_commit"), directory, str(batch),
                          str(seconds)], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"([\d.]+) submissions/s", out).group(1)), 0.0, 0.0


def submissions(rounds, scale):
    table = []
    body = json.dumps(SUBMISSION)
    for clients, requests in ((1, 400), (10, 4000), (100, 20000)):
        requests = int(requests * scale)
        got = {"Anteroom": [], "bare": [], "FastAPI": []}
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data")) as p:
                got["Anteroom"].append(h2load(f"https://127.0.0.1:{p.port}/api/v1/submissions", clients,
                                              requests, http1=True, body=body))
            with tempfile.TemporaryDirectory() as d:
                got["bare"].append(bare_commit(os.path.join(d, "data"), clients, max(1, round(3 * scale))))
            with tempfile.TemporaryDirectory() as d, fastapi(d) as p:
                got["FastAPI"].append(h2load(f"http://127.0.0.1:{p.port}/api/v1/submissions", clients,
                                             max(clients, requests // 10), http1=True, body=body))
        rates = {name: statistics.median(r[0] for r in rows) for name, rows in got.items()}
        ours = got["Anteroom"]
        table.append([clients, f"{rates['Anteroom']:,.0f}", f"{statistics.median(r[1] for r in ours):.2f}",
                      f"{statistics.median(r[2] for r in ours):.2f}",
                      f"{rates['bare']:,.0f}", f"{rates['Anteroom'] / rates['bare']:.2f}",
                      f"{rates['FastAPI']:,.0f}", f"{rates['Anteroom'] / rates['FastAPI']:.1f}"])
    return ("Durable submissions, each fsynced with its audit and outbox rows (POST, HTTP/1.1 keep-alive, TLS 1.3)",
            ["connections", "Anteroom /s", "p50 ms", "p99 ms", "bare loop /s", "ratio", "FastAPI /s", "ratio"],
            table)


def pages(rounds, scale):
    requests = int(40000 * scale)
    got = {"Anteroom": [], "libh2o": []}
    with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data")) as ours:
        page = subprocess.run(["curl", "-sk", f"https://127.0.0.1:{ours.port}/apply/company"],
                              capture_output=True, check=True).stdout
        name = os.path.join(d, "page.html")
        with open(name, "wb") as f:
            f.write(page)
        keys = os.path.join(d, "data", "keys")
        port = free_port()
        with Process([os.path.join(ROOT, "build", "bench", "bare_h2o"), str(port), f"{keys}/tls.crt",
                      f"{keys}/tls.key", name, str(os.cpu_count())], port) as bare:
            for _ in range(rounds):
                got["Anteroom"].append(h2load(f"https://127.0.0.1:{ours.port}/apply/company", 10, requests, 10))
                got["libh2o"].append(h2load(f"https://127.0.0.1:{bare.port}/", 10, requests, 10))
    rates = {k: statistics.median(r[0] for r in v) for k, v in got.items()}
    return (f"The form page ({len(page):,} bytes) over HTTP/2 and TLS 1.3, 10 connections × 10 streams",
            ["Anteroom /s", "p50 ms", "p99 ms", "bare libh2o /s", "ratio"],
            [[f"{rates['Anteroom']:,.0f}", f"{statistics.median(r[1] for r in got['Anteroom']):.2f}",
              f"{statistics.median(r[2] for r in got['Anteroom']):.2f}", f"{rates['libh2o']:,.0f}",
              f"{rates['Anteroom'] / rates['libh2o']:.2f}"]])


def bench_program(name, *arguments):
    """What a program of test/bench prints."""
    done = subprocess.run([os.path.join(ROOT, "build", "bench", name), *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} {arguments}: {done.stdout}{done.stderr}")
    return done.stdout


def journeys(rounds, scale):
    """Percentiles over all rounds together: a round alone has too few for a p99."""
    kinds = {"connect": "first page, with connection and handshake", "page": "a page",
             "step": "Continue: a step saved, fsynced", "send": "Send: submission, audit, outbox fsynced"}
    times = {clients: {kind: [] for kind in kinds} for clients in (10, 100)}
    total = [0, 0]
    with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data")) as p:
        for _ in range(rounds):
            for clients, got in times.items():
                name = os.path.join(d, "times")
                out = bench_program("client", p.port, clients, max(2, round(JOURNEY_SECONDS * scale)),
                                    JOURNEY_MS, name)
                total = [a + int(b) for a, b in zip(total, re.search(r"journeys (\d+) errors (\d+)", out).groups())]
                with open(name, encoding="ascii") as f:
                    for line in f:
                        kind, us = line.split()
                        got[kind].append(int(us) / 1000)
    table = []
    for kind, what in kinds.items():
        few, many = times[10][kind], times[100][kind]
        p99 = [percentile(few, 0.99), percentile(many, 0.99)]
        table.append([what, f"{percentile(few, 0.5):.2f}", f"{percentile(many, 0.5):.2f}", f"{p99[0]:.2f}",
                      f"{p99[1]:.2f}", f"{p99[1] / p99[0]:.2f}"])
    return (f"Whole journeys, {JOURNEY_MS / 1000:g} s each, open loop: {total[0]:,} of them, {total[1]} errors "
            "(ms, 10 clients and 100)", ["request", "p50, 10", "p50, 100", "p99, 10", "p99, 100", "ratio of p99"],
            table)


ATTACKS = {"rapid reset": "rapid reset", "made to reset": "made to reset", "PING": "PING", "SETTINGS": "SETTINGS",
           "CONTINUATION": "CONTINUATION", "DATA of nothing": "DATA of nothing", "all HTTP/2 floods": "",
           "handshakes, then gone": "handshakes", "a hundred slow ones": "slow", "not even TLS": "http1"}


def attacks(_, scale):
    """Server and visitors on one core, the attacker on the other: he takes the server's time, not theirs.
    He comes from another address, 127.0.0.2, and has spent his burst of connections before the visitors come."""
    seconds, table = max(3, round(6 * scale)), []

    def visitors(port, directory):
        name = os.path.join(directory, "times")
        out = subprocess.run(["taskset", "-c", "0", os.path.join(ROOT, "build", "bench", "client"), str(port), "10",
                              str(seconds), str(JOURNEY_MS), name], capture_output=True, text=True, check=True).stdout
        with open(name, encoding="ascii") as f:
            times = sorted(int(line.split()[1]) / 1000 for line in f if line.split()[0] != "connect")
        return percentile(times, 0.5), percentile(times, 0.99), int(re.search(r"errors (\d+)", out).group(1))

    with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data"), ANTEROOM_SERVER__LOOPS="1",
                                                         ANTEROOM_LIMITS__RATE_CONNECT="300/30s") as p:
        subprocess.run(["taskset", "-apc", "0", str(p.process.pid)], check=True, capture_output=True)
        quiet = visitors(p.port, d)
        table.append(["quiet", "", f"{quiet[0]:.2f}", f"{quiet[1]:.2f}", "1.00", quiet[2]])
        for name, kind in ATTACKS.items():
            attacker = subprocess.Popen(["taskset", "-c", str(os.cpu_count() - 1), "node",
                                         os.path.join(HERE, "attacker.mjs"), str(p.port), str(seconds + 2), kind],
                                        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "FROM": "127.0.0.2"})
            time.sleep(1)
            under = visitors(p.port, d)
            ended = int(attacker.communicate(timeout=60)[0])
            table.append([name, f"{ended:,}", f"{under[0]:.2f}", f"{under[1]:.2f}", f"{under[1] / quiet[1]:.2f}", under[2]])
    return ("What visitors wait under attack: 10 clients' whole journeys, open loop (ms); one loop, one core",
            ["attack", "connections ended", "p50", "p99", "ratio of p99", "errors"], table)


def handshakes(rounds, scale):
    got = {"Anteroom": [], "mbedTLS": []}
    with tempfile.TemporaryDirectory() as d, anteroom(os.path.join(d, "data")) as ours:
        keys = os.path.join(d, "data", "keys")
        port = free_port()
        with Process([os.path.join(ROOT, "build", "bench", "bare_tls"), str(port), f"{keys}/tls.crt",
                      f"{keys}/tls.key", "16"], port) as bare:
            for _ in range(rounds):
                for name, p in (("Anteroom", ours), ("mbedTLS", bare)):
                    cpu = p.cpu_us()
                    out = bench_program("connections", "handshakes", p.port, 16, max(1, round(3 * scale)))
                    n, failed, took = re.search(r"(\d+) handshakes, (\d+) failed, ([\d.]+) s", out).groups()
                    if failed != "0":
                        raise RuntimeError(f"{name}: {failed} handshakes failed")
                    got[name].append((int(n) / float(took), (p.cpu_us() - cpu) / int(n)))
    rate, cpu = ({k: statistics.median(r[i] for r in v) for k, v in got.items()} for i in (0, 1))
    return ("Full TLS 1.3 handshakes (X25519, ECDSA P-256), 16 at a time",
            ["Anteroom /s", "raw mbedTLS /s", "ratio", "Anteroom CPU µs", "raw mbedTLS CPU µs", "ratio"],
            [[f"{rate['Anteroom']:,.0f}", f"{rate['mbedTLS']:,.0f}", f"{rate['Anteroom'] / rate['mbedTLS']:.2f}",
              f"{cpu['Anteroom']:,.0f}", f"{cpu['mbedTLS']:,.0f}", f"{cpu['mbedTLS'] / cpu['Anteroom']:.2f}"]])


def idle(_, scale):
    """Connections that shake hands and stay silent: memory each, and does the server bear many."""
    rows = []
    for count in (1000, 10000):
        count = max(100, int(count * scale))
        with tempfile.TemporaryDirectory() as d, anteroom(
                os.path.join(d, "data"), ANTEROOM_LIMITS__CONNECTIONS=str(count * 2),
                ANTEROOM_LIMITS__REQUEST_TIME="10m", ANTEROOM_LIMITS__IDLE_TIME="1h") as p:
            url = f"https://127.0.0.1:{p.port}/apply/company"
            h2load(url, 10, 200)  # what the first requests need is there
            before = p.resident_kib()
            with subprocess.Popen([os.path.join(ROOT, "build", "bench", "connections"), "idle", str(p.port),
                                   str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
                opened = client.stdout.readline()
                if not opened:
                    client.wait()
                    rows.append([f"{count:,}", "skipped: so many descriptors are not allowed here", "", "", "", ""])
                    continue
                at_once = p.resident_kib()
                time.sleep(4)  # they rest after one to two seconds
                during = p.resident_kib()
                p50 = h2load(url, 10, 200)[1]
                closed = client.communicate(input="")[0]
            n, failed = map(int, re.search(r"(\d+) open, (\d+) failed", opened).groups())
            rows.append([f"{n:,}", failed, closed.split()[0], f"{(at_once - before) / n:.1f} KiB",
                         f"{(during - before) / n:.1f} KiB", f"{p50:.2f}"])
    return ("Idle TLS connections", ["open", "failed", "closed by the server", "resident memory each, at once", "when they rest",
                                     "a page meanwhile, p50 ms"], rows)


def ready_after(directory):
    began = time.monotonic()
    p = anteroom(directory)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{p.ops}/readyz") as answer:
                if answer.status == 200:
                    return p, (time.monotonic() - began) * 1000
        except OSError:
            time.sleep(0.001)


def size(rounds, scale):
    starts, restarts, idle, loaded = [], [], [], []
    for _ in range(max(3, rounds)):
        with tempfile.TemporaryDirectory() as d:
            data = os.path.join(d, "data")
            p, ms = ready_after(data)
            starts.append(ms)
            time.sleep(0.2)
            idle.append(p.resident_kib())
            h2load(f"https://127.0.0.1:{p.port}/api/v1/submissions", 100, int(10000 * scale), http1=True,
                   body=json.dumps(SUBMISSION))
            loaded.append(p.resident_kib())
            p.process.kill()
            p.process.wait()
            p, ms = ready_after(data)
            restarts.append(ms)
            p.__exit__()
    return ("Size and start", ["what", "figure", "aim"], [
        ["start to ready, empty directory", f"{statistics.median(starts):.0f} ms", "≤ 50 ms"],
        ["start to ready after kill -9", f"{statistics.median(restarts):.0f} ms", "≤ 500 ms"],
        ["resident memory, idle", f"{statistics.median(idle) / 1024:.1f} MiB", "≤ 12 MiB"],
        ["resident memory, after 100 clients", f"{statistics.median(loaded) / 1024:.1f} MiB", "≤ 32 MiB"],
        ["binary", f"{os.path.getsize(ANTEROOM) / 2**20:.1f} MiB", "≤ 6 MiB"],
        ["binary, stripped of debug information", f"{stripped() / 2**20:.1f} MiB", "≤ 6 MiB"],
    ])


def stripped():
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["strip", "-o", out.name, ANTEROOM], check=True)
        return os.path.getsize(out.name)


def markdown(title, head, rows):
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    return f"{os.cpu_count()} cores ({model.group(1) if model else platform.machine()}), Linux {platform.release()}"


PARTS = {"submissions": submissions, "journeys": journeys, "attacks": attacks, "pages": pages, "handshakes": handshakes,
         "idle": idle, "size": size}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer requests")
    parser.add_argument("--only", choices=list(PARTS))
    parser.add_argument("--markdown", help="also write the tables here")
    args = parser.parse_args()
    for tool in ("h2load", "curl"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is missing. ./build.sh prepare installs what benches need.")
    parts = [f"Measured on {machine()}, medians of {args.rounds} interleaved rounds.\n"]
    print(parts[0])
    for name, run in PARTS.items():
        if args.only in (None, name):
            parts.append(markdown(*run(args.rounds, args.scale)))
            print(parts[-1], flush=True)
    if args.markdown:
        with open(args.markdown, "w", encoding="utf8") as f:
            f.write("\n".join(parts))


if __name__ == "__main__":
    main()
