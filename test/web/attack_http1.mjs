#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// HTTP/1 that two programs may read differently (request smuggling): each is answered 400 and the
// connection ends, so that nothing behind it is taken for a request. And what RFC 9112 allows, is.
// What vendor/patches/h2o/0004 changes.
import assert from 'node:assert/strict';
import { secure } from '../lib/frames.mjs';
import { Server, request, submission, tap } from '../lib/server.mjs';

const server = await new Server().start();
const smuggled = 'GET /static/smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n';
const json = JSON.stringify(submission);
const api = 'POST /api/v1/submissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
const page = 'GET /apply/company HTTP/1.1\r\nhost: localhost\r\n';
const chunked = (rest) => `${api}transfer-encoding: chunked\r\n\r\n${rest}`;

// All that comes back until the server closes; null when it does not (a guard, shorter than the
// server's own limit on the time of a request).
async function closing(bytes) {
  const socket = await secure(server.port, { ALPNProtocols: ['http/1.1'] });
  return new Promise((done) => {
    let back = '';
    const began = performance.now();
    const guard = setTimeout(() => (socket.destroy(), done({ back: null })), 10000);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => (back += chunk));
    socket.on('close', () => (clearTimeout(guard), done({ back, ms: performance.now() - began })));
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

const statuses = (back) => [...back.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((found) => Number(found[1]));

const refused = {
  'Content-Length twice, different': `${api}content-length: 5\r\ncontent-length: 0\r\n\r\n`,
  'Content-Length twice, the same': `${api}content-length: 0\r\ncontent-length: 0\r\n\r\n`,
  'Content-Length as a list': `${api}content-length: 0, 0\r\n\r\n`,
  'Content-Length with a sign': `${api}content-length: +0\r\n\r\n`,
  'Content-Length in hexadecimal': `${api}content-length: 0x0\r\n\r\n`,
  'Content-Length of nothing': `${api}content-length:\r\n\r\n`,
  'Content-Length with a space inside': `${api}content-length: 0 0\r\n\r\n`,
  'Content-Length, then Transfer-Encoding': `${api}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding, then Content-Length': `${api}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding twice': `${api}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: identity': `${api}transfer-encoding: identity\r\n\r\n`,
  'Transfer-Encoding: gzip, chunked': `${api}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: xchunked': `${api}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: vertical tab': `${api}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding with a space before the colon': `${api}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding in HTTP/1.0': `${api.replace('1.1', '1.0')}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'no Host': 'GET / HTTP/1.1\r\n\r\n',
  'Host twice, different': 'GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n',
  'Host twice, the same': 'GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n',
  'Host with a path': 'GET / HTTP/1.1\r\nhost: localhost/evil\r\n\r\n',
  'Host with a user': 'GET / HTTP/1.1\r\nhost: localhost@evil.example\r\n\r\n',
  'Host as a list': 'GET / HTTP/1.1\r\nhost: localhost, evil.example\r\n\r\n',
  'a bare LF after the request line': 'GET / HTTP/1.1\nhost: localhost\r\n\r\n',
  'a bare LF after a field': 'GET / HTTP/1.1\r\nhost: localhost\n\r\n',
  'bare LFs only': 'GET / HTTP/1.1\nhost: localhost\n\n',
  'a bare LF at the end of the head': 'GET / HTTP/1.1\r\nhost: localhost\r\n\n',
  'a bare CR in a value': `${page}x: a\rb: c\r\n\r\n`,
  'NUL in a value': `${page}x: a\0b\r\n\r\n`,
  'a folded line': `${page}x: a\r\n b\r\n\r\n`,
  'a folded line with a tab': `${page}x: a\r\n\tcontent-length: 5\r\n\r\n`,
  'a folded Transfer-Encoding': `${api}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  'a space before the first field': 'GET / HTTP/1.1\r\n host: localhost\r\n\r\n',
  'a space before the colon': `${page}x : y\r\n\r\n`,
  'a tab before the colon': `${page}content-length\t: 5\r\n\r\n`,
  'a field without a name': `${page}: y\r\n\r\n`,
  'a field without a colon': `${page}transfer-encoding chunked\r\n\r\n`,
  'a name with a bracket': `${page}x[y]: z\r\n\r\n`,
  'two spaces in the request line': 'GET  / HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a tab in the request line': 'GET\t/ HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/2.0 by name': 'GET / HTTP/2.0\r\nhost: localhost\r\n\r\n',
  'a target without a slash': 'GET apply HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a whole URI of another host': 'GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a whole URI with a user': 'GET http://localhost@evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'CONNECT': 'CONNECT localhost:443 HTTP/1.1\r\nhost: localhost:443\r\n\r\n',
  'GET *': 'GET * HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'a chunk size of noise': chunked('5x\r\nhello\r\n0\r\n\r\n'),
  'a chunk size after a space': chunked(' 5\r\nhello\r\n0\r\n\r\n'),
  'a chunk size before a space': chunked('5 \r\nhello\r\n0\r\n\r\n'),
  'a chunk size with 0x': chunked('0x5\r\nhello\r\n0\r\n\r\n'),
  'a chunk size with a sign': chunked('+5\r\nhello\r\n0\r\n\r\n'),
  'a chunk size that is too large': chunked('10000000000000005\r\nhello\r\n0\r\n\r\n'),
  'a chunk size that ends in a bare LF': chunked('5\nhello\r\n0\r\n\r\n'),
  'a chunk extension that ends in a bare LF': chunked('5;a\nhello\r\n0\r\n\r\n'),
  'a chunk extension with a bare CR': chunked('5;a\rb\r\nhello\r\n0\r\n\r\n'),
  'chunk data that ends in a bare LF': chunked('5\r\nhello\n0\r\n\r\n'),
  'chunk data that ends in CRCRLF': chunked('5\r\nhello\r\r\n0\r\n\r\n'),
  'chunk data longer than its size': chunked('5\r\nhelloo\r\n0\r\n\r\n'),
  'a last chunk that ends in a bare LF': chunked('5\r\nhello\r\n0\n\r\n'),
  'a trailer that ends in a bare LF': chunked('5\r\nhello\r\n0\r\nx: y\n\r\n'),
  'an end of trailers with a bare LF': chunked('5\r\nhello\r\n0\r\n\n'),
  'chunk extensions without end': chunked(`5;${'x'.repeat(20000)}`),
  'trailers without end': chunked(`5\r\nhello\r\n0\r\n${'x: y\r\n'.repeat(4000)}`),
};

const taken = {
  'an empty line before the request': [`\r\n${page}connection: close\r\n\r\n`, [200]],
  'white space around a value': [`${page}x: \t y \t\r\nconnection: close\r\n\r\n`, [200]],
  'HTTP/1.0 without Host': ['GET /apply/company HTTP/1.0\r\n\r\n', [200]],
  'a whole URI of this host': ['GET https://localhost/apply/company HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', [200]],
  'OPTIONS *': ['OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', [404, 405]],
  'an IPv6 Host': ['GET /apply/company HTTP/1.1\r\nhost: [::1]:8443\r\nconnection: close\r\n\r\n', [200]],
  'chunks, with extensions and trailers': [
    `${api}connection: close\r\ntransfer-encoding: Chunked\r\n\r\n${Buffer.byteLength(json).toString(16)};a="b"\r\n${Buffer.from(json).toString('latin1')}\r\n000\r\nx: y\r\nz: w\r\n\r\n`, [201]],
  'chunks of one byte': [
    `${api}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${[...Buffer.from(json)].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('')}0\r\n\r\n`, [201]],
};

let slowest = 0;
const tests = {};
for (const [name, bytes] of Object.entries(refused))
  tests[`refused: ${name}`] = async () => {
    const { back, ms } = await closing(bytes + smuggled);
    assert.notEqual(back, null, 'the connection stays open');
    const [status, ...more] = statuses(back);
    assert.equal(status, 400, back.slice(0, 300));
    assert.deepEqual(more, [], 'what follows was taken for a request');
    slowest = Math.max(slowest, ms);
  };
for (const [name, [bytes, status]] of Object.entries(taken))
  tests[`taken: ${name}`] = async () => {
    const { back } = await closing(bytes);
    assert.notEqual(back, null, 'the connection stays open');
    assert.equal(statuses(back).length, 1, back.slice(0, 300));
    assert.ok(status.includes(statuses(back)[0]), back.slice(0, 300));
  };

await tap({
  ...tests,
  'pipelined requests are answered in their order, and a broken one ends it': async () => {
    const next = (path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    const post = `${api}content-length: ${Buffer.byteLength(json)}\r\n\r\n${Buffer.from(json).toString('latin1')}`;
    const { back } = await closing(next('/apply/company') + next('/nowhere') + post + next('/apply/company') + 'GET / HTTP/1.1\r\n\r\n' + smuggled);
    assert.deepEqual(statuses(back ?? ''), [200, 404, 201, 200, 400]);
  },
  'afterwards the server serves and stops cleanly': async () => {
    assert.equal((await request(`${server.url}/apply/company`)).status, 200);
    assert.equal(server.list().length, 3, 'only what was right is stored');
    assert.equal(await server.stop(), 0, server.log);
    return `${Object.keys(refused).length} refused, the slowest closed after ${slowest.toFixed(0)} ms`;
  },
});
