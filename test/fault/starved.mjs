#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Memory that runs out while requests are served: allocation n fails once, or from n on for ever,
// wherever it is: in libh2o, in mbedTLS, in SQLite, in our loops, in the writer. Real visitors over
// TLS, HTTP/1 and HTTP/2, notice one of three things: nothing, an answer that says so (500, 503), or
// a connection that ends. The process goes on, or it stops itself and says why, and whoever
// watches over it starts it again. It never crashes, never answers what is wrong, and what it has
// acknowledged is there afterwards, once.
//
// STARVATIONS=N: N and 2 N tries of once, N of for ever (default 40). SEED: which allocations.
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { join } from 'node:path';
import { Server, Visitor, clientIdIn, request, sleep, tap, temporaryDirectory } from '../lib/server.mjs';

const tries = Number(process.env.STARVATIONS ?? 40);
const seed = Number(process.env.SEED ?? 1);
const never = 0xffffffffffffffffn;

// libh2o's word for it (lib/common/memory.c) and ours (base/must.c).
const stopped = /fatal:\S+:\d+:no memory|this should never happen: .* at \S+\. Stopping to protect the data/;

let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

// What the server's malloc shares with us: test/fault/tool/starved.c.
const file = join(temporaryDirectory(), 'starved');
writeFileSync(file, Buffer.alloc(24));
const shared = openSync(file, 'r+');

function starve(from, until) {
  const numbers = Buffer.alloc(24);
  [never, until, 0n].forEach((n, i) => numbers.writeBigUInt64LE(n, 8 * i)); // none while it changes
  writeSync(shared, numbers, 0, 24, 0);
  numbers.writeBigUInt64LE(from);
  writeSync(shared, numbers, 0, 8, 0);
}

function counted() {
  const number = Buffer.alloc(8);
  readSync(shared, number, 0, 8, 16);
  return Number(number.readBigUInt64LE());
}

const server = new Server({
  program: 'build/test/fault/tool/starved',
  env: { STARVED: file, ANTEROOM_TELEMETRY__LOG__LEVEL: 'warn' },
});

// A request over a connection of HTTP/2, made like request() of lib/server.mjs.
function requester(session) {
  return (url, { method = 'GET', headers = {}, body } = {}) => new Promise((done, fail) => {
    if (session.destroyed) return fail(new Error('the connection has ended'));
    const stream = session.request({ ':method': method, ':path': new URL(url).pathname, ...headers });
    let answer;
    const chunks = [];
    stream.on('response', (got) => (answer = got));
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('error', fail);
    stream.on('close', () =>
      answer && stream.readableEnded && !stream.rstCode
        ? done({ status: answer[':status'], headers: answer, body: Buffer.concat(chunks).toString() })
        : fail(new Error('the stream broke off')));
    stream.end(body);
  });
}

const acknowledged = new Map(); // name of the company → Client ID
const wrong = [];
let companies = 0;
const seen = { answered: 0, refused: 0, 'ended without an answer': 0, 'led back': 0 };

// One request of a visitor: undefined when there is no answer that helps.
async function step(what, ask, expected) {
  let answer;
  try {
    answer = await Promise.race([ask(), sleep(60000).then(() => 'nothing')]); // not a limit: a guard
  } catch {
    seen['ended without an answer']++;
    return undefined;
  }
  if (answer === 'nothing') wrong.push(`${what}: neither an answer nor an end`);
  else if (answer.status === expected) {
    seen.answered++;
    if (expected === 200 && !answer.body.endsWith('</html>\n')) wrong.push(`${what}: half a page`);
    return answer;
  } else if (answer.status === 500 || answer.status === 503) seen.refused++;
  else if (answer.status === 303) seen['led back']++; // an earlier step is asked for again
  else wrong.push(`${what}: ${answer.status} ${answer.body.slice(0, 200)}`);
  return undefined;
}

// A whole journey; each step again until there is an answer, as people do, but at most three times.
async function journey(kind, ask) {
  const visitor = new Visitor(server, undefined, ask);
  const company_name = `Company ${++companies}`;
  const go = async (what, way, expected) => {
    for (let i = 0; i < 3; i++) {
      const answer = await step(`${company_name}, ${kind}, ${what}`, way, expected);
      if (answer) return answer;
    }
    return undefined;
  };
  if (!(await go('form', () => visitor.go('/apply/company'), 200))) return;
  if (!(await go('step 1', () => visitor.fill('company', { company_name }), 303))) return;
  if (!(await go('step 2', () => visitor.fill('engagement', { company_name }), 303))) return;
  const page = await go('check', () => visitor.go('/apply/check'), 200);
  if (page && !page.body.includes(company_name)) wrong.push(`${company_name}: another page`);
  const sent = await go('send', () => visitor.go('/apply/check', { method: 'POST', body: '' }), 303);
  if (!sent) return;
  if (sent.headers.location !== '/apply/done') { // back to a step: not acknowledged
    seen['led back']++;
    return;
  }
  acknowledged.set(company_name, undefined);
  const done = await go('done', () => visitor.go('/apply/done'), 200);
  if (done) acknowledged.set(company_name, clientIdIn(done.body));
}

async function program(agent) {
  const company_name = `Company ${++companies}`, key = company_name.replace(' ', '-');
  const send = () => server.submit({ company_name }, { key, agent });
  const first = await step(`${company_name}, API`, send, 201);
  if (!first) return;
  acknowledged.set(company_name, JSON.parse(first.body).client_id);
  const second = await step(`${company_name}, API again`, send, 201);
  if (second && JSON.parse(second.body).client_id !== acknowledged.get(company_name))
    wrong.push(`${company_name}: two IDs for one key`);
}

// Everybody at once, on connections of their own. begin: when these are there (warm) or ahead of them.
async function everybody(warm, begin) {
  const agents = [0, 1].map(() => new https.Agent({ keepAlive: true, maxSockets: 1 }));
  const session = http2.connect(server.url, { rejectUnauthorized: false });
  session.on('error', () => {});
  const ways = [(url, options) => request(url, { ...options, agent: agents[0] }), (url, options) => request(url, { ...options, agent: agents[1] }), requester(session)];
  if (warm) for (const ask of ways) assert.equal((await ask(`${server.url}/privacy`)).status, 200);
  begin();
  await Promise.all([journey('HTTP/1', ways[0]), program(agents[1]), journey('HTTP/2', ways[2])]);
  for (const agent of agents) agent.destroy();
  session.destroy();
}

const all = {}; // allocations, counted from the handshakes on, and with connections that are there
const ends = new Map(); // what the process said when it stopped → how often

// What the process said before it stopped. The last of it may come after the news that it has.
async function words(said) {
  for (let i = 0; i < 500 && !stopped.test(server.log.slice(said)); i++) await sleep(10);
  return server.log.slice(said).match(stopped)?.[0];
}

async function starvation(warm, once, n) {
  let went_on = 0, stops = 0;
  for (let i = 0; i < n; i++) {
    const from = BigInt(Math.floor(random() * all[warm]));
    const what = `seed ${seed}, try ${i}, allocation ${from}`;
    const said = server.log.length;
    await everybody(warm, () => starve(from, once ? from + 1n : never));
    starve(never, never);
    // Alive? Then it serves, on a new connection. One that is about to stop is waited for.
    const stop = () => server.ended.then(() => undefined);
    const answer = await Promise.race([stop(), request(`${server.url}/apply/company`).catch(stop)]);
    if (answer) {
      went_on++;
      assert.equal(answer.status, 200, what);
      continue;
    }
    stops++;
    const { signal } = await server.ended;
    const reason = await words(said);
    assert.equal(signal, 'SIGABRT', `${what}: ${server.log.slice(said)}`);
    assert.ok(reason, `${what}: ${server.log.slice(said)}`);
    ends.set(reason, (ends.get(reason) ?? 0) + 1);
    await server.start();
  }
  assert.deepEqual(wrong, []);
  return `seed ${seed}, ${n} of ${all[warm]} tried: the server went on ${went_on} times, and stopped itself and was started again ${stops} times`;
}

await tap({
  'without a failure everybody is served': async () => {
    starve(never, never);
    await server.start();
    await everybody(true, () => {}); // for what is made once
    for (const warm of [false, true]) {
      await everybody(warm, () => starve(never, never));
      all[warm] = counted();
    }
    assert.deepEqual([wrong, acknowledged.size], [[], 9]);
  },
  'one allocation fails, in a handshake or later': () => starvation(false, true, tries),
  'one allocation fails, on connections that are there': () => starvation(true, true, 2 * tries),
  'all allocations fail from one on': () => starvation(true, false, tries),
  'everything that was acknowledged is stored, once': async () => {
    assert.equal(await server.stop(), 0);
    const rows = server.list();
    const stored = new Map(rows.map((row) => [row.company_name, row.client_id]));
    assert.equal(stored.size, rows.length, 'a company is stored twice');
    for (const [name, id] of acknowledged) {
      assert.ok(stored.has(name), name);
      if (id) assert.equal(stored.get(name), id, name);
    }
    assert.equal(server.auditVerify().status, 0);
    return `${acknowledged.size} acknowledged, ${rows.length} stored; ${Object.entries(seen).map(([what, n]) => `${n} ${what}`).join(', ')}`;
  },
  'how it stopped': () => [...ends].map(([reason, n]) => `${n} × ${reason}`).join('; ') || 'it never did',
});
closeSync(shared);
