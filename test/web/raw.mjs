#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Bytes on the wire that no honest client sends, clients that leave at every moment, and clients that
// stay and do nothing. After each of them the server serves others, and in the end it stops cleanly.
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { block, flag, frame, h2, secure, setting, type, word } from '../lib/frames.mjs';
import { Server, freePort, request, sleep, submission, tap } from '../lib/server.mjs';

const httpPort = await freePort();
const server = await new Server({ env: { ANTEROOM_SERVER__HTTP_LISTEN: `127.0.0.1:${httpPort}` } }).start();

const body = JSON.stringify(submission);
const post = [
  'POST /api/v1/submissions HTTP/1.1', 'host: localhost', 'content-type: application/json',
  `content-length: ${Buffer.byteLength(body)}`, '', body,
].join('\r\n');

const pseudo = (method, path) => [[':method', method], [':scheme', 'https'], [':path', path], [':authority', 'localhost']];
const submit = block([...pseudo('POST', '/api/v1/submissions'), ['content-type', 'application/json']]);

const h1 = () => secure(server.port, { ALPNProtocols: ['http/1.1'] });

async function serves() {
  assert.equal((await request(`${server.url}/apply/company`)).status, 200, server.log);
  assert.equal((await request(`${server.ops}/readyz`)).status, 200);
}

// Sends bytes; everything that comes back until the server closes, or `enough` matches it.
function exchange(socket, bytes, enough) {
  return new Promise((done) => {
    let back = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      back += chunk;
      if (enough?.test(back)) socket.destroy();
    });
    socket.on('close', () => done(back));
    socket.write(bytes);
  });
}

async function plain(port, bytes) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  return exchange(socket, bytes, /\r\n\r\n/);
}

const whole = /^HTTP\/1\.1 \d{3} [^]*?\r\n\r\n/;
const statusOf = (back) => Number(back.match(/^HTTP\/1\.1 (\d{3}) /)?.[1]);

// What a client says first.
async function clientHello() {
  return new Promise((done) => {
    const ear = net.createServer((socket) => socket.once('data', (bytes) => {
      done(bytes);
      socket.destroy();
      ear.close();
    }));
    ear.listen(0, '127.0.0.1', () => tls.connect({ port: ear.address().port, host: '127.0.0.1' }).on('error', () => {}));
  });
}

// Until nothing is on its way to the store any more.
async function settled() {
  let last = -1;
  for (;;) {
    const ready = (await request(`${server.ops}/readyz?verbose`)).body;
    const [, waiting, stored] = ready.match(/(\d+) waiting, (\d+) submissions/).map(Number);
    if (waiting === 0 && stored === last) return;
    last = waiting === 0 ? stored : -1;
    await sleep(30);
  }
}

async function stored() {
  await settled();
  return server.list().length;
}

await tap({
  'half a request, of every kind, holds up nobody': async () => {
    const held = [];
    const hello = await clientHello();
    for (let i = 0; i < 20; i++) {
      for (const part of [post.slice(0, 9), post.slice(0, 60), post.slice(0, -5)]) {
        const socket = await h1();
        socket.write(part);
        held.push(socket);
      }
      const silent = await secure(server.port, { ALPNProtocols: ['h2'] });
      silent.write('PRI * HT');
      const open = await h2(server.port);
      open.write(frame(type.headers, flag.endHeaders, 1, submit)); // and a body that does not come
      const halfway = net.connect(server.port, '127.0.0.1');
      halfway.write(hello.subarray(0, 50));
      held.push(silent, open, halfway);
    }
    await Promise.all(Array.from({ length: 20 }, serves));
    held.forEach((socket) => socket.on('error', () => {}).destroy());
    await serves();
    assert.equal(await stored(), 0);
  },
  'a client that leaves anywhere in its request leaves nothing behind': async () => {
    let cuts = 0;
    for (let at = 1; at < post.length - 1; at += 11) {
      const socket = await h1();
      await new Promise((done) => socket.write(post.slice(0, at), done));
      if (at % 2) socket.destroy();
      else socket.end();
      cuts++;
    }
    await serves();
    assert.equal(await stored(), 0);
    return `${cuts} cuts`;
  },
  'a client that leaves while its answer is on the way': async () => {
    const before = await stored();
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 30 }, async (_, i) => {
        const socket = await h1();
        await new Promise((done) => socket.write(post, done));
        for (let turn = 0; turn < i % 5; turn++) await new Promise(setImmediate);
        if (i % 3) socket.destroy();
        else socket.end();
      }));
    await serves();
    const after = await stored();
    assert.ok(after - before <= 300);
    return `${after - before} of 300 had come in whole and are stored`;
  },
  'a client that leaves anywhere in its handshake': async () => {
    const hello = await clientHello();
    for (let at = 0; at <= hello.length; at += 13) {
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      await new Promise((done) => socket.write(hello.subarray(0, at), done));
      if (at % 2) socket.resetAndDestroy();
      else socket.destroy();
    }
    for (const at of [0, 1, 5, 43, hello.length - 1]) { // and one that stutters
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      const wrong = Buffer.from(hello);
      wrong[at] ^= 0xff;
      await exchange(socket, at === 1 || at === 43 ? Buffer.concat([wrong, wrong]) : Buffer.concat([wrong, Buffer.alloc(20000)]), /./);
    }
    await serves();
  },
  'plain HTTP and noise where TLS is spoken': async () => {
    await plain(server.port, 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await plain(server.port, Buffer.alloc(70000, 0x16));
    await plain(server.port, Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    await serves();
  },
  '200 connections that do nothing': async () => {
    const idle = [];
    for (let i = 0; i < 200; i++) idle.push(await (i % 2 ? h1() : h2(server.port)));
    await Promise.all(Array.from({ length: 20 }, serves));
    idle.forEach((socket) => socket.destroy());
    await serves();
  },
  'nothing from a request becomes a header of an answer': async () => {
    const evil = 'x%0d%0aset-cookie:%20evil=1%0d%0a';
    for (const target of [`/${evil}`, `/?${evil}`, `/apply/engagement?from=${evil}`, `/static/${evil}`]) {
      const back = await exchange(await h1(), `GET ${target} HTTP/1.1\r\nhost: localhost\r\ncookie: __Host-anteroom-draft=${evil}\r\n\r\n`, whole);
      assert.ok(statusOf(back), back);
      assert.doesNotMatch(back.split('\r\n\r\n')[0], /evil/i);
      const redirect = await plain(httpPort, `GET ${target} HTTP/1.1\r\nhost: evil.example\r\n\r\n`);
      assert.equal(statusOf(redirect), 308);
      assert.doesNotMatch(redirect, /^set-cookie/im);
      assert.match(redirect, new RegExp(`^location: ${server.url}/`, 'm'));
    }
    for (const target of ['/a\rb', '/a\tb', '/a b', '/a\0b', '/a\x1b[31m', '//evil.example/', 'http://evil.example/', '*']) {
      const back = await exchange(await h1(), `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`, whole);
      assert.ok([200, 400, 404].includes(statusOf(back)), `${JSON.stringify(target)}: ${back}`);
      const redirect = await plain(httpPort, `GET ${target} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      const to = redirect.match(/^location: (.*)$/m)?.[1];
      if (to) assert.ok(to.startsWith(`${server.url}/`), to);
    }
    const socket = await h2(server.port);
    for (const [i, path] of ['/a\r\nset-cookie: evil=1', '/\0', '/static/\n', '/apply/engagement?from=check\r\nx: y'].entries())
      socket.write(frame(type.headers, flag.endStream | flag.endHeaders, 2 * i + 1,
        block([...pseudo('GET', path), ['cookie', 'a=b\r\nset-cookie: evil=1'], ['accept-encoding', 'gzip\r\nx: y']])));
    for (let i = 0; i < 100 && socket.frames.filter((f) => f.kind === type.headers || f.kind === type.reset).length < 4 && !socket.closed; i++) await sleep(20);
    assert.ok(!Buffer.concat(socket.frames.map((f) => f.payload)).includes('evil=1'));
    socket.destroy();
    await serves();
  },
  'what a client calls its method stays out of the log, and out of a terminal': async () => {
    const socket = await h2(server.port);
    socket.write(frame(type.headers, flag.endStream | flag.endHeaders, 1, block(pseudo('Ada\x1b[31mLovelace', '/'))));
    const back = await exchange(await h1(), 'ADA-LOVELACE / HTTP/1.1\r\nhost: localhost\r\n\r\n', whole);
    assert.equal(statusOf(back), 405);
    for (let i = 0; i < 100 && !socket.frames.some((f) => f.kind === type.headers || f.kind === type.reset); i++) await sleep(20);
    socket.destroy();
    await serves();
    assert.doesNotMatch(server.log, /Lovelace/i);
    assert.match(server.log, /"method":"other"/);
  },
  'heads that are too much are refused, not swallowed': async () => {
    const head = (lines) => `GET / HTTP/1.1\r\nhost: localhost\r\n${lines}\r\n`;
    const many = await exchange(await h1(), head('x: y\r\n'.repeat(101)), whole);
    assert.equal(statusOf(many), 400);
    const large = await exchange(await h1(), head(`x: ${'y'.repeat(64 * 1024)}\r\n`), whole);
    assert.equal(statusOf(large), 431);
    const cookies = await exchange(await h1(), head(`cookie: ${'__Host-anteroom-draft=x; '.repeat(4000)}\r\n`), whole);
    assert.equal(statusOf(cookies), 431);
    const endless = await h1();
    const back = exchange(endless, head(''.padEnd(0)).slice(0, -2));
    for (let i = 0; i < 64 && !endless.destroyed; i++) await new Promise((done) => endless.write(`x${i}: ${'y'.repeat(16384)}\r\n`, done));
    endless.end();
    assert.ok([400, 431, NaN].includes(statusOf(await back)));
    const target = await exchange(await h1(), `GET /${'a'.repeat(30000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, whole);
    assert.ok(statusOf(target) >= 400 && statusOf(target) < 500);
    const wide = await h2(server.port);
    for (let i = 0; i < 40; i++) // a header block that never ends
      wide.write(frame(i ? type.continuation : type.headers, 0, 1, i ? block([['x', 'y'.repeat(16000)]]) : block(pseudo('GET', '/'))));
    await sleep(100);
    wide.destroy();
    await serves();
  },
  'HTTP/1: lengths that lie': async () => {
    const start = 'POST /api/v1/submissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const before = await stored();
    for (const rest of [
      'content-length: -1\r\n\r\n', 'content-length: 99999999999999999999\r\n\r\n', 'content-length: 1x\r\n\r\nx',
      'content-length: 4294967296\r\n\r\n{}', 'transfer-encoding: chunked\r\n\r\nzz\r\n', 'transfer-encoding: chunked\r\n\r\n-1\r\n',
      'transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}', 'transfer-encoding: chunked\r\n\r\n2;' + 'x'.repeat(100000),
      'transfer-encoding: gzip\r\n\r\n', 'content-length: 2\r\n\r\n{}GARBAGE\r\n\r\n',
    ]) {
      const socket = await h1();
      const back = exchange(socket, start + rest, whole);
      await Promise.race([back, sleep(300)]);
      socket.destroy();
      const status = statusOf(await back);
      assert.ok(!status || (status >= 400 && status < 500), `${rest.slice(0, 60)}: ${status}`);
    }
    await serves();
    assert.equal(await stored(), before);
  },
  'HTTP/2: 1000 submissions taken back as soon as they are sent': async () => {
    const before = await stored();
    let sent = 0;
    for (let connection = 0; connection < 10; connection++) {
      const socket = await h2(server.port);
      for (let i = 0; i < 100 && !socket.destroyed; i++, sent++) {
        const stream = 2 * i + 1;
        await new Promise((done) => socket.write(Buffer.concat([
          frame(type.headers, flag.endHeaders, stream, submit),
          frame(type.data, flag.endStream, stream, Buffer.from(body)),
          frame(type.reset, 0, stream, word(8)),
        ]), done));
        if (i % 10 === 9) await new Promise(setImmediate);
      }
      socket.destroy();
    }
    await serves();
    const after = await stored();
    assert.ok(after - before <= sent);
    return `${sent} sent, ${after - before} stored`;
  },
  'HTTP/2: settings without end, frames of no known kind, windows that overflow or never open': async () => {
    const attacks = {
      'settings': frame(type.settings, 0, 0, Buffer.concat(Array.from({ length: 2700 }, (_, i) => setting(1 + i % 6, 16384 + i)))),
      'unknown settings': frame(type.settings, 0, 0, Buffer.concat(Array.from({ length: 2700 }, (_, i) => setting(0x100 + i, i)))),
      'a table of 4 GiB': frame(type.settings, 0, 0, setting(1, 0xffffffff)),
      'an initial window over its limit': frame(type.settings, 0, 0, setting(4, 0x80000000)),
      'a frame size of nothing': frame(type.settings, 0, 0, setting(5, 0)),
      'settings of a wrong length': frame(type.settings, 0, 0, Buffer.alloc(5)),
      'unknown frames': Buffer.concat(Array.from({ length: 500 }, (_, i) => frame(0x20 + i % 200, i % 256, i % 9, Buffer.alloc(i)))),
      'a frame that is too long': frame(type.data, 0, 1, Buffer.alloc(20000)),
      'a window that overflows': Buffer.concat([frame(type.window, 0, 0, word(0x7fffffff)), frame(type.window, 0, 0, word(0x7fffffff))]),
      'a window of nothing': frame(type.window, 0, 0, word(0)),
      'data for nobody': frame(type.data, 0, 7, Buffer.from('x')),
      'headers on stream 0': frame(type.headers, 5, 0, submit),
      'headers on an even stream': frame(type.headers, 5, 2, submit),
      'a stream that goes back': Buffer.concat([frame(type.headers, 5, 9, block(pseudo('GET', '/'))), frame(type.headers, 5, 3, block(pseudo('GET', '/')))]),
      'headers twice': Buffer.concat([frame(type.headers, 4, 1, submit), frame(type.headers, 5, 1, submit)]),
      'noise for a header block': frame(type.headers, 5, 1, Buffer.from('ffffffffffffffffffff', 'hex')),
      'no pseudo headers': frame(type.headers, 5, 1, block([['a', 'b']])),
      'no path': frame(type.headers, 5, 1, block([[':method', 'GET'], [':scheme', 'https']])),
      'an empty path': frame(type.headers, 5, 1, block(pseudo('GET', ''))),
      'a path without a slash': frame(type.headers, 5, 1, block(pseudo('GET', 'static/../x?y'))),
      'CONNECT': frame(type.headers, 4, 1, block([[':method', 'CONNECT'], [':authority', 'localhost:1']])),
      'more body than announced': Buffer.concat([
        frame(type.headers, 4, 1, block([...pseudo('POST', '/api/v1/submissions'), ['content-type', 'application/json'], ['content-length', '3']])),
        frame(type.data, 1, 1, Buffer.from(body))]),
      'continuation of nothing': frame(type.continuation, 4, 1, submit),
      'a stream that depends on itself': frame(type.headers, 0x25, 1, Buffer.concat([word(1), Buffer.from([255]), block(pseudo('GET', '/'))])),
      'goaway, then more': Buffer.concat([frame(type.goaway, 0, 0, Buffer.alloc(8)), frame(type.headers, 5, 1, block(pseudo('GET', '/')))]),
      'pings': Buffer.concat(Array.from({ length: 500 }, () => frame(type.ping, 0, 0, Buffer.alloc(8)))),
    };
    for (const bytes of Object.values(attacks)) {
      const socket = await h2(server.port);
      await new Promise((done) => socket.write(bytes, done));
      for (let turn = 0; turn < 5; turn++) await sleep(2);
      socket.destroy();
    }
    const shut = []; // answers that may not be sent: no window, then the client leaves
    for (let i = 0; i < 10; i++) {
      const socket = await h2(server.port, setting(4, 0));
      for (let stream = 1; stream < 60; stream += 2)
        socket.write(frame(type.headers, 5, stream, block(pseudo('GET', '/apply/company'))));
      shut.push(socket);
    }
    await serves();
    shut.forEach((socket, i) => (i % 2 ? socket.destroy() : socket.end(frame(type.reset, 0, 1, word(8)))));
    await serves();
    return `${Object.keys(attacks).length} kinds`;
  },
  'clients that ask and do not read': async () => {
    const deaf = [];
    for (let i = 0; i < 20; i++) {
      const socket = await h1();
      socket.pause();
      socket.write('GET /apply/company HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(500));
      deaf.push(socket);
    }
    await Promise.all(Array.from({ length: 10 }, serves));
    deaf.forEach((socket) => socket.destroy());
    await serves();
  },
  'afterwards a submission is stored, the chain is whole, and the server stops cleanly': async () => {
    const before = await stored();
    assert.equal((await server.submit()).status, 201);
    assert.equal(await stored(), before + 1);
    const audit = server.auditVerify();
    assert.equal(audit.status, 0, audit.stderr);
    assert.equal(await server.stop(), 0, server.log.slice(-4000));
  },
});
