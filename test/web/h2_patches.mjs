#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What our patches of libh2o's HTTP/2 change (vendor/patches/h2o), by frames written by hand: each
// test fails without its patch.
import assert from 'node:assert/strict';
import tls from 'node:tls';
import { Server, request, sleep, tap } from '../lib/server.mjs';

const type = { data: 0, headers: 1, settings: 4, ping: 6, goaway: 7, continuation: 9 };
const flag = { endStream: 1, endHeaders: 4 };

function frame(kind, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const literal = (index, text) => Buffer.concat([Buffer.from([index, text.length]), Buffer.from(text)]);
// HPACK: POST, https, path and authority without indexing.
const post = Buffer.concat([Buffer.from([0x83, 0x87]), literal(4, '/apply/company'), literal(1, 'localhost')]);

const get = Buffer.concat([Buffer.from([0x82, 0x87]), literal(4, '/apply/company'), literal(1, 'localhost')]);

async function connect(server, settings = Buffer.alloc(0)) {
  const socket = tls.connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  await new Promise((done, fail) => socket.once('secureConnect', done).once('error', fail));
  socket.on('error', () => {});
  socket.seen = [];
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      socket.seen.push(rest[3]);
      rest = rest.subarray(9 + rest.readUIntBE(0, 3));
    }
  });
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(type.settings, 0, 0, settings)]));
  return socket;
}

await tap({
  '0001: a CONTINUATION after the final GOAWAY does not keep the loop busy for ever': async () => {
    const server = await new Server().start();
    // No window: an answer that may not leave keeps the connection open behind the final GOAWAY.
    const socket = await connect(server, Buffer.from([0, 4, 0, 0, 0, 0]));
    socket.write(frame(type.headers, flag.endHeaders | flag.endStream, 1, get));
    socket.write(frame(type.headers, flag.endStream, 3, post.subarray(0, 2))); // half a header block
    await sleep(200);
    const ended = server.kill('SIGTERM');
    const goaways = () => socket.seen.filter((kind) => kind === type.goaway).length;
    for (let i = 0; i < 300 && goaways() < 2; i++) await sleep(10);
    assert.equal(goaways(), 2, 'the final GOAWAY has come');
    socket.write(Buffer.concat([
      frame(type.continuation, flag.endHeaders, 3, post.subarray(2)),
      frame(type.ping, 0, 0, Buffer.alloc(8)),
    ]));
    // Read once and done with: what follows is read too. (Read again and again it would spend the
    // connection's credit, 0006, and end it.)
    const pings = () => socket.seen.filter((kind) => kind === type.ping).length;
    for (let i = 0; i < 100 && !pings(); i++) await sleep(10);
    assert.equal(pings(), 1, 'what follows the CONTINUATION is answered');
    assert.equal(goaways(), 2);
    socket.destroy();
    const result = await Promise.race([ended, sleep(60000)]); // a guard against hanging, not a limit
    assert.ok(result, 'the server hangs');
    assert.equal(result.code, 0, server.log);
  },
  '0002: frames of unknown types are passed over without a word': async () => {
    const server = await new Server().start();
    const socket = await connect(server);
    for (let i = 0; i < 1000; i++) socket.write(frame(0xfa, 0, 0, Buffer.from('unknown')));
    await sleep(100);
    assert.equal((await request(server.url)).status, 200);
    for (const line of server.log.trim().split('\n')) JSON.parse(line);
    socket.destroy();
    assert.equal(await server.stop(), 0);
  },
});
