#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// For bench.py: attacks a server for so long, one connection after the other, two at a time. Prints how many.
//     attacker.mjs PORT SECONDS KIND     flood names that hold KIND, or "handshakes", "slow", "http1"
import { connect } from 'node:net';
import { flood, floods } from '../lib/floods.mjs';
import { localAddress, secure } from '../lib/frames.mjs';
import { sleep } from '../lib/server.mjs';

const [port, seconds, kind] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const end = Date.now() + seconds * 1000;
let ended = 0;

const gone = (socket) => new Promise((done) => socket.once('close', done).on('error', () => {}));

const others = {
  handshakes: async () => (await secure(port)).destroy(), // each one costs the server a signature
  slow: async () => { // a hundred that send a byte now and then
    const slow = await Promise.all(Array.from({ length: 100 }, () => secure(port)));
    while (Date.now() < end) {
      for (const socket of slow) if (!socket.destroyed) socket.write('G');
      await sleep(200);
    }
    for (const socket of slow) socket.destroy();
  },
  http1: async () => { // what is not even TLS
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
    await gone(socket);
  },
};

const makes = Object.entries(floods).filter(([name]) => name.includes(kind)).map(([, row]) => row);
const attack = others[kind] ?? ((i) => {
  const [make, options = {}] = makes[i % makes.length];
  return flood(port, make, { ...options, most: 2000 });
});
// A connection that is refused or reset is the server's answer; anything else is a fault of this program.
const answered = (error) => {
  if (!error.code) throw error;
};
await Promise.all([0, 1].map(async (k) => {
  for (let i = k; Date.now() < end; i += 2, ended++) await Promise.resolve(attack(i)).catch(answered);
}));
console.log(ended);
process.exit(0);
