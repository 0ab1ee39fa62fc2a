#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Exports: what the queue shows as a file, whole or visibly broken off, safe in a spreadsheet, and in
// the audit with its filter and number, but without a word that was searched for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import http2 from 'node:http2';
import { Server, binary, formFields, request, sleep, submission, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const SEEDED = 1500;
const server = new Server({ env: { ANTEROOM_SERVER__LOOPS: '1' } });
const seeded = spawnSync(binary, ['bench', 'seed', '--to', server.data, '--records', String(SEEDED)], { encoding: 'utf8' });
assert.equal(seeded.status, 0, seeded.stderr);
const team = await seatTeam(server);
await server.start();
const { agent, auditor } = team;

const hostile = {
  company_name: '=HYPERLINK("https://evil.example","Acme, Inc.")', contact_name: '@SUM(1+1)*cmd|\' /C calc\'!A0', phone: '+44 20 7946 0000',
  address: '-1 High Street\n"The Mews", Bath\n😀', project_scope: 'x'.repeat(3990) + ';,"\n\t'.trim(), notes: '＝1+1',
};
const sent = await server.submit(hostile);
assert.equal(sent.status, 201, sent.body);
const id = JSON.parse(sent.body).client_id;

// A reader of RFC 4180 that forgives nothing: an array of rows.
function readCsv(text) {
  const rows = [];
  let row = [], at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (text[at] === '"' && text[at + 1] === '"') cell += text[++at];
        else if (text[at] === '"') break;
        else cell += text[at];
        assert.ok(at < text.length, 'an open quote');
      }
      at++;
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        assert.ok(text[at] !== '"' && text[at] !== '\n', `a bare ${JSON.stringify(text[at])}`);
        cell += text[at++];
      }
    }
    row.push(cell);
    if (text[at] === ',') at++;
    else {
      assert.equal(text.slice(at, at + 2), '\r\n');
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
const objects = ([names, ...rows]) => rows.map((row) => {
  assert.equal(row.length, names.length);
  return Object.fromEntries(names.map((name, i) => [name, row[i]]));
});
const csv = async (query = '', who = agent) => {
  const answer = await who.get(`/staff/export?format=csv${query}`);
  assert.equal(answer.status, 200, answer.body.slice(0, 400));
  return { ...answer, records: objects(readCsv(answer.body.replace(/^\ufeff/, ''))) };
};
const events = async () => {
  const { body } = await auditor.get('/staff/audit');
  return [...body.matchAll(/title="(records\.export\w+)"[^]*?<td data-label="Whom or what">(?:<bdi>)?([^<]*)[^]*?<td data-label="Details">(?:<bdi>)?([^<]*)/g)]
    .map(([, action, name, detail]) => ({ action, name, detail }));
};
const until = async (what) => {
  for (let i = 0; i < 400; i++) {
    const found = (await events()).find(what);
    if (found) return found;
    await sleep(25);
  }
  throw new Error(`not in the audit: ${JSON.stringify(await events())}`);
};

// Takes the beginning and then nothing: HTTP/2's window keeps the server from sending more.
async function slowly(who) {
  const session = http2.connect(server.url, { rejectUnauthorized: false, settings: { initialWindowSize: 16384 } });
  const stream = session.request({ ':path': '/staff/export?format=json', cookie: who.cookie });
  const reader = { session, stream, ended: false };
  reader.closed = new Promise((done) => stream.on('close', done));
  stream.on('error', () => {}).on('end', () => (reader.ended = !stream.rstCode));
  session.on('error', () => {});
  await new Promise((done) => stream.once('data', () => done(stream.pause())));
  return reader;
}

await tap({
  'everything, each record once, the newest first': async () => {
    const { headers, body, records } = await csv();
    assert.match(headers['content-type'], /^text\/csv; charset=utf-8/);
    assert.match(headers['content-disposition'], /^attachment; filename="submissions-\d{4}-\d\d-\d\d\.csv"$/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.ok(body.startsWith('\ufeffclient_id,created_utc,status,owner,'));
    assert.equal(records.length, SEEDED + 1);
    assert.equal(new Set(records.map((r) => r.client_id)).size, SEEDED + 1);
    const times = records.map((r) => r.created_utc);
    assert.deepEqual(times, [...times].sort().reverse());
    for (const name of [...formFields.company, ...formFields.engagement]) assert.ok(name in records[0], name);
    assert.match(records.find((r) => r.owner).owner, /^[a-z]+$/);
  },
  'nothing in it is a formula, and nothing is lost': async () => {
    const { records: [r] } = await csv(`&q=${id}`);
    assert.equal(r.client_id, id);
    for (const [name, value] of Object.entries(hostile)) assert.equal(r[name], /^[=@+\-＝]/.test(value) ? `'${value}` : value, name);
    assert.equal(r.service_type, submission.service_type.join('; '));
    for (const row of (await csv('&status=new')).records)
      for (const cell of Object.values(row)) assert.ok(!/^[=+\-@\t\r\n]/.test(cell), cell);
  },
  'JSON has what was typed': async () => {
    const { headers, body } = await agent.get(`/staff/export?format=json&q=${id}`);
    assert.equal(headers['content-type'], 'application/json');
    const [r] = JSON.parse(body);
    for (const [name, value] of Object.entries(hostile)) assert.equal(r[name], value, name);
    assert.equal(r.company_size, submission.company_size);
    assert.equal(JSON.parse((await agent.get('/staff/export?format=json')).body).length, SEEDED + 1);
    assert.deepEqual(JSON.parse((await agent.get('/staff/export?format=json&q=qwertyuiop')).body), []);
    assert.equal((await csv('&q=qwertyuiop')).records.length, 0);
  },
  'the filter is the queue\'s; one that is not understood exports nothing': async () => {
    const won = (await csv('&status=won&sort=oldest')).records;
    assert.ok(won.length > 10 && won.every((r) => r.status === 'won'));
    assert.ok(won[0].created_utc < won[won.length - 1].created_utc);
    const names = (await csv('&status=won&sort=company')).records;
    assert.equal(names.length, won.length);
    const words = (await csv('&q=cloud&status=new,contacted')).records;
    assert.ok(words.length && words.length < SEEDED && words.every((r) => /new|contacted/.test(r.status)));
    for (const query of ['status=wonn', 'owner=somebody', 'from=never', 'q=status:', 'service=x', `q=${'w+'.repeat(400)}`, 'q=%zz', 'format=xls'])
      assert.equal((await agent.get(`/staff/export?${query}`)).status, 422, query);
  },
  'the queue leads there, with its filter, for who may': async () => {
    assert.match((await agent.get('/staff?status=won')).body, /href="\/staff\/export\?status=won&amp;format=csv"/);
    assert.ok(!/\/staff\/export/.test((await team.viewer.get('/staff')).body));
    for (const who of [team.viewer, auditor]) assert.equal((await who.get('/staff/export')).status, 403);
    assert.equal((await team.privacy.get('/staff/export?q=qwertyuiop')).status, 200);
  },
  'the audit has beginning and end, no words, no names': async () => {
    await csv('&q=somebody+secret&status=new&owner=me');
    const began = await until((e) => /words: 2/.test(e.detail));
    assert.equal(began.action, 'records.exported');
    assert.equal(began.detail, `format: csv, filter: status:new owner:${agent.id}, words: 2`);
    const ended = await until((e) => e.action === 'records.export_ended' && e.name === began.name);
    assert.equal(ended.detail, 'records: 0, whole: yes');
    const { body } = await auditor.get('/staff/audit');
    assert.ok(!/secret/.test(body));
  },
  'programs get JSON, or CSV without a mark': async () => {
    const ask = (query = '') => request(`${server.url}/api/v1/submissions/export${query}`, { headers: { authorization: `Bearer ${agent.bearer}` } });
    const all = JSON.parse((await ask('?status=won')).body);
    assert.ok(all.length > 10 && all.every((r) => r.status === 'won'));
    assert.ok((await ask('?format=csv&status=won')).body.startsWith('client_id,'));
    assert.equal((await request(`${server.url}/api/v1/submissions/export`)).status, 401);
    const refused = await ask('?status=wonn');
    assert.equal(refused.status, 422);
    assert.equal(refused.headers['content-type'], 'application/problem+json');
  },
  'who leaves ends it, and the audit says how far it came': async () => {
    const reader = await slowly(agent);
    reader.session.destroy();
    const { detail } = await until((e) => /whole: no/.test(e.detail));
    assert.ok(Number(detail.match(/records: (\d+)/)[1]) < SEEDED / 2, detail);
  },
  'who is signed out meanwhile gets no more, and no end': async () => {
    const { privacy } = team;
    const reader = await slowly(privacy);
    assert.equal((await privacy.post('/auth/logout', {})).status, 303);
    reader.stream.resume();
    await reader.closed;
    assert.ok(!reader.ended);
    assert.equal((await privacy.get('/staff/export')).status, 303);
    await until((e) => /whole: no/.test(e.detail) && Number(e.detail.match(/records: (\d+)/)[1]) >= SEEDED / 4);
    reader.session.destroy();
  },
  'over HTTP/2 too': async () => {
    const session = http2.connect(server.url, { rejectUnauthorized: false });
    const text = await new Promise((done, fail) => {
      const stream = session.request({ ':path': '/staff/export?format=json', cookie: agent.cookie });
      let all = '';
      stream.setEncoding('utf8').on('data', (chunk) => (all += chunk)).on('end', () => done(all)).on('error', fail);
    });
    session.close();
    assert.equal(JSON.parse(text).length, SEEDED + 1);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
    assert.match(server.auditVerify().stdout, /./);
    assert.equal(server.auditVerify().status, 0);
  },
});
