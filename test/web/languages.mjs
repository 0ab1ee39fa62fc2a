#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The other languages without a script: the whole journey in each, with wrong answers on the way, and
// the switch in the foot, which must not lose what is typed on a form that was never sent.
import assert from 'node:assert/strict';
import { Server, Visitor, clientIdIn, formFields, submission, tap } from '../lib/server.mjs';

const server = await new Server().start();

const languages = {
  de: { dir: 'ltr', heading: 'Ihr Unternehmen', error: 'Fehler: ', problem: 'Etwas stimmt noch nicht', check: 'Prüfen Sie Ihre Angaben', done: 'Wir haben Ihre Angaben', size: 'eine ganze Zahl zwischen 1 und 10.000.000', time: /\d\d?\. [A-ZÄ]\p{L}+ \d{4} um \d\d:\d\d Uhr UTC/u },
  ar: { dir: 'rtl', heading: 'شركتك', error: 'خطأ: ', problem: 'هناك مشكلة', check: 'راجع إجاباتك', done: 'وصلتنا بياناتك', size: 'عددًا صحيحًا بين 1 و10,000,000', time: /\d\d? \p{Script=Arabic}+ \d{4}، الساعة \d\d:\d\d/u },
};

// What a browser would send: every control of the page's form as it was shown.
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name]);
const shown = (html, name) =>
  plain(html.match(new RegExp(`<(?:input|textarea)[^>]* name="${name}"[^>]*? value="([^"]*)"`))?.[1] ??
    html.match(new RegExp(`<textarea[^>]* name="${name}"[^>]*>\\n([^<]*)</textarea>`))?.[1] ?? '');
const picked = (html, name) =>
  [...html.matchAll(new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)" checked`, 'g'))].map((m) => m[1]);
const button = (html, code) => html.match(new RegExp(`<button([^>]*) lang="${code}">`))?.[1];
const isIn = (html, lang, title) => {
  assert.match(html, new RegExp(`<html lang="${lang}" dir="${languages[lang]?.dir ?? 'ltr'}">`));
  if (title) assert.ok(html.includes(title), title);
};
const fields = (step, answers = {}) =>
  Object.fromEntries(formFields[step].map((name) => [name, { ...submission, ...answers }[name] ?? '']));

const tests = {};
for (const [lang, words] of Object.entries(languages))
  tests[`the whole journey in ${lang}, wrong answers first`] = async () => {
    const visitor = new Visitor(server);
    const headers = { 'accept-language': lang };
    const post = (path, answers) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(answers))
        for (const one of [value].flat()) body.append(name, one === true ? 'yes' : one);
      return visitor.go(path, { method: 'POST', body: body.toString(), headers });
    };
    const start = await visitor.go('/', { headers });
    isIn(start.body, lang);
    assert.equal(start.headers['content-language'], lang);
    const form = await visitor.go('/apply/company', { headers });
    isIn(form.body, lang, words.heading);
    const wrong = await post('/apply/company', fields('company', { company_size: 'x', email: 'a' }));
    assert.equal(wrong.status, 422);
    isIn(wrong.body, lang, words.problem);
    assert.match(wrong.body, new RegExp(`<title>${words.error}`));
    assert.ok(wrong.body.includes(words.size), words.size);
    assert.equal(shown(wrong.body, 'email'), 'a');
    const typed = lang === 'ar' ? { phone: '٠٣٠ ٩٠١٨٢٠', company_size: '١٢٬٣٤٥' } : { phone: '030 901820', company_size: '12.345' };
    assert.equal((await post('/apply/company', fields('company', typed))).status, 303);
    assert.equal((await post('/apply/engagement', fields('engagement'))).status, 303);
    const check = await visitor.go('/apply/check', { headers });
    isIn(check.body, lang, words.check);
    assert.match(check.body, />030 901820</);
    assert.match(check.body, />12345</);
    assert.equal((await post('/apply/check', {})).headers.location, '/apply/done');
    const done = await visitor.go('/apply/done', { headers });
    isIn(done.body, lang, words.done);
    assert.match(done.body, words.time);
    const id = clientIdIn(done.body);
    const status = done.body.match(/href="https:\/\/[^/"]+(\/status\/[^"]+)"/)[1];
    isIn((await visitor.go(status, { headers })).body, lang, id);
    for (const page of [start, form, wrong, check, done])
      assert.doesNotMatch(page.body.replace(/ data-words="[^"]*"/, ''), /\{[a-z_]+\}/, 'a placeholder is left');
    isIn((await visitor.go('/privacy', { headers })).body, lang);
  };

Object.assign(tests, {
  'a switch on a form sends it: what is typed comes back in the other language, and nothing is stored': async () => {
    const visitor = new Visitor(server);
    const { body } = await visitor.go('/apply/company');
    for (const [code, attributes] of ['de', 'ar'].map((c) => [c, button(body, c)])) {
      assert.match(attributes, /type="submit" form="_form"/);
      assert.match(attributes, / formnovalidate/);
      assert.match(attributes, new RegExp(`formaction="\\?lang=${code}"`));
    }
    assert.match(body, /<form id="_form" method="post"/);
    const half = { ...fields('company'), company_name: 'Halb <getippt>', email: 'half@', company_size: '', industry: 'other', industry_other: 'Seilbahnen' };
    const german = await visitor.post('/apply/company?lang=de', half);
    assert.equal(german.status, 200);
    isIn(german.body, 'de', languages.de.heading);
    for (const name of ['company_name', 'address', 'industry_other', 'email', 'phone', 'company_size'])
      assert.equal(shown(german.body, name), half[name]);
    assert.match(german.body, /<option value="other" selected>|value="other" checked/);
    assert.ok(!german.body.includes('is-wrong'), 'nothing is checked yet');
    assert.deepEqual([...visitor.cookies], [['lang', 'de']]);
    isIn((await visitor.post('/apply/company?lang=ar', half)).body, 'ar', languages.ar.heading);
    isIn((await visitor.post('/apply/company', half)).body, 'ar', languages.ar.problem);
  },
  'with nothing new on it the page itself is where it leads': async () => {
    const visitor = new Visitor(server);
    const empty = await visitor.post('/apply/company?lang=ar', Object.fromEntries(formFields.company.map((name) => [name, ''])));
    assert.deepEqual([empty.status, empty.headers.location], [303, '/apply/company?lang=ar']);
    await visitor.fill('company');
    await visitor.fill('engagement');
    const same = await visitor.post('/apply/company?from=check&lang=de', fields('company'));
    assert.deepEqual([same.status, same.headers.location], [303, '/apply/company?from=check&lang=de']);
    const changed = await visitor.post('/apply/company?from=check&lang=de', fields('company', { phone: '12345' }));
    assert.equal(changed.status, 200);
    assert.match(changed.body, /action="\/apply\/company\?from=check"/);
    assert.equal(shown((await visitor.go('/apply/company')).body, 'phone'), submission.phone);
  },
  'the second step keeps choices, long texts and the agreement': async () => {
    const visitor = new Visitor(server);
    await visitor.fill('company');
    const half = fields('engagement', { service_type: ['devops', 'training'], project_scope: 'Zwei\nZeilen', notes: '' });
    const { status, body } = await visitor.post('/apply/engagement?lang=de', half);
    assert.equal(status, 200);
    assert.deepEqual(picked(body, 'service_type'), ['devops', 'training']);
    assert.equal(shown(body, 'project_scope'), half.project_scope);
    assert.match(body, /name="consent" type="checkbox" value="yes" checked/);
  },
  'where nothing is typed the switch is a link': async () => {
    const { body } = await new Visitor(server).go('/');
    assert.match(body, /<a href="\?lang=de" lang="de" hreflang="de">Deutsch<\/a>/);
    assert.equal(button(body, 'de'), undefined);
  },
  'while too much comes from a network, the notice is in the language chosen': async () => {
    const busy = await new Server({ env: { ANTEROOM_LIMITS__RATE_SUBMIT: '1/1h' } }).start();
    const visitor = new Visitor(busy);
    const half = fields('company', { email: 'half@' });
    await visitor.post('/apply/company', half);
    const { status, body } = await visitor.post('/apply/company?lang=de', half);
    assert.equal(status, 429);
    isIn(body, 'de', 'Aus Ihrem Netz kam');
    assert.equal(shown(body, 'email'), 'half@');
    assert.equal(await busy.stop(), 0);
  },
  'the server stops cleanly': async () => assert.equal(await server.stop(), 0),
});
await tap(tests);
