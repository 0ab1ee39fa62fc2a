#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The server with its replica in Azure's emulator, the sandbox in force: what was acknowledged with
// replica.mode sync is on another machine after kill -9 and the loss of the disk; a replica that is
// away delays nobody who does not wait for it, and is caught up.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Azurite } from '../lib/azurite.mjs';
import { Server, Visitor, binary, request, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const azure = await new Azurite().start();
const folder = temporaryDirectory();
const keyFile = join(folder, 'key');
writeFileSync(keyFile, azure.key, { mode: 0o600 });
const replica = (path, more = {}) => ({
  ANTEROOM_REPLICA__URL: azure.url(path),
  ANTEROOM_REPLICA__ENDPOINT: azure.endpoint,
  ANTEROOM_REPLICA__ACCOUNT_KEY_FILE: keyFile,
  ...more,
});
const sync = { ANTEROOM_REPLICA__MODE: 'sync' };

function list(data) {
  const lines = execFileSync(binary, ['list', '--json', '--data', data], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return lines.trim().split('\n').map((line) => JSON.parse(line));
}

function clientIds(data) {
  return list(data).map((row) => row.client_id).sort();
}

async function until(what, seconds = 60) {
  for (let tries = 0; tries < seconds * 20; tries++) {
    if (await what()) return;
    await sleep(50);
  }
  assert.fail('it did not come');
}

await tap({
  'acknowledged is in Azure: kill -9, the disk lost, restored elsewhere': async () => {
    const server = await new Server({ env: replica('sync', sync) }).start();
    const acknowledged = [];
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 5; i++) acknowledged.push(JSON.parse((await server.submit()).body).client_id);
    }));
    assert.equal(new Set(acknowledged).size, 40);
    const { status_url: url, created_at: created } = JSON.parse((await server.submit({}, { key: 'k' })).body);
    const since = async (path) => (await request(server.url + path)).body.match(/two places since <time datetime="([^"]+)"/)?.[1];
    assert.ok(await since(new URL(url).pathname) >= created, 'it says since when');
    acknowledged.push(JSON.parse((await server.submit({}, { key: 'k' })).body).client_id);
    assert.match(readFileSync('/proc/' + server.process.pid + '/status', 'utf8'), /Seccomp:\t2/);
    server.process.kill('SIGKILL');
    await server.ended;
    rmSync(server.data, { recursive: true });

    const elsewhere = join(folder, 'elsewhere');
    execFileSync(binary, ['restore', '--from', azure.url('sync'), '--to', elsewhere], { env: { ...process.env, ...replica('sync') }, stdio: 'pipe' });
    assert.deepEqual(clientIds(elsewhere), acknowledged.sort());
    execFileSync(binary, ['audit', 'verify', '--data', elsewhere], { stdio: 'pipe' });
  },
  'an empty disk is filled by the start, and the service goes on': async () => {
    const server = await new Server({ env: replica('sync', sync) }).start();
    await server.submit();
    assert.equal(await server.stop(), 0);
    assert.equal(list(server.data).length, 42);
  },
  'Azure away at the start: served, and caught up when it is back': async () => {
    const server = await new Server({ env: replica('away') }).start();
    await server.submit();
    assert.equal(await server.stop(), 0);
    azure.process.kill('SIGSTOP'); // takes connections, answers nobody
    const again = await new Server({ data: server.data, env: replica('away', { ANTEROOM_REPLICA__SYNC_TIME: '1s' }) });
    const started = again.start();
    const waiting = setTimeout(() => azure.process.kill('SIGCONT'), 3000); // a start that waits for it ends here
    await started;
    clearTimeout(waiting);
    await again.submit();
    azure.process.kill('SIGCONT');
    await until(() => /"event":"replica"[^\n]*"(continued|caught up with an image)"/.test(again.log));
    assert.equal(await again.stop(), 0);
    const copy = join(folder, 'copy');
    execFileSync(binary, ['restore', '--from', azure.url('away'), '--to', copy], { env: { ...process.env, ...replica('away') }, stdio: 'pipe' });
    assert.deepEqual(clientIds(copy), clientIds(server.data));
    assert.equal(list(copy).length, 2);
  },
  'with sync_for: form nobody else waits for a place that is away': async () => {
    const away = await new Azurite().start();
    writeFileSync(`${keyFile}.away`, away.key, { mode: 0o600 });
    const server = await new Server({
      env: {
        ...sync,
        ANTEROOM_REPLICA__URL: away.url('form'),
        ANTEROOM_REPLICA__ENDPOINT: away.endpoint,
        ANTEROOM_REPLICA__ACCOUNT_KEY_FILE: `${keyFile}.away`,
        ANTEROOM_REPLICA__SYNC_FOR: 'form',
        ANTEROOM_REPLICA__SYNC_TIME: '1s',
      },
    }).start();
    assert.equal((await server.submit()).status, 201);
    await away.stop();
    assert.equal((await server.submit()).status, 201, 'a program does not wait');
    const visitor = new Visitor(server);
    await visitor.fill('company');
    await visitor.fill('engagement');
    const sent = await visitor.go('/apply/check', { method: 'POST', body: '' });
    assert.equal(sent.status, 503, 'a visitor is not told that it is done');
    server.process.kill('SIGKILL');
    await server.ended;
    assert.equal(list(server.data).length, 3);
  },
  'a gap is named, and closed by a running server': async () => {
    const place = join(folder, 'gap'), url = `file://${place}`;
    const verify = () => spawnSync(binary, ['replica', 'verify', '--from', url], { encoding: 'utf8' });
    const server = await new Server({ env: { ...sync, ANTEROOM_REPLICA__URL: url } }).start();
    for (let i = 0; i < 4; i++) assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
    const raw = readdirSync(join(place, 'ltx', '0')).filter((name) => name.endsWith('.ltx')).sort();
    for (const level of ['1', '2', '3', '9']) rmSync(join(place, 'ltx', level), { recursive: true, force: true });
    rmSync(join(place, 'ltx', '0', raw.at(-2)));
    assert.match(verify().stdout, /Restorable without a gap up to TXID \d+; the newest is/);
    await server.start();
    await until(() => server.log.includes('replica gap closed'));
    assert.match(server.log, /replica has a gap/);
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
    assert.match(verify().stdout, /0 damaged.\nRestorable up to the newest/);
    const restored = execFileSync(binary, ['restore', '--from', url, '--verify', '--json'], { encoding: 'utf8' });
    assert.equal(JSON.parse(restored).rows.submission, 5);
  },
});
await azure.stop();
