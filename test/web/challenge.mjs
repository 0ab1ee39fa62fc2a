#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The proof of work under pressure, as a program meets it: nothing is taken in without work or wait,
// everything typed comes back, a proof counts once, for one address, and not for long.
import assert from 'node:assert/strict';
import { Server, Visitor, clientIdIn, formFields, request, sleep, submission, tap } from '../lib/server.mjs';
import { askedIn, solve } from '../lib/challenge.mjs';

process.setMaxListeners(0);
const serve = (env = {}) =>
  new Server({ env: { ANTEROOM_FORM__CHALLENGE: 'always', ANTEROOM_FORM__CHALLENGE_WAIT: '1m', ...env } }).start();
const strict = await serve();
const brief = await serve({ ANTEROOM_FORM__CHALLENGE_WAIT: '1s' });

const company = Object.fromEntries(
  formFields.company.filter((name) => name in submission).map((name) => [name, submission[name]]));

// A form with what the page asked for.
const withProof = (asked, number) => ({ _challenge: asked.token, _proof: number === undefined ? '' : String(number) });

function isAsked(answer) {
  assert.equal(answer.status, 503);
  assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
  const asked = askedIn(answer.body);
  assert.ok(asked, 'the page asks for a proof');
  return asked;
}

// Through step 1 with a proof; the answer to the proof.
async function pay(visitor) {
  const asked = isAsked(await visitor.fill('company'));
  return visitor.post('/apply/company', { ...company, ...withProof(asked, solve(asked)) });
}

const via = (visitor, address) => {
  const { go } = visitor;
  visitor.go = (path, options = {}) => go.call(visitor, path, { ...options, headers: { 'x-forwarded-for': address } });
  return visitor;
};

await tap({
  'a new journey is asked for work, and all that was typed comes back': async () => {
    const one = new Visitor(strict);
    const answer = await one.fill('company');
    const asked = isAsked(answer);
    assert.equal(answer.headers['retry-after'], '60');
    assert.equal(asked.bits, 13);
    assert.ok(asked.atOnce);
    for (const name of ['company_name', 'email', 'phone'])
      assert.ok(answer.body.includes(submission[name].replace('&', '&amp;')), name);
    assert.match(answer.body, /role="status"><p>[^<]*wait 60 seconds/);
    assert.equal(one.cookies.size, 0);
  },
  'a solution lets in, and the rest of the journey is not asked again': async () => {
    const one = new Visitor(strict);
    assert.equal((await pay(one)).status, 303);
    assert.equal((await one.fill('engagement')).status, 303);
    assert.equal((await one.go('/apply/check', { method: 'POST', body: '' })).status, 303);
    const id = clientIdIn((await one.go('/apply/done')).body);
    assert.ok(strict.list().some((row) => row.client_id === id));
  },
  'a draft cannot be begun at another step, nor with an invented cookie': async () => {
    isAsked(await new Visitor(strict).fill('engagement'));
    const one = new Visitor(strict);
    one.cookies.set('__Host-anteroom-draft', 'A'.repeat(64));
    isAsked(await one.fill('company'));
  },
  'a wrong solution, none, and noise are asked anew, and never sent by themselves again': async () => {
    const one = new Visitor(strict);
    const asked = isAsked(await one.fill('company'));
    for (const number of [solve(asked, false), '', '-1', 'x'.repeat(1000), '99999999999999999999']) {
      const again = isAsked(await one.post('/apply/company', { ...company, ...withProof(asked, number) }));
      assert.ok(!again.atOnce);
      assert.equal(again.token, asked.token, 'the wait that has begun goes on');
    }
    for (const token of ['', 'A', 'A'.repeat(48), asked.token.slice(1), `${asked.token}A`]) {
      const again = isAsked(await one.post('/apply/company', { ...company, _challenge: token, _proof: '1' }));
      assert.notEqual(again.token, token);
    }
  },
  'a proof counts once': async () => {
    const one = new Visitor(strict);
    const asked = isAsked(await one.fill('company'));
    const fields = { ...company, ...withProof(asked, solve(asked)) };
    const answers = await Promise.all(Array.from({ length: 8 }, () => new Visitor(strict).post('/apply/company', fields)));
    assert.equal(answers.filter((a) => a.status === 303).length, 1);
    for (const answer of answers.filter((a) => a.status !== 303)) assert.notEqual(isAsked(answer).token, asked.token);
  },
  'a draft begun in calm is asked when it is sent, once': async () => {
    const server = await serve({ ANTEROOM_FORM__CHALLENGE: 'off' });
    const one = new Visitor(server);
    await one.fill('company');
    await one.fill('engagement');
    await server.stop();
    server.options.env.ANTEROOM_FORM__CHALLENGE = 'always';
    await server.start();
    const send = (fields) => one.post('/apply/check', fields);
    const answer = await send({});
    const asked = isAsked(answer);
    assert.match(answer.body, /Check your answers/);
    isAsked(await send(withProof(asked, solve(asked, false))));
    assert.equal((await send(withProof(asked, solve(asked)))).status, 303);
    assert.equal(server.list().length, 1);
    await server.stop();
  },
  'a proof is for one address': async () => {
    const server = await serve({ ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.0/8' });
    const one = via(new Visitor(server), '192.0.2.7');
    const asked = isAsked(await one.fill('company'));
    const fields = { ...company, ...withProof(asked, solve(asked)) };
    const other = isAsked(await via(new Visitor(server), '192.0.2.8').post('/apply/company', fields));
    assert.notEqual(other.token, asked.token);
    assert.equal((await one.post('/apply/company', fields)).status, 303);
    const six = via(new Visitor(server), '2001:db8::1');
    const asked6 = isAsked(await six.fill('company'));
    const fields6 = { ...company, ...withProof(asked6, solve(asked6)) };
    assert.equal((await via(new Visitor(server), '2001:db8::2').post('/apply/company', fields6)).status, 303, 'of one network');
    assert.equal(await server.stop(), 0, server.log);
  },
  'who waits is let in without work; who comes early is told what is left': async () => {
    const one = new Visitor(brief);
    const asked = isAsked(await one.fill('company'));
    const fields = { ...company, ...withProof(asked) };
    assert.equal(isAsked(await one.post('/apply/company', fields)).token, asked.token);
    await sleep(1100);
    assert.equal((await one.post('/apply/company', fields)).status, 303);
    isAsked(await new Visitor(brief).post('/apply/company', fields));
  },
  'waits are rationed per client, work is not': async () => {
    const many = [];
    for (let i = 0; i < 8; i++) many.push(isAsked(await new Visitor(brief).fill('company')));
    await sleep(1100);
    let taken = 0;
    for (const asked of many)
      taken += (await new Visitor(brief).post('/apply/company', { ...company, ...withProof(asked) })).status === 303;
    assert.ok(taken >= 3 && taken < 8, `${taken} of 8`);
    for (let i = 0; i < 6; i++) assert.equal((await pay(new Visitor(brief))).status, 303);
    return `${taken} of 8 waits at once`;
  },
  'too many new journeys are pressure; fewer are not': async () => {
    const server = await serve({ ANTEROOM_FORM__CHALLENGE: 'auto', ANTEROOM_FORM__CHALLENGE_RATE: '5/1h' });
    for (let i = 0; i < 5; i++) assert.equal((await new Visitor(server).fill('company')).status, 303);
    const bits = [];
    for (let i = 0; i < 20; i++) bits.push(isAsked(await new Visitor(server).fill('company')).bits);
    assert.deepEqual([...new Set(bits)], [13, 14, 15]);
    assert.equal((await server.submit()).status, 201, 'the API is not asked');
    assert.equal((server.log.match(/new journeys prove work/g) ?? []).length, 1);
    assert.equal(await server.stop(), 0, server.log);
  },
  'off asks nothing': async () => {
    const server = await serve({ ANTEROOM_FORM__CHALLENGE: 'off', ANTEROOM_FORM__CHALLENGE_RATE: '1/1h' });
    for (let i = 0; i < 4; i++) assert.equal((await new Visitor(server).fill('company')).status, 303);
    assert.equal(await server.stop(), 0, server.log);
  },
  'a page that asks nothing carries nothing of it': async () => {
    const page = await request(`${strict.url}/apply/company`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.body, /challenge/);
    assert.equal(await strict.stop(), 0, strict.log);
    assert.equal(await brief.stop(), 0, brief.log);
  },
});
