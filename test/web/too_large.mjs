#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A body far over the limit: who is still sending gets the page that says so, not a reset, and holds
// nothing of ours for it. What vendor/patches/h2o/0008 changes.
import assert from 'node:assert/strict';
import { block, flag, frame, h2, secure, type } from '../lib/frames.mjs';
import { Server, request, sleep, tap } from '../lib/server.mjs';

const KiB = 1024, MiB = 1024 * KiB, limit = 128 * KiB, most = 4 * limit * 16; // of which libh2o reads on
const server = await new Server({ env: {
  ANTEROOM_SERVER__LOOPS: '1', ANTEROOM_LIMITS__BODY_SIZE: '128 KiB', ANTEROOM_LIMITS__REQUEST_TIME: '2s', ANTEROOM_LIMITS__IDLE_TIME: '1s',
} }).start();
const form = 'content-type: application/x-www-form-urlencoded\r\n';
const head = (more, path = '/apply/company') => `POST ${path} HTTP/1.1\r\nhost: localhost\r\n${form}${more}\r\n`;

// Sends all of it before it reads anything, as browsers do. What came, whether sending failed and
// whether the connection is open at the end; who leaves closes it after the answer, as clients do.
async function send(start, size, { piece = (bytes) => bytes, end = '', leaves = false } = {}) {
  const socket = await secure(server.port, { ALPNProtocols: ['http/1.1'] });
  let text = '', failed = null;
  const ended = new Promise((done) => socket.once('close', done));
  socket.on('error', (error) => (failed = error));
  socket.pause().write(start);
  for (let sent = 0; sent < size && !failed && !socket.destroyed; sent += 16 * KiB) {
    const bytes = Buffer.alloc(Math.min(16 * KiB, size - sent), 'a');
    if (!socket.write(piece(bytes))) await Promise.race([new Promise((done) => socket.once('drain', done)), ended]);
  }
  if (end) socket.write(end);
  await sleep(50);
  socket.on('data', (chunk) => {
    text += chunk;
    const at = text.indexOf('\r\n\r\n');
    const length = Number(text.match(/^content-length: (\d+)/im)?.[1]);
    if (leaves && at > 0 && text.length >= at + 4 + length) socket.end();
  }).resume();
  await Promise.race([ended, sleep(8000)]);
  const open = !socket.destroyed;
  socket.destroy();
  return { text, failed, open };
}

function isOurPage(answer) {
  assert.match(answer.text, /^HTTP\/1\.1 413 /);
  assert.match(answer.text, /^content-security-policy:/im);
  assert.match(answer.text, /^connection: close/im);
  assert.ok(answer.text.includes('That is more than we can take'), 'our page');
  assert.equal(answer.failed, null);
  assert.ok(!answer.open, 'the connection has ended');
}

const chunk = (bytes) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const serves = async () => assert.equal((await request(`${server.url}/privacy`)).status, 200);

async function stream(size, path = '/apply/company', then = () => {}) {
  const socket = await h2(server.port);
  let closed = false;
  socket.once('close', () => (closed = true));
  socket.write(frame(type.headers, flag.endHeaders, 1, block([[':method', 'POST'], [':scheme', 'https'], [':path', path],
    [':authority', 'localhost'], ['content-type', 'application/x-www-form-urlencoded'], ['content-length', String(size)]])));
  const answer = () => socket.frames.filter((f) => f.stream === 1 && f.kind !== type.window);
  for (let sent = 0; sent < size && !closed && !socket.destroyed; sent += 16 * KiB) {
    const last = sent + 16 * KiB >= size ? flag.endStream : 0;
    await new Promise((done) => socket.write(frame(type.data, last, 1, Buffer.alloc(Math.min(16 * KiB, size - sent), 'a')), done));
    await then(socket, sent);
  }
  for (let i = 0; i < 300 && !closed && !answer().some((f) => f.kind === type.reset); i++) await sleep(10);
  return { socket, closed, frames: answer(), goaway: socket.frames.find((f) => f.kind === type.goaway) };
}

await tap({
  'HTTP/1: sent on to its end, our page is read': async () => {
    for (const size of [5 * limit, 3 * MiB, 7 * MiB]) isOurPage(await send(head(`content-length: ${size}\r\n`), size));
    await serves();
  },
  'HTTP/1, in chunks': async () => {
    const answer = await send(head('transfer-encoding: chunked\r\n'), 3 * MiB, { piece: chunk, end: '0\r\n\r\n', leaves: true });
    isOurPage(answer);
    await serves();
  },
  'HTTP/1: every address, and what is no form': async () => {
    for (const path of ['/', '/no/such/page', '/static/none.css', '/livez']) {
      const answer = await send(head(`content-length: ${MiB}\r\n`, path), MiB);
      assert.match(answer.text, /^HTTP\/1\.1 4\d\d /, path);
      assert.equal(answer.failed, null, path);
    }
    const api = await send(head(`content-length: ${MiB}\r\n`, '/api/v1/submissions').replace(form, 'content-type: application/json\r\n'), MiB);
    assert.match(api.text, /^HTTP\/1\.1 413 /);
    assert.match(api.text, /application\/problem\+json/);
  },
  'HTTP/1: without end in bytes or in time, the connection ends': async () => {
    const flood = await send(head('content-length: 1000000000000\r\n'), 2 * most);
    assert.ok(flood.failed || !flood.open);
    const slow = await secure(server.port, { ALPNProtocols: ['http/1.1'] });
    const ended = new Promise((done) => slow.on('error', () => {}).once('close', () => done(true)).resume());
    slow.write(head('content-length: 1000000000\r\n'));
    const trickle = setInterval(() => slow.write('a'), 100);
    assert.ok(await Promise.race([ended, sleep(10000)]), 'a trickle is not kept');
    clearInterval(trickle);
    await serves();
  },
  'HTTP/1: a client that waits for 100 Continue is told at once': async () => {
    const answer = await send(head(`content-length: ${50 * MiB}\r\nexpect: 100-continue\r\n`), 0, { leaves: true });
    assert.match(answer.text, /^HTTP\/1\.1 413 /);
  },
  'HTTP/2: our page, then a reset that means no error; the connection goes on': async () => {
    for (const size of [5 * limit, 3 * MiB]) {
      const { socket, closed, frames, goaway } = await stream(size);
      assert.ok(!closed && !goaway, 'the connection is there');
      const kinds = frames.map((f) => f.kind);
      assert.deepEqual([kinds[0], kinds[kinds.length - 1]], [type.headers, type.reset]);
      assert.equal(frames[frames.length - 1].payload.readUInt32BE(0), 0, 'NO_ERROR');
      assert.ok(frames.slice(1, -1).every((f) => f.kind === type.data) && frames[frames.length - 2].flags & flag.endStream);
      assert.equal(kinds.filter((kind) => kind === type.reset).length, 1);
      assert.ok(Buffer.concat(frames.slice(1, -1).map((f) => f.payload)).includes('That is more than we can take'));
      socket.write(frame(type.headers, flag.endHeaders | flag.endStream, 3, block([[':method', 'GET'], [':scheme', 'https'], [':path', '/privacy'], [':authority', 'localhost']])));
      for (let i = 0; i < 300 && !socket.frames.some((f) => f.stream === 3 && f.flags & flag.endStream); i++) await sleep(10);
      assert.ok(socket.frames.some((f) => f.stream === 3 && f.kind === type.headers), 'another request is answered');
      socket.destroy();
    }
    await serves();
  },
  'HTTP/2: who sends on for ever is ended': async () => {
    const { socket } = await stream(64 * MiB);
    for (let i = 0; i < 1000 && !socket.destroyed; i++) await sleep(10); // the reset comes after the last byte was taken
    assert.ok(socket.destroyed || socket.frames.some((f) => f.kind === type.goaway), 'the connection ends');
    socket.destroy();
    await serves();
  },
  'HTTP/2: taken back while it is answered, and cut off': async () => {
    for (let i = 0; i < 3; i++) {
      const { socket } = await stream(6 * limit, '/apply/company', async (socket, sent) => {
        if (sent > 4 * limit && i === 0) socket.write(frame(type.reset, 0, 1, Buffer.from([0, 0, 0, 8])));
        if (sent > 4 * limit && i === 1) socket.destroy();
      });
      socket.destroy();
    }
    await serves();
  },
  'nothing is left over: it stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
