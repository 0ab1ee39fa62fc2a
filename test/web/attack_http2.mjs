#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Floods over one HTTP/2 connection. Each ends with that connection, while others are served; the
// server's memory is measured. What vendor/patches/h2o/0005, 0006 and 0007 change.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { body, calm, flood, floods, get, open, priority, pseudo, stream, submit } from '../lib/floods.mjs';
import { block, flag, frame, h2, setting, type, word } from '../lib/frames.mjs';
import { Server, binary, request, sleep, submission, tap } from '../lib/server.mjs';

const server = await new Server({ env: { ANTEROOM_SERVER__LOOPS: '1', ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' } }).start();
const began = Date.now();
const resident = () => Number(readFileSync(`/proc/${server.process.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;

// What sanitizers keep of freed memory says nothing about the server.
const instrumented = /\/(asan|tsan)\//.test(binary);
function small(grown, most) {
  assert.ok(instrumented || grown < most, `${grown.toFixed(1)} MiB more`);
}

// Others, meanwhile: one page after the other on a connection of their own each.
async function others(until) {
  const took = [];
  for (let done = false; !done;) {
    const began = performance.now();
    assert.equal((await request(`${server.url}/apply/company`)).status, 200);
    took.push(performance.now() - began);
    done = await Promise.race([until.then(() => true, () => true), new Promise((go) => setTimeout(go, 5, false))]);
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)];
}

const tests = {};
for (const [name, [make, options = {}]] of Object.entries(floods))
  tests[`${name}: the connection ends, others are served`] = async () => {
    const before = resident();
    const under = flood(server.port, make, options);
    const [p99, result] = [await others(under), await under];
    assert.ok(result.closed, `open after ${result.sent}`);
    if (!options.any && result.code !== undefined) assert.equal(result.code, calm);
    const grown = resident() - before;
    small(grown, 16);
    return `after ${result.sent} at most, ${result.code === undefined ? 'reset' : `GOAWAY ${result.code}`}, others' p99 ${p99.toFixed(0)} ms, ${grown.toFixed(1)} MiB`;
  };

await tap({
  'a page and its reload, cancelled halfway, are not taken for an attack': async () => {
    const socket = await h2(server.port);
    for (let page = 0, id = 1; page < 20; page++) { // 6 of each 10 answered, the rest given up
      for (let i = 0; i < 10; i++, id += 2) {
        socket.write(open(id));
        if (i >= 6) socket.write(frame(type.reset, 0, id, word(8)));
      }
      socket.write(Buffer.concat([frame(type.ping, 0, 0, Buffer.alloc(8)), frame(type.window, 0, 0, word(1000000))]));
      await sleep(20);
    }
    for (let i = 0; i < 200 && socket.frames.filter((f) => f.kind === type.headers).length < 120; i++) await sleep(10);
    assert.ok(socket.frames.filter((f) => f.kind === type.headers).length >= 120);
    assert.ok(!socket.frames.some((f) => f.kind === type.goaway));
    socket.destroy();
  },
  ...tests,
  'HPACK: references to one large entry, on every stream, cost a few MiB': async () => {
    // A literal with incremental indexing: name "x", a value of 127 + 1 + 30 * 128 bytes.
    const entry = Buffer.concat([Buffer.from([0x40, 1]), Buffer.from('x'), Buffer.from([0x7f, 0x81, 0x1e]), Buffer.alloc(3968, 0x79)]);
    const before = resident();
    const sockets = [];
    for (let n = 0; n < 4; n++) {
      const socket = await h2(server.port, setting(4, 0)); // answers may not leave
      socket.on('error', () => {});
      socket.write(open(1, Buffer.concat([get, entry]), flag.endHeaders));
      for (let i = 1; i < 100; i++)
        socket.write(open(stream(i), Buffer.concat([block(pseudo('POST', '/')), Buffer.alloc(12000, 0x80 | 62)]), flag.endHeaders));
      sockets.push(socket);
    }
    for (let i = 0; i < 500 && sockets.some((socket) => !socket.destroyed); i++) await sleep(10);
    const grown = resident() - before;
    assert.ok(sockets.every((socket) => socket.destroyed), 'a bomb is answered by the end of the connection');
    small(grown, 8);
    return `4 connections: ${grown.toFixed(1)} MiB`;
  },
  'HPACK: as many references as are allowed, on every stream, cost a few MiB': async () => {
    const before = resident();
    const socket = await h2(server.port, setting(4, 0));
    socket.write(open(1, Buffer.concat([get, Buffer.from([0x40, 1]), Buffer.from('x'), Buffer.from([100]), Buffer.alloc(100, 0x79)]), flag.endHeaders));
    for (let i = 1; i < 100; i++)
      socket.write(open(stream(i), Buffer.concat([block(pseudo('POST', '/')), Buffer.alloc(120, 0x80 | 62)]), flag.endHeaders));
    await sleep(500);
    const grown = resident() - before;
    assert.ok(!socket.destroyed);
    socket.destroy();
    small(grown, 8);
    return `${grown.toFixed(1)} MiB on one connection`;
  },
  'bodies: a hundred at once on one connection cost a few MiB': async () => {
    const before = resident();
    const socket = await h2(server.port);
    let highest = 0;
    socket.on('error', () => {});
    for (let i = 0; i < 100 && !socket.destroyed; i++) {
      socket.write(open(stream(i), submit, flag.endHeaders));
      for (let k = 0; k < 16; k++) socket.write(frame(type.data, 0, stream(i), Buffer.alloc(16000, 0x20)));
      await sleep(2);
      highest = Math.max(highest, resident() - before);
    }
    await sleep(300);
    highest = Math.max(highest, resident() - before);
    socket.destroy();
    small(highest, 16);
    return `${highest.toFixed(1)} MiB for 25 MB sent`;
  },
  'answers that may not leave: sixty pages on one connection cost a few MiB': async () => {
    const before = resident();
    const socket = await h2(server.port, setting(4, 0));
    for (let i = 0; i < 90; i++) socket.write(open(stream(i)));
    await sleep(500);
    const grown = resident() - before;
    socket.destroy();
    small(grown, 16);
    return `${grown.toFixed(1)} MiB`;
  },
  'all kinds at once, by attackers that come back: what others wait': async () => {
    const quiet = await others(sleep(2000));
    let over = false, ended = 0;
    const makes = Object.values(floods);
    const attackers = [0, 1].map(async (k) => {
      for (let i = k; !over; i += 2, ended++) {
        const [make, options = {}] = makes[i % makes.length];
        await flood(server.port, make, { ...options, most: 2000 }).catch(() => {});
      }
    });
    const under = await others(sleep(4000));
    over = true;
    await Promise.all(attackers);
    return `p99 ${quiet.toFixed(1)} ms quiet, ${under.toFixed(1)} ms under ${ended} attacks from the same process`;
  },
  'connections that spent their credit are counted, and told in the log without a flood': async () => {
    await sleep(1100); // libh2o's count is looked at each second
    const told = (await request(`${server.ops}/readyz?verbose`)).body.match(/ended_total\{reason="credit"\} (\d+)/);
    assert.ok(Number(told[1]) > 10, told[0]);
    const lines = server.log.split('\n').filter((line) => line.includes('credit spent'));
    assert.ok(lines.length >= 1 && lines.length <= 2 + (Date.now() - began) / 10000, `${lines.length} lines`);
    return `${told[1]} connections, ${lines.length} lines`;
  },
  'afterwards a submission is stored and the server stops cleanly': async () => {
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0, server.log.slice(-4000));
  },
});
