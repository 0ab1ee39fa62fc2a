#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What a sign-in costs: the wait for a wrong password of an account that is there and of one that is
// not, memory, and a hundred at once. Figures for docs/reference/performance.md.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Server } from '../lib/server.mjs';
import { Member, firstAdministrator } from '../lib/sign_in.mjs';

const server = await new Server({ env: { ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1' } }).start();
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
await firstAdministrator(server);

const peak = () => (readFileSync(`/proc/${server.process.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1] / 1024).toFixed(0);

function guess(login, address, keep) {
  const member = new Member(server, { 'x-forwarded-for': address });
  member.agent = keep;
  return member.signIn(login, 'a guess at the password');
}

for (const [what, login, network] of [['an account that is there', 'margaret@example.com', 1], ['one that is not', 'nobody@example.com', 2]]) {
  const waits = [];
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    await guess(login, `198.18.${network}.${i}`, agent);
    waits.push(performance.now() - began);
  }
  waits.sort((a, b) => a - b);
  console.log(`a wrong password, ${what}: ${waits[50].toFixed(1)} ms (median of 100)`);
}
console.log(`resident memory, at most: ${peak()} MiB`);

const began = performance.now();
const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => guess('margaret@example.com', `198.19.0.${i}`)));
const later = answers.filter((answer) => answer.status === 503).length;
console.log(`a hundred at once: ${100 - later} judged, ${later} told to come back, in ${(performance.now() - began).toFixed(0)} ms; resident memory, at most: ${peak()} MiB`);
await server.stop();
process.exit(0);
