#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The browser's checks against the server's: the same thousand forms go through apply.js in Chromium
// and, as the browser would send them, to the server. Both must say the same sentences, in the same
// order, about the same fields. The operator's own fields are those of docs/how-to/add-an-extra-field.md,
// one of each type.
//
// SEED=n makes other forms; FORMS=n more of them. A difference prints the form, both answers, the seed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Server, request, submission, tap } from '../lib/server.mjs';
import { launch } from './browser.mjs';

const seed = Number(process.env.SEED ?? 2026);
const all = Number(process.env.FORMS ?? 1000);
let state = seed >>> 0;
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pick = (list) => list[random(list.length)];

// What people type, paste and mistype, and what only a program would send.
const bits = ['a', 'Z', '9', '0', ' ', '  ', '\t', '.', '-', '+', '@', '(', ')', '[', ']', ',', "'", '’', '\u2009',
  '\u00a0', '\u202e', '\u200b', '\u2011', '\u2212', '\u2016', 'é', 'e\u0301', '😀', '\ufeff', '\u0085', '\u0007',
  '\ufdd0', '\uffff', '/', '_', '\u3000', '\u212a', 'ſ', '100', '000', '123', 'example', '.com', '\u2028', '\u0130',
  '٣', 'Å', '\u{1fffe}', '\u1100\u1161', '\u180e', '<b>', '&amp;', '"'];
const soup = () => Array.from({ length: 1 + random(9) }, () => pick(bits)).join('');
// About as long as allowed: one less, as much, one more.
const about = (n) => pick(['x', 'é', '😀', 'e\u0301']).repeat(n - 1 + random(3));
const email = () => pick([soup, () => `${pick(['a', 'zoe', '.a.', 'x'.repeat(random(260)), "o'n", 'é', 'a b'])}@` +
  `${pick(['b', 'ex-ample', '-a', 'a-', 'x'.repeat(60 + random(6)), 'é'])}${pick(['.com', '', '.', '..com', '.x-', '.9', '.co.uk'])}`])();
const phone = () => pick(['+', '', '+0', '(0', '00 ']) +
  Array.from({ length: random(24) }, () => random(10) + pick(['', '', '', ' ', '-', '.', '\u2011', ')', 'x'.repeat(random(20) === 0)])).join('');
const number = () => pick([
  () => String(random(20000000)),
  () => `${random(1000)}${pick([' ', ',', '.', "'", '’', '\u2009', '\u202f', '\u066c', '_'])}${pick(['000', '00', '250'])}`,
  () => { const s = pick([' ', ',', '.']); return `${random(12)}${s}000${pick([s, s, s, ','])}${pick(['000', '001'])}`; },
  () => pick(['0', '1', '000012', '10000000', '10000001', '-5', '+5', '1e3', '1.5']),
  () => '9'.repeat(1 + random(40)), soup])();

// The same in digits of other keyboards, now and then.
const abroad = (text) => random(5) ? text : text.replace(/\d/g, (d) => String.fromCodePoint(pick([0x660, 0x6f0, 0xff10, 0x30]) + Number(d)));

const date = () => pick([
  () => `20${10 + random(30)}-${String(1 + random(13)).padStart(2, '0')}-${String(1 + random(32)).padStart(2, '0')}`,
  () => pick(['2026-01-01', '2025-12-31', '2030-12-31', '2031-01-01', '2028-02-29', '2027-02-29', '0999-01-01', '2026-1-1',
    '21.11.2026', '2026-11-21T00:00', '20261121', '\u0662026-01-01', '2026-11-211', '-026-11-21', '2026-00-10', '2026-10-00']), soup])();

const right = { ...submission, vat_number: 'DE 136695976', invoice_email: 'bills@example.com', mobile: '030 901820', offices: '12',
  region: 'europe', tools: ['git', 'other'], needs: 'A ramp', start_date: '2026-11-21', nda: true };
const makers = {
  company: {
    vat_number: () => pick([soup, () => about(20), () => ''])(),
    invoice_email: email,
    mobile: () => abroad(phone()),
    offices: () => abroad(pick([number, () => String(random(502))])()),
    region: () => pick(['', 'europe', 'elsewhere']),
    company_name: () => pick([soup, () => about(200), () => 'Bell'])(),
    address: () => pick([() => `${soup()}\n${soup()}`, () => about(500)])(),
    industry: () => pick(['', 'software', 'other', 'other']),
    industry_other: () => pick([soup, () => '', () => about(120)])(),
    contact_name: () => pick([soup, () => about(120)])(),
    email,
    phone: () => abroad(pick([phone, phone, soup])()),
    company_size: () => abroad(number()),
  },
  engagement: {
    tools: () => pick([[], ['git'], ['jenkins', 'other']]),
    needs: () => pick([soup, () => about(500), () => ''])(),
    start_date: () => abroad(date()),
    nda: () => pick([[], ['yes']]),
    service_type: () => pick([[], ['cloud_migration'], submission.service_type]),
    project_scope: () => pick([soup, () => about(4000), () => ''])(),
    timeline: () => pick(['', 'not_sure']),
    budget_range: () => pick(['', 'not_sure']),
    notes: () => pick([soup, () => about(4000), () => ''])(),
    consent: () => pick([[], ['yes']]),
  },
};

// Half of the answers of a form are right, so that forms without a finding come up as well.
function makeForm(step) {
  const answer = (name) => (right[name] === true ? ['yes'] : (right[name] ?? ''));
  const form = Object.fromEntries(Object.entries(makers[step]).map(([name, make]) => [name, random(2) ? answer(name) : make()]));
  return random(12) ? form : Object.fromEntries(Object.keys(form).map((name) => [name, answer(name)]));
}

// In the page: fills each form as a person would, presses the button, reads the summary. The browser
// itself says what it would send.
function askBrowser(list) {
  const form = document.querySelector('form[data-checked]');
  form.addEventListener('submit', (event) => event.preventDefault());
  return list.map((answers) => {
    form.reset();
    for (const [name, value] of Object.entries(answers))
      for (const control of [form.elements[name]].flatMap((c) => (c instanceof RadioNodeList ? [...c] : [c]))) {
        if (/radio|checkbox/.test(control.type)) control.checked = [value].flat().includes(control.value);
        else {
          const text = [value].flat()[0] ?? '';
          // What a calendar cannot hold is typed, as without a script.
          if (control.type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(text)) control.type = 'text';
          control.value = text;
        }
      }
    const body = new URLSearchParams(new FormData(form)).toString();
    form.requestSubmit();
    delete form.dataset.sent;
    const said = [...document.querySelectorAll('#problems:not([hidden]) a')].map((a) => `${a.hash} ${a.textContent}`);
    return { body, said };
  });
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const text = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name]);

const guide = readFileSync(new URL('../../docs/how-to/add-an-extra-field.md', import.meta.url), 'utf8');
const config = guide.match(/```yaml\n([^]*?)```/)[1].replace(/^ {3}/gm, '');
const server = await new Server({ config }).start();
const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });

async function askServer(step, lang, body) {
  const answer = await request(`${server.url}/apply/${step}`, {
    method: 'POST', agent, body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url, 'accept-language': lang },
  });
  if (answer.status === 303) return [];
  assert.equal(answer.status, 422, `${answer.status} for ${body.slice(0, 300)}`);
  const summary = answer.body.slice(answer.body.indexOf('id="problems"'), answer.body.indexOf('</ul>', answer.body.indexOf('id="problems"')));
  return [...summary.matchAll(/<a href="(#[^"]+)">([^<]*)<\/a>/g)].map(([, href, message]) => `${href} ${text(message)}`);
}

const browser = await launch();
// The second step is asked when the first is there.
await browser.request.post(`${server.url}/apply/company`, {
  form: Object.fromEntries(Object.keys(makers.company).map((name) => [name, right[name] ?? ''])),
  headers: { origin: server.url },
  maxRedirects: 0,
});
const tests = {};
for (const [step, lang, forms] of [['company', 'en', all], ['engagement', 'en', all],
  ...['de', 'ar'].flatMap((l) => [['company', l, all / 10], ['engagement', l, all / 10]])])
  tests[`${step} in ${lang}: ${forms} forms, the same verdicts word for word`] = async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/apply/${step}?lang=${lang}`);
    assert.ok(page.url().includes(step), page.url());
    const list = Array.from({ length: forms }, () => makeForm(step));
    const heard = await page.evaluate(askBrowser, list);
    let clean = 0;
    const sentences = new Set();
    for (let i = 0; i < heard.length; i += 4)
      await Promise.all(heard.slice(i, i + 4).map(async ({ body, said }) => {
        assert.deepEqual(said, await askServer(step, lang, body), `SEED=${seed}: ${body.slice(0, 500)}`);
        if (said.length === 0) clean++;
        said.forEach((one) => sentences.add(one));
      }));
    assert.ok(clean > forms / 50 && clean < forms, `${clean} of ${forms} without a finding`);
    await page.close();
    return `${clean} without a finding, ${sentences.size} different sentences`;
  };
tests['the server stops cleanly'] = async () => {
  await browser.close();
  agent.destroy();
  assert.equal(await server.stop(), 0);
};
await tap(tests);
