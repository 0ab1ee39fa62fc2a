#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A record submitted on one machine is there on an empty one: by one command, and by itself at start.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, binary, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const scratch = temporaryDirectory(), place = join(scratch, 'replica'), url = `file://${place}`;
// Nothing is merged meanwhile, however long it takes: a test damages a file that a restore needs.
const env = { ANTEROOM_REPLICA__URL: url, ANTEROOM_REPLICA__LEVELS: '24h' };
const ids = (server) => server.list().map((row) => row.client_id);
const at = (data) => new Server({ data });
let sent, moment;

mkdirSync(place);

function run(args, code = 0) {
  const out = spawnSync(binary, args, { encoding: 'utf8', env: { PATH: process.env.PATH, TMPDIR: scratch } });
  assert.equal(out.status, code, out.stderr);
  return { ...out, json: args.includes('--json') && out.stdout && JSON.parse(out.stdout) };
}

await tap({
  'submissions go to the replica': async () => {
    const server = await new Server({ env }).start();
    for (let i = 0; i < 3; i++) assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
    moment = new Date().toISOString();
    await server.start();
    for (let i = 0; i < 3; i++) assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
    sent = ids(server);
    assert.equal(sent.length, 6);
  },
  'anteroom restore: the same records elsewhere, verified': async () => {
    const to = join(scratch, 'restored');
    const { json } = run(['restore', '--from', url, '--to', to, '--json']);
    assert.equal(json.restored, true);
    assert.equal(json.database_checksum_compared, true);
    assert.equal(json.rows.submission, 6);
    assert.deepEqual(readdirSync(to).sort(), ['anteroom.db', 'lock']);
    assert.deepEqual(ids(at(to)), sent);
    assert.match(run(['restore', '--from', url, '--to', to], 1).stderr, /not empty: there is anteroom\.db/);
  },
  'an older state: by moment, and by TXID': async () => {
    const to = join(scratch, 'older'), again = join(scratch, 'again');
    const { json } = run(['restore', '--from', url, '--to', to, '--timestamp', moment, '--json']);
    assert.deepEqual(ids(at(to)), sent.slice(3));
    assert.match(run(['restore', '--from', url, '--to', again, '--txid', `${json.txid}`]).stdout,
      new RegExp(`Restored TXID ${json.txid} .*audit chain`, 's'));
    assert.deepEqual(ids(at(again)), sent.slice(3));
    assert.match(run(['restore', '--from', url, '--verify', '--txid', '99999'], 1).stderr, /ends before TXID 99999.*--txid/);
    assert.match(run(['restore', '--from', url, '--verify', '--timestamp', '2001-01-01T00:00:00Z'], 1).stderr, /nothing that old/);
  },
  'the drill leaves nothing behind': async () => {
    const before = readdirSync(scratch).sort();
    assert.match(run(['restore', '--from', url, '--verify']).stdout, /Would restore.*as its writer noted it.*submission 6/s);
    assert.deepEqual(readdirSync(scratch).sort(), before);
  },
  'an empty data directory is restored at start; the server goes on with the replica': async () => {
    const server = await new Server({ data: join(scratch, 'new'), env }).start();
    assert.match(server.log, /"restored"|restored/);
    assert.deepEqual(ids(server), sent);
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
    assert.equal(run(['restore', '--from', url, '--verify', '--json']).json.rows.submission, 7);
  },
  'with replica.restore: off it is not': async () => {
    const server = new Server({ data: join(scratch, 'off'), env: { ...env, ANTEROOM_REPLICA__RESTORE: 'off' } });
    // At once; or, where the place takes its time, when it has answered the running server.
    await server.start().then(() => server.ended, () => {});
    assert.match(server.log, /ahead of this database/);
  },
  'replica status, verify, export': async () => {
    const { json } = run(['replica', 'status', '--from', url, '--json']);
    assert.equal(json.server, null, 'nobody says of which server');
    assert.equal(json.whole, true);
    assert.ok(json.newest_txid > 1 && json.files >= json.newest_txid);
    assert.match(run(['replica', 'verify', '--from', url]).stdout, /0 damaged.\nRestorable up to the newest/);
    const to = join(scratch, 'copy');
    assert.match(run(['replica', 'export', '--from', url, '--to', to]).stdout, /All of it is copied/);
    const left = run(['restore', '--from', `file://${to}`, '--verify', '--json']).json;
    assert.equal(left.rows.submission, 7);
    assert.equal(left.database_checksum_compared, true);
    run(['replica', 'export', '--from', url, '--to', to], 1);
  },
  'what the server says of it, while it runs and afterwards': async () => {
    const began = new Date().toISOString();
    const server = await new Server({ data: join(scratch, 'new'), env }).start();
    const file = join(server.data, 'replica', 'status.json');
    for (let tries = 0; !existsSync(file) || JSON.parse(readFileSync(file)).time < began; tries++) {
      assert.ok(tries < 400, 'it says nothing');
      await sleep(25);
    }
    let { json } = run(['replica', 'status', '--data', server.data, '--json']);
    assert.equal(json.server.running, true);
    assert.equal(json.server.health, 'good');
    assert.equal(json.server.trouble, null);
    assert.equal(json.server.url, url);
    assert.ok(json.server.backlog_bytes >= 0 && json.server.commits_waiting >= 0);
    assert.equal(json.server.drill.time, null);
    assert.match(run(['replica', 'status', '--data', server.data]).stdout, /The server says.*\n  health    good\n  position  TXID \d+, \d+\.\d s behind, \d+ commits/);
    assert.equal(await server.stop(), 0);
    const said = JSON.parse(readFileSync(file));
    writeFileSync(file, JSON.stringify({ ...said, health: 'behind', trouble: 'cannot put: no route', lag_ms: 61500, commits_waiting: 7, drill: { time: '2026-11-21T09:30:00.000Z', ok: false, txid: 3, took_ms: 20, trouble: 'a page is damaged' } }));
    const { stdout } = run(['replica', 'status', '--data', server.data]);
    assert.match(stdout, /The server, which ended, said at/);
    assert.match(stdout, /health    behind: cannot put: no route\n  position  TXID \d+, 61\.5 s behind, 7 commits waiting/);
    assert.match(stdout, /DRILL     at 2026-11-21T09:30:00.000Z: a page is damaged/);
    ({ json } = run(['replica', 'status', '--data', server.data, '--from', url, '--json']));
    assert.deepEqual([json.server.running, json.server.drill.ok, json.server.drill.trouble], [false, false, 'a page is damaged']);
    writeFileSync(file, 'nothing of ours');
    run(['replica', 'status', '--data', server.data, '--from', url], 4);
    rmSync(file);
  },
  'a damaged file is named, and the newest good point': async () => {
    const level = join(place, 'ltx', '0'), file = readdirSync(level).filter((name) => name.endsWith('.ltx')).sort().at(-2);
    const bytes = readFileSync(join(level, file));
    bytes[bytes.length - 1] ^= 4; // of its checksum: a bit of a packed page may unpack to the same
    writeFileSync(join(level, file), bytes);
    const { stderr } = run(['restore', '--from', url, '--to', join(scratch, 'never')], 4);
    assert.ok(stderr.includes(`ltx/0/${file} is damaged`), stderr);
    const good = stderr.match(/newest good point before it is TXID (\d+)/)[1];
    assert.ok(!existsSync(join(scratch, 'never', 'anteroom.db')));
    run(['restore', '--from', url, '--to', join(scratch, 'never'), '--txid', good]);
    assert.match(run(['replica', 'verify', '--from', url], 4).stdout, /1 damaged/);
    rmSync(join(level, file));
    assert.match(run(['replica', 'status', '--from', url], 1).stdout, /GAP/);
    assert.match(run(['restore', '--from', url, '--verify'], 4).stderr, /are missing.*newest good point/);
  },
  'what cannot be understood': async () => {
    run(['restore', '--from', url], 2);
    run(['restore', '--to', join(scratch, 'x')], 2);
    run(['restore', '--from', url, '--verify', '--txid', '0'], 2);
    run(['restore', '--from', url, '--verify', '--timestamp', 'yesterday'], 2);
    run(['restore', '--from', url, '--verify', '--timestamp', moment, '--txid', '1'], 2);
    run(['replica'], 2);
    run(['replica', 'export', '--from', url], 2);
    run(['replica', 'status', '--from', `file://${join(scratch, 'nothing')}`], 1);
    run(['replica', 'status', '--from', 'ftp://x'], 2);
  },
});
