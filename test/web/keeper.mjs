#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The real server keeps its replica, from within the sandbox: it merges, has a snapshot, and says
// how the replica is in a file.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const folder = temporaryDirectory();
const replica = join(folder, 'replica');
mkdirSync(replica);
const server = await new Server({ env: { ANTEROOM_REPLICA__URL: `file://${replica}`, ANTEROOM_REPLICA__DRILL_TIME: '1s' } }).start();
const status = join(server.data, 'replica', 'status.json');

const files = (level) => {
  const at = join(replica, 'ltx', String(level));
  return existsSync(at) ? readdirSync(at).filter((name) => name.endsWith('.ltx')) : [];
};
const read = () => (existsSync(status) ? JSON.parse(readFileSync(status, 'utf8')) : {});

await tap({
  'what is sent is merged, the base is a snapshot': async () => {
    await server.submit();
    while (files(9).length === 0 || files(1).length === 0) {
      assert.equal(server.process.exitCode, null, server.log);
      await sleep(100);
    }
    assert.equal(files(9)[0], '0000000000000001-0000000000000001.ltx');
    assert.match(files(1)[0], /^0000000000000002-/);
  },
  'the state says so': async () => {
    while (!(read().levels ?? []).some(({ level }) => level === 1)) {
      assert.equal(server.process.exitCode, null, server.log);
      await sleep(100);
    }
    const state = read();
    assert.equal(state.health, 'good');
    assert.equal(state.commits_waiting, 0);
    assert.equal(state.snapshot.txid, 1);
    assert.equal(state.keeper.trouble, null);
    assert.equal(state.keeper.bytes_fetched, 0);
    assert.equal(state.url, `file://${replica}`);
  },
  'a drill restores it, from within the sandbox, and leaves nothing': async () => {
    while (!read().drill?.ok) {
      assert.equal(server.process.exitCode, null, server.log);
      await sleep(100);
    }
    assert.doesNotMatch(server.log, /replica drill failed/);
  },
  'and it stops': async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /replica (not tidied|has a gap|behind)/);
    assert.equal(existsSync(join(server.data, 'replica', 'drill')), false);
  },
});
