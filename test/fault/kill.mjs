#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 under 100 concurrent submitters, again and again. This process keeps the log of what was
// acknowledged; afterwards every acknowledged submission must be there exactly once, every one that
// got no answer at most once, and a retry with the same key must get the one answer.
//
// KILLS: how many (default 200). SEED: of the moments at which the server is killed.
import assert from 'node:assert/strict';
import https from 'node:https';
import { Server, sleep, tap } from '../lib/server.mjs';

const kills = Number(process.env.KILLS ?? 200);
const seed = Number(process.env.SEED ?? 1);
const submitters = 100;

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

async function send(key, agent) {
  unanswered.add(key);
  const answer = await server.submit({ notes: key }, { key, agent });
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
}

async function submitter(agent, running) {
  while (running.value) {
    const lost = unanswered.size > submitters ? unanswered.values().next().value : undefined;
    if (lost) retried++;
    try {
      await send(lost ?? `key-${next++}`, agent);
    } catch {
      return; // the server is gone
    }
  }
}

async function round() {
  const agent = new https.Agent({ keepAlive: true, maxSockets: submitters });
  const running = { value: true };
  await server.start();
  const all = Array.from({ length: submitters }, () => submitter(agent, running));
  await sleep(20 + random() * 180);
  await server.kill('SIGKILL');
  running.value = false;
  await Promise.allSettled(all);
  agent.destroy();
}

await tap({
  [`${kills} kills under ${submitters} submitters`]: async () => {
    for (let i = 0; i < kills; i++) await round();
    return `seed ${seed}, ${acknowledged.size} acknowledged`;
  },
  'a retry after a kill gets the one answer': async () => {
    await server.start();
    const agent = new https.Agent({ keepAlive: true, maxSockets: submitters });
    const keys = [...unanswered, ...[...acknowledged.keys()].slice(-500)];
    for (let i = 0; i < keys.length; i += submitters)
      await Promise.all(keys.slice(i, i + submitters).map((key) => send(key, agent)));
    agent.destroy();
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
