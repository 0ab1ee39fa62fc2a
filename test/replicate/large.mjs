#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A database over 1 GiB, where SQLite has a page without content (that of its locks): shipped as an
// image and as commits on both sides of that page, merged into a snapshot, restored, verified, and
// compared with the server's own file byte for byte.
//
// The database is a real one made large by hand: its list of free pages reaches far behind 1 GiB, and
// begins with pages on both sides of the lock page, so that the next rows are written there. Free
// pages have no content, so they are holes in the file; only the restored copy takes the space.
// https://sqlite.org/fileformat2.html: the header's offsets, freelist.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Server, binary, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const PAGE = 4096;
const LOCK = 0x40000000 / PAGE + 1;
const PAGES = LOCK + 2000;
const LEAVES = 1000; // of a trunk page; it could hold 1,022
const NEAR = 25; // pages on each side that are used first
const ROOM_KIB = 3 * 1024 * 1024;

const folder = temporaryDirectory();
const replica = join(folder, 'replica');
mkdirSync(replica);
const env = { ANTEROOM_REPLICA__URL: `file://${replica}` };

function run(...args) {
  const done = spawnSync(binary, args, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

function enlarge(file) {
  const fd = openSync(file, 'r+');
  const head = Buffer.alloc(100);
  readSync(fd, head, 0, 100, 0);
  assert.equal(head.readUInt16BE(16), PAGE);
  const before = head.readUInt32BE(28);
  let next = head.readUInt32BE(32);
  const near = (n) => n >= LOCK - NEAR && n <= LOCK + NEAR;
  const free = [];
  for (let n = before + 1; n <= PAGES; n++) if (n !== LOCK && !near(n)) free.push(n);
  const first = [];
  for (let n = LOCK - NEAR; n <= LOCK + NEAR; n++) if (n !== LOCK) first.push(n);
  const trunks = [];
  while (free.length) trunks.push(free.splice(0, LEAVES + 1));
  trunks.push([first.pop(), ...first]);
  for (const [trunk, ...leaves] of trunks) {
    const page = Buffer.alloc(PAGE);
    page.writeUInt32BE(next, 0);
    page.writeUInt32BE(leaves.length, 4);
    leaves.forEach((n, i) => page.writeUInt32BE(n, 8 + 4 * i));
    writeSync(fd, page, 0, PAGE, (trunk - 1) * PAGE);
    next = trunk;
  }
  head.writeUInt32BE(PAGES, 28);
  head.writeUInt32BE(next, 32);
  head.writeUInt32BE(head.readUInt32BE(36) + PAGES - before - 1, 36);
  writeSync(fd, head, 0, 100, 0);
  ftruncateSync(fd, PAGES * PAGE);
  closeSync(fd);
}

async function until(what) {
  for (let tries = 0; tries < 2400; tries++) {
    if (await what()) return;
    await sleep(50);
  }
  assert.fail('it did not come');
}

const files = (level) => (existsSync(join(replica, 'ltx', level)) ? readdirSync(join(replica, 'ltx', level)).filter((name) => name.endsWith('.ltx')) : []);

const room = Number(spawnSync('df', ['-kP', folder], { encoding: 'utf8' }).stdout.trim().split('\n')[1].split(/\s+/)[3]);
if (room < ROOM_KIB) {
  console.log(`1..0 # SKIP ${room} KiB are free below ${folder}, and the restored copy is over 1 GiB`);
  process.exit(0);
}

await tap({
  'a database over 1 GiB is shipped, merged, restored and the same': async () => {
    const began = Date.now();
    const small = await new Server().start();
    assert.equal((await small.submit()).status, 201);
    assert.equal(await small.stop(), 0);
    const file = join(small.data, 'anteroom.db');
    enlarge(file);

    const times = [];
    const lap = (what) => times.push(`${what} ${Date.now() - began}`);
    lap('made');
    const server = await new Server({ data: small.data, env }).start();
    await until(() => files('9').length > 0); // the image is a snapshot
    lap('snapshot');
    const long = 'On both sides of the lock page. '.repeat(60);
    for (let i = 0; i < 60; i++) assert.equal((await server.submit({ project_scope: long })).status, 201);
    await until(() => files('1').length > 0); // merged
    assert.equal((await server.submit({ project_scope: long })).status, 201);
    assert.equal(await server.stop(), 0);
    lap('stopped');
    assert.doesNotMatch(server.log, /"level":"error"/);

    const page = Buffer.alloc(PAGE);
    const fd = openSync(file, 'r');
    const content = (n) => readSync(fd, page, 0, PAGE, (n - 1) * PAGE) && page.some((byte) => byte !== 0);
    assert.ok(content(LOCK - 1) && content(LOCK + 1), 'rows lie on both sides');
    assert.ok(!content(LOCK), 'and none on the lock page');
    closeSync(fd);

    lap('looked');
    const copy = join(folder, 'copy');
    const report = JSON.parse(run('restore', '--from', `file://${replica}`, '--to', copy, '--json'));
    assert.equal(report.database_bytes, PAGES * PAGE);
    assert.equal(report.database_checksum_compared, true);
    assert.equal(report.rows.submission, 62);
    lap('restored');
    const same = spawnSync('cmp', [file, join(copy, 'anteroom.db')], { encoding: 'utf8' });
    assert.equal(same.status, 0, same.stdout + same.stderr);
    lap('compared');
    rmSync(copy, { recursive: true });
    const stored = files('9').concat(files('0'), files('1'), files('2'));
    return `${stored.length} files, restore ${report.restore_ms} ms, ${times.join(', ')} ms`;
  },
});
