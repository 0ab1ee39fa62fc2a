#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The client's journey as a browser without JavaScript makes it, and its promises: nothing typed is
// lost, one record a journey, the same Client ID whatever the visitor does.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import https from 'node:https';
import { spawnSync } from 'node:child_process';
import { Server, Visitor, clientIdIn, formFields, submission, tap } from '../lib/server.mjs';

const server = await new Server().start();

// fill() with the page's own controls, which begin with "_".
class Person extends Visitor {
  fill(step, answers = {}) {
    const fields = Object.fromEntries(formFields[step].map((name) => [name, answers[name] ?? submission[name]]).filter(([, value]) => value !== undefined));
    return this.post(`/apply/${step}`, { ...fields, ...(answers._then ? { _then: answers._then } : {}) });
  }
}
const visitor = () => new Person(server);
const location = (answer) => answer.headers.location;

// Past the server, as nobody else does: what staff will do is not built yet. Answers the rows.
function sql(statement, ...values) {
  const code = 'import json, sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n' +
    'print(json.dumps(c.execute(sys.argv[2], sys.argv[3:]).fetchall()))\nc.commit()';
  const out = spawnSync('python3', ['-c', code, `${server.data}/anteroom.db`, statement, ...values], { encoding: 'utf8' });
  assert.equal(out.status, 0, out.stderr);
  return JSON.parse(out.stdout);
}

await tap({
  'start, company, engagement, check, done': async () => {
    const v = visitor();
    assert.equal((await v.go('/')).status, 200);
    assert.equal((await v.go('/apply/company')).status, 200);
    const company = await v.fill('company');
    assert.equal(company.status, 303);
    assert.equal(location(company), '/apply/engagement');
    const engagement = await v.fill('engagement');
    assert.equal(engagement.status, 303);
    assert.equal(location(engagement), '/apply/check');
    const check = await v.go('/apply/check');
    assert.equal(check.status, 200);
    assert.ok(check.body.includes('Ångström &amp; Söhne GmbH'));
    const sent = await v.go('/apply/check', { method: 'POST', body: '' });
    assert.equal(sent.status, 303);
    assert.equal(location(sent), '/apply/done');
    const done = await v.go('/apply/done');
    assert.equal(done.status, 200);
    const id = clientIdIn(done.body);
    assert.ok(id);
    const stored = server.list().find((row) => row.client_id === id);
    for (const [name, value] of Object.entries(submission))
      if (name !== 'consent') assert.deepEqual(stored[name], typeof value === 'number' ? String(value) : value);
  },
  'step 2 is not asked before step 1': async () => {
    const v = visitor();
    await v.fill('engagement');
    const page = await v.go('/apply/engagement');
    assert.equal(location(page), '/apply/company');
    assert.match((await v.go('/apply/company')).body, /the other step is kept/);
    await v.fill('company');
    assert.equal((await v.go('/apply/check')).status, 200);
  },
  'Back shows what was typed': async () => {
    const v = visitor();
    await v.fill('company', { company_name: 'Back & Forth <Ltd>' });
    assert.match((await v.go('/apply/company')).body, /value="Back &amp; Forth &lt;Ltd&gt;"/);
  },
  'a Change link leads straight back to the check page': async () => {
    const v = visitor();
    await v.fill('company');
    await v.fill('engagement');
    const check = await v.go('/apply/check');
    assert.match(check.body, /href="\/apply\/company\?from=check#email"/);
    const page = await v.go('/apply/company?from=check');
    assert.match(page.body, /action="\/apply\/company\?from=check"/);
    const body = new URLSearchParams({ company_name: 'Changed Ltd', address: 'A', industry: 'software', contact_name: 'B', email: 'b@example.org', phone: '030 123456', company_size: '5' });
    const saved = await v.go('/apply/company?from=check', { method: 'POST', body: body.toString() });
    assert.equal(location(saved), '/apply/check');
    assert.match((await v.go('/apply/check')).body, /Changed Ltd/);
  },
  'findings: summary, links, same words, everything kept, 422': async () => {
    const v = visitor();
    const answer = await v.fill('company', { email: 'nobody', company_name: '', contact_name: 'Kept “Name”' });
    assert.equal(answer.status, 422);
    assert.match(answer.body, /<title>Error: /);
    assert.match(answer.body, /There is a problem/);
    assert.match(answer.body, /href="#company_name"/);
    assert.match(answer.body, /href="#email"/);
    assert.match(answer.body, /value="nobody"/);
    assert.match(answer.body, /Kept “Name”/);
    const [, said] = answer.body.match(/href="#company_name">([^<]+)</);
    assert.equal(answer.body.split(said).length - 1 >= 2, true, 'the same words in the summary and beside the field');
  },
  'sending twice, at once and later: one record, one Client ID': async () => {
    const v = visitor();
    const before = server.list().length;
    await v.fill('company');
    await v.fill('engagement');
    const send = () => v.go('/apply/check', { method: 'POST', body: '' });
    const all = await Promise.all(Array.from({ length: 8 }, send));
    all.push(await send());
    for (const answer of all) {
      assert.equal(answer.status, 303);
      assert.equal(location(answer), '/apply/done');
    }
    assert.equal(server.list().length, before + 1);
    const first = clientIdIn((await v.go('/apply/done')).body);
    assert.equal(clientIdIn((await v.go('/apply/done')).body), first);
    assert.equal(location(await v.go('/apply/company')), '/apply/done', 'Back after sending');
  },
  'another application starts empty': async () => {
    const v = visitor();
    const first = await v.journey();
    const anew = await v.go('/apply/new', { method: 'POST', body: '' });
    assert.equal(location(anew), '/apply/company');
    assert.doesNotMatch((await v.go('/apply/company')).body, /Ångström/);
    assert.notEqual(await v.journey(), first);
  },
  'two tabs: each step keeps its last answer': async () => {
    const v = visitor();
    await v.fill('company');
    await Promise.all([
      v.fill('company', { company_name: 'Tab One' }),
      v.fill('engagement', { project_scope: 'Tab Two' }),
    ]);
    const check = await v.go('/apply/check');
    assert.match(check.body, /Tab One/);
    assert.match(check.body, /Tab Two/);
  },
  'industry “other” reads as its own words': async () => {
    const v = visitor();
    await v.fill('company', { industry: 'other', industry_other: 'Lighthouse keeping' });
    await v.fill('engagement');
    assert.match((await v.go('/apply/check')).body, /Lighthouse keeping/);
  },
  'without cookies the visitor is told, not sent round in circles': async () => {
    const v = visitor();
    await v.fill('company');
    v.cookies.clear();
    const page = await v.go('/apply/engagement');
    assert.equal(page.status, 400);
    assert.match(page.body, /cookies/);
  },
  'a draft is unreadable in the store': async () => {
    const v = visitor();
    const secret = `Very Secret Company ${Date.now()}`;
    await v.fill('company', { company_name: secret });
    const { readFileSync, existsSync } = await import('node:fs');
    for (const name of ['anteroom.db', 'anteroom.db-wal'])
      if (existsSync(`${server.data}/${name}`))
        assert.ok(!readFileSync(`${server.data}/${name}`).includes(secret), name);
  },
  'save and come back: the link opens the answers in another browser': async () => {
    const v = visitor();
    const saved = await v.fill('company', { company_name: 'Later Ltd', email: 'not yet', phone: '', _then: 'later' });
    assert.equal(saved.status, 303, 'unfinished answers are kept as they are');
    assert.equal(location(saved), '/apply/saved');
    const page = await v.go('/apply/saved');
    assert.equal(page.headers['cache-control'], 'no-store');
    const [, url] = page.body.match(/id="resume-link" href="([^"]+)"/);
    assert.ok(url.startsWith(`${server.url}/resume/`));
    const path = url.slice(server.url.length);

    const elsewhere = visitor();
    for (let i = 0; i < 2; i++) {
      const welcome = await elsewhere.go(path);
      assert.equal(welcome.status, 200);
      assert.match(welcome.headers['x-robots-tag'], /noindex/);
      assert.equal(elsewhere.cookies.size, 0, 'following the link changes nothing yet');
      assert.doesNotMatch(welcome.body, /Later Ltd/, 'nor does it show an answer');
    }
    const going = await elsewhere.go(path, { method: 'POST', body: '' });
    assert.equal(location(going), '/apply/company', 'the first step that is not finished');
    const form = await elsewhere.go('/apply/company');
    assert.match(form.body, /value="Later Ltd"/);
    assert.match(form.body, /value="not yet"/);
    assert.doesNotMatch(form.body, /no longer here/);
    const id = await elsewhere.journey();
    assert.ok(id);
    assert.equal(location(await v.go('/apply/check')), '/apply/done', 'sent is sent, everywhere');
    assert.equal(clientIdIn((await v.go('/apply/done')).body), id);
    assert.ok(!server.log.includes(path.slice(8)), 'the link is in no log');
  },
  'save and come back: a finished step that becomes unfinished is asked again': async () => {
    const v = visitor();
    await v.fill('company');
    await v.fill('engagement');
    await v.fill('company', { email: 'changing', _then: 'later' });
    assert.equal(location(await v.go('/apply/check')), '/apply/company');
    await v.fill('company');
    assert.equal((await v.go('/apply/check')).status, 200);
    const long = await v.fill('engagement', { notes: 'x'.repeat(5000), _then: 'later' });
    assert.equal(long.status, 422, 'answers without end are not kept');
  },
  'save and come back: a link never silently takes the place of other answers': async () => {
    const one = visitor();
    await one.fill('company', { company_name: 'First Ltd', _then: 'later' });
    const [, url] = (await one.go('/apply/saved')).body.match(/id="resume-link" href="([^"]+)"/);
    const path = url.slice(server.url.length);
    const two = visitor();
    await two.fill('company', { company_name: 'Second Ltd' });
    assert.match((await two.go(path)).body, /Another application is open in this browser/);
    assert.match((await two.go('/apply/company')).body, /Second Ltd/);
    const foreign = await two.go(path, { method: 'POST', body: '', headers: { origin: 'https://elsewhere.example' } });
    assert.equal(foreign.status, 403, 'no other website presses the button');
    assert.doesNotMatch((await one.go(path)).body, /Another application/, 'the same one is no other');
    await two.go(path, { method: 'POST', body: '' });
    assert.match((await two.go('/apply/company')).body, /First Ltd/);
  },
  'save and come back: a wrong, forged or expired link': async () => {
    const v = visitor();
    await v.fill('company', { _then: 'later' });
    const [, url] = (await v.go('/apply/saved')).body.match(/id="resume-link" href="([^"]+)"/);
    const path = url.slice(server.url.length);
    const wrong = [path.slice(0, -1), path.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')), '/resume/x'];
    for (const forged of wrong) {
      assert.equal((await visitor().go(forged)).status, 404, forged);
      const post = await visitor().go(forged, { method: 'POST', body: '' });
      assert.equal(post.status, 404, forged);
      assert.equal(post.headers['set-cookie'], undefined);
    }
    sql('UPDATE draft SET expires_ms = 1 WHERE updated_ms = (SELECT max(updated_ms) FROM draft)');
    assert.match((await visitor().go(path)).body, /not here any more/);
    assert.equal(location(await visitor().go('/apply/saved')), '/apply/company', 'nothing saved, nothing to come back to');
  },
  'the status link tells the state, and only to who has it': async () => {
    const v = visitor();
    const id = await v.journey();
    const done = await v.go('/apply/done');
    const [, url] = done.body.match(/id="status-link" href="([^"]+)"/);
    assert.ok(url.startsWith(`${server.url}/status/`), url);
    assert.match(done.body, /<svg class="qr" viewBox="0 -.5 \d+ \d+" role="img"/);

    const stranger = visitor();
    const path = url.slice(server.url.length);
    const page = await stranger.go(path);
    assert.equal(page.status, 200);
    assert.match(page.body, /<h1>We have your details<\/h1>/);
    assert.equal(clientIdIn(page.body), id);
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.match(page.headers['x-robots-tag'], /noindex/);
    assert.equal(stranger.cookies.size, 0);
    for (const given of [submission.company_name, submission.email, submission.contact_name, 'Ångström'])
      assert.ok(!page.body.includes(given), given);

    const wrong = [path.slice(0, -1), `${path}A`, path.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')), '/status/x', '/status/'];
    const nowhere = await stranger.go('/nowhere');
    for (const forged of wrong) {
      const answer = await stranger.go(forged);
      assert.equal(answer.status, 404, forged);
      assert.equal(answer.body, nowhere.body, 'the page of any address that does not exist');
    }
    assert.ok(!server.log.includes(path.slice(8)), 'the token is in no log');
  },
  'a second submission of a company is marked for staff, and nobody else is told': async () => {
    const answers = { company_name: 'Twice Ltd', email: 'one@twice.example' };
    const first = JSON.parse((await server.submit(answers)).body);
    const v = visitor();
    const second = await v.journey({ company_name: 'TWICE  LTD', email: 'two@twice.example' });
    let marked = [];
    while (!marked.length) marked = sql("SELECT client_id, duplicate_of FROM submission WHERE duplicate_of = ?", first.client_id);
    assert.deepEqual(marked, [[second, first.client_id]]);
    const done = await v.go('/apply/done');
    assert.ok(!done.body.includes(first.client_id));
  },
  'the status link reads each state in plain words': async () => {
    const answer = await server.submit();
    const { client_id: id, status_url: url } = JSON.parse(answer.body);
    const words = { contacted: 'We are in touch with you', proposal: 'You have our proposal', won: 'We are working together',
      lost: 'This request is closed', spam: 'This request is closed' };
    for (const [state, heading] of Object.entries(words)) {
      sql('UPDATE submission SET status = ? WHERE client_id = ?', state, id);
      const page = await visitor().go(url.slice(server.url.length));
      assert.ok(page.body.includes(`<h1>${heading}</h1>`), state);
    }
    assert.doesNotMatch((await visitor().go(url.slice(server.url.length))).body, /spam/i);
    sql('DELETE FROM submission WHERE client_id = ?', id);
    assert.equal((await visitor().go(url.slice(server.url.length))).status, 404, 'erased');
  },
  'links survive a restart; the key is private': async () => {
    const { status_url: url } = JSON.parse((await server.submit()).body);
    assert.equal(await server.stop(), 0);
    assert.equal(statSync(`${server.data}/keys/links.key`).mode & 0o777, 0o600);
    await server.start();
    assert.equal((await visitor().go(url.slice(server.url.length))).status, 200);
  },
  'drafts survive a restart': async () => {
    const v = visitor();
    await v.fill('company', { company_name: 'Restart Ltd' });
    assert.equal(await server.stop(), 0);
    await server.start();
    await v.fill('engagement');
    assert.match((await v.go('/apply/check')).body, /Restart Ltd/);
  },
  '100 visitors at once get 100 different Client IDs': async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 100 });
    const ids = await Promise.all(Array.from({ length: 100 }, () => new Visitor(server, agent).journey()));
    agent.destroy();
    assert.ok(ids.every(Boolean));
    assert.equal(new Set(ids).size, 100);
  },
  'the audit chain and the outbox hold a row for each': async () => {
    assert.equal(server.auditVerify().status, 0);
  },
  'the operator says what happens next, and how long drafts are kept': async () => {
    const own = await new Server({ env: { ANTEROOM_FORM__NEXT_1: 'Our <team> reads it.', ANTEROOM_FORM__NEXT_2: 'You hear from us {reply_time}!',
      ANTEROOM_FORM__NEXT_3: '', ANTEROOM_FORM__REPLY_TIME: 'tomorrow', ANTEROOM_FORM__DRAFT_TIME: '36h' } }).start();
    const v = new Person(own);
    await v.journey();
    const { body } = await v.go('/apply/done');
    const steps = [...body.slice(body.indexOf('class="steps"')).matchAll(/<li>([^<]*)<\/li>/g)].map(([, text]) => text);
    assert.deepEqual(steps.slice(0, 2), ['Our &lt;team&gt; reads it.', 'You hear from us tomorrow!']);
    assert.equal(steps.length, 2);
    assert.match((await v.go('/privacy')).body, /deleted 36 hours after you last saved them/);
    assert.equal(await own.stop(), 0);
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0);
  },
});
