#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The page of the audit: who did what when, found by each of them, and whether the chain holds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Server, request, sleep, submission, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
await server.start();
const { agent, auditor, administrator } = team;

const ids = [];
for (let i = 0; i < 60; i++) {
  const answer = await request(`${server.url}/api/v1/submissions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(submission),
  });
  ids.push(JSON.parse(answer.body).client_id);
}
const page = `/staff/records/${ids[0]}`;
await agent.post(`${page}/notes`, { note: 'A secret of theirs' }, { from: page });
await agent.post(`${page}/status`, { revision: '0', becomes: 'contacted' }, { from: page });

const look = (query = '') => auditor.get(`/staff/audit${query}`);
const numbers = (body) => [...body.matchAll(/<td class="n"[^>]*>([\d,]+)<\/td>/g)].map(([, n]) => Number(n.replace(',', '')));
const link = (body, rel) => body.match(new RegExp(`<a href="([^"]+)" rel="${rel}"`))?.[1].replaceAll('&amp;', '&');

await tap({
  'every reading and every change is there, with names and without content': async () => {
    const { status, body } = await look(`?record=${ids[0]}`);
    assert.equal(status, 200);
    for (const text of ['Robin agent', 'read the record', 'changed the status', 'wrote a note', 'sent the form', 'A program without a token'])
      assert.ok(body.includes(text), text);
    assert.ok(!body.includes('A secret of theirs') && !body.includes(submission.company_name));
    assert.equal(numbers(body).length, 5);
  },
  'by person, by action, by time, and in any spelling of the Client ID': async () => {
    const mine = numbers((await look(`?person=${agent.id}`)).body);
    assert.equal(mine.length, 4);
    assert.deepEqual(numbers((await look(`?person=${agent.id}&action=record.note`)).body).length, 1);
    assert.equal(numbers((await look('?action=record.read')).body).length, 2);
    assert.equal(numbers((await look('?person=api')).body).length, 50);
    assert.equal(numbers((await look('?from=2001-01-01&to=2002-01-01')).body).length, 0);
    assert.ok(numbers((await look('?from=today')).body).length > 40);
    assert.equal(numbers((await look(`?record=${ids[0].toLowerCase().replaceAll('-', ' ')}`.replaceAll(' ', '+'))).body).length, 5);
    assert.ok((await look('?action=nothing.such')).body.includes('Nothing like that happened'));
  },
  'pages turn both ways and meet': async () => {
    const first = (await look()).body, a = numbers(first);
    assert.equal(a.length, 50);
    assert.equal(link(first, 'prev'), undefined);
    const second = (await auditor.get(link(first, 'next'))).body, b = numbers(second);
    assert.equal(b[0], a[49] - 1);
    assert.equal(b[b.length - 1], 1);
    const back = numbers((await auditor.get(link(second, 'prev'))).body);
    assert.deepEqual(back, a);
  },
  'what cannot be read says so and keeps the rest': async () => {
    for (const [query, error] of [['?record=hello', 'That is not a Client ID'], ['?from=yesterdayish', 'Write the date as'], ['?to=2026-13-01', 'Write the date as']]) {
      const { status, body } = await look(`${query}&person=${agent.id}`);
      assert.equal(status, 422, query);
      assert.ok(body.includes(error) && body.includes(`<option value="${agent.id}" selected>`), query);
    }
    for (const query of ['?below=x', '?below=99999999999999999999', '?above=-1', '?person=%00', '?action=%27%20OR%201', `?person=${'9'.repeat(40)}`, '?%%%'])
      assert.ok((await look(query)).status < 500, query);
  },
  'the chain is checked while somebody looks': async () => {
    let body = '';
    for (let i = 0; i < 100 && !/each follows from the one before it/.test(body); i++) {
      body = (await look()).body;
      await sleep(50);
    }
    assert.match(body, /\d+ events, each follows from the one before it\. Checked on /);
  },
  'hostile names stay text': async () => {
    const at = `/staff/users/${team.viewer.id}`;
    await administrator.post(at, { name: '<script>x</script>', role: 'viewer' }, { from: at });
    await team.viewer.get(page);
    const { body } = await look('?action=record.read');
    assert.ok(!body.includes('<script>x') && body.includes('&lt;script&gt;x'));
  },
  'an event that was changed is found and named': async () => {
    await server.stop();
    await server.start(); // nothing is checked yet
    const done = spawnSync('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor = 'somebody' WHERE seq = 7;")
db.close()`, join(server.data, 'anteroom.db')], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    let body = '';
    for (let i = 0; i < 100 && !/does not follow/.test(body); i++) {
      body = (await look()).body;
      await sleep(50);
    }
    assert.match(body, /Event 7 does not follow from the one before it/);
  },
  'only who may': async () => {
    assert.equal((await agent.get('/staff/audit')).status, 403);
    assert.equal((await team.viewer.get('/staff/audit')).status, 403);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
