#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The server as operators and browsers meet it: protocols, headers on every response, assets, the
// operations listener, redirect, draining, and refusals at start.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { Server, Visitor, binary, freePort, request, sleep, submission, tap, temporaryDirectory } from '../lib/server.mjs';

const httpPort = await freePort();
const server = new Server({ env: { ANTEROOM_SERVER__HTTP_LISTEN: `127.0.0.1:${httpPort}` } });
await server.start();

const everywhere = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'permissions-policy',
  'cross-origin-opener-policy', 'cross-origin-resource-policy', 'strict-transport-security'];

function connect(options = {}) {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', rejectUnauthorized: false, ...options },
      () => done(socket));
    socket.on('error', fail);
  });
}

// Sends bytes as they are over TLS; everything that comes back.
async function raw(text) {
  const socket = await connect({ ALPNProtocols: ['http/1.1'] });
  socket.write(text);
  let back = '';
  for await (const chunk of socket) back += chunk;
  return back;
}

await tap({
  'curl speaks HTTP/2 with it': () => {
    const out = spawnSync('curl', ['-sk', '--http2', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', server.url], { encoding: 'utf8' });
    assert.equal(out.stdout, '2 200');
  },
  'TLS 1.3 and 1.2, and nothing older': async () => {
    for (const [version, want] of [['TLSv1.3', 'TLSv1.3'], ['TLSv1.2', 'TLSv1.2']]) {
      const socket = await connect({ minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), want);
      socket.destroy();
    }
    await assert.rejects(connect({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }));
  },
  'HTTP/2 serves many streams on one connection': async () => {
    const session = http2.connect(server.url, { rejectUnauthorized: false });
    const get = (path) => new Promise((done, fail) => {
      const stream = session.request({ ':path': path });
      stream.on('response', (headers) => {
        stream.resume();
        stream.on('end', () => done(headers[':status']));
      });
      stream.on('error', fail);
    });
    const all = await Promise.all(Array.from({ length: 50 }, () => get('/apply/company')));
    assert.ok(all.every((status) => status === 200));
    session.close();
  },
  'every response carries the security headers and no Server header': async () => {
    const answers = [
      await request(`${server.url}/`),
      await request(`${server.url}/nowhere`),
      await request(`${server.url}/apply/company`, { method: 'DELETE' }),
      await request(`${server.url}/apply/engagement`),
      await request(`${server.url}/api/v1/submissions`, { method: 'POST', body: '{' }),
      await request(`${server.url}/apply/company`, { method: 'POST', headers: { 'content-length': 2 << 20 } }), // announced, not sent
    ];
    for (const answer of answers) {
      for (const name of everywhere) assert.ok(answer.headers[name], `${name} on ${answer.status}`);
      assert.equal(answer.headers.server, undefined);
      assert.doesNotMatch(answer.headers['content-security-policy'], /unsafe/);
    }
  },
  'a request that cannot be parsed is answered 400 with the headers too': async () => {
    const back = await raw('BROKEN\r\n\r\n');
    assert.match(back, /^HTTP\/1\.1 400 /);
    for (const name of everywhere) assert.match(back.toLowerCase(), new RegExp(`^${name}: `, 'm'));
  },
  'personal pages are not cached': async () => {
    for (const path of ['/', '/apply/company'])
      assert.equal((await request(server.url + path)).headers['cache-control'], 'no-store');
  },
  'assets: hashed, immutable, compressed, typed': async () => {
    const page = (await request(server.url)).body;
    const urls = [...page.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((m) => m[1]);
    assert.ok(urls.length >= 2);
    for (const url of urls) {
      assert.match(url, /\.[0-9a-f]{10}\./);
      const plain = await request(server.url + url);
      assert.equal(plain.status, 200);
      assert.match(plain.headers['cache-control'], /immutable/);
      assert.equal(plain.headers['content-encoding'], undefined);
      const small = await request(server.url + url, { headers: { 'accept-encoding': 'gzip' } });
      if (/css|js/.test(url)) assert.equal(small.headers['content-encoding'], 'gzip');
    }
  },
  'HEAD is GET without a body': async () => {
    const head = await request(server.url, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body, '');
    assert.ok(Number(head.headers['content-length']) > 500);
  },
  'plain HTTP redirects to the same page over HTTPS': async () => {
    const answer = await request(`http://127.0.0.1:${httpPort}/apply/company?from=check`);
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, `${server.url}/apply/company?from=check`);
  },
  'the operations listener: alive, ready, and not on the public port': async () => {
    assert.equal((await request(`${server.ops}/livez`)).status, 200);
    const ready = await request(`${server.ops}/readyz?verbose`);
    assert.equal(ready.status, 200);
    assert.match(ready.body, /\[ok\] writer/);
    assert.equal((await request(`${server.url}/readyz`)).status, 404);
  },
  'the log: a JSON line for each request, by route, without what people typed': async () => {
    await request(`${server.url}/apply/company?secret=hunter2`);
    await sleep(50);
    const lines = server.log.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.some((line) => line.event === 'ready'));
    assert.ok(lines.some((line) => line.event === 'request' && line.route === '/apply/company' && line.status === 200));
    assert.ok(!server.log.includes('hunter2'));
    assert.ok(!server.log.includes('127.0.0.1:') || lines.every((line) => line.event !== 'request' || !JSON.stringify(line).includes('127.0.0.1')));
  },
  'a second process on the same data directory is refused with a sentence': () => {
    const out = spawnSync(binary, ['serve', '--data', server.data], {
      encoding: 'utf8',
      env: { ANTEROOM_SERVER__LISTEN: '127.0.0.1:1', ANTEROOM_TELEMETRY__LOG__FORMAT: 'text' },
    });
    assert.notEqual(out.status, 0);
    assert.match(out.stderr, /another anteroom|in use|using/i);
  },
  'a port that is taken is refused with a remedy': async () => {
    const taken = net.createServer();
    await new Promise((done) => taken.listen(0, '127.0.0.1', done));
    const out = spawnSync(binary, ['serve', '--data', temporaryDirectory()], {
      encoding: 'utf8',
      env: { ANTEROOM_SERVER__LISTEN: `127.0.0.1:${taken.address().port}` },
    });
    taken.close();
    assert.notEqual(out.status, 0);
    assert.match(out.stderr, /server\.listen/);
  },
  'SIGTERM: what is in flight is answered, idle connections end, exit 0': async () => {
    const agent = new https.Agent({ keepAlive: true });
    await request(server.url, { agent }); // an idle HTTP/1 connection
    const session = http2.connect(server.url, { rejectUnauthorized: false });
    await new Promise((done) => session.once('connect', done)); // an idle HTTP/2 connection
    const flights = Array.from({ length: 40 }, (_, i) => server.submit({ notes: `flight ${i}` }, { agent }));
    await Promise.race(flights);
    const ended = server.kill('SIGTERM');
    const answers = await Promise.allSettled(flights);
    const { code } = await ended;
    assert.equal(code, 0, server.log);
    const right = answers.filter((a) => a.status === 'fulfilled' && a.value.status === 201).length;
    const stored = server.list().filter((row) => row.notes.startsWith('flight')).length;
    assert.equal(stored, right);
    session.destroy();
    agent.destroy();
    return `${right} of ${flights.length} were in and answered`;
  },
});
