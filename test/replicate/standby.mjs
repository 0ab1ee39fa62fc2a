#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Two real servers on one replica: one leads, the other follows and takes over when the first ends: in
// order, by SIGKILL, or asleep (SIGSTOP), with submissions under way. What was answered in sync mode is
// there afterwards. Times are printed; most of them is Azure's shortest lease, waited for.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Azurite } from '../lib/azurite.mjs';
import { Server, freePort, request, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

async function readiness(server) {
  try {
    return await request(`${server.ops}/readyz?verbose`);
  } catch {
    return { status: 0, body: '' }; // between the standby's listener and the server's
  }
}

// Encrypted: the follower needs the key too.
function directory() {
  const folder = temporaryDirectory(), place = join(folder, 'replica'), key = join(folder, 'key');
  mkdirSync(place);
  writeFileSync(key, randomBytes(32).toString('hex'), { mode: 0o600 });
  return { ANTEROOM_REPLICA__URL: `file://${place}`, ANTEROOM_REPLICA__ENCRYPTION_KEY_FILE: key };
}

function emulator(azure) {
  const key = join(temporaryDirectory(), 'key');
  writeFileSync(key, azure.key, { mode: 0o600 });
  return { ANTEROOM_REPLICA__URL: azure.url('pair'), ANTEROOM_REPLICA__ENDPOINT: azure.endpoint, ANTEROOM_REPLICA__ACCOUNT_KEY_FILE: key };
}

class Pair {
  constructor(place = directory()) {
    this.env = { ...place, ANTEROOM_REPLICA__MODE: 'sync' };
    this.acknowledged = new Set();
  }

  async server(role = 'auto') {
    const s = new Server({ env: { ...this.env, ANTEROOM_REPLICA__ROLE: role } });
    s.port = await freePort();
    s.opsPort = await freePort();
    return s;
  }

  // Starts it without waiting until it serves.
  begin(s) {
    s.ready = async () => {};
    return s.start().finally(() => delete s.ready);
  }

  async until(what) {
    for (let i = 0; i < 2000; i++) {
      if (await what()) return;
      await sleep(20);
    }
    throw new Error(`it did not come to that:\n${this.leader?.log}\n---\n${this.other?.log}`);
  }

  follows(s) {
    return this.until(async () => /following, at TXID \d+, 0 behind/.test((await readiness(s)).body));
  }

  async open() {
    this.leader = await (await this.server()).start();
    await this.submit(3);
    this.other = await this.begin(await this.server('standby'));
    await this.follows(this.other);
  }

  async submit(n, to = this.leader) {
    for (let i = 0; i < n; i++) {
      const answer = await to.submit();
      assert.equal(answer.status, 201, answer.body);
      this.acknowledged.add(JSON.parse(answer.body).client_id);
    }
  }

  // Visitors, until the server is not there any more.
  async visitors(to = this.leader) {
    const one = async () => {
      for (;;) await this.submit(1, to);
    };
    await Promise.allSettled([one(), one(), one(), one()]);
  }

  everything() {
    const there = new Set(this.leader.list().map((row) => row.client_id));
    for (const id of this.acknowledged) assert.ok(there.has(id), `${id} is lost`);
  }

  // `end` is done to the leader while visitors are about; then the other one leads.
  async swap(name, end) {
    this.visitors();
    await sleep(150);
    const began = Date.now();
    await end(this.leader);
    await this.until(async () => (await readiness(this.other)).status === 200);
    console.log(`# ${name}: the other one served after ${Date.now() - began} ms`);
    [this.leader, this.other] = [this.other, this.leader];
    await this.submit(3);
    this.everything();
  }

  async close() {
    assert.equal(await this.leader.stop(), 0);
    if (this.other.process.exitCode === null && this.other.process.signalCode === null) await this.other.stop();
  }
}

const pair = new Pair();

async function killed() {
  const p = new Pair();
  await p.open();
  const { process } = p.leader;
  await p.swap('SIGKILL', () => process.kill('SIGKILL'));
  // Its leader's lease lasts on: it is its own.
  await p.leader.kill();
  await p.leader.start();
  p.everything();
  await p.close();
}

// In Azure's emulator: in a directory a process that is stopped in the middle of a put keeps the directory's
// lock, which a place on the network does not have. (test/replicate/fence_test.c stops it anywhere.)
async function slept() {
  const azure = await new Azurite().start();
  const p = new Pair(emulator(azure));
  await p.open();
  const { process, ended } = p.leader;
  await p.swap('SIGSTOP', () => process.kill('SIGSTOP'));
  process.kill('SIGCONT');
  p.visitors(p.other); // it puts what they bring, and finds its slot taken
  const { code } = await ended;
  assert.notEqual(code, 0);
  assert.match(p.other.log, /was put by another writer/);
  p.everything();
  await p.close();
  await azure.stop();
}

await tap({
  'the first one leads, the second one follows and says so': async () => {
    await pair.open();
    await pair.submit(3);
    await pair.follows(pair.other);
    const state = await readiness(pair.other);
    assert.equal(state.status, 503);
    assert.match(state.body, /\[no\] standby: following, at TXID/);
    assert.equal((await request(`${pair.other.ops}/livez`)).status, 200);
    const metrics = await request(`${pair.other.ops}/metrics`);
    assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(metrics.body, /^anteroom_replica_leads 0$/m);
    assert.match(metrics.body, /^anteroom_replica_txid [1-9]\d*$/m);
    assert.match(metrics.body, /^process_start_time_seconds \d/m);
    await assert.rejects(request(`${pair.other.url}/`)); // nothing is served there
  },
  'a leader that ends in order hands over': async () => {
    await pair.swap('SIGTERM', async (leader) => assert.equal(await leader.stop(), 0));
  },
  'it comes back as a follower, from where its database is': async () => {
    await pair.submit(3);
    await pair.begin(pair.other);
    await pair.follows(pair.other);
    assert.match(pair.other.log, /"event":"following"[^\n]*"from":"the database here"/);
    assert.equal(await pair.other.stop(), 0);
    await pair.submit(3);
    await pair.begin(pair.other);
    await pair.follows(pair.other);
    assert.match(pair.other.log, /"event":"following"[^\n]*"from":"what was followed before"/);
    assert.doesNotMatch(pair.other.log, /restore_ms|set aside/);
    pair.other.process.kill('SIGKILL'); // what it left is right, or it is restored
    await pair.other.ended;
    await pair.submit(3);
    await pair.begin(pair.other);
    await pair.follows(pair.other);
    await pair.swap('SIGTERM', async (leader) => assert.equal(await leader.stop(), 0));
  },
  'a primary does not start beside a leader': async () => {
    const primary = new Server({ data: join(temporaryDirectory(), 'data'), env: { ...pair.env, ANTEROOM_REPLICA__ROLE: 'primary' } });
    await pair.begin(primary);
    assert.notEqual((await primary.ended).code, 0);
    assert.match(primary.log, /another server leads it/);
  },
  'with a database that may have more than the replica it is set aside': async () => {
    const position = join(pair.other.data, 'replica', 'position');
    writeFileSync(position, readFileSync(position, 'utf8').replace(/dbsum \w{4}/, 'dbsum 8000'));
    await pair.begin(pair.other);
    await pair.follows(pair.other);
    assert.match(pair.other.log, /database set aside/);
    assert.ok(readdirSync(join(pair.other.data, 'replica')).some((name) => name.startsWith('set-aside-')));
    assert.equal(await pair.other.stop(), 0);
    await pair.close();
  },
  'a leader that is killed, and one that sleeps and wakes: the other one leads, nothing is lost': () =>
    Promise.all([killed(), slept()]),
});
