#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Litestream itself reads what our encoder wrote, and we read what Litestream wrote.

The official SQLite extension of Litestream (the package litestream-vfs) opens a replica in place: it
fetches pages through the index of each file ("in place"), or it restores the database first, with the
same code as `litestream restore`, checksums included ("restored"). Both must have the same rows as
SQLite has in the database the replica was made of.
"""
import glob
import json
import os
import pickle
import random
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
LTX = os.path.join(HERE, "..", "..", "build", "test", "replicate", "tool", "ltx")
SERVER = os.environ.get("ANTEROOM_BIN", os.path.join(HERE, "..", "..", "build", "anteroom"))
EXTENSION = glob.glob(os.path.join(HERE, "node_modules", "litestream-vfs-linux-*", "litestream-vfs.so"))
NO_CHECKSUM = "2"
MS = 1795225800000
results = []


def check(name, passed, detail=""):
    results.append(passed)
    print(f"{'ok' if passed else 'not ok'} {len(results)} - {name}")
    for line in str(detail).splitlines():
        print(f"#   {line}")


def ltx(*arguments):
    return subprocess.run([LTX, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def rows(connection):
    tables = [name for (name,) in connection.execute(
        # A virtual table is what its module makes of tables that are compared themselves.
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %' ORDER BY name")]
    return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in tables}


def rows_of(path):
    db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return rows(db)
    finally:
        db.close()


class Life:
    """A database that changes; after each transaction a copy of its file."""

    def __init__(self, folder, page_size, states):
        self.states = []
        self.rows = []
        rng = random.Random(page_size)
        path = os.path.join(folder, "life.db")
        db = sqlite3.connect(path, isolation_level=None)
        db.execute(f"PRAGMA page_size = {page_size}")
        db.execute("CREATE TABLE text(id INTEGER PRIMARY KEY, said TEXT)")
        db.execute("CREATE TABLE noise(id INTEGER PRIMARY KEY, bytes BLOB)")
        db.execute("CREATE INDEX text_said ON text(said)")
        for state in range(states):
            if state == states - 3:  # the database shrinks, and grows again
                db.execute("DELETE FROM noise")
                db.execute("DELETE FROM text WHERE id % 3 = 0")
                db.execute("VACUUM")
            db.execute("BEGIN")
            for _ in range(40):
                db.execute("INSERT INTO text(said) VALUES(?)", ("word " * rng.randrange(200),))
                db.execute("INSERT INTO noise(bytes) VALUES(?)", (rng.randbytes(rng.randrange(2000)),))
            db.execute("UPDATE text SET said = 'again' WHERE id % 11 = ?", (state % 11,))
            db.execute("COMMIT")
            copy = os.path.join(folder, f"state{state + 1}.db")
            shutil.copyfile(path, copy)
            self.states.append(copy)
            self.rows.append(rows(db))
        db.close()


class Tree:
    """A replica: ltx/LEVEL/MIN-MAX.ltx below a folder."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, level, first, last):
        folder = os.path.join(self.folder, "ltx", str(level))
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, f"{first:016x}-{last:016x}.ltx")

    def snapshot(self, life, txid, level=9):
        path = self.path(level, 1, txid)
        ltx("encode", path, 1, txid, MS + 1000 * txid, NO_CHECKSUM, "-", life.states[txid - 1])
        return path

    def transaction(self, life, txid):
        path = self.path(0, txid, txid)
        ltx("encode", path, txid, txid, MS + 1000 * txid, NO_CHECKSUM, life.states[txid - 2], life.states[txid - 1])
        return path

    def ask(self, work, *arguments, **settings):
        """What `work` below returns, done by a process that has the extension."""
        environment = {**os.environ, "LITESTREAM_REPLICA_URL": "file://" + self.folder,
                       "LITESTREAM_LOG_LEVEL": "ERROR",
                       **{f"LITESTREAM_{name.upper()}": value for name, value in settings.items()}}
        # Its log goes to either stream: the answer has a file of its own.
        with tempfile.NamedTemporaryFile(prefix="anteroom-answer-") as answer:
            done = subprocess.run([sys.executable, __file__, answer.name, work, *map(str, arguments)],
                                  env=environment, capture_output=True, text=True, timeout=120)
            if done.returncode:
                print("\n".join("# " + line for line in done.stderr.splitlines()))
                return None
            return pickle.load(answer)


def wait_until(condition, tries=200):
    for _ in range(tries):
        if condition():
            return True
        time.sleep(0.05)
    return False


def text_of(path):
    try:
        with open(path, encoding="utf8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


# ---- with the extension, in a process of its own: it takes part in every connection that is opened ---


def replica():
    loader = sqlite3.connect(":memory:")
    loader.enable_load_extension(True)
    loader.load_extension(os.path.splitext(EXTENSION[0])[0])
    return sqlite3.connect("file:replica.db?vfs=litestream", uri=True, isolation_level=None)


def read():
    return rows(replica())


def restore(path):
    db = replica()
    db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    done = wait_until(lambda: "hydration complete" in text_of(path + ".log"))
    db.close()
    return done


CHANGE = "UPDATE text SET said = 'by litestream ' || id WHERE id % 2 = 0"


def write(folder):
    db = replica()
    db.execute(CHANGE)
    wait_until(lambda: raw_files(folder))
    db.close()


# ---- without it ------------------------------------------------------------------------------------


def raw_files(folder):
    return sorted(glob.glob(os.path.join(folder, "ltx", "0", "*.ltx")))


def same_in_place(tree, wanted):
    # Rows only: in place Litestream does not see that a database became smaller, and integrity_check
    # finds the pages behind its end unused.
    return tree.ask("read") == wanted


def same_restored(tree, wanted, scratch):
    """Restored to a file of its own, which SQLite alone then reads."""
    path = os.path.join(scratch, f"restored{time.monotonic_ns()}.db")
    if not tree.ask("restore", path, hydration_enabled="true", hydration_path=path, log_level="DEBUG",
                    log_file=path + ".log"):
        return False
    plain = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return rows(plain) == wanted and plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        plain.close()


def applied(files, scratch):
    path = os.path.join(scratch, f"applied{time.monotonic_ns()}.db")
    for file in files:
        ltx("apply", path, file)
    return path


def read_by_litestream(scratch, page_size):
    folder = os.path.join(scratch, f"pages{page_size}")
    os.makedirs(folder)
    life = Life(folder, page_size, 8)
    wanted = life.rows[-1]

    raw = Tree(os.path.join(folder, "raw"))
    files = [raw.snapshot(life, 1)] + [raw.transaction(life, n) for n in range(2, 9)]
    check(f"{page_size}: snapshot and seven transactions, in place", same_in_place(raw, wanted))
    check(f"{page_size}: snapshot and seven transactions, restored", same_restored(raw, wanted, scratch))
    path = applied(files, scratch)
    with open(path, "rb") as ours, open(life.states[-1], "rb") as original:
        check(f"{page_size}: applied by us it is the database byte for byte", ours.read() == original.read())

    compacted = Tree(os.path.join(folder, "compacted"))
    shutil.copyfile(files[0], compacted.path(9, 1, 1))
    ltx("compact", compacted.path(1, 2, 5), *files[1:5])
    ltx("compact", compacted.path(1, 6, 7), *files[5:7])
    shutil.copyfile(files[7], compacted.path(0, 8, 8))
    check(f"{page_size}: two compacted files between, in place", same_in_place(compacted, wanted))
    check(f"{page_size}: two compacted files between, restored", same_restored(compacted, wanted, scratch))

    whole = Tree(os.path.join(folder, "whole"))
    ltx("compact", whole.path(9, 1, 8), *files)
    check(f"{page_size}: all compacted to a snapshot, in place", same_in_place(whole, wanted))
    check(f"{page_size}: all compacted to a snapshot, restored", same_restored(whole, wanted, scratch))


def written_by_litestream(scratch):
    """Litestream writes into the replica, with its own encoder: we read it, and compact it with ours."""
    folder = os.path.join(scratch, "theirs")
    os.makedirs(folder)
    life = Life(folder, 4096, 4)
    tree = Tree(os.path.join(folder, "tree"))
    first = tree.snapshot(life, 1)
    tree.ask("write", tree.folder, write_enabled="true", sync_interval="50ms",
             buffer_path=os.path.join(folder, "buffer"))
    theirs = raw_files(tree.folder)
    check("Litestream wrote files of its own", len(theirs) > 0, "\n".join(map(os.path.basename, theirs)))
    check("we find nothing wrong with them", bool(ltx("verify", *theirs)), ltx("verify", *theirs))
    path = applied([first, *theirs], scratch)
    original = sqlite3.connect(life.states[0])
    original.execute(CHANGE)
    check("applied by us they have its rows", rows_of(path) == rows(original))
    original.close()
    whole = Tree(os.path.join(folder, "whole"))
    ltx("compact", whole.path(9, 1, 1 + len(theirs)), first, *theirs)
    check("compacted by us Litestream restores them", same_restored(whole, rows_of(path), scratch))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


SUBMISSION = json.dumps({
    "company_name": "Ångström & Söhne GmbH", "address": "Lindenstraße 12\n10969 Berlin", "industry": "software",
    "contact_name": "Ada Lovelace", "email": "ada@example.com", "phone": "+49301234567", "company_size": 120,
    "service_type": ["cloud_migration"], "project_scope": "Move our order system. " * 40, "timeline": "not_sure",
    "budget_range": "not_sure", "consent": True}).encode()


def serve(data, tree, submissions, until, **options):
    """The real server with its replica in a folder; `until` says what to wait for before it stops."""
    port = free_port()
    os.makedirs(tree.folder, exist_ok=True)
    server = subprocess.Popen([SERVER, "serve", "--data", data], stderr=subprocess.PIPE, env={
        **os.environ, "ANTEROOM_SERVER__LISTEN": f"127.0.0.1:{port}", "ANTEROOM_SERVER__OPS_LISTEN": "",
        "ANTEROOM_FORM__CHALLENGE": "off", "ANTEROOM_REPLICA__URL": "file://" + tree.folder, **options})
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(f"https://127.0.0.1:{port}/api/v1/submissions", SUBMISSION,
                                     {"content-type": "application/json"})
    sent = 0
    while sent < submissions and server.poll() is None:
        try:
            with urllib.request.urlopen(request, context=trust):
                sent += 1
        except urllib.error.URLError:
            time.sleep(0.05)
    waited = wait_until(until)
    server.terminate()
    said = server.communicate()[1].decode()
    served = sent == submissions and waited and server.returncode == 0
    return served, "" if served else said


def of_the_server(scratch):
    """What the server itself puts there, before and after its keeper has merged it."""
    folder = os.path.join(scratch, "served")
    os.makedirs(folder)
    data, tree = os.path.join(folder, "data"), Tree(os.path.join(folder, "tree"))

    def level(number):
        return glob.glob(os.path.join(tree.folder, "ltx", str(number), "*.ltx"))

    check("the server puts what it is sent", *serve(data, tree, 30, lambda: level(0)))
    wanted = rows_of(os.path.join(data, "anteroom.db"))
    check("thirty submissions are there", len(wanted["submission"]) == 30)
    check("Litestream reads the server's replica in place", same_in_place(tree, wanted))
    check("Litestream restores the server's replica", same_restored(tree, wanted, scratch))
    check("the server goes on, and merges", *serve(data, tree, 30, lambda: level(1) and level(9)))
    wanted = rows_of(os.path.join(data, "anteroom.db"))
    check("sixty are there", len(wanted["submission"]) == 60)
    check("Litestream reads the merged replica in place", same_in_place(tree, wanted))
    check("Litestream restores the merged replica", same_restored(tree, wanted, scratch))
    snapshots = level(9)
    for file in snapshots + sorted(level(0))[:-1]:
        os.remove(file)
    check("the server closes the gap", *serve(data, tree, 3, lambda: level(9) and level(9) != snapshots))
    wanted = rows_of(os.path.join(data, "anteroom.db"))
    check("Litestream reads what is whole again", same_in_place(tree, wanted))
    check("Litestream restores what is whole again", same_restored(tree, wanted, scratch))


def of_an_encrypted_replica(scratch):
    """Litestream has no key: `anteroom replica export` makes a tree that it reads."""
    folder = os.path.join(scratch, "encrypted")
    os.makedirs(folder)
    data, tree = os.path.join(folder, "data"), Tree(os.path.join(folder, "tree"))
    key = {"ANTEROOM_REPLICA__ENCRYPTION_KEY_FILE": os.path.join(folder, "key")}
    with open(key["ANTEROOM_REPLICA__ENCRYPTION_KEY_FILE"], "w", encoding="ascii",
              opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
        f.write(os.urandom(32).hex())
    for _ in range(2):  # the second time there are merged files
        check("an encrypted replica is written", *serve(
            data, tree, 10, lambda: glob.glob(os.path.join(tree.folder, "ltx", "9", "*.ltx")), **key))
    wanted = rows_of(os.path.join(data, "anteroom.db"))
    plain = Tree(os.path.join(folder, "plain"))
    told = subprocess.run([SERVER, "replica", "export", "--from", "file://" + tree.folder, "--to", plain.folder],
                          env={**os.environ, **key}, capture_output=True, text=True, check=False)
    check("and exported in plain", told.returncode == 0, told.stdout + told.stderr)
    check("Litestream reads the export in place", same_in_place(plain, wanted))
    check("Litestream restores the export", same_restored(plain, wanted, scratch))


def main():
    if not EXTENSION:
        print("1..0 # SKIP litestream-vfs is not installed: ./build.sh test installs it")
        return 0
    with tempfile.TemporaryDirectory(prefix="anteroom-litestream-") as scratch:
        for page_size in (512, 4096, 65536):
            read_by_litestream(scratch, page_size)
        written_by_litestream(scratch)
        of_the_server(scratch)
        of_an_encrypted_replica(scratch)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    result = {"read": read, "restore": restore, "write": write}[sys.argv[2]](*sys.argv[3:])
    with open(sys.argv[1], "wb") as answer_file:
        pickle.dump(result, answer_file)
    # Without the interpreter's farewell: the extension's threads outlive it.
    os._exit(0)
