#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// anteroom token: the tokens of the API from the command line, beside a running server and without one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Server, binary, request, tap } from '../lib/server.mjs';

const server = await new Server().start();

function ends(code, ...args) {
  const out = spawnSync(binary, ['token', ...args, '--data', server.data], { encoding: 'utf8', env: {} });
  assert.equal(out.status, code, `${args.join(' ')}: ${out.stderr}${out.stdout}`);
  return out;
}

const get = (path, token) => request(server.url + path, { headers: { authorization: `Bearer ${token}` } });
const me = (token) => get('/api/v1/me', token);
const listed = () => JSON.parse(ends(0, 'list', '--json').stdout).tokens;
let token;

await tap({
  'made beside the server, told once, and it opens what its role may': async () => {
    const out = ends(0, 'add', 'nightly export', '--role', 'auditor');
    assert.match(out.stdout, /^art_[\w-]{27}\n$/);
    assert.match(out.stderr, /shown once/);
    token = out.stdout.trim();
    const answer = await me(token);
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.body).role, 'auditor');
  },
  'listed: role, state, last use, end, name; not the token': () => {
    const year = new Date(Date.now() + 365 * 86400e3).getUTCFullYear();
    const { stdout } = ends(0, 'list');
    assert.match(stdout, new RegExp(`^1 +auditor +active +(never used|\\d{4}-\\d\\d-\\d\\d) +${year}-\\d\\d-\\d\\d +nightly export\n$`));
    assert.ok(!stdout.includes(token));
  },
  'a viewer unless it is said, without an end when it is meant': () => {
    const made = JSON.parse(ends(0, 'add', '--days', '0', 'Gästeliste', '--json').stdout);
    assert.deepEqual([made.number, made.until], [2, null]);
    const [newest] = listed();
    assert.deepEqual([newest.number, newest.name, newest.role, newest.state, newest.until], [2, 'Gästeliste', 'viewer', 'active', null]);
  },
  'what is not right is refused with a reason': () => {
    assert.match(ends(2, 'add', 'x', '--role', 'root').stderr, /viewer, agent, privacy/);
    assert.match(ends(2, 'add', 'x', '--days', '9999').stderr, /0 \(without end\) to 3650/);
    assert.match(ends(2, 'add', 'x', '--days', '-1').stderr, /--days takes/);
    assert.match(ends(2, 'add', ' ').stderr, /1 to 80 characters/);
    assert.match(ends(2, 'add', 'x'.repeat(81)).stderr, /1 to 80 characters/);
    assert.match(ends(2, 'add').stderr, /takes a name/);
    assert.match(ends(2, 'revoke').stderr, /takes a number/);
    assert.match(ends(2, 'revoke', 'nightly').stderr, /takes a number/);
    assert.match(ends(2, 'delete', '1').stderr, /add, list, revoke/);
    assert.match(ends(1, 'revoke', '99').stderr, /there is none.*token list/);
  },
  'revoked: opens nothing at once, stays in the list': async () => {
    assert.equal(ends(0, 'revoke', '1').stdout, 'Token 1 opens nothing any more.\n');
    assert.equal((await me(token)).status, 401);
    assert.match(ends(1, 'revoke', '1').stderr, /revoked before/);
    assert.deepEqual(listed().map((t) => [t.number, t.state]), [[2, 'active'], [1, 'revoked']]);
  },
  'without the server the same, and all of it in the audit': async () => {
    await server.stop();
    const made = ends(0, 'add', 'made at night', '--role', 'auditor').stdout.trim();
    ends(0, 'revoke', '2');
    await server.start();
    const { body } = await get('/api/v1/audit', made);
    const told = JSON.parse(body).items.filter((e) => e.action.startsWith('token.')).map((e) => `${e.action} ${e.subject} ${e.actor}`);
    assert.deepEqual(told, ['token.revoked token/2 command', 'token.made token/3 command', 'token.revoked token/1 command', 'token.made token/2 command', 'token.made token/1 command']);
    await server.stop();
    // Its last day is over.
    const late = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute("UPDATE token SET expires_ms = 1 WHERE id = 3"); db.commit()';
    assert.equal(spawnSync('python3', ['-c', late, join(server.data, 'anteroom.db')]).status, 0);
    assert.equal(listed().find((t) => t.number === 3).state, 'expired');
    await server.start();
    assert.equal((await me(made)).status, 401);
    await server.stop();
    assert.equal(server.auditVerify().status, 0);
  },
});
