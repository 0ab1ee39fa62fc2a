#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What only a program does, a field filled in that nobody sees or a form sent faster than it can be
// read, is asked once more; nothing typed is lost, and a person who did it by accident gets through.
import assert from 'node:assert/strict';
import { Server, Visitor, clientIdIn, submission, tap, formFields, sleep } from '../lib/server.mjs';

const server = await new Server({ env: { ANTEROOM_FORM__CHECK_TIME: '10s' } }).start();

const company = Object.fromEntries(formFields.company.filter((name) => name in submission)
  .map((name) => [name, submission[name]]));

const send = (visitor) => visitor.go('/apply/check', { method: 'POST', body: '' });

await tap({
  'the decoy is on the page, and for nobody to see, hear, reach or fill in': async () => {
    for (const path of ['/apply/company']) {
      const { body } = await new Visitor(server).go(path);
      const [decoy] = body.match(/<div hidden>.*?<\/div>/s);
      assert.match(decoy, /name="_website"/);
      assert.match(decoy, /autocomplete="off"/);
      assert.match(decoy, /tabindex="-1"/);
      assert.match(decoy, /value=""/);
    }
  },
  'an empty decoy, as browsers send it, is nothing': async () => {
    for (const value of ['', '  '])
      assert.equal((await new Visitor(server).post('/apply/company', { ...company, _website: value })).status, 303);
  },
  'a filled one: asked once more with everything kept, and through without it': async () => {
    const visitor = new Visitor(server);
    const asked = await visitor.post('/apply/company', { ...company, _website: 'https://spam.example' });
    assert.equal(asked.status, 422);
    assert.match(asked.body, /role="status"><p>Something filled in a field/);
    assert.ok(asked.body.includes(submission.email) && asked.body.includes(submission.contact_name));
    assert.ok(!asked.body.includes('spam.example') && !asked.body.includes('name="_website"'));
    assert.equal(visitor.cookies.size, 0);
    const [, again] = asked.body.match(/<input type="hidden" name="_again" value="([^"]+)">/);
    assert.equal((await visitor.post('/apply/company', { ...company, _again: again })).status, 303);
  },
  'a program that repeats itself gets no further': async () => {
    const visitor = new Visitor(server);
    for (let i = 0; i < 5; i++)
      assert.equal((await visitor.post('/apply/company', { ...company, _website: 'x' })).status, 422);
  },
  'findings come first, and the decoy stays away once it was filled in': async () => {
    const visitor = new Visitor(server);
    const answer = await visitor.post('/apply/company', { ...company, email: 'nobody', _website: 'x' });
    assert.equal(answer.status, 422);
    assert.match(answer.body, /id="email-error"/);
    const again = await visitor.post('/apply/company', { ...company, email: 'nobody', _again: 'yes' });
    assert.match(again.body, /name="_again"/);
  },
  'sent faster than anybody reads: asked once more, and nothing is stored': async () => {
    const visitor = new Visitor(server);
    await visitor.fill('company');
    await visitor.fill('engagement');
    const asked = await send(visitor);
    assert.equal(asked.status, 422);
    assert.match(asked.body, /role="status"><p>That went very fast, and nothing has been sent yet/);
    assert.ok(asked.body.includes(submission.email));
    assert.equal(server.list().length, 0);
  },
  'a moment later it is sent': async () => {
    const quick = await new Server({ env: { ANTEROOM_FORM__CHECK_TIME: '1s' } }).start();
    const visitor = new Visitor(quick);
    await visitor.fill('company');
    await visitor.fill('engagement');
    await sleep(1100);
    assert.equal((await send(visitor)).status, 303);
    assert.ok(clientIdIn((await visitor.go('/apply/done')).body));
    assert.equal(quick.list().length, 1);
    assert.equal(await quick.stop(), 0);
  },
  'the API asks nothing of the kind': async () => {
    assert.equal((await server.submit()).status, 201);
    assert.equal(await server.stop(), 0);
  },
});
