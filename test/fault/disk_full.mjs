#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A full disk, on a small file system of its own: submissions are answered 503 and not acknowledged,
// pages go on, and when there is room again the same process takes submissions without a restart.
// Needs root to mount; without it the test says so and is skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, Visitor, request, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const disk = temporaryDirectory('anteroom-disk-');
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'anteroom-test', disk]);
if (mounted.status !== 0) {
  console.log('1..0 # SKIP a file system can only be mounted as root');
  process.exit(0);
}
process.prependListener('exit', () => spawnSync('umount', ['-l', disk]));

const data = join(disk, 'data');
mkdirSync(data);
const server = await new Server({ data }).start();
const acknowledged = new Set();
const filler = join(disk, 'filler');

async function submit(notes) {
  const answer = await server.submit({ notes, project_scope: 'x'.repeat(3000) });
  if (answer.status === 201) acknowledged.add(JSON.parse(answer.body).client_id);
  return answer;
}

await tap({
  'there is room: submissions are taken': async () => {
    for (let i = 0; i < 20; i++) assert.equal((await submit(`before ${i}`)).status, 201);
  },
  'the disk fills up: 503 with Retry-After, and nothing is acknowledged': async () => {
    let size = 64 * 1024;
    for (const chunks = []; size >= 512; ) {
      try {
        chunks.push(Buffer.alloc(size));
        writeFileSync(filler, Buffer.concat(chunks));
      } catch {
        chunks.pop();
        size /= 2;
      }
    }
    let refused;
    for (let i = 0; i < 3000 && !refused; i++) {
      const answer = await submit(`full ${i}`);
      if (answer.status !== 201) refused = answer;
    }
    assert.ok(refused, 'the disk never filled');
    assert.equal(refused.status, 503, refused.body);
    assert.ok(refused.headers['retry-after']);
    return `${acknowledged.size} acknowledged before, ${statSync(filler).size} bytes of filler`;
  },
  'a visitor keeps what was typed': async () => {
    const visitor = new Visitor(server);
    const answer = await visitor.fill('company', { company_name: 'Patience Ltd', address: 'x'.repeat(400) });
    assert.ok([303, 503].includes(answer.status), String(answer.status));
    if (answer.status === 503) assert.match(answer.body, /Patience Ltd/);
  },
  'pages go on': async () => {
    for (const path of ['/', '/apply/company', '/privacy'])
      assert.equal((await request(server.url + path)).status, 200);
    assert.equal((await request(`${server.ops}/livez`)).status, 200);
  },
  'room again: the same process takes submissions': async () => {
    const { pid } = server.process;
    rmSync(filler);
    let answer;
    for (let i = 0; i < 600; i++) {
      answer = await submit(`after ${i}`);
      if (answer.status === 201) break;
      await sleep(50);
    }
    assert.equal(answer.status, 201, answer.body);
    assert.equal(server.process.pid, pid);
    assert.equal(server.process.exitCode, null);
    assert.equal((await request(`${server.ops}/readyz`)).status, 200);
  },
  'every acknowledged submission is there, once, and the chain is whole': async () => {
    assert.equal(await server.stop(), 0);
    const stored = server.list().map((row) => row.client_id);
    assert.equal(new Set(stored).size, stored.length);
    for (const id of acknowledged) assert.ok(stored.includes(id), id);
    assert.equal(server.auditVerify().status, 0);
  },
});
