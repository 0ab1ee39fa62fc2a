#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What happens to a connection before TLS (PROXY headers, connections of one client), and to who
// begins when a loop is late; with raw sockets. Each refusal is counted and told in the log once.
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { Server, Visitor, request, sleep, submission, tap } from '../lib/server.mjs';

const alone = { ANTEROOM_SERVER__LOOPS: '1', ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' };
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const bytes = (address) => Buffer.from(address.split('.').map(Number));
const uint16 = (n) => Buffer.from([n >> 8, n & 255]);

function header(command, family, ...rest) {
  const body = Buffer.concat(rest);
  return Buffer.concat([signature, Buffer.from([0x20 | command, family]), uint16(body.length), body]);
}
const tcp4 = (client, ...tlvs) => header(1, 0x11, bytes(client), bytes('10.0.0.1'), uint16(4660), uint16(443), ...tlvs);
const tcp6 = (subnet) => header(1, 0x21, Buffer.from(`20010db8${subnet}00000000000000000007`, 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'), uint16(4660), uint16(443));
const own = header(0, 0);

const connect = (server) => new Promise((done, fail) => {
  const socket = net.connect(server.port, '127.0.0.1', () => done(socket));
  socket.once('error', fail);
});

// The end of a connection: true, or false when it is still there after a while.
const ends = (socket) => Promise.race([
  new Promise((done) => socket.on('error', () => {}).once('close', () => done(true)).resume()), sleep(5000).then(() => false)]);

// TLS behind what is sent before it; the socket, when the handshake succeeds.
async function secure(server, before = Buffer.alloc(0), pieces = 1) {
  const socket = await connect(server);
  for (let i = 0; i < pieces; i++) {
    const from = Math.floor((before.length * i) / pieces), to = Math.floor((before.length * (i + 1)) / pieces);
    await new Promise((done) => socket.write(before.subarray(from, to), done));
    if (pieces > 1) await sleep(5);
  }
  return new Promise((done, fail) => {
    const over = tls.connect({ socket, servername: 'localhost', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, () => done(over));
    over.once('error', fail);
    over.once('close', () => fail(new Error('closed')));
  });
}

// The status of a page asked for on that socket, which is closed.
async function page(over, head = '') {
  over.write(`GET /privacy HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${head}\r\n`);
  let text = '';
  for await (const chunk of over) text += chunk;
  return Number(text.slice(9, 12));
}

async function count(server, name) {
  const text = (await request(`${server.ops}/readyz?verbose`)).body;
  const row = text.split('\n').find((line) => line.includes(name));
  assert.ok(row, text);
  return Number(row.split(' ').pop());
}

const lines = (server, event) => server.log.split('\n').filter((line) => line.includes(event));

await tap({
  'PROXY: the address in the header is the client; TLS, pieces and TLVs behind it': async () => {
    const server = await new Server({ env: {
      ...alone, ANTEROOM_SERVER__PROXY_PROTOCOL: 'v2', ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1', ANTEROOM_LIMITS__RATE_PAGE: '2/1h',
    } }).start();
    const noop = Buffer.concat([Buffer.from([4]), uint16(700), Buffer.alloc(700)]);
    const from = async (...given) => page(await secure(server, ...given));
    assert.equal(await from(tcp4('192.0.2.7')), 200);
    assert.equal(await from(tcp4('192.0.2.7', noop), 9), 200);
    assert.equal(await from(tcp4('192.0.2.7')), 429);
    assert.equal(await from(tcp4('192.0.2.8')), 200);
    assert.equal(await from(tcp6('00010001'), 3), 200);
    assert.equal(await from(tcp6('00010001')), 200);
    assert.equal(await from(tcp6('00010001')), 429);
    assert.equal(await from(tcp6('00010002')), 200);
    // The client is no trusted proxy, so what he says of himself is not believed.
    assert.equal(await page(await secure(server, tcp4('192.0.2.7')), 'x-forwarded-for: 192.0.2.99\r\n'), 429);
    for (let i = 0; i < 4; i++) assert.equal(await from(own), 200); // a health check of the proxy
    assert.equal(await server.stop(), 0, server.log);
    assert.ok(!server.log.includes('192.0.2.'), 'no address in the log');
  },
  'PROXY: no header, a wrong one, and none in time: closed, counted, one line': async () => {
    const server = await new Server({ env: {
      ...alone, ANTEROOM_SERVER__PROXY_PROTOCOL: 'v2', ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1', ANTEROOM_LIMITS__REQUEST_TIME: '1s',
    } }).start();
    await assert.rejects(secure(server)); // a ClientHello is no header
    for (const wrong of [
      Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 4660 443\r\n'), header(1, 0x12, Buffer.alloc(12)), header(1, 0x11, Buffer.alloc(11)),
      header(2, 0x11, Buffer.alloc(12)), Buffer.concat([signature, Buffer.from([0x31, 0x11, 0, 12])]), header(1, 0x11, Buffer.alloc(5000)),
      Buffer.alloc(100000, 'x'),
    ]) {
      const socket = await connect(server);
      socket.on('error', () => {}).write(wrong);
      assert.ok(await ends(socket), wrong.subarray(0, 20).toString('latin1'));
    }
    const slow = await connect(server); // a piece, and then nothing
    slow.write(signature.subarray(0, 5));
    assert.ok(await ends(slow));
    const gone = await connect(server);
    gone.write(signature.subarray(0, 5));
    gone.destroy();
    assert.equal(await page(await secure(server, own)), 200);
    assert.equal(await count(server, '"proxy_header"'), 9);
    assert.equal(await server.stop(), 0, server.log);
    assert.ok(lines(server, 'no PROXY header').length <= 3, server.log);
    assert.ok(lines(server, 'no PROXY header').some((line) => line.includes('"total":9')), server.log);
  },
  'PROXY: a header from who is no trusted proxy is not read': async () => {
    const server = await new Server({ env: {
      ...alone, ANTEROOM_SERVER__PROXY_PROTOCOL: 'v2', ANTEROOM_SERVER__TRUSTED_PROXIES: '10.0.0.0/8',
    } }).start();
    await assert.rejects(secure(server, tcp4('192.0.2.7')));
    await assert.rejects(secure(server));
    assert.equal(await count(server, '"stranger"'), 2);
    assert.equal(await server.stop(), 0, server.log);
    assert.equal(lines(server, 'not from a trusted proxy').length, 1);
  },
  'one client holds so many connections, others come in; what is closed is given back': async () => {
    const server = await new Server({ env: {
      ...alone, ANTEROOM_SERVER__PROXY_PROTOCOL: 'v2', ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1', ANTEROOM_LIMITS__CONNECTIONS_PER_CLIENT: '5',
    } }).start();
    const mine = [];
    for (let i = 0; i < 5; i++) mine.push(await secure(server, tcp4('192.0.2.7')));
    for (let i = 0; i < 20; i++) await assert.rejects(secure(server, tcp4('192.0.2.7')));
    assert.equal(await page(await secure(server, tcp4('192.0.2.8'))), 200);
    for (let i = 0; i < 8; i++) mine.push(await secure(server, own)); // the proxy's own are not limited
    const closed = ends(mine[0]);
    assert.equal(await page(mine[0]), 200);
    await closed;
    assert.equal(await page(await secure(server, tcp4('192.0.2.7'))), 200);
    assert.equal(await count(server, '"client"'), 20);
    for (let subnet = 0; subnet < 60; subnet++) // a network of 48 bits: eight times five, however many networks are in it
      mine.push(await secure(server, tcp6(`0009${String(subnet).padStart(4, '0')}`)).catch(() => null));
    assert.equal(mine.slice(-60).filter(Boolean).length, 40);
    mine.forEach((socket) => socket?.destroy());
    assert.equal(await server.stop(), 0, server.log);
    assert.ok(lines(server, 'too many of one client').some((line) => line.includes('"total":40')), server.log);
  },
  'one client connects so often, others come in; who kept a connection goes on': async () => {
    const server = await new Server({ env: {
      ...alone, ANTEROOM_SERVER__PROXY_PROTOCOL: 'v2', ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1', ANTEROOM_LIMITS__RATE_CONNECT: '5/1h',
    } }).start();
    const kept = await secure(server, tcp4('192.0.2.7'));
    for (let i = 0; i < 4; i++) (await secure(server, tcp4('192.0.2.7'))).destroy();
    for (let i = 0; i < 20; i++) await assert.rejects(secure(server, tcp4('192.0.2.7')));
    assert.equal(await page(await secure(server, tcp4('192.0.2.8'))), 200);
    for (let i = 0; i < 8; i++) (await secure(server, own)).destroy(); // the proxy's own are not limited
    assert.equal(await page(kept), 200);
    assert.equal(await count(server, 'refused_total{reason="rate"'), 20);
    assert.equal(await server.stop(), 0, server.log);
    assert.ok(lines(server, 'too often by one client').some((line) => line.includes('"total":20')), server.log);
  },
  'a late loop: who begins is told to come back with what was typed, who is under way goes on': async () => {
    const server = await new Server({ env: { ...alone, ANTEROOM_LIMITS__LAG: '500ms' } }).start();
    const held = await secure(server); // while somebody is connected, the loop looks at the clock
    const returning = new Visitor(server), fresh = new Visitor(server);
    assert.equal((await returning.fill('company')).status, 303);
    // Stopped for longer than it may be late; the first request finds out, the next is refused.
    const late = async () => {
      server.process.kill('SIGSTOP');
      await sleep(700);
      server.process.kill('SIGCONT');
      for (let i = 0; i < 2; i++) await request(`${server.ops}/livez`);
    };
    await late();
    for (const path of ['/', '/apply/company']) {
      const refused = await fresh.go(path);
      assert.equal(refused.status, 503, path);
      assert.match(refused.headers['retry-after'], /^[1-9]/);
      assert.ok(refused.body.includes('load this page again'));
    }
    await late();
    const typed = await fresh.fill('company');
    assert.equal(typed.status, 503);
    assert.match(typed.headers['retry-after'], /^[1-9]/);
    assert.ok(typed.body.includes(submission.email), 'what was typed is there');
    await late();
    assert.equal((await returning.fill('engagement')).status, 303);
    assert.equal((await returning.go('/apply/check')).status, 200);
    assert.equal((await fresh.go('/privacy')).status, 200);
    assert.ok(await count(server, '"late"') >= 3);
    await sleep(2300); // it has caught up
    assert.equal((await fresh.go('/')).status, 200);
    assert.equal((await fresh.fill('company')).status, 303);
    held.destroy();
    assert.equal(await server.stop(), 0, server.log);
    assert.ok(lines(server, 'a loop is late').length >= 1);
  },
});
