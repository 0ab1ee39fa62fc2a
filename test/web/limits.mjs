#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The server at its limits: requests that never end are ended, connections beyond the limit wait,
// without descriptors it waits for some, and whatever was asked too much is refused in words.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { block, flag, frame, h2, secure, setting, type } from '../lib/frames.mjs';
import { Server, request, submission, tap } from '../lib/server.mjs';

const form = 'application/x-www-form-urlencoded';
const http1 = { ALPNProtocols: ['http/1.1'] };

function plain(port) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  return socket;
}

const closed = (socket) => new Promise((done) => (socket.resume(), socket.on('error', () => {}), socket.on('close', done)));

// What the server said that is no line of its log: a sanitizer's report.
const complaints = (server) => server.log.split('\n').filter((line) => !line.startsWith('{')).join('\n');

async function works(server) {
  assert.equal((await request(`${server.ops}/readyz`)).status, 200);
  assert.equal((await request(`${server.url}/apply/company`)).status, 200, server.log);
}

await tap({
  'whoever does not finish is cut off': async () => {
    const server = await new Server({ env: { ANTEROOM_LIMITS__REQUEST_TIME: '1s', ANTEROOM_LIMITS__IDLE_TIME: '1s' } }).start();
    const begun = 'POST /apply/company HTTP/1.1\r\nhost: localhost\r\ncontent-type: ' + form + '\r\n';
    const say = async (text) => {
      const socket = await secure(server.port, http1);
      socket.write(text);
      return socket;
    };
    const open = await h2(server.port);
    open.write(frame(type.headers, flag.endHeaders, 1, block([[':method', 'POST'], [':scheme', 'https'], [':path', '/'], [':authority', 'localhost']])));
    const half = await h2(server.port);
    half.write(frame(type.headers, 0, 1, block([[':method', 'POST']])));
    const slow = await h2(server.port);
    slow.write(frame(type.headers, flag.endHeaders, 1, block([[':method', 'POST'], [':scheme', 'https'], [':path', '/'], [':authority', 'localhost']])));
    const slowly = setInterval(() => slow.write(frame(type.data, 0, 1, Buffer.from('a'))), 200);
    const shut = await h2(server.port, setting(4, 0)); // asks, and never opens a window for the answer
    shut.write(frame(type.headers, flag.endHeaders | flag.endStream, 1, block([[':method', 'GET'], [':scheme', 'https'], [':path', '/'], [':authority', 'localhost']])));
    const pinging = setInterval(() => shut.write(frame(type.ping, 0, 0, Buffer.alloc(8))), 200);
    const drip = await say(`${begun}content-length: 1000\r\n\r\n`);
    const dripping = setInterval(() => drip.write('a'), 200);
    const chunks = await say(`${begun}transfer-encoding: chunked\r\n\r\n`);
    const chunking = setInterval(() => chunks.write('1\r\na\r\n'), 200);
    await Promise.all([
      plain(server.port), await say(''), await say('GET / HT'), await say(`${begun}content-length: 9\r\n\r\nab`), drip, chunks,
      await secure(server.port, { ALPNProtocols: ['h2'] }), await h2(server.port), open, half, slow, shut,
    ].map(closed));
    clearInterval(dripping);
    clearInterval(chunking);
    clearInterval(slowly);
    clearInterval(pinging);
    await works(server);
    assert.equal(await server.stop(), 0, complaints(server));
  },
  'connections beyond the limit wait until others leave; operations do not': async () => {
    const server = await new Server({ env: { ANTEROOM_LIMITS__CONNECTIONS: '16', ANTEROOM_LIMITS__REQUEST_TIME: '1s', ANTEROOM_LIMITS__IDLE_TIME: '1s' } }).start();
    const idle = Array.from({ length: 60 }, () => plain(server.port));
    assert.equal((await request(`${server.ops}/readyz`)).status, 200);
    await works(server);
    await Promise.all(idle.slice(0, 16).map((socket) => socket.closed || closed(socket)));
    idle.forEach((socket) => socket.destroy());
    await works(server);
    assert.match(server.log, /connections at their limit/);
    assert.equal(await server.stop(), 0, complaints(server));
  },
  'without file descriptors it waits for some': async () => {
    const server = await new Server({ wrap: ['/bin/sh', '-c', 'ulimit -n 64; exec "$0" "$@"'] }).start();
    const many = Array.from({ length: 150 }, (_, i) => plain(i % 3 ? server.port : server.opsPort));
    for (let i = 0; i < 500 && !server.log.includes('cannot accept'); i++) await new Promise((done) => setTimeout(done, 20));
    assert.match(server.log, /cannot accept/);
    many.forEach((socket) => socket.destroy());
    await works(server);
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0, complaints(server));
  },
  'a full queue: 503, when to come back, everything kept; what was promised is stored, and no more': async () => {
    const server = await new Server({ env: { ANTEROOM_LIMITS__WRITER_QUEUE: '16', ANTEROOM_LIMITS__WRITER_GROUP: '1' } }).start();
    const sessions = Array.from({ length: 8 }, () => http2.connect(server.url, { rejectUnauthorized: false }));
    const post = (session, path, contentType, body) => new Promise((done, fail) => {
      const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': contentType });
      const answer = { body: '' };
      stream.on('response', (headers) => Object.assign(answer, { status: headers[':status'], headers }));
      stream.on('data', (chunk) => (answer.body += chunk));
      stream.on('end', () => done(answer));
      stream.on('error', fail);
      stream.end(body);
    });
    const flood = (path, contentType, body) => Promise.all(sessions.flatMap((session) => Array.from({ length: 60 }, () => post(session, path, contentType, body))));
    const all = await flood('/api/v1/submissions', 'application/json', JSON.stringify(submission));
    const company = new URLSearchParams({ company_name: 'Kept & Co', address: 'A', industry: 'software', contact_name: 'B', email: 'b@example.org', phone: '030 123456', company_size: '5' });
    const pages = await flood('/apply/company', form, company.toString());
    sessions.forEach((session) => session.close());
    const count = (answers, status) => answers.filter((answer) => answer.status === status).length;
    assert.equal(count(all, 201) + count(all, 503), all.length);
    assert.equal(count(pages, 303) + count(pages, 503), pages.length);
    assert.ok(count(all, 503) > 0 && count(pages, 503) > 0);
    assert.equal(server.list().length, count(all, 201));
    for (const answer of [...all, ...pages].filter(({ status }) => status === 503)) assert.ok(Number(answer.headers['retry-after']) > 0);
    for (const page of pages.filter(({ status }) => status === 503)) {
      assert.match(page.body, /very busy/);
      assert.match(page.body, /value="Kept &amp; Co"/);
    }
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0, complaints(server));
    return `${count(all, 503) + count(pages, 503)} of ${all.length + pages.length} told to come back`;
  },
  'told to stop at once, with everything still open, it stops': async () => {
    const server = await new Server({ env: { ANTEROOM_SERVER__DRAIN_TIME: '0s' } }).start();
    const held = [plain(server.port), await secure(server.port, http1), await h2(server.port)];
    held[1].write('POST /apply/company HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nab');
    held[2].write(frame(type.headers, flag.endHeaders, 1, block([[':method', 'POST'], [':scheme', 'https'], [':path', '/'], [':authority', 'localhost']])));
    const flights = Array.from({ length: 20 }, () => server.submit());
    await Promise.race(flights);
    assert.equal((await server.kill('SIGTERM')).code, 0, server.log);
    const answers = await Promise.allSettled(flights);
    const right = answers.filter((a) => a.status === 'fulfilled' && a.value.status === 201).length;
    assert.ok(server.list().length >= right);
  },
  'answers that fit a body and fill more than a page are 413, not an error of ours': async () => {
    const server = await new Server().start();
    const answer = await request(`${server.url}/apply/company`, {
      method: 'POST', body: `company_name=${'"'.repeat(250000)}`, headers: { 'content-type': form },
    });
    assert.equal(answer.status, 413);
    assert.match(answer.body, /Shorten the longest one/);
    assert.doesNotMatch(server.log, /"level":"error"/);
    assert.equal(await server.stop(), 0, complaints(server));
  },
});
