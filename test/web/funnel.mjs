#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The funnel, from visits to what the command shows: counts, and nothing that anybody typed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Server, Visitor, binary, tap } from '../lib/server.mjs';

const server = await new Server().start();

function funnel(...args) {
  const out = spawnSync(binary, ['funnel', '--data', server.data, ...args], { encoding: 'utf8' });
  assert.equal(out.status, 0, out.stderr);
  return out;
}

const counts = new Map();

await tap({
  'the privacy page says so, in each language, and the consent leads there beside the form': async () => {
    const visitor = new Visitor(server);
    for (const [lang, words] of [['en', /we count, by day/], ['de', /zählen wir je Tag/], ['ar', /نعدّ لكل يوم/]])
      assert.match((await visitor.go('/privacy', { headers: { 'accept-language': lang } })).body, words);
    await visitor.fill('company');
    const consent = (await visitor.go('/apply/engagement')).body.split('<legend>').at(-1);
    // A tab of its own: what is typed here stays as it is.
    assert.match(consent, /<a href="\/privacy" target="_blank" rel="noopener">.*name="consent"/s);
    await server.stop();
    rmSync(server.data, { recursive: true });
    await server.start();
  },
  'nothing yet': () => {
    assert.match(funnel().stderr, /Nothing/);
    assert.equal(funnel('--json').stdout, '');
  },
  'three visitors: one looks, one gives up with mistakes, one sends': async () => {
    await new Visitor(server).go('/apply/company');
    const second = new Visitor(server);
    await second.go('/apply/company');
    assert.equal((await second.fill('company', { email: 'typed-by-somebody', company_name: '' })).status, 422);
    assert.equal((await second.fill('company', { email: 'typed-by-somebody' })).status, 422);
    await second.fill('company');
    await second.fill('company'); // Back, and once more: still one
    const third = new Visitor(server);
    const page = await third.go('/apply/company');
    const opened = page.body.match(/name="_opened" value="(\d+)"/)[1];
    assert.ok(Math.abs(Date.now() / 1000 - opened) < 600);
    await third.post('/apply/company', { ...Object.fromEntries(Object.entries({
      company_name: 'Third', address: 'Here', industry: 'software', contact_name: 'C', email: 'c@example.com', phone: '+493012345',
      company_size: '3' })), _opened: String(opened - 120) });
    await third.fill('engagement');
    await third.go('/apply/check', { method: 'POST', body: '' });
    assert.match((await third.go('/apply/done')).body, /CL-/);
    await server.submit(); // the API is not a journey
    assert.equal(await server.stop(), 0);
    for (const line of funnel('--json').stdout.trim().split('\n')) {
      const { day, kind, step, field, code, n } = JSON.parse(line);
      assert.match(day, /^\d{4}-\d\d-\d\d$/);
      const key = [kind, step, field, code].filter(Boolean).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + n);
    }
    assert.deepEqual(Object.fromEntries([...counts].filter(([key]) => !key.startsWith('took check'))), {
      'error company company_name missing': 1,
      'error company email wrong': 2,
      'reached check': 1,
      'reached company': 2,
      'reached engagement': 1,
      'reached sent': 1,
      'reached started': 3,
      'refused company': 2,
      'took company 3m': 1, // what the page said; the others sent no time
    });
  },
  'for people: sums and shares': () => {
    const { stdout, stderr } = funnel('--days', '2');
    assert.equal(stderr, '');
    assert.match(stdout, /opened the form +3\n/);
    assert.match(stdout, /^  finished company {17}2 +67 %$/m);
    assert.match(stdout, /sent +1 +100 %/);
    assert.match(stdout, /Pages sent back +2\n +email +2 +wrong\n +company_name +1 +missing\n/);
  },
  'nothing that was typed by who gave up is in any file': () => {
    for (const name of ['anteroom.db'])
      assert.equal(readFileSync(join(server.data, name)).includes('typed-by-somebody'), false);
  },
});
