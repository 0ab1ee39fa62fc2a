#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A server whose sockets somebody else keeps (LISTEN_FDS, as with a systemd socket unit), stopped and
// started again under load, and killed. Visitors who come meanwhile wait in the kernel's queue: not
// one request may fail. They come as clients do: with a connection for each request, without any
// retry; and on HTTP/2 connections that end at GOAWAY, where what the server says it has not seen is
// sent again.
//
// RESTARTS: how many (default 6).
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import https from 'node:https';
import { resolve } from 'node:path';
import { Server, freePort, request, sleep, submission, tap } from '../lib/server.mjs';

const restarts = Number(process.env.RESTARTS ?? 6);
const [port, opsPort] = [await freePort(), await freePort()];
const server = new Server({
  wrap: [resolve('test/lib/holder.py'), String(port), String(opsPort), '--'],
});
Object.assign(server, { port, opsPort });
await server.start();

const agent = new https.Agent({ keepAlive: false }); // newer Nodes would keep connections
const failed = [];
const waits = [];
const stored = new Map(); // key → Client ID
let over = false;
let next = 0;

async function timed(what, ask) {
  const began = performance.now();
  try {
    return await ask();
  } catch (error) {
    failed.push(`${what}: ${error.message}`);
  } finally {
    waits.push(performance.now() - began);
  }
}

async function pages() {
  while (!over) {
    const page = await timed('page', () => request(`${server.url}/apply/company`, { agent }));
    if (page && page.status !== 200) failed.push(`page: ${page.status}`);
    await sleep(5);
  }
}

async function submitter() {
  while (!over) {
    const key = `h1-${next++}`;
    const answer = await timed(key, () => server.submit({ notes: key }, { key, agent }));
    if (answer?.status === 201) stored.set(key, JSON.parse(answer.body).client_id);
    else if (answer) failed.push(`${key}: ${answer.status}`);
    await sleep(5);
  }
}

function connect() {
  const session = http2.connect(server.url, { rejectUnauthorized: false });
  session.on('error', (error) => (session.trouble = error));
  session.on('goaway', () => (session.leaving = true));
  return session;
}

// One try: the answer; null when the server did not take it, which it says in so many words: a
// stream that it never opened (the session was already over) or refused.
function post(session, key) {
  return new Promise((done, fail) => {
    const stream = session.request({
      ':method': 'POST', ':path': '/api/v1/submissions', 'content-type': 'application/json', 'idempotency-key': key,
    });
    let status = 0;
    let body = '';
    let trouble = null;
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('data', (chunk) => (body += chunk));
    stream.on('error', (error) => (trouble = error));
    stream.on('close', () => {
      if (status && body && !stream.rstCode) done({ status, body });
      else if (stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM || session.leaving) done(null);
      else fail(trouble ?? session.trouble ?? new Error(`no answer, code ${stream.rstCode}`));
    });
    stream.end(JSON.stringify({ ...submission, notes: key }));
  });
}

let again = 0;

async function submitterH2() {
  let session = connect();
  while (!over) {
    const key = `h2-${next++}`;
    const answer = await timed(key, async () => {
      for (;;) {
        if (session.leaving || session.closed || session.destroyed) {
          session.close();
          session = connect();
        }
        const got = await post(session, key);
        if (got) return got;
        again++;
      }
    });
    if (answer?.status === 201) stored.set(key, JSON.parse(answer.body).client_id);
    else if (answer) failed.push(`${key}: ${answer.status}`);
    await sleep(5);
  }
  session.close();
}

const starts = () => server.log.match(/"ready"/g)?.length ?? 0;

async function anotherStart(signal) {
  const before = starts();
  const began = performance.now();
  server.process.kill(signal);
  while (starts() === before) {
    if (server.process.exitCode !== null) throw new Error(server.log.slice(-4000));
    await sleep(5);
  }
  return performance.now() - began;
}

await tap({
  [`${restarts} times stopped and started again under load: no request fails`]: async () => {
    const all = [pages(), pages(), pages(), pages(), submitter(), submitter(), submitter(), submitter(), submitterH2(), submitterH2(), submitterH2()];
    const took = [];
    for (let i = 0; i < restarts; i++) {
      await sleep(150);
      took.push(await anotherStart('SIGHUP'));
    }
    await sleep(150);
    over = true;
    await Promise.all(all);
    assert.deepEqual(failed, []);
    waits.sort((a, b) => a - b);
    took.sort((a, b) => a - b);
    return `${waits.length} requests, 0 failed, ${again} sent again as HTTP/2 asks for; a restart ${took[took.length >> 1].toFixed(0)} ms, the longest wait ${waits.at(-1).toFixed(0)} ms`;
  },
  'killed: who comes while nobody is there waits and is answered': async () => {
    const back = anotherStart('SIGUSR1');
    await sleep(1);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => {
      for (;;) {
        // One that reached the process as it died is lost with it; the next one waits.
        const answer = await request(`${server.url}/apply/company`, { agent }).catch(() => null);
        if (answer) return answer.status;
      }
    }));
    assert.deepEqual([...new Set(answers)], [200]);
    return `back after ${(await back).toFixed(0)} ms`;
  },
  'every acknowledged submission is there, once, and the chain is whole': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-4000));
    const rows = new Map(server.list().map((row) => [row.notes, row.client_id]));
    for (const [key, id] of stored) assert.equal(rows.get(key), id, key);
    assert.equal(rows.size, stored.size);
    const verdict = server.auditVerify();
    assert.equal(verdict.status, 0, verdict.stderr + verdict.stdout);
    return `${stored.size} stored`;
  },
  'a socket that belongs to no listener is refused by name': async () => {
    const wrong = new Server({ wrap: [resolve('test/lib/holder.py'), String(await freePort()), '--'] });
    await assert.rejects(wrong.start(), /nothing is configured for port/);
    wrong.process.kill('SIGKILL');
  },
});
