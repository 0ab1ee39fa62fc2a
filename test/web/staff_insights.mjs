#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The figures: what came is counted and shown in numbers, for the days that are asked for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Server, sleep, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);

// As if there had been a past: 5 a day until a week ago, once with a hostile value.
const past = spawnSync('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
today = int(sys.argv[2])
for ago in range(7, 400):
    for kind, value in (("all", ""), ("industry", "<script>x</script>\\u202e😀"), ("service", "a&b=c"), ("contact", "4h")):
        db.execute("INSERT INTO arrival VALUES (?, ?, ?, 5)", (kind, today - ago, value))
    db.executemany("INSERT INTO funnel VALUES (?, ?, ?, ?, ?, ?)", [
        (today - ago, "reached", "started", "", "", 10), (today - ago, "reached", "sent", "", "", 4),
        (today - ago, "error", "company", "email", "wrong", 3), (today - ago, "error", "company", "<b>gone", "\\"x", 1),
        (today - ago, "took", "company", "", "3m", 2), (today - ago, "refused", "company", "", "", 2)])
db.commit()
db.close()`, join(server.data, 'anteroom.db'), String(Math.floor(Date.now() / 86400000))], { encoding: 'utf8' });
assert.equal(past.status, 0, past.stderr);
await server.start();

const look = (query = '', who = team.viewer) => who.get(`/staff/insights${query}`);
const figure = (body, label) =>
  body.match(new RegExp(`<dt>${label}</dt>\\s*<dd class="value">(?:<a[^>]*>)?([^<]*)`))?.[1];
const row = (body, label) => {
  const found = body.match(new RegExp(`<th scope="row">(?:<a[^>]*>)?(?:<bdi>)?${label}[\\s\\S]*?</tr>`))?.[0] ?? '';
  return [...found.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text);
};

await tap({
  'what comes is counted within a moment': async () => {
    for (let i = 0; i < 3; i++) await server.submit({ company_name: `Somebody ${i}` });
    let body = '';
    for (let i = 0; i < 200 && figure(body, 'Submissions') !== '3'; i++) {
      body = (await look('?days=7')).body;
      await sleep(50);
    }
    assert.equal(figure(body, 'Submissions'), '3');
    assert.equal(figure(body, 'Waiting'), '3');
    assert.match(body, /35 in as many days before/);
    assert.match(body, new RegExp(`<time datetime="${day(0)}">[^<]*</time></td><td class="n">3</td>`));
    assert.deepEqual(row(body, 'Not yet, or spam'), ['3', '100%']);
  },
  'a first contact is counted at once': async () => {
    const answer = await server.submit({ company_name: 'Quick' });
    const page = `/staff/records/${JSON.parse(answer.body).client_id}`;
    let body = '';
    for (let i = 0; i < 200 && figure(body, 'Submissions') !== '4'; i++) {
      body = (await look('?days=7')).body;
      await sleep(50);
    }
    await team.agent.post(`${page}/status`, { revision: '0', becomes: 'contacted' }, { from: page });
    assert.deepEqual(row((await look('?days=7')).body, 'Within an hour'), ['1', '25%']);
    assert.equal(figure((await look('?days=7')).body, 'Time to first contact'), 'Within an hour');
  },
  'the funnel, its drop-off, and what was sent back': async () => {
    const { body } = await look('?days=30');
    assert.deepEqual(row(body, 'Opened the form'), ['230', '100%', '230', '', '']);
    assert.deepEqual(row(body, 'Finished the first page').slice(3), ['1 to 3 minutes', '46']);
    assert.deepEqual(row(body, 'Sent the form'), ['92', '40%', '', '', '']);
    assert.equal(figure(body, 'Forms sent'), '40%');
    assert.match(body, /<td>Email address<\/td><td>Not understood<\/td><td class="n">69<\/td>/);
  },
  'days, weeks, months; each bar has its number in the table': async () => {
    for (const [query, heading, most] of [['?days=30', 'by day', 30], [`?from=${day(364)}&to=${day(0)}`, 'by week', 54], ['?days=900', 'by month', 31]]) {
      const { status, body } = await look(query);
      assert.equal(status, 200);
      assert.match(body, new RegExp(`Submissions ${heading}`));
      const bars = [...body.matchAll(/<rect [^>]*><title>[^<]*: ([\d,]+)<\/title>/g)].map(([, n]) => n);
      const numbers = [...body.matchAll(/<\/time><\/td><td class="n">([\d,]+)</g)].map(([, n]) => n);
      assert.deepEqual(bars, numbers);
      assert.ok(bars.length >= most - 2 && bars.length <= most, `${bars.length}`);
      const sum = numbers.reduce((all, n) => all + Number(n.replace(',', '')), 0);
      assert.equal(String(sum), figure(body, 'Submissions').replace(',', ''));
    }
  },
  'days that cannot be read are told, and the page is there': async () => {
    for (const [query, error] of [['?from=yesterdayish', 'Write the date as'], ['?to=2026-13-01', 'Write the date as'], ['?from=2026-02-01&to=2026-01-01', 'behind the last'], ['?from=1971-01-01', 'ten years']]) {
      const { status, body } = await look(query);
      assert.equal(status, 422, query);
      assert.ok(body.includes(error) && body.includes('<title>Error: '), query);
    }
    for (const query of ['?days=0', '?days=99999999999999999999', '?days=x', '?from=9999-12-31&to=9999-12-31', '?from=1000-01-01', '?to=1969-12-31', '?%%%', '?from=%00', '?days=3660', `?from=${'9'.repeat(500)}`])
      assert.ok((await look(query)).status < 500, query);
  },
  'values of another time, and hostile ones, stay text': async () => {
    const { body } = await look('?days=90');
    assert.ok(!body.includes('<script>x') && body.includes('&lt;script&gt;x'));
    assert.ok(!body.includes('<b>gone') && body.includes('&lt;b&gt;gone'));
    assert.match(body, /href="\/staff\?service=a%26b%3Dc&amp;from=/);
  },
  'right to left too; an auditor sees numbers, without ways to the records': async () => {
    const { body } = await look('?lang=ar');
    assert.match(body, /<html lang="ar" dir="rtl">/);
    const seen = (await look('?days=90&lang=en', team.auditor)).body;
    assert.equal(figure(seen, 'Submissions'), '419');
    assert.ok(!/href="\/staff\?/.test(seen));
  },
  'with nothing in it the page says what to do': async () => {
    const { body } = await look('?from=2025-01-01&to=2025-01-02');
    assert.match(body, /Nothing came in these days/);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
