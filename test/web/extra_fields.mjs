#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The operator's own fields, one of every type as docs/how-to/add-an-extra-field.md has them, through
// the whole journey, the API and the list; with words that mean harm; and under a draft.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Server, Visitor, binary, clientIdIn, formFields, submission, tap } from '../lib/server.mjs';

const guide = readFileSync(new URL('../../docs/how-to/add-an-extra-field.md', import.meta.url), 'utf8');
const config = guide.match(/```yaml\n([^]*?)```/)[1].replace(/^ {3}/gm, '');

const extras = {
  company: { vat_number: 'DE 136695976', invoice_email: 'bills@example.com', mobile: '+49 151 1234567', offices: '12', region: 'elsewhere' },
  engagement: { tools: ['git', 'other'], needs: 'A ramp,\nplease & thanks', start_date: '2026-11-21', nda: 'yes' },
};

const answers = (step, changes = {}) => {
  const all = Object.fromEntries(formFields[step].map((name) => [name, submission[name]]));
  const whole = { ...all, ...extras[step], ...changes };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
};
const fields = new Set([...Object.values(formFields).flat(), ...Object.values(extras).flatMap(Object.keys)]);
const names = (page) => [...new Set([...page.matchAll(/ name="([^"]*)"/g)].map(([, name]) => name))].filter((name) => fields.has(name));
const problems = (page) => [...page.slice(page.indexOf('id="problems"'), page.indexOf('</ul>')).matchAll(/href="([^"]+)">([^<]*)</g)].map(([, href, text]) => `${href} ${text}`);

async function send(v) {
  const sent = await v.go('/apply/check', { method: 'POST', body: '' });
  assert.equal(sent.status, 303, sent.body);
  return clientIdIn((await v.go('/apply/done')).body);
}

const server = await new Server({ config }).start();
let kept; // a visitor in the middle

const tests = {
  'each question stands at its place': async () => {
    const v = new Visitor(server);
    assert.deepEqual(names((await v.go('/apply/company')).body), ['company_name', 'vat_number', 'address', 'industry',
      'industry_other', 'contact_name', 'email', 'invoice_email', 'phone', 'mobile', 'company_size', 'offices', 'region']);
    await v.post('/apply/company', answers('company'));
    const page = (await v.go('/apply/engagement')).body;
    assert.deepEqual(names(page), ['service_type', 'tools', 'project_scope', 'timeline', 'start_date', 'budget_range',
      'notes', 'needs', 'nda', 'consent']);
    assert.match(page, /<label for="needs">What we should know to meet you \(optional\)<\/label>/);
    assert.match(page, /id="start_date-format">Year, month and day, like 2026-11-21</);
    assert.match(page, /<input id="nda" name="nda" type="checkbox" value="yes">/);
  },
  'the whole journey': async () => {
    const v = new Visitor(server);
    assert.equal((await v.post('/apply/company', answers('company'))).headers.location, '/apply/engagement');
    assert.equal((await v.post('/apply/engagement', answers('engagement'))).headers.location, '/apply/check');
    const check = (await v.go('/apply/check')).body;
    for (const text of ['DE 136695976', 'bills@example.com', 'Somewhere else', 'Git, Others', 'A ramp,\nplease &amp; thanks',
      'We need a confidentiality agreement first', '/apply/company?from=check#vat_number', '/apply/engagement?from=check#start_date'])
      assert.ok(check.includes(text), text);
    const id = await send(v);
    const row = server.list().find((one) => one.client_id === id);
    const stored = Object.fromEntries(Object.keys(row).slice(Object.keys(row).indexOf('consent') + 1).map((name) => [name, row[name]]));
    assert.deepEqual(stored, { vat_number: 'DE 136695976', invoice_email: 'bills@example.com', mobile: '+49 151 1234567', offices: 12,
      region: 'elsewhere', tools: ['git', 'other'], needs: 'A ramp,\nplease & thanks', start_date: '2026-11-21', nda: true });
  },
  'findings: on the page and on the way back from the check page': async () => {
    const v = new Visitor(server);
    const company = await v.post('/apply/company', answers('company', { vat_number: '', offices: '501', region: 'moon', mobile: 'x' }));
    assert.equal(company.status, 422);
    assert.deepEqual(problems(company.body), ['#vat_number Enter your VAT number', '#mobile Mobile number must be a phone number, like 020 7946 0000 or +44 20 7946 0000',
      '#offices Number of offices must be a whole number between 1 and 500', '#region Select Region from the list']);
    assert.match(company.body, /name="offices"[^>]* value="501"/);
    await v.post('/apply/company', answers('company'));
    const engagement = await v.post('/apply/engagement', answers('engagement', { tools: [], start_date: '2026-02-30', needs: 'x'.repeat(501), nda: undefined }));
    assert.deepEqual(problems(engagement.body), ['#tools Select Tools you use today, at least one',
      '#start_date First day must be a date between 2026-01-01 and 2030-12-31, written like 2026-11-21',
      '#needs What we should know to meet you must be 500 characters or fewer']);
    assert.match(engagement.body, /name="start_date" type="text" value="2026-02-30"/);
    assert.equal((await v.post('/apply/engagement', answers('engagement', { nda: undefined, start_date: '', needs: '' }))).status, 303);
    const check = (await v.go('/apply/check')).body;
    assert.match(check, /confidentiality agreement first<\/dt>\s*<dd class="typed"[^>]*>No</);
    assert.match(check, /First day<\/dt>\s*<dd class="none">Not provided</);
  },
  'the API takes them under the same names': async () => {
    const whole = { ...extras.company, ...extras.engagement, offices: 12, nda: true };
    const right = await server.submit(whole);
    assert.equal(right.status, 201, right.body);
    const id = JSON.parse(right.body).client_id;
    assert.equal(server.list().find((row) => row.client_id === id).offices, 12);
    const wrong = await server.submit({ ...whole, vat_number: null, start_date: '2031-01-01', tools: ['svn'] });
    assert.equal(wrong.status, 422);
    assert.deepEqual(JSON.parse(wrong.body).errors.map(({ field, code }) => `${field} ${code}`),
      ['vat_number missing', 'tools not_a_choice', 'start_date out_of_range']);
    for (const changes of [{ colour: 'blue' }, { nda: 1 }, { tools: 'git' }, { start_date: 20261121 }])
      assert.equal((await server.submit({ ...whole, ...changes })).status, 400, JSON.stringify(changes));
  },
  'the list shows them, but for sensitive ones': async () => {
    const shown = (config) => spawnSync(binary, ['list', '--data', server.data, ...config], { encoding: 'utf8' }).stdout;
    const args = server.process.spawnargs;
    const text = shown(['--config', args[args.indexOf('--config') + 1]]);
    assert.match(text, /^ {4}VAT number: DE 136695976$/m);
    assert.match(text, /^ {4}Tools you use today: Git, Others$/m);
    assert.doesNotMatch(text, /ramp|What we should know/);
    assert.doesNotMatch(shown([]), /VAT|ramp/); // without the configuration nobody knows what they are
  },
  'a draft outlives a change of the questions': async () => {
    kept = new Visitor(server);
    await kept.post('/apply/company', answers('company'));
    await kept.post('/apply/engagement', answers('engagement'));
    assert.equal(await server.stop(), 0);
    // vat_number and nda are gone, tools is one line now, a required number is new.
    const changed = `form:
  extra_fields:
    - {id: tools, type: line, step: engagement, label: Tools}
    - {id: offices, type: number, step: company, label: Offices}
    - {id: employees_here, type: number, step: company, label: Employees here, required: true}
`;
    const other = await new Server({ data: server.data, config: changed }).start();
    kept.server = other;
    const check = (await kept.go('/apply/check')).body;
    assert.deepEqual(problems(check), ['/apply/company?from=check#employees_here Enter Employees here']);
    assert.doesNotMatch(check, /DE 136695976|bills@/);
    assert.match(check, /Offices<\/dt>\s*<dd class="typed"[^>]*>12</);
    assert.equal((await kept.go('/apply/check', { method: 'POST', body: '' })).status, 422);
    const company = Object.fromEntries(formFields.company.map((name) => [name, submission[name] ?? '']));
    const back = await kept.post('/apply/company?from=check', { ...company, offices: 12, employees_here: '1.000' });
    assert.equal(back.headers.location, '/apply/check', back.body);
    const id = await send(kept);
    const row = other.list().find((one) => one.client_id === id);
    assert.equal(row.employees_here, 1000);
    assert.equal(row.tools, 'git');
    assert.equal(row.vat_number, undefined);
    assert.ok(other.list().some((one) => one.vat_number), 'what was stored before is still there');
    assert.equal(await other.stop(), 0);
  },
  'words that mean harm are words': async () => {
    const bad = `"\\"><script>alert(1)</script>'&{label}{{f.name}}%s%n"`;
    const right = { hostile: 'a', other_one: 'x', boxes: ['a'], long_text: 'y', tick: 'yes', day: '2026-01-01' };
    const evil = await new Server({ config: `form:
  extra_fields:
    - {id: hostile, type: choice, step: company, label: ${bad}, hint: ${bad}, required: true, choices: [{value: a, label: ${bad}}]}
    - {id: other_one, type: line, step: company, label: ${bad}, required: true, missing: ${bad}}
    - {id: long_text, type: text, step: company, label: ${bad}, hint: ${bad}, required: true}
    - {id: boxes, type: choices, step: company, label: ${bad}, required: true, choices: [{value: a, label: ${bad}}]}
    - {id: tick, type: checkbox, step: company, label: ${bad}, hint: ${bad}, required: true}
    - {id: day, type: date, step: company, label: ${bad}, hint: ${bad}, required: true}
` }).start();
    const v = new Visitor(evil);
    const company = Object.fromEntries(formFields.company.map((name) => [name, submission[name] ?? '']));
    const wrong = await v.post('/apply/company', company);
    assert.equal(wrong.status, 422);
    assert.equal(problems(wrong.body).length, 6);
    const pages = [wrong.body, (await v.go('/apply/company')).body];
    assert.equal((await v.post('/apply/company', { ...company, ...right })).status, 303);
    await v.post('/apply/engagement', Object.fromEntries(formFields.engagement.map((name) => [name, submission[name] ?? ''])));
    pages.push((await v.go('/apply/check')).body);
    for (const page of pages) {
      assert.equal(page.match(/<script/g).length, (page.match(/<script[^>]* src="\/static\//g) ?? []).length);
      assert.ok(page.includes('&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;{label}{{f.name}}%s%n'));
    }
    await send(v);
    assert.equal(evil.list()[0].tick, true);
    assert.equal(await evil.stop(), 0);
  },
};
await tap(tests);
