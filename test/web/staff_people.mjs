#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// People and tokens, as an administrator keeps them.
import assert from 'node:assert/strict';
import { Server, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
await server.start();
const boss = team.administrator, people = '/staff/users', tokens = '/staff/tokens';

await tap({
  'an invitation is shown once, as a link': async () => {
    const made = await boss.post(people, { name: 'Åsa <b>Öberg</b>', login: 'asa@example.com', role: 'agent' }, { from: people });
    assert.equal(made.status, 200);
    assert.match(made.headers['cache-control'], /no-store/);
    assert.match(made.body, new RegExp(`${server.url}/auth/setup/[\\w-]{22}`));
    const { body } = await boss.get(people);
    assert.ok(body.includes('Åsa &lt;b&gt;Öberg&lt;/b&gt;'));
    assert.ok(body.includes('state-invited'));
    assert.ok(!body.includes('/auth/setup/'));
  },
  'what is wrong comes back as typed': async () => {
    for (const [fields, error] of [
      [{ name: '', login: 'x@example.com' }, 'Enter a name'],
      [{ name: 'x'.repeat(121), login: 'x@example.com' }, '120 characters or fewer'],
      [{ name: 'X', login: 'two words' }, 'without spaces'],
      [{ name: 'X', login: '' }, 'Enter something to sign in with'],
      [{ name: 'X', login: 'ASA@example.com' }, 'Somebody else signs in with that already'],
    ]) {
      const answer = await boss.post(people, { role: 'agent', ...fields }, { from: people });
      assert.equal(answer.status, 422, error);
      assert.ok(answer.body.includes(error), error);
      assert.ok(answer.body.includes(`value="${fields.login}"`));
    }
  },
  'role and name are changed, sessions ended, access taken and given back': async () => {
    const at = `${people}/${team.viewer.id}`;
    assert.equal((await boss.post(at, { name: 'Robin Viewer', role: 'agent' }, { from: at })).status, 303);
    assert.match((await boss.get(at)).body, /<option value="agent" selected>/);
    assert.equal((await team.viewer.get('/staff/profile')).status === 303, false);
    assert.equal((await boss.post(`${at}/disable`, {}, { from: at })).status, 303);
    assert.equal((await team.viewer.get('/staff/tokens')).status, 303, 'signed out');
    assert.match((await boss.get(at)).body, /state-disabled/);
    assert.match((await boss.post(`${at}/link`, {}, { from: at })).body, /Enable it first/);
    assert.equal((await boss.post(`${at}/enable`, {}, { from: at })).status, 303);
    const reset = await boss.post(`${at}/link`, {}, { from: at });
    assert.equal(reset.status, 200);
    assert.match(reset.body, /\/auth\/setup\//);
  },
  'an administrator remains': async () => {
    const at = `${people}/${boss.id}`;
    for (const [path, fields] of [[`${at}/disable`, {}], [at, { name: 'Robin', role: 'viewer' }]]) {
      const answer = await boss.post(path, fields, { from: at });
      assert.equal(answer.status, 409, path);
      assert.ok(answer.body.includes('no administrator left'));
    }
    assert.equal((await boss.get(people)).status, 200);
  },
  'people who are not there': async () => {
    for (const id of ['0', '999', 'x', '99999999999999999999', '-1'])
      assert.equal((await boss.get(`${people}/${id}`)).status, 404, id);
    assert.equal((await boss.post(`${people}/999/disable`, {}, { from: people })).status, 404);
  },
  'a token is shown once, works, and is revoked': async () => {
    const made = await boss.post(tokens, { name: 'Accounting', role: 'viewer', days: '30' }, { from: tokens });
    assert.equal(made.status, 200);
    const token = made.body.match(/art_[\w-]{27}/)[0];
    const { body } = await boss.get(tokens);
    assert.ok(body.includes('Accounting') && !body.includes(token));
    const id = body.match(/tokens\/(\d+)\/revoke/)[1];
    assert.equal((await boss.post(`${tokens}/${id}/revoke`, {}, { from: tokens })).status, 303);
    assert.ok((await boss.get(tokens)).body.includes('Revoked'));
    assert.equal((await boss.post(`${tokens}/${id}/revoke`, {}, { from: tokens })).status, 303, 'again');
  },
  'a token without a name or with a strange time': async () => {
    for (const fields of [{ name: '', days: '3' }, { name: 'x', days: '-1' }, { name: 'x', days: '99999' }, { name: 'x', days: '1e3' }])
      assert.equal((await boss.post(tokens, { role: 'viewer', ...fields }, { from: tokens })).status, 422);
  },
  'nobody else': async () => {
    for (const who of [team.agent, team.auditor, team.privacy])
      for (const path of [people, tokens, `${people}/${boss.id}`]) assert.equal((await who.get(path)).status, 403);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
