#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The sandbox of the running server, seen from outside: what the kernel says about each thread, what
// the log says, and that everything a server does goes on in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Server, Visitor, sleep, tap } from '../lib/server.mjs';

const server = new Server();
await server.start();
const entry = (from) => JSON.parse(from.log.split('\n').find((line) => line.includes('"event":"sandbox"')));
const report = entry(server);
const instrumented = report.calls.includes('instrumented');

// [{Name, Seccomp, CapEff, …}] of each thread.
function threads(pid) {
  return readdirSync(`/proc/${pid}/task`).map((task) => Object.fromEntries(
    readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8').split('\n').map((line) => line.split(':\t'))));
}

await tap({
  'the log says what is in force, before it says ready': async () => {
    while (!server.log.includes('"event":"ready"')) await sleep(10); // it answers a moment earlier
    assert.match(server.log, /"event":"sandbox"[^]*"event":"ready"/);
    assert.ok(['in force', 'not whole'].includes(report.state));
    for (const part of ['privileges', 'files', 'calls']) assert.ok(report[part]);
    return `${report.privileges}; ${report.files}; ${report.calls}`;
  },
  'every thread is in it': () => {
    if (instrumented) return 'instrumented: off';
    const all = threads(server.process.pid);
    assert.ok(all.length >= 3);
    for (const thread of all) {
      assert.equal(thread.NoNewPrivs, '1');
      if (report.calls === 'seccomp') assert.equal(thread.Seccomp, '2');
      if (report.privileges === 'none')
        for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapAmb']) assert.match(thread[set], /^0+$/);
    }
    assert.ok(all.some((thread) => thread.Name === 'writer'));
    const limits = readFileSync(`/proc/${server.process.pid}/limits`, 'utf8');
    assert.match(limits, /Max core file size +0 +0/);
    return `${all.length} threads`;
  },
  'journeys, the API, reading the certificate again, a crash and the start after it': async () => {
    assert.ok(await new Visitor(server).journey());
    assert.equal((await server.submit()).status, 201);
    server.process.kill('SIGHUP');
    for (let i = 0; i < 400 && !server.log.includes('certificate exchanged'); i++) await sleep(25);
    assert.match(server.log, /certificate exchanged/);
    assert.ok(await new Visitor(server).journey());
    await server.kill('SIGKILL');
    await server.start();
    assert.ok(await new Visitor(server).journey());
    assert.equal(await server.stop(), 0);
    assert.equal(server.list().length, 4);
    assert.equal(server.auditVerify().status, 0);
  },
  'files of another user: the one capability that reaches them stays, and the log says so': async () => {
    if (instrumented || process.getuid() !== 0) return 'only as root, not instrumented';
    spawnSync('chown', ['-R', '65534:65534', server.data]);
    const again = new Server({ data: server.data });
    await again.start();
    assert.match(entry(again).privileges, /CAP_DAC_OVERRIDE/);
    assert.ok(await new Visitor(again).journey());
    assert.ok(threads(again.process.pid).every((thread) => parseInt(thread.CapEff, 16) === 2));
    assert.equal(await again.stop(), 0);
    spawnSync('chown', ['-R', '0:0', server.data]);
  },
  'off, as configured': async () => {
    const open = new Server({ env: { ANTEROOM_SERVER__SANDBOX: 'off' } });
    await open.start();
    assert.match(entry(open).state, /off/);
    assert.ok(threads(open.process.pid).every((thread) => thread.Seccomp === '0' && thread.NoNewPrivs === '0'));
    assert.equal(await open.stop(), 0);
  },
});
