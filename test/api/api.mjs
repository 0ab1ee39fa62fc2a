#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The API: its document is right by a linter of others, names every address and field that there is,
// and every answer here, good or bad, is what the document says. Then what a program does with it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Server, formFields, request, submission, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
await server.start();

const text = (await request(`${server.url}/api/v1/openapi.json`)).body;
const document = JSON.parse(text);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'document');

// "/api/v1/submissions/{client_id}" of an address.
const pathOf = (url) => Object.keys(document.paths)
  .find((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(url.split('?')[0]));

// Asks, and holds the answer against the document.
async function call(method, path, { as, body, headers = {}, type = 'application/json' } = {}) {
  const answer = await request(server.url + path, {
    method, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    headers: { ...(as ? { authorization: `Bearer ${as.bearer}` } : {}), ...(body === undefined ? {} : { 'content-type': type }), ...headers },
  });
  const where = `${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`;
  const operation = document.paths[pathOf(path)]?.[method.toLowerCase()];
  assert.ok(operation, `${where}: not in the document`);
  let said = operation.responses[answer.status];
  assert.ok(said, `${where}: the document knows no such answer`);
  if (said.$ref) said = document.components.responses[said.$ref.split('/').pop()];
  if (!said.content) {
    assert.equal(answer.body, '', where);
    return answer;
  }
  const [media, { schema }] = Object.entries(said.content)[0];
  assert.equal(answer.headers['content-type'], media, where);
  const json = JSON.parse(answer.body);
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
  assert.ok(validate(json), `${where}: ${ajv.errorsText(validate.errors)}`);
  return { ...answer, json };
}
const submit = async (more = {}) => (await call('POST', '/api/v1/submissions', { body: { ...submission, ...more } })).json.client_id;

await tap({
  'the document is right, and says what the code has': async () => {
    const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'error', 'info-license': 'off', 'no-empty-servers': 'off', 'security-defined': 'error' } });
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    assert.deepEqual(problems.filter((p) => p.severity === 'error').map((p) => `${p.location[0]?.pointer}: ${p.message}`), []);
    const rows = [...readFileSync('src/web/routes.def', 'utf8').matchAll(/^(?:ROUTE|STAFF)\((\w+),\s*"(\/api\/[^"]+)"/gm)]
      .map(([, method, path]) => `${method} ${path.replace('*', '{client_id}')}`).sort();
    const told = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).filter((key) => key !== 'parameters').map((method) => `${method.toUpperCase()} ${path}`)).sort();
    assert.deepEqual(told, rows);
    const fields = [...formFields.company, ...formFields.engagement];
    assert.deepEqual(Object.keys(document.components.schemas.Submission.properties).sort(), [...fields].sort());
  },
  'sent, read, changed, noted: each with what it asks': async () => {
    const id = await submit();
    const read = await call('GET', `/api/v1/submissions/${id}`, { as: team.viewer });
    assert.equal(read.headers.etag, '"0"');
    for (const [name, value] of Object.entries(submission)) assert.deepEqual(read.json[name], value, name);
    const changed = await call('PATCH', `/api/v1/submissions/${id}`, { as: team.agent, body: { status: 'contacted', owner: team.agent.id, revision: 0 } });
    assert.equal(changed.json.revision, 2);
    assert.equal(changed.json.owner, team.agent.id);
    await call('PATCH', `/api/v1/submissions/${id}`, { as: team.agent, body: { owner: null }, headers: { 'if-match': '"2"' } });
    const note = await call('POST', `/api/v1/submissions/${id}/notes`, { as: team.agent, body: { text: 'Called **them**.' } });
    assert.equal(note.status, 204);
    const { items } = (await call('GET', `/api/v1/submissions/${id}/events`, { as: team.viewer })).json;
    assert.deepEqual(items.map((event) => event.kind), ['note', 'owner', 'owner', 'status']);
    assert.match(items[0].author, /^token\/\d+$/);
  },
  'two at once: the second is told': async () => {
    const id = await submit();
    const change = (revision, status) => call('PATCH', `/api/v1/submissions/${id}`, { as: team.agent, body: { status, revision } });
    assert.equal((await change(0, 'contacted')).status, 200);
    assert.equal((await change(0, 'spam')).status, 409);
    assert.equal((await change(1, 'new')).status, 200);
    const both = await call('PATCH', `/api/v1/submissions/${id}`, { as: team.agent, body: { status: 'lost', owner: 99999, revision: 2 } });
    assert.equal(both.status, 422);
    assert.equal((await call('GET', `/api/v1/submissions/${id}`, { as: team.viewer })).json.status, 'new', 'neither was done');
  },
  'what cannot be': async () => {
    const id = await submit(), at = `/api/v1/submissions/${id}`;
    for (const body of [{}, { status: 'done' }, { status: 'won' }, { owner: 'me', revision: 0 }, { status: 'new', revision: 0 }, '{', '[]', '{"status":"won","status":"new","revision":0}', { status: 'won', revision: 0, colour: 'blue' }])
      assert.equal((await call('PATCH', at, { as: team.agent, body })).status, 422, JSON.stringify(body));
    for (const body of [{ text: '' }, { text: 7 }, {}, { text: 'x'.repeat(8001) }, { text: 'a\u0007' }])
      assert.equal((await call('POST', `${at}/notes`, { as: team.agent, body })).status, 422);
    assert.equal((await call('PATCH', at, { as: team.agent, body: '{}', type: 'text/plain' })).status, 415);
    for (const path of ['/api/v1/submissions/CL-00000-00000', '/api/v1/submissions/x', '/api/v1/submissions/x/events'])
      assert.equal((await call('GET', path, { as: team.agent })).status, 404, path);
    assert.equal((await call('POST', '/api/v1/submissions/x/notes', { as: team.agent, body: { text: 'a' } })).status, 404);
    assert.equal((await call('POST', '/api/v1/submissions', { body: { ...submission, email: 'nobody' } })).status, 422);
    assert.equal((await call('POST', '/api/v1/submissions', { body: '{' })).status, 400);
  },
  'pages by cursor, without a gap and without a second time': async () => {
    for (let i = 0; i < 7; i++) await submit({ company_name: `Page ${i}` });
    const seen = [];
    for (let cursor = ''; cursor !== null;) {
      const { json } = await call('GET', `/api/v1/submissions?q=page&limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { as: team.viewer });
      seen.push(...json.items.map((item) => item.company_name));
      cursor = json.cursor;
    }
    assert.deepEqual(seen, [6, 5, 4, 3, 2, 1, 0].map((i) => `Page ${i}`));
    assert.ok((await call('GET', '/api/v1/submissions?status=spam', { as: team.viewer })).json.items.length === 0);
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=nonsense'])
      assert.equal((await call('GET', `/api/v1/submissions?${query}`, { as: team.viewer })).status, 422, query);
  },
  'the audit tells of every reading, also to programs': async () => {
    const id = await submit();
    await call('GET', `/api/v1/submissions/${id}`, { as: team.viewer });
    await call('GET', '/api/v1/submissions?limit=1', { as: team.viewer });
    const { json } = await call('GET', '/api/v1/audit?limit=2', { as: team.auditor });
    assert.deepEqual(json.items.map((event) => event.action), ['records.listed', 'record.read']);
    assert.equal(json.items[1].subject, id);
    assert.equal((await call('GET', `/api/v1/audit?record=${id}`, { as: team.auditor })).json.items.length, 2);
    // A change that changes nothing answers with the record all the same.
    await call('PATCH', `/api/v1/submissions/${id}`, { as: team.agent, body: { owner: null, revision: 0 } });
    const { items } = (await call('GET', `/api/v1/audit?record=${id}`, { as: team.auditor })).json;
    assert.deepEqual(items.map((event) => event.action), ['record.read', 'record.read', 'submission.created']);
    const next = await call('GET', `/api/v1/audit?limit=2&before=${json.before}`, { as: team.auditor });
    assert.ok(next.json.items[0].number < json.before);
    for (const query of ['limit=0', 'record=x', 'from=never', 'before=-1']) assert.equal((await call('GET', `/api/v1/audit?${query}`, { as: team.auditor })).status, 422, query);
  },
  'who may, and who not': async () => {
    const id = await submit(), at = `/api/v1/submissions/${id}`;
    assert.deepEqual((await call('GET', '/api/v1/me', { as: team.viewer })).json.role, 'viewer');
    assert.equal((await call('PATCH', at, { as: team.viewer, body: { status: 'won', revision: 0 } })).status, 403);
    assert.equal((await call('GET', at, { as: team.auditor })).status, 403);
    assert.equal((await call('GET', '/api/v1/audit', { as: team.agent })).status, 403);
    for (const path of [at, '/api/v1/submissions', '/api/v1/audit', '/api/v1/me', `${at}/events`]) {
      const none = await call('GET', path);
      assert.equal(none.status, 401);
      assert.match(none.headers['www-authenticate'], /^Bearer/);
      assert.equal((await call('GET', path, { headers: { cookie: team.administrator.cookie } })).status, 401, 'a cookie is no token');
    }
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
