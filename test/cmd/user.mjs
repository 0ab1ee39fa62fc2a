#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// anteroom user: the accounts of the team from the command line, beside a running server and without
// one; and the door it comes through.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { Server, binary, tap } from '../lib/server.mjs';
import { Member, firstAdministrator, password } from '../lib/sign_in.mjs';

const server = await new Server().start();
const door = join(server.data, 'control');

function user(...args) {
  return spawnSync(binary, ['user', ...args, '--data', server.data], { encoding: 'utf8', env: { ANTEROOM_SERVER__PUBLIC_URL: server.url } });
}

function ends(code, ...args) {
  const out = user(...args);
  assert.equal(out.status, code, `${args.join(' ')}: ${out.stderr}${out.stdout}`);
  return out;
}

// What the doctor says about the accounts.
function accounts(name = 'accounts', env = {}) {
  const out = spawnSync(binary, ['doctor', '--json', '--data', server.data], { encoding: 'utf8', env });
  const { state, finding, remedy } = JSON.parse(out.stdout).checks.find((check) => check.name === name);
  return `${state}: ${finding}${Object.keys(env).length ? `; ${remedy}` : ''}`;
}

const path = (out) => new URL(out.stdout.trim()).pathname;

// What comes back through the door for these bytes.
function knock(bytes) {
  return new Promise((done) => {
    const socket = net.connect(door);
    let back = '';
    socket.on('data', (chunk) => (back += chunk));
    socket.on('error', () => {}); // closed before it had read everything
    socket.on('close', () => done(back));
    socket.write(bytes);
  });
}

await tap({
  'the door is there for this user alone': () => {
    assert.ok(statSync(door).isSocket());
    assert.equal(statSync(door).mode & 0o777, 0o600);
  },
  'while nobody can sign in: a setup link, which works': async () => {
    assert.equal(accounts(), 'warn: no administrator can sign in');
    const elsewhere = { ANTEROOM_AUTH__LOCAL: 'false' };
    assert.match(accounts('accounts', elsewhere), /^warn: no administrator can sign in; One comes with/);
    assert.match(accounts('sign-in', elsewhere), /^warn: nobody of the team can sign in.*Name an issuer/);
    const link = path(ends(0, 'setup-link'));
    assert.equal((await new Member(server).go(link)).status, 200);
    server.owner = await firstAdministrator(server);
    assert.equal(accounts(), 'ok: accounts: 1 active, 1 of them administrators, and 0 invited');
    const out = ends(1, 'setup-link');
    assert.match(out.stderr, /there is an administrator who can sign in/);
  },
  'beside the server: added, invited, in; listed as text and JSON': async () => {
    const out = ends(0, 'add', 'john@example.com', '--role', 'viewer', '--name', 'John Thornton');
    assert.match(out.stderr, /counts once/);
    const john = new Member(server);
    assert.match((await john.go(path(out))).body, /john@example\.com/);
    assert.equal((await john.setUp(path(out), { secret: password })).headers.location, '/auth/app?next=%2Fstaff');
    assert.equal((await john.go('/staff/profile')).status, 200); // a viewer needs no second step
    assert.match(ends(0, 'list').stdout, /^john@example\.com +John Thornton +viewer +active +password +\d{4}-/m);
    const { people } = JSON.parse(ends(0, 'list', '--json').stdout);
    assert.deepEqual(people.map((p) => [p.login, p.role, p.state, p.second_step]),
      [['john@example.com', 'viewer', 'active', false], ['margaret@example.com', 'administrator', 'active', true]]);
    server.john = john;
  },
  'what is not right is refused with a reason': () => {
    assert.match(ends(1, 'add', 'JOHN@example.com', '--role', 'agent').stderr, /is taken/);
    assert.match(ends(2, 'add', 'x', '--role', 'root').stderr, /viewer, agent, privacy/);
    assert.match(ends(2, 'add', 'two words').stderr, /no spaces/);
    assert.match(ends(2, 'add').stderr, /takes a login/);
    assert.match(ends(2, 'remove', 'x').stderr, /add, list, reset/);
    assert.match(ends(1, 'disable', 'nobody@example.com').stderr, /there is no login/);
    assert.match(ends(1, 'disable', 'margaret@example.com').stderr, /last administrator/);
  },
  'disabled: out at once, and no way in; enabled: in again': async () => {
    ends(0, 'disable', 'john@example.com');
    assert.equal((await server.john.go('/staff/profile')).status, 303);
    assert.equal((await server.john.signIn('john@example.com')).status, 422);
    ends(0, 'enable', 'john@example.com');
    assert.equal((await server.john.signIn('john@example.com')).status, 303);
  },
  'a reset link sets password and second step anew': async () => {
    const link = path(ends(0, 'reset', 'margaret@example.com'));
    const browser = new Member(server);
    assert.equal((await browser.setUp(link, { secret: 'four quiet grey herons' })).status, 303);
    assert.equal((await server.owner.go('/staff/profile')).status, 303); // signed out
    await browser.enrol();
    assert.equal((await browser.go('/staff/profile')).status, 200);
    assert.equal((await browser.go(link)).status, 404);
  },
  'administrators who cannot be reached: another one, when it is meant': async () => {
    const link = path(ends(0, 'setup-link', '--anyway'));
    const other = new Member(server);
    assert.equal((await other.setUp(link, { name: 'Nicholas Higgins', login: 'nicholas' })).status, 303);
    assert.match(accounts(), /^warn: 1 of 3 accounts lack the second step/);
    assert.match(ends(0, 'list').stdout, /^nicholas +Nicholas Higgins +administrator +active/m);
  },
  'the door takes one line, in time, and nothing else': async () => {
    assert.match(await knock('user.list json=yes\n'), /^0\n\{"people":\[/);
    assert.match(await knock('nothing.such x=1\n'), /^\d+\ndo that\n/);
    assert.match(await knock('\n'), /^\d+\n/);
    assert.equal(await knock('x'.repeat(9000)), '');
    const half = net.connect(door); // one that says nothing keeps the others waiting for two seconds
    await new Promise((done) => half.once('connect', done));
    ends(0, 'list');
    half.destroy();
  },
  'without the server the same': async () => {
    await server.stop();
    assert.ok(!existsSync(door));
    const out = ends(0, 'add', 'frederick@example.com');
    assert.match(ends(0, 'list').stdout, /^frederick@example\.com +frederick@example\.com +agent +invited/m);
    await server.start();
    assert.equal((await new Member(server).go(path(out))).status, 200);
  },
  'a door that a killed server left is no obstacle': async () => {
    await server.kill();
    assert.ok(existsSync(door));
    ends(0, 'list');
    await server.start();
    ends(0, 'list');
    await server.stop();
    assert.equal(server.auditVerify().status, 0);
  },
});
