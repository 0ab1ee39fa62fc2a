#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A disk that takes a tenth of a second for each sync, and more submissions than it can take: new
// journeys are turned away early and keep what was typed, whoever is under way gets through, pages
// are served, and what was acknowledged is stored. Needs strace, which slows the disk down.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Server, Visitor, clientIdIn, request, submission, tap } from '../lib/server.mjs';

if (spawnSync('strace', ['-o', '/dev/null', 'true']).status !== 0) {
  console.log('1..0 # SKIP strace cannot trace here');
  process.exit(0);
}

const QUEUE = 16; // new journeys are turned away when half of it waits
const env = { ANTEROOM_LIMITS__WRITER_QUEUE: String(QUEUE), ANTEROOM_LIMITS__WRITER_GROUP: '1' };
const slow = ['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync',
  '-e', 'inject=fdatasync:delay_exit=100000'];

// Made by a server on the disk as it is: a first start syncs many times.
const first = await new Server({ env }).start();
assert.equal(await first.stop(), 0);
const server = await new Server({ data: first.data, env, wrap: slow }).start();

let pumping = true, acknowledged = 0, most = 0;
const refused = [];
async function submit() {
  const answer = await server.submit();
  if (answer.status === 201) acknowledged++;
  return answer;
}

async function pump() {
  while (pumping) {
    const answer = await submit();
    if (answer.status !== 201) refused.push(answer);
  }
}

async function watch() {
  while (pumping) {
    const { body } = await request(`${server.ops}/readyz?verbose`);
    most = Math.max(most, Number(body.match(/(\d+) waiting/)[1]));
  }
}

// Sends until the answer is another one than `status`.
async function untilNot(status, send) {
  let answer;
  do answer = await send(); while (answer.status === status);
  return answer;
}

const underWay = new Visitor(server);
const newcomer = new Visitor(server);
let pumps;

await tap({
  'a slow disk alone refuses nobody': async () => {
    assert.equal((await underWay.fill('company')).status, 303);
  },
  'more than it can take: a new journey is 503, with what was typed': async () => {
    pumps = [...Array.from({ length: 2 * QUEUE }, pump), watch()];
    const answer = await untilNot(303, () => new Visitor(server).fill('company'));
    assert.equal(answer.status, 503);
    assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
    assert.match(answer.body, /role="status"><p>We are very busy/);
    for (const kept of [submission.email, submission.contact_name, submission.phone])
      assert.ok(answer.body.includes(kept), kept);
    assert.match(answer.body, /<form [^>]*action="\/apply\/company"/);
  },
  'the API says the same as problem+json': async () => {
    const answer = await untilNot(201, submit);
    assert.equal(answer.status, 503);
    assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
    assert.match(answer.headers['content-type'], /problem\+json/);
  },
  'pages are served meanwhile': async () => {
    for (const path of ['/', '/apply/company', '/privacy'])
      assert.equal((await newcomer.go(path)).status, 200);
  },
  'whoever is under way gets through': async () => {
    assert.equal((await underWay.fill('engagement')).status, 303);
    assert.equal((await underWay.go('/apply/check', { method: 'POST', body: '' })).status, 303);
    assert.ok(clientIdIn((await underWay.go('/apply/done')).body));
  },
  'the queue stays short, and afterwards a newcomer is welcome': async () => {
    pumping = false;
    await Promise.all(pumps);
    assert.ok(refused.length > 0 && refused.every((answer) => answer.status === 503));
    assert.ok(most < QUEUE, `${most} waited`);
    assert.equal((await newcomer.fill('company')).status, 303);
    return `at most ${most} of ${QUEUE} waited; ${acknowledged} stored, ${refused.length} turned away`;
  },
  'what was acknowledged is stored, and nothing else': async () => {
    assert.equal(await server.stop(), 0, server.log);
    assert.equal(server.list().length, acknowledged + 1); // one by the form
    assert.equal(server.auditVerify().status, 0);
  },
});
