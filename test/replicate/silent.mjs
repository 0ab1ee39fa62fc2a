#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A place that takes connections and answers nobody, which is worse than one that is away: nothing
// fails, everything waits. One call may wait 30 seconds; nobody else waits with it: not the start, not
// the stop, not the visitor whose submission is held for longer than promised. The bound here is half
// of that, and what is seen is well below.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Azurite } from '../lib/azurite.mjs';
import { Server, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const BOUND_MS = 15000;

class Silence {
  async start() {
    this.calls = [];
    this.server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => this.calls.push(bytes.toString().split('\r\n', 1)[0]));
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    const key = Buffer.alloc(64, 7).toString('base64');
    this.env = {
      ANTEROOM_REPLICA__URL: 'abs://account@container/path',
      ANTEROOM_REPLICA__ENDPOINT: `http://127.0.0.1:${this.server.address().port}/account`,
    };
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'key'), key, { mode: 0o600 });
    this.env.ANTEROOM_REPLICA__ACCOUNT_KEY_FILE = join(folder, 'key');
    return this;
  }

  // Until a call more than `n` is under way.
  async called(n) {
    for (let i = 0; i < 1000 && this.calls.length <= n; i++) await sleep(10);
    assert.ok(this.calls.length > n, 'nobody called');
  }
}

// What a promise comes to, when it comes before the bound; how long it took, for people.
async function soon(promise) {
  const began = Date.now();
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('it waits for the place')), BOUND_MS)));
  try {
    const value = await Promise.race([promise, late]);
    return [value, `${Date.now() - began} ms`];
  } finally {
    clearTimeout(timer);
  }
}

// Starts it without waiting until it serves.
function begin(server) {
  server.ready = async () => {};
  return server.start();
}

const silence = await new Silence().start();

await tap({
  'the start does not wait, and the stop neither': async () => {
    const before = await new Server().start(); // a database of its own
    await before.submit();
    assert.equal(await before.stop(), 0);
    const server = new Server({ data: before.data, env: { ...silence.env, ANTEROOM_SERVER__DRAIN_TIME: '1s' } });
    server.ready = Server.prototype.ready.bind(server, 100 * BOUND_MS);
    const [, started] = await soon(server.start());
    assert.equal((await server.submit()).status, 201);
    assert.match(server.log, /replica not reached/);
    await silence.called(1);
    const status = () => JSON.parse(readFileSync(join(server.data, 'replica', 'status.json'), 'utf8'));
    for (let i = 0; i < 1000 && !existsSync(join(server.data, 'replica', 'status.json')); i++) await sleep(10);
    assert.equal(status().health, 'behind');
    const [code, stopped] = await soon(server.stop());
    assert.equal(code, 0);
    assert.match(server.log, /replica behind/);
    assert.equal(server.list().length, 2);
    return `start ${started}, stop ${stopped}`;
  },
  'a start that has to restore says what it waits for, and can be stopped': async () => {
    const n = silence.calls.length;
    const server = new Server({ env: silence.env });
    await begin(server);
    await silence.called(n);
    assert.match(server.log, /no database here/);
    const [code, stopped] = await soon(server.stop());
    assert.equal(code, 0);
    assert.match(server.log, /had not begun to serve/);
    return `stop ${stopped}`;
  },
  'a standby can be stopped': async () => {
    const n = silence.calls.length;
    const server = new Server({ env: { ...silence.env, ANTEROOM_REPLICA__ROLE: 'standby' } });
    await begin(server);
    await silence.called(n);
    const [code, stopped] = await soon(server.stop());
    assert.equal(code, 0);
    assert.doesNotMatch(server.log, /not following/);
    return `stop ${stopped}`;
  },
  'who is held is answered after replica.sync_time, though the call goes on': async () => {
    // The place answers until the server is there, then no more.
    const azure = await new Azurite().start();
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'key'), azure.key, { mode: 0o600 });
    const server = await new Server({
      env: {
        ANTEROOM_REPLICA__URL: azure.url('held'),
        ANTEROOM_REPLICA__ENDPOINT: azure.endpoint,
        ANTEROOM_REPLICA__ACCOUNT_KEY_FILE: join(folder, 'key'),
        ANTEROOM_REPLICA__MODE: 'sync',
        ANTEROOM_REPLICA__SYNC_TIME: '1s',
        ANTEROOM_SERVER__DRAIN_TIME: '1s',
      },
    }).start();
    assert.equal((await server.submit()).status, 201);
    azure.process.kill('SIGSTOP');
    try {
      const [answer, held] = await soon(server.submit());
      assert.equal(answer.status, 503, answer.body);
      const [code, stopped] = await soon(server.stop());
      assert.equal(code, 0);
      return `answered in ${held}, stop ${stopped}`;
    } finally {
      azure.process.kill('SIGCONT');
      await azure.stop();
    }
  },
});
