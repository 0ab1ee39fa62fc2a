# SPDX-License-Identifier: Apache-2.0
"""The same job in the stack the requirements name: FastAPI, uvicorn, SQLite with synchronous=FULL.

Validates the submission, draws an ID, and stores submission, audit event (hash-chained) and outbox row
in one transaction that is fsynced before the answer. Written as a careful Python developer would:
one connection, WAL, prepared statements by sqlite3's cache, no ORM.
"""
import hashlib
import json
import os
import secrets
import sqlite3
import threading
import time
from typing import List, Optional

from fastapi import FastAPI
from pydantic import BaseModel, Field

SCHEMA = """
CREATE TABLE IF NOT EXISTS submission (
  id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'new', company_name TEXT NOT NULL, address TEXT NOT NULL,
  industry TEXT NOT NULL, contact_name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL,
  company_size INTEGER NOT NULL, service_type TEXT NOT NULL, project_scope TEXT NOT NULL,
  timeline TEXT NOT NULL, budget_range TEXT NOT NULL, notes TEXT) STRICT;
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY, created_ms INTEGER NOT NULL, topic TEXT NOT NULL, client_id TEXT NOT NULL,
  payload TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending') STRICT;
"""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

app = FastAPI()
lock = threading.Lock()
db = sqlite3.connect(os.environ["BENCH_DB"], check_same_thread=False, isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
db.executescript(SCHEMA)
last_hash = bytes(32)
last_seq = 0


class Submission(BaseModel):
    company_name: str = Field(min_length=1, max_length=200)
    address: str = Field(min_length=1, max_length=500)
    industry: str = Field(min_length=1, max_length=40)
    contact_name: str = Field(min_length=1, max_length=120)
    email: str = Field(min_length=3, max_length=254, regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = Field(min_length=5, max_length=40, regex=r"^\+?[0-9 ().-]+$")
    company_size: int = Field(ge=1, le=10_000_000)
    service_type: List[str] = Field(min_items=1)
    project_scope: str = Field(min_length=1, max_length=4000)
    timeline: str = Field(min_length=1, max_length=40)
    budget_range: str = Field(min_length=1, max_length=40)
    notes: Optional[str] = Field(default="", max_length=4000)
    consent: bool


@app.post("/api/v1/submissions", status_code=201)
def submit(s: Submission):
    global last_hash, last_seq
    client_id = "CL-" + "".join(secrets.choice(ALPHABET) for _ in range(10))
    now = int(time.time() * 1000)
    payload = json.dumps({"client_id": client_id, "company_name": s.company_name})
    with lock:
        seq = last_seq + 1
        digest = hashlib.sha256(last_hash + f"{seq}|{now}|submission.created|{client_id}".encode()).digest()
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "INSERT INTO submission(client_id,created_ms,company_name,address,industry,contact_name,email,phone,"
            "company_size,service_type,project_scope,timeline,budget_range,notes) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (client_id, now, s.company_name, s.address, s.industry, s.contact_name, s.email, s.phone,
             s.company_size, "\n".join(s.service_type), s.project_scope, s.timeline, s.budget_range, s.notes))
        db.execute("INSERT INTO audit VALUES(?,?,?,?,?,?,?)",
                   (seq, now, "api", "submission.created", client_id, "", digest))
        db.execute("INSERT INTO outbox(created_ms,topic,client_id,payload) VALUES(?,?,?,?)",
                   (now, "submission.created", client_id, payload))
        db.execute("COMMIT")
        last_hash, last_seq = digest, seq
    return {"client_id": client_id}
