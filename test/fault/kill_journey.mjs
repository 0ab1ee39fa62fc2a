#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// kill -9 while visitors are in the middle of their forms, again and again. They do what people do:
// an error page, wait, press the button again. What a page has taken (it led on to the next) must be
// there afterwards, word for word; in the end each visitor has one Client ID and one record.
//
// KILLS: how many (default 40). SEED: of the moments, and of who goes back to look.
import assert from 'node:assert/strict';
import https from 'node:https';
import { Server, Visitor, clientIdIn, sleep, tap } from '../lib/server.mjs';

const kills = Number(process.env.KILLS ?? 40);
const seed = Number(process.env.SEED ?? 1);
const people = 40;

let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const server = new Server({ env: { ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' } });
const agent = new https.Agent({ keepAlive: true, maxSockets: people });
const journeys = new Map(); // name of the company → Client ID
const wrong = [];
let up = false;
let over = false;
let number = 0;
let steps = 0; // taken by the server, in all
let again = 0; // buttons pressed again after a kill
let looked = 0;

// One request, pressed again until there is an answer that is not "come back later".
async function persist(ask) {
  for (;;) {
    while (!up) await sleep(5);
    try {
      const answer = await ask();
      if (answer.status !== 503) return answer;
      wrong.push(`503: ${answer.body.slice(0, 200)}`); // nothing here is busy
    } catch {
      again++;
    }
    await sleep(2 + random() * 10);
  }
}

function expect(condition, what, answer) {
  if (!condition) wrong.push(`${what}: ${answer.status} ${answer.headers.location ?? ''} ${answer.body.slice(0, 300)}`);
}

async function take(visitor, step, answers, to) {
  const answer = await persist(() => visitor.fill(step, answers));
  expect(answer.status === 303 && answer.headers.location === to, `${answers.company_name}, ${step}`, answer);
  steps++;
}

async function look(visitor, path, words) {
  const page = await persist(() => visitor.go(path));
  expect(page.status === 200 && words.every((w) => page.body.includes(w)), `${words}, ${path}`, page);
  looked++;
  return page;
}

// Looks back at what was taken before, now and then, as people do.
async function person() {
  while (!over) {
    const visitor = new Visitor(server, agent);
    const name = `Company ${++number}`;
    const answers = { company_name: name, address: `${number} Mill Lane`, project_scope: `Scope of ${number}.`, notes: `key ${number}` };
    await take(visitor, 'company', answers, '/apply/engagement');
    if (random() < 0.5) await look(visitor, '/apply/company', [name, answers.address]);
    if (random() < 0.3) {
      answers.address = `${number} Mill Lane, second thoughts`;
      await take(visitor, 'company', answers, '/apply/engagement');
    }
    await take(visitor, 'engagement', answers, '/apply/check');
    await look(visitor, '/apply/check', [name, answers.address, answers.project_scope]);
    const sent = await persist(() => visitor.go('/apply/check', { method: 'POST', body: '' }));
    expect(sent.status === 303 && sent.headers.location === '/apply/done', `${name}, send`, sent);
    steps++;
    const id = clientIdIn((await look(visitor, '/apply/done', ['CL-'])).body);
    if (random() < 0.3) await look(visitor, '/apply/done', [id]);
    journeys.set(name, { id, address: answers.address, notes: answers.notes });
  }
}

await tap({
  [`${kills} kills under ${people} people: no step that was taken is lost`]: async () => {
    const all = Array.from({ length: people }, person);
    for (let i = 0; i < kills; i++) {
      await server.start();
      up = true;
      const until = steps + 1 + Math.floor(random() * 150);
      while (steps < until) await sleep(1);
      await sleep(random() * 5);
      up = false;
      await server.kill('SIGKILL');
    }
    await server.start();
    up = true;
    over = true; // everybody finishes what they began
    await Promise.all(all);
    assert.deepEqual(wrong, []);
    return `seed ${seed}, ${steps} steps taken, ${looked} pages looked at, ${again} buttons pressed again`;
  },
  'every visitor has one Client ID and one record with the last answers': async () => {
    agent.destroy();
    assert.equal(await server.stop(), 0);
    const rows = server.list();
    assert.equal(new Set(rows.map((row) => row.client_id)).size, rows.length);
    const stored = new Map(rows.map((row) => [row.company_name, row]));
    assert.equal(stored.size, rows.length, 'a company is stored twice');
    assert.equal(rows.length, journeys.size);
    for (const [name, { id, address, notes }] of journeys) {
      const row = stored.get(name);
      assert.deepEqual([row?.client_id, row?.address, row?.notes], [id, address, notes], name);
    }
    return `${rows.length} journeys`;
  },
  'the audit chain is whole': () => {
    const verdict = server.auditVerify();
    assert.equal(verdict.status, 0, verdict.stderr + verdict.stdout);
  },
});
