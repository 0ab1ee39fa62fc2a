#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The team signs in: the first start's link, password and second step, recovery codes, sessions,
// attempts; and what nobody may find out or do who guesses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Server, request, sleep, tap } from '../lib/server.mjs';
import { Member, inForm, password, setupLink, totp } from '../lib/sign_in.mjs';

const server = await new Server({ env: { ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1' } }).start();
const from = (address) => ({ 'x-forwarded-for': address });
const link = await setupLink(server);
const owner = new Member(server, from('192.0.2.1'));
const wrong = /The login or the password is not right/;

// A browser at that address in which the owner was before.
function known(address) {
  const member = new Member(server, from(address));
  member.cookies = new Map([['__Host-device', owner.cookies.get('__Host-device')]]);
  return member;
}

function where(answer) {
  return `${answer.status} ${answer.headers.location ?? ''}`.trim();
}

// The owner's password as it is kept.
function stored() {
  return spawnSync('python3', ['-c', 'import sqlite3, sys\nprint(sqlite3.connect(sys.argv[1]).execute("SELECT password FROM person").fetchone()[0])',
    join(server.data, 'anteroom.db')], { encoding: 'utf8' }).stdout;
}

// While the server is stopped.
function sql(statement) {
  const done = spawnSync('python3', ['-c', 'import sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.execute(sys.argv[2])\nd.commit()',
    join(server.data, 'anteroom.db'), statement], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
}

await tap({
  'the first start tells a link; opening it changes nothing, and any other is gone': async () => {
    assert.match(link, /^\/auth\/setup\/[\w-]{32}$/);
    for (let i = 0; i < 2; i++) {
      const page = await owner.go(link);
      assert.equal(page.status, 200);
      assert.match(page.body, /first account/);
      assert.match(page.headers['cache-control'], /no-store/);
    }
    const bent = link.slice(0, -1) + (link.endsWith('A') ? 'E' : 'A');
    for (const path of [bent, '/auth/setup/x', '/auth/setup/' + 'A'.repeat(22)])
      assert.equal((await owner.go(path)).status, 404);
  },
  'findings keep what was typed, but never a password': async () => {
    const tries = [
      [{ secret: 'short' }, /at least 12/], [{ secret: 'Password2026!' }, /first that are guessed/],
      [{ secret: 'margaret hale 1' }, /too near/], [{ login: 'two words' }, /without spaces/], [{ name: ' ' }, /Enter your name/],
    ];
    for (const [change, sentence] of tries) {
      const answer = await owner.setUp(link, { name: 'Margaret Hale', ...change });
      assert.equal(answer.status, 422);
      assert.match(answer.body, sentence);
      if (change.secret) {
        assert.match(answer.body, /value="Margaret Hale"/);
        assert.ok(!answer.body.includes(change.secret));
      }
    }
  },
  'the first administrator sets a password, then the second step, then sees recovery codes once': async () => {
    assert.equal(where(await owner.setUp(link)), '303 /auth/app?next=%2Fstaff');
    // Signed in with a password only: nothing else is open yet.
    assert.equal(where(await owner.go('/staff/profile')), '303 /auth/app');
    const page = await owner.go('/auth/app');
    const key = page.body.match(/translate="no">([A-Z2-7 ]+)</)[1];
    const fields = { csrf: inForm(page.body, 'csrf'), secret: inForm(page.body, 'secret') };
    const off = await owner.post('/auth/app', { ...fields, code: totp(key, 40) });
    assert.equal(off.status, 422);
    assert.ok(off.body.includes(key)); // the same picture again
    await owner.enrol();
    assert.equal(new Set(owner.codes).size, 10);
    assert.equal(where(await owner.send('/auth/codes', {})), '303 /staff');
    assert.equal(where(await owner.go('/auth/codes')), '303 /staff/profile');
    assert.equal((await owner.go('/staff/profile')).status, 200);
  },
  'the link is used up': async () => {
    const thief = new Member(server);
    assert.equal((await thief.go(link)).status, 404);
    assert.equal((await thief.setUp(link, { login: 'thief@example.com' })).status, 404);
  },
  'who is not signed in is led to the page and back again, but never elsewhere': async () => {
    const guest = new Member(server);
    assert.equal(where(await guest.go('/staff/profile?x=1')), '303 /auth/login?next=%2Fstaff%2Fprofile%3Fx%3D1');
    assert.equal(where(await guest.go('/.well-known/change-password')), '303 /staff/profile');
    const page = await guest.go('/auth/login?next=%2Fstaff%2Fprofile%3Fx%3D1');
    assert.equal(inForm(page.body, 'next'), '/staff/profile?x=1');
    for (const next of ['https://evil.example', '//evil.example', '/staff\\evil', '/apply/company', '/staffx'])
      assert.equal(inForm((await guest.go(`/auth/login?next=${encodeURIComponent(next)}`)).body, 'next'), undefined);
  },
  'password, then code; each code counts once': async () => {
    const browser = new Member(server, from('192.0.2.2'));
    assert.equal(where(await browser.signIn('Margaret@Example.COM', password, { next: '/staff/profile' })), '303 /auth/code');
    assert.equal(where(await browser.go('/staff/profile')), '303 /auth/login?next=%2Fstaff%2Fprofile');
    const used = await browser.code(owner.last);
    assert.equal(used.status, 422); // this one set the app up
    assert.match(used.body, /not right, or it was used/);
    assert.equal((await browser.code('')).status, 422);
    const next = totp(owner.key, 1);
    assert.equal(where(await browser.code(` ${next.replace(/^.../, '$& ')}`)), '303 /staff/profile');
    assert.equal((await browser.go('/staff/profile')).status, 200);
    assert.equal(where(await browser.go('/auth/login')), '303 /staff');

    const again = new Member(server, from('192.0.2.3'));
    await again.signIn();
    assert.equal((await again.code(next)).status, 422);
  },
  'a recovery code opens once, however it is typed': async () => {
    const [code] = owner.codes;
    const browser = new Member(server, from('192.0.2.4'));
    await browser.signIn();
    assert.equal(where(await browser.code(code.toLowerCase().replace('-', ' '))), '303 /staff');
    assert.match((await browser.go('/staff/profile')).body, /9 recovery codes are left/);
    const again = new Member(server, from('192.0.2.4'));
    await again.signIn();
    assert.equal((await again.code(code)).status, 422);
  },
  'nobody learns whether an account exists: the same page for both': async () => {
    const clean = (answer, login) => answer.body.replaceAll(login, 'LOGIN');
    const stranger = new Member(server, from('198.51.100.1'));
    const one = await stranger.signIn('margaret@example.com', 'not the password');
    const two = await stranger.signIn('margareta@example.com', 'not the password');
    assert.equal(one.status, 422);
    assert.match(one.body, wrong);
    assert.equal(clean(one, 'margaret@example.com'), clean(two, 'margareta@example.com'));
    assert.deepEqual(Object.keys(one.headers).sort(), Object.keys(two.headers).sort());
  },
  'pauses grow for who guesses, and not for the owner: elsewhere, or in a browser that was here before': async () => {
    const attacker = new Member(server, from('203.0.113.66'));
    for (let i = 0; i < 5; i++) assert.equal((await attacker.signIn('margaret@example.com', `guess ${i}`)).status, 422);
    const paused = await attacker.signIn();
    assert.equal(paused.status, 429); // even with the right password
    assert.match(paused.body, /Try again in [1-5] seconds?/);
    assert.ok(paused.headers['retry-after'] >= 1 && paused.headers['retry-after'] <= 5);
    // An account that does not exist pauses the same.
    for (let i = 0; i < 5; i++) await attacker.signIn('nobody@example.com', 'guess');
    assert.equal((await attacker.signIn('nobody@example.com', 'guess')).status, 429);

    const elsewhere = new Member(server, from('192.0.2.5'));
    assert.equal(where(await elsewhere.signIn()), '303 /auth/code');
    assert.equal(where(await known('203.0.113.66').signIn()), '303 /auth/code');
    // Another person's browser is not this account's.
    const forged = new Member(server, from('203.0.113.66'));
    forged.cookies = new Map([['__Host-device', 'A'.repeat(60)]]);
    assert.equal((await forged.signIn()).status, 429);
  },
  'a hundred attempts at once are not one: they are counted when they begin': async () => {
    const attacker = new Member(server, from('203.0.113.77'));
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => attacker.signIn('margaret@example.com', `guess ${i}`)));
    const judged = answers.filter((answer) => answer.status === 422).length;
    assert.ok(judged <= 5, `${judged} were judged`);
    assert.ok(answers.every((answer) => [422, 429].includes(answer.status)));
  },
  'codes are counted by account: other addresses do not help': async () => {
    let paused;
    for (let i = 0; i < 12 && !paused; i++) {
      const thief = new Member(server, from(`198.51.100.${i + 10}`)); // who knows the password
      assert.equal(where(await thief.signIn()), '303 /auth/code');
      const answer = await thief.code(String(100000 + i));
      if (answer.status === 429) paused = i;
    }
    assert.equal(paused, 4); // the fifth, counted with the one that was used twice before
    // The owner's own browser is not paused.
    const browser = known('198.51.100.30');
    await browser.signIn();
    assert.equal((await browser.code('123456')).status, 422);
  },
  'what is far too long, or no text at all, is refused with a sentence': async () => {
    const guest = new Member(server, from('192.0.2.77'));
    const long = 'x'.repeat(120000);
    const login = await guest.signIn(long, password);
    assert.equal(login.status, 422);
    assert.match(login.body, /up to 120 characters/);
    assert.ok(!login.body.includes('x'.repeat(200)));
    for (const [name, secret] of [['margaret@example.com', long], ['margaret@example.com', 'a\u0000b'.repeat(9)], ['\u202e', password], ["' OR 1=1 --", password]])
      assert.ok([400, 422].includes((await guest.signIn(name, secret)).status), name);
    const body = 'login=%ff%fe&password=x';
    assert.equal((await guest.go('/auth/login', { method: 'POST', body })).status, 400);
    for (const cookie of ['__Host-sign-in', '__Host-codes', '__Host-staff', '__Host-device']) guest.cookies.set(cookie, 'A'.repeat(3000));
    assert.equal(where(await guest.go('/auth/code')), '303 /auth/login?late');
    assert.equal((await guest.go('/auth/codes')).status, 303);
    assert.equal((await guest.signIn('a', 'b')).status, 422);
  },
  'from another site, or without a session of this page, no form is taken': async () => {
    const body = new URLSearchParams({ login: 'margaret@example.com', password }).toString();
    const foreign = await owner.go('/auth/login', { method: 'POST', body, headers: { origin: 'https://evil.example' } });
    assert.equal(foreign.status, 403);
    assert.equal((await owner.post('/auth/logout', { csrf: 'guessed' })).status, 403);
    assert.equal((await owner.go('/staff/profile')).status, 200);
  },
  'the password is changed by who knows it; everywhere else one is signed out': async () => {
    const other = known('192.0.2.4');
    await other.signIn();
    await other.code(owner.codes[1]);
    assert.equal((await other.go('/staff/profile')).status, 200);
    const before = owner.cookies.get('__Host-staff');
    const refused = await owner.send('/staff/profile/password', { present: 'not mine', password: 'four quiet grey herons' }, '/staff/profile');
    assert.equal(refused.status, 422);
    assert.match(refused.body, /This is not your password/);
    const weak = await owner.send('/staff/profile/password', { present: password, password: 'password1234' }, '/staff/profile');
    assert.equal(weak.status, 422);
    const done = await owner.send('/staff/profile/password', { present: password, password: 'four quiet grey herons' }, '/staff/profile');
    assert.equal(where(done), '303 /staff/profile?changed');
    assert.notEqual(owner.cookies.get('__Host-staff'), before); // another session
    assert.equal((await owner.go('/staff/profile')).status, 200);
    assert.equal((await other.go('/staff/profile')).status, 303);
    const old = new Member(server, from('192.0.2.9'));
    assert.match((await old.signIn()).body, wrong);
  },
  'another phone takes the place of the first one, with the password': async () => {
    const page = await owner.go('/auth/app');
    const key = page.body.match(/translate="no">([A-Z2-7 ]+)</)[1];
    const fields = { csrf: inForm(page.body, 'csrf'), secret: inForm(page.body, 'secret'), code: totp(key) };
    assert.equal((await owner.post('/auth/app', fields)).status, 422);
    assert.equal((await owner.post('/auth/app', { ...fields, password: 'a guess at it' })).status, 422);
    const codes = owner.codes;
    await owner.enrol({ password: 'four quiet grey herons' });
    assert.ok(owner.codes.every((code) => !codes.includes(code)));
    const browser = known('192.0.2.20');
    await browser.signIn('margaret@example.com', 'four quiet grey herons');
    assert.equal((await browser.code(codes[5])).status, 422);
    assert.equal(where(await browser.code(owner.codes[5])), '303 /staff');
  },
  'recovery codes anew, with the password': async () => {
    const codes = owner.codes;
    assert.equal((await owner.send('/staff/profile/codes', { confirm: 'not it' }, '/staff/profile')).status, 422);
    assert.equal(where(await owner.send('/staff/profile/codes', { confirm: 'four quiet grey herons' }, '/staff/profile')), '303 /auth/codes');
    owner.codes = (await owner.go('/auth/codes')).body.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/g);
    assert.equal(owner.codes.length, 10);
    assert.ok(owner.codes.every((code) => !codes.includes(code)));
  },
  'one sees where one is signed in, ends one of them, then all but this': async () => {
    const [one, two] = [known('192.0.2.30'), known('192.0.2.31')];
    for (const [i, member] of [one, two].entries()) {
      await member.signIn('margaret@example.com', 'four quiet grey herons');
      assert.equal(where(await member.code(owner.codes[i])), '303 /staff');
    }
    const page = (await owner.go('/staff/profile')).body;
    assert.match(page, /Firefox, Linux/);
    const ids = [...page.matchAll(/name="session" value="([\w-]{43})"/g)].map((m) => m[1]);
    assert.ok(ids.length >= 2);
    assert.equal(where(await owner.send('/staff/profile/sessions', { session: ids[0] }, '/staff/profile')), '303 /staff/profile?ended');
    const left = await Promise.all([one, two].map((member) => member.go('/staff/profile')));
    assert.equal(left.filter((answer) => answer.status === 200).length, 1);
    await owner.send('/staff/profile/sessions', { session: 'others' }, '/staff/profile');
    for (const member of [one, two]) assert.equal((await member.go('/staff/profile')).status, 303);
    assert.equal((await owner.go('/staff/profile')).status, 200);
  },
  'more sign-ins at once than one desk can judge: some are told to come back, none waits for ever': async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) =>
      new Member(server, from(`198.18.0.${i + 1}`)).signIn(`somebody-${i}`, 'a guess at a password')));
    const later = answers.filter((answer) => answer.status === 503);
    assert.ok(answers.every((answer) => [422, 503].includes(answer.status)));
    assert.ok(later.every((answer) => answer.headers['retry-after'] > 0 && /somebody-/.test(answer.body)));
    return `${later.length} of 60 later`;
  },
  'refused sign-ins are counted': async () => {
    const { body } = await request(`${server.ops}/metrics`);
    for (const reason of ['wrong', 'paused'])
      assert.match(body, new RegExp(`^anteroom_sign_ins_refused_total\\{reason="${reason}"\\} [1-9]`, 'm'));
  },
  'sessions survive a restart, and end when they are not used, or with the day': async () => {
    const session = (change) => sql(`UPDATE session SET ${change}`);
    await server.stop();
    session('seen_ms = seen_ms - 1740000'); // 29 minutes
    await server.start();
    assert.equal((await owner.go('/staff/profile')).status, 200);
    await server.stop();
    session('seen_ms = seen_ms - 1860000');
    await server.start();
    assert.equal((await owner.go('/staff/profile')).status, 303);
    await server.stop();
    session('seen_ms = seen_ms + 1860000, expires_ms = expires_ms - 8 * 3600000');
    await server.start();
    assert.equal((await owner.go('/staff/profile')).status, 303);
    await server.stop();
    session('expires_ms = expires_ms + 8 * 3600000');
    // As a version with cheaper hashes had kept the first password.
    sql("UPDATE person SET password = '$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$dfAa/r2viyO1HLsgkCMu3fT0RZMIlJHSkI2BJRFlzRY'");
    await server.start();
  },
  'a password that is hashed anew on the way does not cost the code': async () => {
    const browser = known('192.0.2.40');
    assert.equal(where(await browser.signIn()), '303 /auth/code');
    for (let i = 0; i < 500 && !stored().startsWith('$argon2id$v=19$m=19456,'); i++) await sleep(10);
    assert.equal(where(await browser.code(owner.codes[5])), '303 /staff');
  },
  'signing out ends the session': async () => {
    assert.equal((await owner.go('/staff/profile')).status, 200);
    const kept = owner.cookies.get('__Host-staff');
    assert.equal(where(await owner.send('/auth/logout', {}, '/staff/profile')), '303 /auth/login?out');
    assert.match((await owner.go('/auth/login?out')).body, /You are signed out/);
    owner.cookies.set('__Host-staff', kept);
    assert.equal((await owner.go('/staff/profile')).status, 303);
  },
  'without accounts here: no link, no form, no way in': async () => {
    const other = await new Server({ env: { ANTEROOM_AUTH__LOCAL: 'false' } }).start();
    const guest = new Member(other);
    const page = await guest.go('/auth/login');
    assert.equal(page.status, 200);
    assert.ok(!page.body.includes('name="password"'));
    assert.equal((await guest.signIn()).status, 404);
    await other.stop();
    assert.ok(!other.log.includes('/auth/setup/'));
  },
  'the log holds no secret, and the audit chain is whole': async () => {
    for (const secret of [password, 'four quiet grey herons', owner.key, ...owner.codes, 'margaret']) assert.ok(!server.log.includes(secret), secret);
    await server.stop();
    const audit = server.auditVerify();
    assert.equal(audit.status, 0, audit.stderr);
  },
});
