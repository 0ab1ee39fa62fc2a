#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A replica that is encrypted on our side, in a directory and in Azure's emulator: nothing of a
// submission is in any blob; with the key it is on another machine after kill -9 and the loss of the
// disk, without it, or with another, every command says what is missing. A second reader and writer
// (test/lib/sealed.mjs) has the same idea of the format. A replica that was begun without encryption
// goes on with it, and a key is exchanged for another.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Azurite } from '../lib/azurite.mjs';
import { keyId, open, seal } from '../lib/sealed.mjs';
import { Server, binary, freePort, request, submission, tap, temporaryDirectory } from '../lib/server.mjs';

const tool = 'build/test/replicate/tool/place';
const scratch = temporaryDirectory();
const [key, second] = [randomBytes(32), randomBytes(32)];
const keyFile = (name, ...keys) => {
  const path = join(scratch, name);
  writeFileSync(path, `${keys.join('\n')}\n`, { mode: 0o600 });
  return path;
};
const first = keyFile('first', key.toString('hex'));
const other = keyFile('other', second.toString('base64'));
const both = keyFile('both', '# new', second.toString('base64'), '# until everything is renewed', key.toString('hex'));
const withKey = (path) => ({ ANTEROOM_REPLICA__ENCRYPTION_KEY_FILE: path });

function directory(name) {
  const path = join(scratch, name);
  mkdirSync(path);
  return { path, env: { ANTEROOM_REPLICA__URL: `file://${path}`, ANTEROOM_REPLICA__MODE: 'sync' } };
}

function run(args, env, code = 0) {
  const out = spawnSync(binary, args, { encoding: 'utf8', env: { PATH: process.env.PATH, TMPDIR: scratch, ...env } });
  assert.equal(out.status, code, out.stdout + out.stderr);
  return out.stdout + out.stderr;
}

async function serve(env, submissions, options = {}) {
  const server = await new Server({ env, ...options }).start();
  const ids = [];
  for (let i = 0; i < submissions; i++) {
    const answer = await server.submit();
    assert.equal(answer.status, 201, answer.body);
    ids.push(JSON.parse(answer.body).client_id);
  }
  return { server, ids };
}

async function kill(server) {
  server.process.kill('SIGKILL');
  await server.ended;
}

// Every file below a directory that is a blob's, by its name there.
const blobs = (path) => readdirSync(join(path, 'ltx')).flatMap((level) => readdirSync(join(path, 'ltx', level))
  .filter((name) => name.endsWith('.ltx')).map((name) => `ltx/${level}/${name}`));
const everything = (path) => readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? everything(join(path, entry.name)) : [readFileSync(join(path, entry.name))]);
const ids = (data) => new Server({ data }).list().map((row) => row.client_id).sort();

// What a submission holds, in the bytes that a database has, wherever it stands.
const words = [submission.email, submission.contact_name, submission.company_name, submission.project_scope, 'CREATE TABLE'].map((word) => Buffer.from(word));
const isIn = (parts) => words.filter((word) => parts.some((bytes) => bytes.includes(word))).length;

async function refusedToStart(data, env, what) {
  const out = spawnSync(binary, ['serve', '--data', data], { encoding: 'utf8', env: { PATH: process.env.PATH, ...env, ANTEROOM_SERVER__LISTEN: `127.0.0.1:${await freePort()}`, ANTEROOM_SERVER__OPS_LISTEN: '' } });
  assert.equal(out.status, 3, out.stderr);
  assert.match(out.stderr, what);
  assert.match(out.stderr, /replica\.encryption_key_file/);
}

const local = directory('local');
let sent = [], data = join(scratch, 'never-made'); // until the first test has a server

await tap({
  'a directory: nothing of a submission is in any file of it': async () => {
    const clear = directory('clear');
    const plain = await serve(clear.env, 3);
    assert.equal(await plain.server.stop(), 0);
    assert.ok(isIn(everything(clear.path)) >= 1, 'without encryption they are found: the search is right');

    const done = await serve({ ...local.env, ...withKey(first) }, 5);
    ({ data } = done.server);
    assert.match(readFileSync(`/proc/${done.server.process.pid}/status`, 'utf8'), /Seccomp:\t2/);
    await kill(done.server);
    sent = done.ids.sort();
    assert.equal(isIn(everything(local.path)), 0);
    return `${everything(local.path).length} files`;
  },
  'another program opens every file by the description of the format': () => {
    for (const name of blobs(local.path)) {
      const plain = open(key, name, readFileSync(join(local.path, name)));
      assert.equal(plain.subarray(0, 4).toString(), 'LTX1');
      assert.throws(() => open(key, name.replace('ltx/', 'ltx/1'), readFileSync(join(local.path, name))));
    }
  },
  'and we open what it writes': () => {
    const place = directory('theirs');
    const text = 'many words '.repeat(20000);
    writeFileSync(join(place.path, 'file'), seal(key, 'file', Buffer.from(text)));
    const got = spawnSync(tool, ['get', 'file'], { encoding: 'utf8', maxBuffer: 1 << 24, env: { PLACE_URL: place.env.ANTEROOM_REPLICA__URL, PLACE_KEY: key.toString('hex') } });
    assert.equal(JSON.parse(got.stdout).text, text);
  },
  'with the key: restored on an empty machine, and verified': () => {
    const to = join(scratch, 'elsewhere');
    assert.match(run(['restore', '--from', local.env.ANTEROOM_REPLICA__URL, '--to', to], withKey(first)), /as its writer noted it/);
    assert.deepEqual(ids(to), sent);
    run(['audit', 'verify', '--data', to], {});
    const from = ['--from', local.env.ANTEROOM_REPLICA__URL];
    assert.match(run(['replica', 'status', ...from], withKey(first)), /encrypted +the newest file, with the first key/);
    assert.match(run(['replica', 'verify', ...from], withKey(first)), /\d+ are encrypted, 0 of them with older keys; 0 are not/);
  },
  'without the key, or with another: refused by name, with the remedy': async () => {
    const from = ['--from', local.env.ANTEROOM_REPLICA__URL];
    for (const [env, what] of [[{}, /encrypted, with the key [0-9a-f]{16}, and we have none.*encryption_key_file/s],
      [withKey(other), new RegExp(`encrypted with the key ${keyId(key).toString('hex')}, and ours is another: ${keyId(second).toString('hex')}.*encryption_key_file`, 's')]]) {
      assert.match(run(['restore', ...from, '--to', join(scratch, 'nothing')], env, 3), what);
      for (const verb of ['status', 'verify']) assert.match(run(['replica', verb, ...from], env, 3), what);
      assert.match(run(['replica', 'export', ...from, '--to', join(scratch, 'none')], env, 3), what);
      await refusedToStart(data, { ...local.env, ...env }, what);
      await refusedToStart(join(scratch, 'new'), { ...local.env, ...env }, what); // restores first
      assert.match(run(['doctor', '--data', data], { ...local.env, ...env }, 1), what);
    }
    assert.equal(isIn(everything(local.path)), 0);
  },
  'a key that is none is told at the start': async () => {
    const wrong = keyFile('wrong', 'a good password');
    await refusedToStart(data, { ...local.env, ...withKey(wrong) }, /line 1.*is no key.*openssl rand/s);
    await refusedToStart(data, { ...local.env, ANTEROOM_REPLICA__ENCRYPTION_ONLY: 'true' }, /encryption_only is on/);
  },
  'exported it is a plain replica': () => {
    const to = join(scratch, 'exported');
    run(['replica', 'export', '--from', local.env.ANTEROOM_REPLICA__URL, '--to', to], withKey(first));
    assert.deepEqual(blobs(to).sort(), blobs(local.path).sort());
    for (const name of blobs(to)) assert.deepEqual(readFileSync(join(to, name)), open(key, name, readFileSync(join(local.path, name))));
    assert.match(run(['restore', '--from', `file://${to}`, '--verify'], {}), /as its writer noted it/);
  },
  'another key: the old one opens what it wrote': async () => {
    const env = { ...local.env, ...withKey(both) };
    const { server, ids: more } = await serve(env, 2, { data });
    assert.equal(await server.stop(), 0);
    assert.match(run(['replica', 'verify', '--from', local.env.ANTEROOM_REPLICA__URL], withKey(both)), /[1-9]\d* of them with older keys; 0 are not/);
    const to = join(scratch, 'rotated');
    run(['restore', '--from', local.env.ANTEROOM_REPLICA__URL, '--to', to], { ...withKey(both), ANTEROOM_REPLICA__ENCRYPTION_ONLY: 'true' });
    assert.deepEqual(ids(to), [...sent, ...more].sort());
  },
  'begun without encryption: what is new is encrypted, what is old is read': async () => {
    const mixed = directory('mixed');
    const before = await serve(mixed.env, 2);
    assert.equal(await before.server.stop(), 0);
    const keyed = { ...mixed.env, ...withKey(first) };
    assert.match(run(['doctor', '--data', before.server.data], keyed, 0), /not encrypted yet/);
    const after = await serve(keyed, 2, { data: before.server.data });
    await kill(after.server);
    assert.match(run(['doctor', '--data', before.server.data], keyed, 0), /transaction \d+.*, encrypted/);
    const from = ['--from', mixed.env.ANTEROOM_REPLICA__URL];
    const marks = blobs(mixed.path).map((name) => readFileSync(join(mixed.path, name)).subarray(0, 4).toString());
    assert.ok(marks.includes('LTX1') && marks.includes('ante'));
    assert.match(run(['replica', 'verify', ...from], withKey(first)), /[1-9]\d* are encrypted.*; [1-9]\d* are not/);
    const to = join(scratch, 'unmixed');
    run(['restore', ...from, '--to', to], withKey(first));
    assert.deepEqual(ids(to), [...before.ids, ...after.ids].sort());
    const strict = { ...withKey(first), ANTEROOM_REPLICA__ENCRYPTION_ONLY: 'true' };
    assert.match(run(['restore', ...from, '--verify'], strict, 4), /is not encrypted/);
    await refusedToStart(before.server.data, mixed.env, /and we have none/);
  },
  'in Azure: kill -9, the disk lost, restored; nothing of a submission is in any blob': async () => {
    const azure = await new Azurite().start();
    const account = join(scratch, 'account');
    writeFileSync(account, azure.key, { mode: 0o600 });
    const env = { ANTEROOM_REPLICA__URL: azure.url('secret'), ANTEROOM_REPLICA__ENDPOINT: azure.endpoint,
      ANTEROOM_REPLICA__ACCOUNT_KEY_FILE: account, ANTEROOM_REPLICA__MODE: 'sync', ...withKey(first) };
    const { server, ids: acknowledged } = await serve(env, 5);
    await kill(server);
    rmSync(server.data, { recursive: true });
    const list = spawnSync(tool, ['list', 'ltx/'], { encoding: 'utf8', env: { PLACE_URL: azure.url('secret'), PLACE_ENDPOINT: azure.endpoint, PLACE_ACCOUNT_KEY: azure.key } });
    const names = JSON.parse(list.stdout).text.split(' ');
    assert.ok(names.length >= 5);
    for (const name of names) {
      const answer = await request(`${azure.endpoint}/${azure.container}/secret/${name}?${azure.sas()}`);
      assert.equal(answer.status, 200);
      assert.ok(answer.body.startsWith('anteroom'));
      assert.equal(isIn([Buffer.from(answer.body), Buffer.from(JSON.stringify(answer.headers))]), 0);
      assert.deepEqual(Object.keys(answer.headers).filter((header) => header.startsWith('x-ms-meta-')).sort(),
        ['epoch', 'litestreamtimestamp', 'sealed', 'writer'].map((note) => `x-ms-meta-${note}`));
    }
    const to = join(scratch, 'from-azure');
    run(['restore', '--from', azure.url('secret'), '--to', to], env);
    assert.deepEqual(ids(to), acknowledged.sort());
    const again = await serve(env, 1); // on an empty disk, with the key
    assert.equal(again.server.list().length, 6);
    assert.equal(await again.server.stop(), 0);
    await azure.stop();
    return `${names.length} blobs`;
  },
});
