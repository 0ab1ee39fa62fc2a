#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 under 100 concurrent submitters, again and again. This process keeps the log of what was
// acknowledged; afterwards every acknowledged submission must be there exactly once, every one that
// got no answer at most once, and a retry with the same key must get the one answer.
//
// KILLS: how many (default 200). SEED: of the moments at which the server is killed.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { Server, sleep, submission, tap } from '../lib/server.mjs';

const kills = Number(process.env.KILLS ?? 200);
const seed = Number(process.env.SEED ?? 1);
const connections = 4;
const submitters = 100; // streams, spread over the connections

let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const server = new Server({ env: { ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' } });
const acknowledged = new Map(); // key → Client ID
const unanswered = new Set(); // keys that were sent and got no answer
const wrong = [];
let next = 0;
let retried = 0;
let answeredNow = 0; // in this round

function connect() {
  const session = http2.connect(server.url, { rejectUnauthorized: false });
  session.on('error', () => {}); // "close" follows
  // A stream that was waiting for the connection may never be told that there is none.
  session.gone = new Promise((_, fail) => session.on('close', () => fail(new Error('no connection'))));
  session.gone.catch(() => {});
  return session;
}

// Resolves with {status, body}; rejects when the connection ends first.
function post(session, key) {
  return new Promise((done, fail) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/api/v1/submissions',
      'content-type': 'application/json',
      'idempotency-key': key,
    });
    let status = 0;
    let body = '';
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('data', (chunk) => (body += chunk));
    stream.on('end', () => (status && body ? done({ status, body }) : fail(new Error('no answer'))));
    stream.on('error', fail);
    stream.on('close', () => fail(new Error('no answer')));
    stream.end(JSON.stringify({ ...submission, notes: key }));
  });
}

async function send(session, key) {
  unanswered.add(key);
  const answer = await Promise.race([post(session, key), session.gone]);
  if (answer.status === 503) return;
  if (answer.status !== 201) {
    wrong.push(`${key}: ${answer.status} ${answer.body}`);
    return;
  }
  const id = JSON.parse(answer.body).client_id;
  if (acknowledged.has(key) && acknowledged.get(key) !== id)
    wrong.push(`${key}: first ${acknowledged.get(key)}, then ${id}`);
  acknowledged.set(key, id);
  unanswered.delete(key);
  answeredNow++;
}

// Sends until the server is gone; now and then what an earlier round got no answer for.
async function submitter(session) {
  for (;;) {
    const lost = random() < 0.1 ? unanswered.values().next().value : undefined;
    if (lost) retried++;
    await send(session, lost ?? `key-${next++}`);
  }
}

async function round() {
  await server.start();
  answeredNow = 0;
  const sessions = Array.from({ length: connections }, connect);
  const all = Array.from({ length: submitters }, (_, i) => submitter(sessions[i % connections]).catch(() => {})); // the server is gone
  const after = 1 + Math.floor(random() * 400);
  while (answeredNow < after && server.process.exitCode === null) await sleep(1);
  await sleep(random() * 5);
  await server.kill('SIGKILL');
  sessions.forEach((session) => session.destroy());
  await Promise.allSettled(all);
}

await tap({
  [`${kills} kills under ${submitters} submitters`]: async () => {
    for (let i = 0; i < kills; i++) await round();
    return `seed ${seed}, ${acknowledged.size} acknowledged`;
  },
  'a retry after a kill gets the one answer': async () => {
    await server.start();
    const session = connect();
    const keys = [...unanswered, ...[...acknowledged.keys()].slice(-500)];
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((key) => send(session, key)));
    session.close();
    assert.deepEqual(wrong, []);
    assert.equal(unanswered.size, 0);
    return `${retried + keys.length} retries`;
  },
  'every acknowledged submission is there, once': async () => {
    assert.equal(await server.stop(), 0);
    const stored = new Map();
    for (const row of server.list()) {
      assert.ok(!stored.has(row.notes), `${row.notes} is stored twice`);
      stored.set(row.notes, row.client_id);
    }
    let lost = 0;
    for (const [key, id] of acknowledged) if (stored.get(key) !== id) lost++;
    assert.equal(lost, 0, `${lost} acknowledged submissions are lost`);
    assert.equal(new Set(stored.values()).size, stored.size, 'Client IDs are unique');
    return `${stored.size} stored, 0 lost, 0 twice`;
  },
  'the audit chain is whole': () => {
    const verdict = server.auditVerify();
    assert.equal(verdict.status, 0, verdict.stderr + verdict.stdout);
  },
});
