#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A form that is sent after the session has ended: what was typed is kept, and counts after signing
// in again; nobody else's form does. Nor are another's recovery codes shown to who signs in next.
import assert from 'node:assert/strict';
import { Server, tap } from '../lib/server.mjs';
import { Member, firstAdministrator, inForm } from '../lib/sign_in.mjs';

const server = await new Server().start();
const owner = await firstAdministrator(server);
const id = JSON.parse((await server.submit()).body).client_id;
const page = `/staff/records/${id}`;
const note = 'Rang at nine.\nShe wants <b>two</b> of them & a discount, “as agreed”.';
const decoded = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
let fields, kept;

await tap({
  'the answer holds what was typed, and says what to do': async () => {
    const open = await owner.go(page);
    fields = { csrf: inForm(open.body, 'csrf'), revision: inForm(open.body, 'revision'), note };
    const session = owner.cookies.get('__Host-staff');
    assert.equal((await owner.send('/auth/logout', {}, page)).status, 303);
    owner.cookies.set('__Host-staff', session);
    const answer = await owner.post(`${page}/notes`, fields);
    assert.equal(answer.status, 403);
    assert.match(answer.body, /You were signed out meanwhile/);
    assert.match(answer.headers['cache-control'], /no-store/);
    assert.equal(decoded(inForm(answer.body, 'note')), note);
    assert.equal(inForm(answer.body, 'csrf'), undefined);
    kept = { kept: inForm(answer.body, 'kept'), revision: inForm(answer.body, 'revision'), note: decoded(inForm(answer.body, 'note')) };
  },
  'sent again too early, it is kept again': async () => {
    const answer = await owner.post(`${page}/notes`, { ...kept, csrf: fields.csrf });
    assert.equal(answer.status, 403);
    assert.equal(decoded(inForm(answer.body, 'note')), note);
  },
  'a form that is not of that session is not kept': async () => {
    for (const csrf of ['', 'guessed', undefined])
      assert.equal((await owner.post(`${page}/notes`, { ...fields, csrf })).status, 303);
    owner.cookies.delete('__Host-staff');
    assert.equal((await owner.post(`${page}/notes`, fields)).headers.location, '/auth/login');
  },
  'signed in again it counts, there and nowhere else': async () => {
    await owner.signIn();
    assert.equal((await owner.code(owner.codes[0])).status, 303);
    const bent = kept.kept.slice(0, -2) + (kept.kept.endsWith('AA') ? 'BB' : 'AA');
    assert.equal((await owner.post(`${page}/notes`, { ...kept, kept: bent })).status, 403);
    assert.equal((await owner.post(`${page}/status`, { ...kept, becomes: 'contacted' })).status, 403);
    assert.equal((await owner.post('/auth/logout', { kept: kept.kept })).status, 403);
    assert.equal((await owner.post(`${page}/notes`, kept)).status, 303);
    assert.match((await owner.go(page)).body, /Rang at nine\./);
  },
  'a form that somebody else began is not good for an administrator; nor are codes of another shown': async () => {
    const invited = await owner.send('/staff/users', { name: 'Nicholas Higgins', login: 'nicholas@example.com', role: 'viewer' });
    const other = new Member(server);
    await other.setUp(invited.body.match(/\/auth\/setup\/[\w-]+/)[0]);
    other.cookies.set('__Host-codes', owner.cookies.get('__Host-codes'));
    assert.equal((await owner.go('/auth/codes')).status, 200);
    assert.equal((await other.go('/auth/codes')).headers.location, '/staff/profile');
    const csrf = inForm((await other.go('/staff/profile')).body, 'csrf');
    const session = other.cookies.get('__Host-staff');
    await other.post('/auth/logout', { csrf });
    other.cookies.set('__Host-staff', session);
    const made = { name: 'Nobody Else', login: 'nobody@example.com', role: 'administrator' };
    const word = inForm((await other.post('/staff/users', { csrf, ...made })).body, 'kept');
    assert.ok(word);
    assert.equal((await owner.post('/staff/users', { kept: word, ...made })).status, 403);
  },
});
