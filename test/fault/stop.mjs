#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// SIGTERM under load, and a new process on the same port, again and again. What a client had sent on
// an open connection before the signal is answered: not one of those requests may fail. What comes
// too late is refused or finds no server, is sent again with its key, and is stored once.
//
// STOPS: how many (default 25). SEED: of the moments.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import https from 'node:https';
import { Server, request, sleep, submission, tap } from '../lib/server.mjs';

const stops = Number(process.env.STOPS ?? 25);
const seed = Number(process.env.SEED ?? 1);
const sessionsEach = 3;
const submitters = 60; // half of them on HTTP/2 streams, half on HTTP/1.1 connections of their own

let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const server = new Server({ env: { ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' } });
const acknowledged = new Map(); // key → Client ID
const wrong = [];
const lost = []; // sent before the signal, and failed
const exits = [];
const drains = [];
let next = 0;
let answeredNow = 0;
let sentBefore = 0;
let refused = 0;
let outstanding = new Set(); // what is on its way: {key, early}
let stopping = false;

function connect() {
  const session = http2.connect(server.url, { rejectUnauthorized: false });
  session.on('error', () => {}); // "close" follows
  session.gone = new Promise((_, fail) => session.on('close', () => fail(new Error('no connection'))));
  session.gone.catch(() => {});
  return session;
}

function overH2(session, key) {
  return Promise.race([session.gone, new Promise((done, fail) => {
    const stream = session.request({
      ':method': 'POST', ':path': '/api/v1/submissions',
      'content-type': 'application/json', 'idempotency-key': key,
    });
    let status = 0;
    let body = '';
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('data', (chunk) => (body += chunk));
    stream.on('error', fail);
    stream.on('close', () => (status && body && !stream.rstCode ? done({ status, body }) : fail(new Error('no answer'))));
    stream.end(JSON.stringify({ ...submission, notes: key }));
  })]);
}

function overH1(agent, key) {
  return request(`${server.url}/api/v1/submissions`, {
    method: 'POST', agent,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ ...submission, notes: key }),
  });
}

// Sends key until it is answered or the server goes; false when it goes.
async function send(how, key) {
  const one = { key, early: false };
  outstanding.add(one);
  try {
    const answer = await how(key);
    if (answer.status !== 201) {
      wrong.push(`${key}: ${answer.status} ${answer.body}`);
      if (one.early) lost.push(`${key}: ${answer.status}`);
      return false;
    }
    const id = JSON.parse(answer.body).client_id;
    if (acknowledged.has(key) && acknowledged.get(key) !== id)
      wrong.push(`${key}: first ${acknowledged.get(key)}, then ${id}`);
    acknowledged.set(key, id);
    answeredNow++;
    return true;
  } catch (error) {
    if (one.early) lost.push(`${key}: ${error.message}`);
    if (!stopping) wrong.push(`${key}: ${error.message} while the server was up`);
    refused++;
    return false;
  } finally {
    outstanding.delete(one);
  }
}

const retries = [];

async function submitter(how) {
  for (;;) {
    const key = retries.pop() ?? `key-${next++}`;
    if (!(await send(how, key))) {
      retries.push(key);
      return;
    }
  }
}

async function round() {
  await server.start();
  stopping = false;
  answeredNow = 0;
  outstanding = new Set();
  const sessions = Array.from({ length: sessionsEach }, connect);
  const agents = [];
  const all = Array.from({ length: submitters }, (_, i) => {
    if (i % 2) return submitter((key) => overH2(sessions[i % sessionsEach], key));
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return submitter((key) => overH1(agent, key));
  });
  const after = submitters * 2 + Math.floor(random() * 600);
  while (answeredNow < after) await sleep(1);

  // All that is outstanding now has left this process two turns of the event loop later: connections
  // are open and buffers are small. Only those that still wait then were sent before the signal.
  const now = [...outstanding];
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const early = now.filter((one) => outstanding.has(one));
  early.forEach((one) => (one.early = true));
  sentBefore += early.length;
  stopping = true;
  const began = performance.now();
  exits.push(await server.stop());
  drains.push(performance.now() - began);
  await Promise.allSettled(all);
  sessions.forEach((session) => session.destroy());
  agents.forEach((agent) => agent.destroy());
}

await tap({
  [`${stops} times SIGTERM under ${submitters} submitters: none fails that was sent before`]: async () => {
    for (let i = 0; i < stops; i++) await round();
    assert.deepEqual(lost, []);
    assert.deepEqual(wrong, []);
    assert.ok(sentBefore > 0);
    return `seed ${seed}, ${acknowledged.size} acknowledged, ${sentBefore} under way at a signal, 0 failed; ${refused} came too late`;
  },
  'each drain ends in order': () => {
    assert.deepEqual(exits, exits.map(() => 0));
    drains.sort((a, b) => a - b);
    return `median ${drains[drains.length >> 1].toFixed(0)} ms`;
  },
  'what came too late is stored by the next process': async () => {
    await server.start();
    stopping = false;
    const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
    for (const key of retries) assert.ok(await send((k) => overH1(agent, k), key));
    agent.destroy();
    assert.equal(await server.stop(), 0);
    return `${retries.length} sent again`;
  },
  'every acknowledged submission is there, once, and the chain is whole': () => {
    const stored = new Map();
    for (const row of server.list()) {
      assert.ok(!stored.has(row.notes), `${row.notes} is stored twice`);
      stored.set(row.notes, row.client_id);
    }
    for (const [key, id] of acknowledged) assert.equal(stored.get(key), id, key);
    assert.equal(stored.size, acknowledged.size);
    const verdict = server.auditVerify();
    assert.equal(verdict.status, 0, verdict.stderr + verdict.stdout);
    return `${stored.size} stored`;
  },
});
