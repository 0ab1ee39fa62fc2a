#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The page of one record: what it shows, what can be done on it by whom, two people at once, and
// what strangers have typed.
import assert from 'node:assert/strict';
import { Server, request, submission, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
await server.start();

const submit = async (more = {}) => {
  const answer = await request(`${server.url}/api/v1/submissions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...submission, ...more }),
  });
  assert.equal(answer.status, 201, answer.body);
  return JSON.parse(answer.body).client_id;
};
const page = (id) => `/staff/records/${id}`;
const hidden = (body, name) => body.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
// Sends a form of the record's page as it was seen.
const send = async (who, id, what, fields, seen) => who.post(`${page(id)}/${what}`, {
  revision: hidden(seen.body, 'revision') ?? '', seen: hidden(seen.body, 'seen') ?? '', ...fields,
}, { from: page(id) });

await tap({
  'a record is shown with every answer, and its reading is in the audit': async () => {
    const id = await submit({ project_scope: 'A new till.\nAnd a shop.', phone: '+44 20 7946 0018' });
    const { status, body, headers } = await team.viewer.get(page(id));
    assert.equal(status, 200);
    assert.match(headers['cache-control'], /no-store/);
    for (const text of ['Ångström &amp; Söhne GmbH', 'A new till.\nAnd a shop.', submission.email, id])
      assert.ok(body.includes(text), text);
    assert.ok(!/Safe in two places|Not confirmed yet/.test(body), 'there is no replica');
    assert.match(body, /href="tel:\+442079460018"/);
    assert.ok(!body.includes('name="becomes"'), 'a viewer changes nothing');
  },
  'other spellings lead to it, others are not there': async () => {
    const id = await submit();
    const other = await team.agent.get(page(id.toLowerCase().replaceAll('-', '')));
    assert.equal(other.status, 303);
    assert.equal(other.headers.location, page(id));
    for (const wrong of ['CL-00000-00000', 'x', '%00', '..%2f..', 'CL-7KQ4M-X2PHN'])
      assert.equal((await team.agent.get(page(wrong))).status, 404, wrong);
  },
  'status, owner and notes; the timeline tells them': async () => {
    const id = await submit();
    let seen = await team.agent.get(page(id));
    assert.equal((await send(team.agent, id, 'status', { becomes: 'contacted' }, seen)).status, 303);
    seen = await team.agent.get(page(id));
    assert.match(seen.body, /state-contacted/);
    assert.equal((await send(team.agent, id, 'owner', { take: '1', owner: '0' }, seen)).status, 303);
    seen = await team.agent.get(page(id));
    assert.match(seen.body, /gave it to Robin agent\./);
    assert.equal((await send(team.agent, id, 'notes', { note: 'Called **twice**\r\n- no answer' }, seen)).status, 303);
    seen = await team.viewer.get(page(id));
    assert.match(seen.body, /Called <strong>twice<\/strong><\/p><ul dir="auto"><li>no answer<\/li><\/ul>/);
    assert.match(seen.body, /set the status to Contacted\./);
  },
  'two at once: the second is told who did what, nothing is overwritten': async () => {
    const id = await submit();
    const first = await team.agent.get(page(id)), second = await team.administrator.get(page(id));
    assert.equal((await send(team.agent, id, 'status', { becomes: 'proposal' }, first)).status, 303);
    const refused = await send(team.administrator, id, 'status', { becomes: 'spam' }, second);
    assert.equal(refused.status, 409);
    assert.match(refused.body, /Robin agent set the status to Proposal\./);
    assert.match(refused.body, /state-proposal/);
    assert.equal((await send(team.administrator, id, 'owner', { owner: String(team.agent.id) }, refused)).status, 303);
  },
  'what is not possible changes nothing and says so': async () => {
    const id = await submit();
    const seen = await team.agent.get(page(id));
    for (const fields of [{ becomes: 'new' }, { becomes: 'done' }, { becomes: '' }, {}])
      assert.equal((await send(team.agent, id, 'status', fields, seen)).status, 422);
    for (const owner of ['99999', '-1x', '9999999999999999999999'])
      assert.notEqual((await send(team.agent, id, 'owner', { owner }, seen)).status, 500, owner);
    assert.match((await team.agent.get(page(id))).body, /name="revision" value="0"/);
  },
  'a note that is empty, too long or hides characters comes back as typed': async () => {
    const id = await submit();
    const seen = await team.agent.get(page(id));
    for (const [note, error] of [['  \n ', 'Write something first'], ['x'.repeat(8001), '8,000 characters or fewer'], ['a\u0007b', 'hidden characters']]) {
      const { status, body } = await send(team.agent, id, 'notes', { note }, seen);
      assert.equal(status, 422, error);
      assert.ok(body.includes(error), error);
      assert.ok(body.includes('<title>Error: '));
      if (note.trim()) assert.ok(body.includes(note.slice(0, 100)));
    }
    assert.equal((await send(team.agent, id, 'notes', { note: '𝒳'.repeat(8000) }, seen)).status, 303);
  },
  'nobody else gets in, and no form without its csrf': async () => {
    const id = await submit();
    const stranger = await request(server.url + page(id));
    assert.equal(stranger.status, 303);
    assert.equal(stranger.headers.location, `/auth/login?next=${encodeURIComponent(page(id))}`);
    assert.equal((await team.auditor.get(page(id))).status, 403);
    assert.equal((await team.viewer.post(`${page(id)}/notes`, { note: 'x' }, { from: page(id) })).status, 403);
    const bare = await request(`${server.url}${page(id)}/notes`, {
      method: 'POST', headers: { cookie: team.agent.cookie, 'content-type': 'application/x-www-form-urlencoded' }, body: 'note=x',
    });
    assert.equal(bare.status, 403);
    assert.ok(!(await team.agent.get(page(id))).body.includes('class="note"'));
  },
  'what strangers typed stays text': async () => {
    const name = '<script>alert(1)</script>\u202Eevil 😀"\'';
    const id = await submit({ company_name: 'Ab ' + '<b>'.repeat(20), contact_name: 'Zoë O’Brien', notes: '</textarea><img src=x onerror=alert(1)>' });
    const seen = await team.agent.get(page(id));
    await send(team.agent, id, 'notes', { note: `${name} [x](javascript:alert(1))` }, seen);
    const { body } = await team.agent.get(page(id));
    assert.ok(!/<script>alert|<b>|<img src=x/.test(body));
    assert.ok(body.includes('Zoë O’Brien'));
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
