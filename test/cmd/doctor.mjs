#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The doctor: each thing that can be wrong is found, named and told with a remedy; nothing is changed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Server, binary, freePort, tap, temporaryDirectory } from '../lib/server.mjs';

const place = temporaryDirectory();
const states = new Set(['ok', 'warn', 'bad', 'skipped']);

function run(args, env = {}, before = []) {
  const [command, ...rest] = [...before, binary, 'doctor', ...args];
  return spawnSync(command, rest, { cwd: place, env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });
}

// The checks by name; code 1 exactly when one of them is bad.
function doctor(args, env, before) {
  const out = run(['--json', ...args], env, before);
  assert.equal(out.stderr, '');
  const { healthy, checks } = JSON.parse(out.stdout);
  assert.equal(out.status, healthy ? 0 : 1, out.stdout);
  assert.equal(healthy, checks.every((check) => check.state !== 'bad'));
  for (const check of checks) {
    assert.ok(states.has(check.state), check.name);
    assert.ok(check.finding, check.name);
    if (check.state === 'bad') assert.ok(check.remedy, `${check.name}: ${check.finding}`);
  }
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

function expect(check, state, words) {
  assert.equal(check.state, state, `${check.finding} ${check.remedy}`);
  assert.match(`${check.finding} ${check.remedy}`, words);
}

function sql(data, text) {
  execFileSync('python3', ['-c', 'import sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.executescript(sys.argv[2])\nd.commit()',
    join(data, 'anteroom.db'), text]);
}

function certificate(name, host, days) {
  const [crt, key] = [join(place, `${name}.crt`), join(place, `${name}.key`)];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', crt,
    '-days', String(days), '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`], { stdio: 'ignore' });
  return { ANTEROOM_SERVER__TLS__CERTIFICATE_FILE: crt, ANTEROOM_SERVER__TLS__KEY_FILE: key };
}

const server = await new Server().start();
await server.submit();
const served = { ANTEROOM_SERVER__LISTEN: `127.0.0.1:${server.port}`, ANTEROOM_SERVER__OPS_LISTEN: `127.0.0.1:${server.opsPort}` };
let free; // ports nobody has

await tap({
  'beside a running server': () => {
    const found = doctor(['--data', server.data], served);
    expect(found.configuration, 'ok', /defaults/);
    expect(found.directory, 'ok', new RegExp(`served by process ${server.process.pid}`));
    assert.notEqual(found.disk.state, 'bad');
    expect(found.database, 'ok', /whole, schema \d+, audit chain at event 1/);
    expect(found.certificate, 'ok', /tls\.crt, for localhost, \d+ days left, self-signed/);
    expect(found.ports, 'ok', /with the running server/);
    expect(found.limits, 'ok', /connections/);
    assert.match(found.sandbox.finding, new RegExp(`process ${server.process.pid}`));
    if (!/instrumented/.test(server.log)) expect(found.sandbox, 'ok', /seccomp, no new privileges/);
  },
  'after it, and nothing was left behind': async () => {
    assert.equal(await server.stop(), 0);
    free = { ANTEROOM_SERVER__LISTEN: `127.0.0.1:${await freePort()}`, ANTEROOM_SERVER__OPS_LISTEN: '' };
    const files = () => readdirSync(server.data).filter((name) => !/-(wal|shm)$/.test(name)).sort();
    const before = files();
    const found = doctor(['--data', server.data], free);
    expect(found.directory, 'ok', /nobody/);
    expect(found.database, 'ok', /whole/);
    expect(found.ports, 'ok', /is free/);
    assert.deepEqual(files(), before);
    assert.equal(await (await new Server({ data: server.data }).start()).stop(), 0);
  },
  'for people: one line a check, the remedy below': () => {
    const { stdout } = run(['--data', join(place, 'none')], free);
    assert.match(stdout, /^ok +configuration +/m);
    assert.match(stdout, /^warn +directory +there is no .*none yet\n +The first start makes it/m);
    assert.match(stdout, /^skipped +disk /m);
    assert.equal(existsSync(join(place, 'none')), false);
  },
  'a wrong configuration': () => {
    writeFileSync(join(place, 'wrong.yaml'), 'server:\n  lisen: ":1"\n');
    const found = doctor(['--config', 'wrong.yaml']);
    expect(found.configuration, 'bad', /wrong\.yaml:2:3.*listen/);
    expect(found.certificate, 'skipped', /configuration/);
  },
  'a data directory that is a file': () => {
    writeFileSync(join(place, 'plain'), '');
    expect(doctor(['--data', join(place, 'plain')], free).directory, 'bad', /is not a directory.*--data/);
  },
  'a damaged database, a changed audit chain, another program’s, a newer one': () => {
    const copy = (name) => {
      const to = join(place, name);
      cpSync(server.data, to, { recursive: true });
      return to;
    };
    const noise = copy('noise');
    for (const end of ['-wal', '-shm']) rmSync(join(noise, `anteroom.db${end}`), { force: true });
    writeFileSync(join(noise, 'anteroom.db'), 'x'.repeat(8192));
    expect(doctor(['--data', noise], free).database, 'bad', /not a database/);
    const torn = copy('torn');
    for (const end of ['-wal', '-shm']) rmSync(join(torn, `anteroom.db${end}`), { force: true });
    const bytes = readFileSync(join(torn, 'anteroom.db'));
    bytes.fill(0xa5, 4096, bytes.length); // everything but the first page
    writeFileSync(join(torn, 'anteroom.db'), bytes);
    expect(doctor(['--data', torn], free).database, 'bad', /damaged|malformed/);
    const changed = copy('changed');
    sql(changed, 'INSERT INTO audit SELECT 2, at_ms, actor, action, subject, detail, hash FROM audit');
    expect(doctor(['--data', changed], free).database, 'bad', /event 2 was changed/);
    const foreign = copy('foreign');
    sql(foreign, 'PRAGMA application_id = 5');
    expect(doctor(['--data', foreign], free).database, 'bad', /another program/);
    const newer = copy('newer');
    sql(newer, 'PRAGMA user_version = 99');
    expect(doctor(['--data', newer], free).database, 'bad', /newer anteroom/);
    const older = copy('older');
    sql(older, 'PRAGMA user_version = 1');
    expect(doctor(['--data', older], free).database, 'warn', /schema 1/);
    const ahead = copy('ahead'); // as if the clock had been set back an hour since
    sql(ahead, 'DROP TRIGGER audit_is_not_changed; UPDATE audit SET at_ms = at_ms + 3600000');
    expect(doctor(['--data', ahead], free).clock, 'bad', /before the newest audit event.*chrony/);
  },
  'certificates: missing, of another key, for another name, self-signed in public, ending': () => {
    const good = certificate('good', 'onboarding.example.com', 365), other = certificate('other', 'other.example.com', 365);
    const at = { ...free, ANTEROOM_SERVER__PUBLIC_URL: 'https://onboarding.example.com' };
    const look = (env) => doctor(['--data', server.data], { ...at, ...env }).certificate;
    expect(look({ ...good, ANTEROOM_SERVER__TLS__KEY_FILE: other.ANTEROOM_SERVER__TLS__KEY_FILE }), 'bad', /does not belong to/);
    expect(look({ ...good, ANTEROOM_SERVER__TLS__CERTIFICATE_FILE: join(place, 'absent.crt') }), 'bad', /absent\.crt/);
    expect(look(other), 'bad', /is not for onboarding\.example\.com/);
    expect(look(good), 'warn', /self-signed/);
    expect(look({}), 'bad', /is not for onboarding/); // the one made for localhost
    const name = 'localhost';
    expect(doctor(['--data', server.data], { ...free, ...certificate('local', name, 365) }).certificate, 'ok', /36[45] days/);
    expect(doctor(['--data', server.data], { ...free, ...certificate('ending', name, 5) }).certificate, 'warn', /ends in [45] days.*Renew/);
  },
  'a port that somebody has': async () => {
    const taken = createServer();
    await new Promise((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address();
    const found = doctor(['--data', server.data], { ...free, ANTEROOM_SERVER__LISTEN: `127.0.0.1:${port}` });
    taken.close();
    expect(found.ports, 'bad', new RegExp(String(port)));
  },
  'too few open files for the connections': () => {
    const found = doctor(['--data', server.data], { ...free, ANTEROOM_LIMITS__CONNECTIONS: '5000' },
      ['/bin/sh', '-c', 'ulimit -n 1000; exec "$0" "$@"']);
    expect(found.limits, 'bad', /1000 open files.*5064.*LimitNOFILE/);
  },
  'a disk without room': () => {
    // A file system of our own: where this user may make none, there is nothing to see.
    const small = join(place, 'small');
    mkdirSync(small);
    const script = 'mount -t tmpfs -o size=1m,mode=700 none "$0" && exec "$@"';
    const out = spawnSync('unshare', ['-rm', '/bin/sh', '-c', script, small, binary, 'doctor', '--json', '--data', small],
      { env: { PATH: process.env.PATH, ...free }, encoding: 'utf8' });
    if (out.status !== 0 && out.status !== 1) return 'no file system could be made here';
    if (!out.stdout) return 'no file system could be made here';
    const disk = JSON.parse(out.stdout).checks.find((check) => check.name === 'disk');
    expect(disk, 'bad', /[01] MiB of 1 free.*503/);
    return undefined;
  },
  'a sandbox that is switched off': () => {
    expect(doctor(['--data', server.data], { ...free, ANTEROOM_SERVER__SANDBOX: 'off' }).sandbox, 'warn', /as configured/);
  },
  'the replica': async () => {
    expect(doctor(['--data', server.data], served).replica, 'skipped', /none is configured/);
    const [data, folder] = [temporaryDirectory(), temporaryDirectory()];
    const env = { ANTEROOM_REPLICA__URL: `file://${folder}`, ANTEROOM_REPLICA__MODE: 'sync' };
    expect(doctor(['--data', data], env).replica, 'warn', /empty.*next start/);
    const replicated = await new Server({ data, env }).start();
    await replicated.submit();
    assert.equal(await replicated.stop(), 0);
    expect(doctor(['--data', data], env).replica, 'ok', /transaction \d+/);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect(doctor(['--data', data], env).replica, 'bad', /replica/);
  },
});
