#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-staff: the team's lists and searches at a million records, while submissions arrive.

Fills a directory once (--data keeps it), lets build/bench/staff ask and measure, and gives the same
statements to SQLite's own shell, built from the source that the library was built from. Nothing here
passes or fails; docs/reference/performance.md has what it printed (--markdown FILE).
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANTEROOM = os.path.join(ROOT, "build", "anteroom")
STAFF = os.path.join(ROOT, "build", "bench", "staff")
SHELL = os.path.join(ROOT, "build", "bench", "sqlite3")


def build_shell():
    """SQLite's shell from vendor/downloads, linked with the library that the program has."""
    if os.path.exists(SHELL):
        return
    print("building SQLite's shell …", file=sys.stderr)
    source, = glob.glob(os.path.join(ROOT, "vendor", "downloads", "sqlite3-*", "*.orig.tar.*"))
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["tar", "xf", source, "-C", d], check=True)
        top = os.path.join(d, os.listdir(d)[0])
        quiet = {"cwd": top, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["./configure", "--disable-tcl", "--disable-shared", "--disable-readline"], **quiet)
        subprocess.run(["make", "shell.c"], **quiet)
        out = os.path.join(ROOT, "vendor", "out")
        subprocess.run(["gcc", "-O2", "-w", f"-I{out}/include", "-DSQLITE_OMIT_LOAD_EXTENSION",
                        "-DSQLITE_OMIT_DEPRECATED", "-DSQLITE_OMIT_SHARED_CACHE", f"{top}/shell.c",
                        f"{out}/lib/libsqlite3.a", "-lm", "-lpthread", "-o", SHELL], check=True)


def shell(database, sql):
    """Seconds that the shell needs for a file of statements."""
    with open(sql, "rb") as statements:
        start = time.monotonic()
        subprocess.run([SHELL, "-readonly", database], stdin=statements, stdout=subprocess.DEVNULL, check=True)
        return time.monotonic() - start


def measure(args, data, sql):
    out = subprocess.run([STAFF, data, sql, str(args.seconds), str(args.rate)], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return rows[:-1], [int(n) for n in rows[-1][1:]]


def shell_ms(data, sql, name):
    """Milliseconds a statement, without the shell's own start; the mean of three runs."""
    database = os.path.join(data, "anteroom.db")
    path = os.path.join(sql, "".join("_" if c in " *," else c for c in name) + ".sql")
    with open(path, encoding="utf8") as f:
        n = len(f.readlines())
    nothing = os.path.join(sql, "nothing")
    with open(nothing, "w", encoding="ascii") as f:
        f.write("SELECT 1;\n")
    idle = sum(shell(database, nothing) for _ in range(3))
    return max(0.001, (sum(shell(database, path) for _ in range(3)) - idle) * 1000 / n / 3)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1000000)
    parser.add_argument("--data", help="a directory to fill once and use again")
    parser.add_argument("--seconds", type=int, default=3, help="for each case")
    parser.add_argument("--rate", type=int, default=500, help="submissions a second meanwhile")
    parser.add_argument("--markdown")
    args = parser.parse_args()
    build_shell()
    scratch = tempfile.mkdtemp()
    try:
        data, sql = args.data or os.path.join(scratch, "data"), os.path.join(scratch, "sql")
        os.mkdir(sql)
        if not os.path.exists(os.path.join(data, "anteroom.db")):
            subprocess.run([ANTEROOM, "bench", "seed", "--to", data, "--records", str(args.records)], check=True)
        quiet_rows, _ = measure(argparse.Namespace(seconds=args.seconds, rate=0), data, sql)
        shells = {row[0]: shell_ms(data, sql, row[0]) for row in quiet_rows}
        rows, (sent, refused, records) = measure(args, data, sql)
        exports = subprocess.run([os.path.join(ROOT, "test", "bench", "exports.mjs"), data], cwd=ROOT, check=True,
                                 stdout=subprocess.PIPE, text=True).stdout
    finally:
        shutil.rmtree(scratch)
    lines = [f"{records:,} records. Beside the searches on the right {sent:,} submissions arrived, "
             f"{args.rate} a second; {refused} were refused.", "",
             "| asked for | mean ms | p99 ms | SQLite's shell, mean ms | ratio | with arrivals: p50 ms | p99 ms | "
             "most | given up |",
             "|---|---|---|---|---|---|---|---|---|"]
    for quiet, busy in zip(quiet_rows, rows):
        mean, beside = float(quiet[2]), shells[quiet[0]]
        lines.append(f"| {quiet[0]} | {mean:.3f} | {float(quiet[4]):.2f} | {beside:.3f} | {mean / beside:.2f} | "
                     f"{float(busy[3]):.2f} | {float(busy[4]):.2f} | {float(busy[5]):.1f} | {busy[7]} |")
    text = "\n".join(lines) + "\n\n" + exports
    print(text)
    if args.markdown:
        with open(args.markdown, "w", encoding="utf8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
