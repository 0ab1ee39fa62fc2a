#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every address of the team (src/web/routes.def) asked by every role (src/core/access.def), by a
// program of every role, and by nobody: the two tables decide, and nothing else does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Server, tap } from '../lib/server.mjs';
import { roles, seatTeam } from '../lib/staff.mjs';

const rows = [...readFileSync('src/web/routes.def', 'utf8').matchAll(/^STAFF\((\w+),\s*"([^"]+)",\s*\w+,\s*(\w+),\s*(.*)\)$/gm)]
  .map(([, method, path, action, flags]) => ({ method, path, action, form: /ROUTE_FORM/.test(flags), api: /ROUTE_API/.test(flags), json: /ROUTE_JSON/.test(flags) }));
const table = new Map([...readFileSync('src/core/access.def', 'utf8').matchAll(/^ACTION\((\w+),.*?((?:,\s*[01]){5})\)$/gm)]
  .map(([, action, bits]) => [action, bits.match(/[01]/g).map((bit) => bit === '1')]));

const server = new Server();
const team = await seatTeam(server);
await server.start();

// The head of the answer: some answers have no end.
const ask = (method, path, headers, body) => new Promise((done, fail) => {
  const req = https.request(server.url + path, { method, headers, rejectUnauthorized: false }, (res) => {
    let text = '';
    const finish = () => done({ status: res.statusCode, headers: res.headers, body: text });
    if (/event-stream/.test(res.headers['content-type'])) {
      finish();
      req.destroy();
      return;
    }
    res.on('data', (chunk) => (text += chunk)).on('end', finish);
  });
  req.on('error', fail);
  req.end(body);
});

const type = (row) => (row.json ? 'application/json' : 'application/x-www-form-urlencoded');
const headers = (row, who) => ({
  ...(row.method === 'GET' ? {} : { 'content-type': type(row) }),
  ...(who ? (row.api ? { authorization: `Bearer ${who.bearer}` } : { cookie: who.cookie }) : {}),
});
const at = (row) => row.path.replace('*', 'CL-00000-00000');
// A form without csrf is refused after the role was judged: nothing is changed by asking.
const body = (row) => (row.method === 'GET' ? undefined : row.json ? '{}' : 'x=1');
const roleSays = (answer) => answer.status === 403 && answer.body.includes('Your role does not include this');

await tap({
  'both tables are read whole': async () => {
    const defined = readFileSync('src/web/routes.def', 'utf8').match(/^STAFF\(/gm).length;
    assert.equal(rows.length, defined);
    assert.equal(table.size, readFileSync('src/core/access.def', 'utf8').match(/^ACTION\(/gm).length);
    for (const row of rows) assert.ok(table.has(row.action), row.path);
  },
  [`${rows.length} addresses, ${roles.length} roles`]: async () => {
    for (const row of rows)
      for (const [i, role] of roles.entries()) {
        const answer = await ask(row.method, at(row), headers(row, team[role]), body(row));
        const what = `${role} ${row.method} ${row.path}: ${answer.status}`;
        assert.equal(roleSays(answer), !table.get(row.action)[i], what);
        assert.notEqual(answer.status, 401, what);
        assert.ok(answer.status < 500, what);
        if (answer.status === 303) assert.ok(!/^\/auth\/login/.test(answer.headers.location), what);
      }
  },
  'nobody gets in': async () => {
    for (const row of rows)
      for (const who of [null, { cookie: `__Host-staff=${'A'.repeat(22)}`, bearer: `art_${'A'.repeat(27)}` }, { cookie: '__Host-staff=x', bearer: 'x' }]) {
        const answer = await ask(row.method, at(row), headers(row, who), body(row));
        const what = `${row.method} ${row.path}: ${answer.status} ${answer.headers.location ?? ''}`;
        if (row.api) assert.equal(answer.status, 401, what);
        else assert.ok(answer.status === 401 || (answer.status === 303 && /^\/auth\/login/.test(answer.headers.location)), what);
      }
  },
  'no form is taken without its csrf, or from another site': async () => {
    for (const row of rows.filter((row) => row.form)) {
      const who = team.administrator;
      for (const more of [{}, { origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await ask('POST', at(row), { ...headers(row, who), ...more }, 'csrf=' + 'A'.repeat(22));
        assert.equal(answer.status, 403, row.path);
      }
      const other = await ask('POST', at(row), { ...headers(row, who), 'content-type': 'text/plain' }, 'x');
      assert.equal(other.status, 415, row.path);
    }
  },
  'every form of the team asks for csrf, and what a program may do needs no cookie': async () => {
    for (const row of rows.filter((row) => row.method !== 'GET')) assert.ok(row.form !== row.api, row.path);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
