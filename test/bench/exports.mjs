#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the team's pages and exports cost, over HTTPS as the team asks for them: milliseconds for a
// page of the queue, a record (its reading in the audit, on disk) and insights; MB/s of exports, and
// the memory that the server takes for them. Part of make bench-staff.
//
//     test/bench/exports.mjs DATA          a directory that anteroom bench seed has filled
//
// Prints rows of tables; nothing here passes or fails. Somebody of the team is added to DATA.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { Server, request, sleep } from '../lib/server.mjs';

const data = process.argv[2];
const token = randomBytes(16).toString('base64url');
const seat = spawnSync('python3', ['-c', `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
now = int(time.time() * 1000)
person = db.execute("INSERT INTO person (login, name, role, created_ms, changed_ms) VALUES (?, 'Bench', 'administrator', ?, ?)", ("bench-%d" % now, now, now)).lastrowid
db.execute("INSERT INTO session (token, person, created_ms, seen_ms, expires_ms, method, strong, client) VALUES (?, ?, ?, ?, ?, 'password', 1, 'bench')",
           (bytes.fromhex(sys.argv[2]), person, now, now, now + 24 * 3600000))
db.commit()
db.close()`, join(data, 'anteroom.db'), createHash('sha256').update(token).digest('hex')], { encoding: 'utf8' });
if (seat.status !== 0) throw new Error(seat.stderr);

const server = new Server({ data, env: { ANTEROOM_SERVER__LOOPS: '1' } });
await server.start();
const headers = { cookie: `__Host-staff=${token}` };
const resident = () => Number(readFileSync(`/proc/${server.process.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

// Reads it away without keeping it.
const take = (query) => new Promise((done, fail) => {
  const before = resident(), began = performance.now();
  let bytes = 0, most = before;
  const timer = setInterval(() => (most = Math.max(most, resident())), 20);
  https.get(`${server.url}/staff/export?${query}`, { headers, rejectUnauthorized: false }, (res) => {
    res.on('data', (chunk) => (bytes += chunk.length));
    res.on('error', fail).on('end', () => {
      clearInterval(timer);
      done({ bytes, ms: performance.now() - began, before, most });
    });
  }).on('error', fail);
});

await sleep(6000); // the writer has given its memory back
console.log('| exported | MB | MB/s | MiB more while it ran |\n|---|---|---|---|');
for (const [name, query] of [['everything, CSV', 'format=csv'], ['everything, JSON', 'format=json'], ['one status, CSV', 'format=csv&status=won'], ['a common word, CSV', 'format=csv&q=cloud']]) {
  const { bytes, ms, before, most } = await take(query);
  console.log(`| ${name} | ${(bytes / 1e6).toFixed(1)} | ${(bytes / 1e3 / ms).toFixed(1)} | ${(most - before).toFixed(1)} |`);
}
const agent = new https.Agent({ keepAlive: true });
const page = async (path) => {
  const { status, body } = await request(server.url + path, { headers, agent });
  if (status !== 200) throw new Error(`${path}: ${status}`);
  return body;
};
const ids = [...(await page('/staff')).matchAll(/\/staff\/records\/(CL-[\w-]+)/g)].map(([, id]) => id);
console.log('\n| page | p50 ms | p99 ms |\n|---|---|---|');
for (const [name, path] of [
  ['the queue', () => '/staff'], ['the queue, one status and owner', () => '/staff?status=new&owner=me'],
  ['a search', () => '/staff?q=cloud'], ['a record', (i) => `/staff/records/${ids[i % ids.length]}`],
  ['the audit', () => '/staff/audit'], ...[30, 365, 1095].map((days) => [`insights, ${days} days`, () => `/staff/insights?days=${days}`]),
]) {
  const times = [];
  for (let i = 0; i < 200; i++) {
    const began = performance.now();
    await page(path(i));
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  console.log(`| ${name} | ${times[100].toFixed(1)} | ${times[198].toFixed(1)} |`);
}
agent.destroy();
await server.stop();
