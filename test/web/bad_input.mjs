#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What no honest browser sends: each gets a clear 4xx, nothing is stored, nothing crashes.
import assert from 'node:assert/strict';
import { Server, Visitor, request, submission, tap } from '../lib/server.mjs';

const server = await new Server().start();
const form = 'application/x-www-form-urlencoded';

function postForm(body, headers = {}) {
  return request(`${server.url}/apply/company`, { method: 'POST', body, headers: { 'content-type': form, ...headers } });
}

function postJson(body, headers = {}) {
  return request(`${server.url}/api/v1/submissions`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

const pages = {
  'a broken percent escape': ['company_name=%zz', 400],
  'bytes that are not UTF-8': ['company_name=%ff%fe', 400],
  'an overlong form of UTF-8': ['company_name=%c0%af', 400],
  'a NUL': ['company_name=a%00b', 400],
  'a field twice': ['company_name=a&company_name=b', 400],
  'an unknown field': ['company_nam=a', 400],
  'a field of another step': ['project_scope=a', 400],
  'a body over the limit': [`company_name=${'a'.repeat(300 * 1024)}`, 413],
  'an empty body': ['', 422],
  'a control character': ['company_name=a%07b', 422],
};

const documents = {
  'no JSON': ['{', 400],
  'an array': ['[]', 400],
  'a key twice': ['{"email":"a@b.c","email":"a@b.c"}', 400],
  'an unknown key': [JSON.stringify({ ...submission, colour: 'blue' }), 400],
  'a wrong type': [JSON.stringify({ ...submission, company_name: 7 }), 400],
  'a lone surrogate': [JSON.stringify(submission).replace('Ada', '\\ud800'), 400],
  'nested beyond reason': ['['.repeat(100000), 400],
  'an empty object': ['{}', 422],
  'no consent': [JSON.stringify({ ...submission, consent: false }), 422],
  'a choice that does not exist': [JSON.stringify({ ...submission, industry: 'wizardry' }), 422],
};

const tests = {};
for (const [name, [body, status]] of Object.entries(pages))
  tests[`form: ${name} is ${status}`] = async () => {
    const answer = await postForm(body);
    assert.equal(answer.status, status, answer.body);
    assert.ok(answer.body.length > 10);
  };
for (const [name, [body, status]] of Object.entries(documents))
  tests[`api: ${name} is ${status}`] = async () => {
    const answer = await postJson(body);
    assert.equal(answer.status, status, answer.body);
    assert.match(answer.headers['content-type'], /problem\+json/);
    assert.ok(JSON.parse(answer.body).title);
  };

Object.assign(tests, {
  'api: findings name the field, the code and the sentence of the form': async () => {
    const answer = await postJson(JSON.stringify({ ...submission, email: 'nobody', company_name: '' }));
    assert.equal(answer.status, 422);
    const { errors } = JSON.parse(answer.body);
    assert.deepEqual(errors.map((e) => [e.field, e.code]), [['company_name', 'missing'], ['email', 'wrong']]);
    const page = await new Visitor(server).fill('company', { email: 'nobody', company_name: '' });
    for (const { message } of errors) assert.ok(page.body.includes(message), message);
  },
  'a body far over the limit is 413 before it is sent': async () => {
    // Sent all the same, its sender may find the connection closed: libh2o does not wait for the rest.
    assert.equal((await postForm(undefined, { 'content-length': 2 << 20 })).status, 413);
  },
  'a wrong content type is 415': async () => {
    assert.equal((await postForm('{}', { 'content-type': 'application/json' })).status, 415);
    assert.equal((await postForm('x', { 'content-type': 'multipart/form-data; boundary=x' })).status, 415);
    assert.equal((await postJson('{}', { 'content-type': form })).status, 415);
  },
  'a form from another website is 403': async () => {
    assert.equal((await postForm('', { origin: 'https://evil.example' })).status, 403);
    assert.equal((await postForm('', { origin: 'null' })).status, 403);
    assert.equal((await postForm('', { 'sec-fetch-site': 'cross-site' })).status, 403);
  },
  'an unknown page is 404, a wrong method 405 with Allow': async () => {
    assert.equal((await request(`${server.url}/nowhere`)).status, 404);
    assert.equal((await request(`${server.url}/static/../../etc/passwd`)).status, 404);
    const wrong = await request(`${server.url}/apply/company`, { method: 'DELETE' });
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.allow, 'GET, HEAD, POST');
  },
  'cookies that are not ours are ignored': async () => {
    for (const value of ['x', 'A'.repeat(64), '%00', '"quoted"', 'A'.repeat(4000)]) {
      const answer = await request(`${server.url}/apply/company`, { headers: { cookie: `__Host-anteroom-draft=${value}` } });
      assert.equal(answer.status, 200);
    }
  },
  'an Idempotency-Key: the first answer again; other content is refused; a wild key is 400': async () => {
    const first = await server.submit({}, { key: 'k-1' });
    const again = await server.submit({}, { key: 'k-1' });
    assert.equal(again.status, 201);
    assert.equal(again.body, first.body);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    assert.equal((await server.submit({ notes: 'other' }, { key: 'k-1' })).status, 422);
    for (const key of ['', 'k'.repeat(256), 'a b', 'k\u00e9'])
      assert.equal((await server.submit({}, { headers: { 'idempotency-key': key } })).status, 400, key);
  },
  'nothing of all this was stored': () => {
    assert.equal(server.list().length, 1, 'only the one with the key');
  },
  'the log holds nothing of what was sent': () => {
    for (const secret of ['Ångström', 'ada@example.com', 'Lovelace', 'nobody', '1234567', 'evil.example'])
      assert.ok(!server.log.includes(secret), secret);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0);
  },
});

await tap(tests);
