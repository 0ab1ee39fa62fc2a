#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The certificate is exchanged while the server runs: as Kubernetes swaps it, in place, on SIGHUP,
// with a pair that does not fit, and under load. And what a failed handshake leaves in the log.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { Server, request, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const folder = temporaryDirectory();
const mount = join(folder, 'mount');

function makePair(name) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const out = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-subj', `/CN=${name}`, '-days', '30', '-keyout', key, '-out', certificate], { encoding: 'utf8' });
  assert.equal(out.status, 0, out.stderr);
  return { key: spawnSync('cat', [key]).stdout, certificate: spawnSync('cat', [certificate]).stdout };
}

const pairs = Object.fromEntries(['one', 'two', 'three', 'four'].map((name) => [name, makePair(name)]));

// A volume of Kubernetes: tls.crt -> ..data/tls.crt, ..data -> ..<number>; one rename exchanges both.
let version = 0;
function swap(certificate, key) {
  const next = `..version_${++version}`;
  mkdirSync(join(mount, next), { recursive: true });
  writeFileSync(join(mount, next, 'tls.crt'), certificate);
  writeFileSync(join(mount, next, 'tls.key'), key, { mode: 0o600 });
  symlinkSync(next, join(mount, '..data_tmp'));
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  rmSync(join(mount, `..version_${version - 1}`), { recursive: true, force: true });
}
swap(pairs.one.certificate, pairs.one.key);
for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(mount, name));

const server = new Server({
  env: {
    ANTEROOM_SERVER__TLS__CERTIFICATE_FILE: join(mount, 'tls.crt'),
    ANTEROOM_SERVER__TLS__KEY_FILE: join(mount, 'tls.key'),
    ANTEROOM_TELEMETRY__LOG__LEVEL: 'debug',
  },
});
await server.start();

function connect(options = {}) {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'], ...options }, () => done(socket));
    socket.on('session', (ticket) => (socket.ticket = ticket));
    socket.on('error', fail);
  });
}

async function served() {
  const socket = await connect();
  const name = socket.getPeerCertificate().subject.CN;
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  for await (const _ of socket); // to its end: a client that leaves earlier is a failed handshake
  return name;
}

async function until(what, tries = 600) {
  for (let i = 0; i < tries; i++) {
    if (await what()) return;
    await sleep(50);
  }
  assert.fail(`it never came to ${what}`);
}

const count = (text) => server.log.split(text).length - 1;
const refusal = 'certificate not exchanged, the one before serves on';

await tap({
  'it starts with the pair there is': async () => assert.equal(await served(), 'one'),
  'a swap as Kubernetes does it: new connections get the new certificate, old ones go on': async () => {
    const session = http2.connect(server.url, { rejectUnauthorized: false });
    const get = () => new Promise((done, fail) => {
      const stream = session.request({ ':path': '/' });
      stream.on('response', (headers) => { stream.resume(); stream.on('end', () => done(headers[':status'])); });
      stream.on('error', fail);
    });
    assert.equal(await get(), 200);
    const silent = net.connect(server.port, '127.0.0.1'); // connected, not a byte said yet
    await new Promise((done) => silent.once('connect', done));
    swap(pairs.two.certificate, pairs.two.key);
    await until(async () => (await served()) === 'two');
    assert.equal(await get(), 200);
    assert.equal(session.socket.getPeerCertificate().subject.CN, 'one');
    session.close();
    const late = await connect({ socket: silent });
    assert.equal(late.getPeerCertificate().subject.CN, 'two');
    late.destroy();
  },
  'a pair that does not fit is told once, with what to do, and the old one serves on': async () => {
    swap(pairs.three.certificate, pairs.one.key);
    await until(() => count(refusal) === 1);
    const line = JSON.parse(server.log.split('\n').find((text) => text.includes(refusal)));
    assert.match(line.detail, /does not belong to/);
    assert.match(line.hint, /openssl x509/);
    assert.equal(await served(), 'two');
    await sleep(5000); // two more looks
    assert.equal(count(refusal), 1);
    assert.equal(await served(), 'two');
  },
  'files that are gone are told as well': async () => {
    renameSync(join(mount, '..data'), join(mount, '..gone'));
    await until(() => count(refusal) === 2);
    assert.equal(await served(), 'two');
    renameSync(join(mount, '..gone'), join(mount, '..data'));
  },
  'a right pair ends it; a ticket of before gets a full handshake': async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      const first = await connect({ maxVersion });
      first.resume(); // TLS 1.3 sends tickets after the handshake
      await until(() => first.ticket);
      const session = first.ticket;
      first.destroy();
      const again = await connect({ maxVersion, session });
      assert.equal(again.isSessionReused(), true);
      again.destroy();
      const [name, pair] = Object.entries(pairs)[maxVersion === 'TLSv1.2' ? 2 : 3];
      swap(pair.certificate, pair.key);
      await until(async () => (await served()) === name);
      const later = await connect({ maxVersion, session });
      assert.equal(later.isSessionReused(), false);
      later.destroy();
    }
  },
  'SIGHUP: at once, and a fault is told at once': async () => {
    swap(pairs.one.certificate, pairs.one.key);
    server.process.kill('SIGHUP');
    await until(async () => (await served()) === 'one');
    const before = count(refusal);
    swap('nothing', pairs.one.key);
    server.process.kill('SIGHUP');
    await until(() => count(refusal) === before + 1);
    swap(pairs.one.certificate, pairs.one.key);
    server.process.kill('SIGHUP');
    await until(async () => (await served()) === 'one');
  },
  'no handshake and no request fails while certificates change under load': async () => {
    let over = false, good = 0;
    const client = async () => {
      while (!over) {
        assert.equal((await request(`${server.url}/`, { agent: false })).status, 200); // a connection each
        good++;
      }
    };
    const clients = Array.from({ length: 8 }, client);
    const exchanged = count('certificate exchanged');
    const failed = count('TLS handshake failed');
    for (let i = 0; i < 40; i++) {
      const pair = i % 2 ? pairs.one : pairs.two;
      swap(pair.certificate, pair.key);
      server.process.kill('SIGHUP');
      await sleep(25);
    }
    over = true;
    await Promise.all(clients);
    assert.ok(count('certificate exchanged') > exchanged + 10);
    assert.ok(good > 40);
    assert.equal(count('TLS handshake failed'), failed);
    return `${good} connections, ${count('certificate exchanged') - exchanged} exchanges`;
  },
  'a failed handshake is a debug line with a reason and without an address': async () => {
    await assert.rejects(connect({ ALPNProtocols: ['none-of-ours'] }));
    await assert.rejects(connect({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }));
    await until(() => count('TLS handshake failed') >= 2);
    const lines = server.log.split('\n').filter((text) => text.includes('TLS handshake failed')).map((text) => JSON.parse(text));
    assert.ok(lines.some((line) => line.reason === 'no application protocol in common'));
    for (const line of lines) {
      assert.equal(line.level, 'debug');
      assert.deepEqual(Object.keys(line).sort(), ['event', 'failed', 'level', 'reason', 'time']);
    }
  },
  'it stops cleanly and says how many handshakes there were': async () => {
    assert.equal(await server.stop(), 0);
    const line = JSON.parse(server.log.trim().split('\n').at(-1));
    assert.equal(line.event, 'stopped');
    assert.ok(line.handshakes > 20 && line.handshakes_failed >= 2, JSON.stringify(line));
  },
});
