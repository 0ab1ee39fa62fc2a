#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Clients that are slow on purpose are let go; one that is honest on a bad line is served. The server
// here gives a request two seconds; what is waited for has a bound only as a guard against hanging.
import assert from 'node:assert/strict';
import { block, flag, frame, h2, secure, setting, type, word } from '../lib/frames.mjs';
import { Server, formFields, request, sleep, submission, tap } from '../lib/server.mjs';

const server = await new Server({ env: { ANTEROOM_LIMITS__REQUEST_TIME: '2s', ANTEROOM_LIMITS__IDLE_TIME: '3s' } }).start();
const guardMs = 20000;
const json = Buffer.from(JSON.stringify(submission));
const pseudo = (method, path) => [[':method', method], [':scheme', 'https'], [':path', path], [':authority', 'localhost']];
const submit = block([...pseudo('POST', '/api/v1/submissions'), ['content-type', 'application/json']]);
const h1 = () => secure(server.port, { ALPNProtocols: ['http/1.1'] });

// One piece every `pause` ms until the server closes (false: until the guard), or `enough` says so.
async function trickle(socket, piece, { pause = 100, enough = () => false } = {}) {
  let closed = false;
  socket.on('error', () => {});
  socket.on('end', () => (closed = true));
  socket.on('close', () => (closed = true));
  socket.resume();
  const began = performance.now();
  for (let i = 0; !closed && !enough(); i++) {
    if (performance.now() - began > guardMs) return false;
    const bytes = piece(i);
    if (bytes) socket.write(bytes);
    await sleep(pause);
  }
  socket.destroy();
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

async function sheds(socket, piece, options) {
  const took = await trickle(socket, piece, options);
  assert.ok(took, 'still connected');
  assert.equal((await request(`${server.url}/apply/company`)).status, 200);
  return `after ${took}`;
}

await tap({
  'HTTP/1: a head, a byte at a time': async () =>
    sheds(await h1(), (i) => `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(1000)}`.slice(i, i + 1)),
  'HTTP/1: a body, a byte at a time': async () => {
    const socket = await h1();
    socket.write(`POST /api/v1/submissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n`);
    return sheds(socket, (i) => json.subarray(i, i + 1));
  },
  'HTTP/1: chunks, a byte at a time': async () => {
    const socket = await h1();
    socket.write('POST /api/v1/submissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
    return sheds(socket, () => '1\r\n{\r\n');
  },
  'TLS: a handshake that is never finished': async () => {
    const { connect } = await import('node:net');
    return sheds(connect(server.port, '127.0.0.1'), (i) => (i ? Buffer.alloc(1) : Buffer.from([22, 3, 1, 2, 0, 1])));
  },
  'HTTP/2: a preface, a byte at a time': async () => {
    const socket = await secure(server.port, { ALPNProtocols: ['h2'] });
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    return sheds(socket, (i) => preface.subarray(i, i + 1), { pause: 1000 });
  },
  'HTTP/2: a frame, a byte at a time': async () => {
    const socket = await h2(server.port);
    const slow = frame(type.headers, 5, 1, block([...pseudo('GET', '/'), ['x', 'y'.repeat(1000)]]));
    return sheds(socket, (i) => slow.subarray(i, i + 1), { pause: 1000 });
  },
  'HTTP/2: a body, a byte at a time, is reset and the connection goes on': async () => {
    const socket = await h2(server.port);
    socket.write(frame(type.headers, flag.endHeaders, 1, submit));
    const reset = () => socket.frames.some((f) => f.kind === type.reset && f.stream === 1);
    const took = await trickle(socket, (i) => (i ? frame(type.data, 0, 1, json.subarray(i, i + 1)) : null), { enough: reset });
    assert.ok(took && reset(), 'the stream is still open');
    return `after ${took}`;
  },
  'HTTP/2: a header block, an empty CONTINUATION at a time': async () => {
    const socket = await h2(server.port);
    socket.write(frame(type.headers, flag.endStream, 1, block(pseudo('GET', '/'))));
    return sheds(socket, () => frame(type.continuation, 0, 1));
  },
  'HTTP/2: an answer whose window opens a byte at a time': async () => {
    const socket = await h2(server.port, setting(4, 0));
    socket.write(frame(type.headers, 5, 1, block(pseudo('GET', '/apply/company'))));
    return sheds(socket, () => frame(type.window, 0, 1, word(1)));
  },
  'HTTP/2: an answer whose window never opens': async () => {
    const socket = await h2(server.port, setting(4, 0));
    socket.write(frame(type.headers, 5, 1, block(pseudo('GET', '/apply/company'))));
    return sheds(socket, () => null);
  },
  'HTTP/2: a connection that never asks': async () => sheds(await h2(server.port), () => null),
  'an honest form at 64 KB/s goes through, over HTTP/1 and HTTP/2': async () => {
    const fields = new URLSearchParams({ project_scope: 'ä'.repeat(4000), notes: 'ö'.repeat(4000) });
    for (const name of formFields.engagement.filter((n) => !['project_scope', 'notes'].includes(n)))
      for (const one of [submission[name]].flat()) fields.append(name, one === true ? 'yes' : String(one));
    const form = Buffer.from(fields.toString().padEnd(96 * 1024, '&'));
    const step = 6400; // a tenth of a second
    const pieces = Array.from({ length: Math.ceil(form.length / step) }, (_, i) => form.subarray(i * step, (i + 1) * step));

    const socket = await h1();
    let back = '';
    socket.on('data', (chunk) => (back += chunk));
    socket.write(`POST /apply/engagement HTTP/1.1\r\nhost: localhost\r\norigin: ${server.url}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${form.length}\r\n\r\n`);
    for (const piece of pieces) {
      socket.write(piece);
      await sleep(100);
    }
    for (let i = 0; i < 300 && !back; i++) await sleep(10);
    assert.match(back, /^HTTP\/1\.1 (303|422)/);
    socket.destroy();

    const two = await h2(server.port);
    two.write(frame(type.headers, flag.endHeaders, 1, block([...pseudo('POST', '/apply/engagement'), ['origin', server.url], ['content-type', 'application/x-www-form-urlencoded']])));
    for (const [i, piece] of pieces.entries()) {
      two.write(frame(type.data, i === pieces.length - 1 ? flag.endStream : 0, 1, piece));
      await sleep(100);
    }
    const answer = () => two.frames.find((f) => f.stream === 1 && (f.kind === type.headers || f.kind === type.reset));
    for (let i = 0; i < 300 && !answer(); i++) await sleep(10);
    assert.equal(answer()?.kind, type.headers);
    two.destroy();
    return `${form.length} bytes`;
  },
  'connections that the sweep ends are counted': async () => {
    const told = (await request(`${server.ops}/readyz?verbose`)).body.match(/ended_total\{reason="quiet"\} (\d+)/);
    assert.ok(Number(told[1]) >= 1, told[0]);
  },
  'afterwards the server stops cleanly': async () => {
    assert.equal(server.list().length, 0);
    assert.equal(await server.stop(), 0, server.log.slice(-4000));
  },
});
