#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The whole journey in the languages that are not English, in a real Chromium: the language of the
// browser, the switch in the foot, direction, nothing too wide, no finding of axe-core on any page,
// and the character count in the browser's own plural forms.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, clientIdIn, submission, tap } from '../lib/server.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });
const server = await new Server().start();
const browser = await launch();

const languages = {
  de: { dir: 'ltr', heading: 'Ihr Unternehmen', error: /^Fehler: /, left: 'Noch 3.999 Zeichen übrig', date: /\d\d?\. [A-ZÄ]\p{L}+ \d{4} um \d\d:\d\d Uhr UTC/u },
  ar: { dir: 'rtl', heading: 'شركتك', error: /^خطأ: /, left: 'بقي لك 3,999 حرفًا', date: /\d\d? \p{Script=Arabic}+ \d{4}، الساعة \d\d:\d\d/u },
};

async function visit(options) {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of 4(22|04)/.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

async function answer(page, name, value) {
  for (const one of [value].flat()) {
    const text = one === true ? 'yes' : String(one);
    const field = page.locator(`[name="${name}"]`).first();
    const tag = await field.evaluate((e) => e.tagName.toLowerCase() + (e.type ? `.${e.type}` : ''));
    if (tag === 'select.select-one') await field.selectOption(text);
    else if (/radio|checkbox/.test(tag)) await page.locator(`[name="${name}"][value="${text}"]`).check();
    else await field.fill(text);
  }
}

const steps = {
  company: ['company_name', 'address', 'industry', 'contact_name', 'email', 'phone', 'company_size'],
  engagement: ['service_type', 'project_scope', 'timeline', 'budget_range', 'notes', 'consent'],
};
const fill = async (page, step) => {
  for (const name of steps[step]) await answer(page, name, submission[name]);
};
const next = (page) => page.locator('main form .button').click();

const tests = {};
for (const [lang, wanted] of Object.entries(languages))
  for (const [width, colorScheme] of [[360, 'light'], [1280, 'dark']])
    tests[`the whole journey in ${lang} at ${width} px, ${colorScheme}`] = async () => {
      const page = await visit({ locale: lang, viewport: { width, height: 800 }, colorScheme });
      const look = async (name) => {
        assert.deepEqual(await axeFindings(page, name), []);
        const html = page.locator('html');
        assert.equal(await html.getAttribute('lang'), lang, name);
        assert.equal(await html.getAttribute('dir'), wanted.dir, name);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${name} is ${over} px too wide`);
        if (pictures) await page.screenshot({ path: join(pictures, `${name}-${lang}-${width}-${colorScheme}.png`), fullPage: true });
      };
      for (const [name, path] of [['start', '/'], ['privacy', '/privacy'], ['accessibility', '/accessibility'], ['missing', '/nowhere'], ['company', '/apply/company']]) {
        await page.goto(path);
        await look(name);
      }
      assert.match(await page.textContent('h1'), new RegExp(wanted.heading));
      await next(page);
      await page.locator('[role=alert]').waitFor();
      assert.match(await page.title(), wanted.error);
      await look('company-errors');
      await fill(page, 'company');
      await next(page);
      await page.waitForURL('**/apply/engagement');
      await answer(page, 'project_scope', 'x');
      assert.equal(await page.textContent('#project_scope-count'), wanted.left);
      await look('engagement');
      await next(page);
      await page.locator('[role=alert]').waitFor();
      await look('engagement-errors');
      await fill(page, 'engagement');
      await page.locator('[name=_then]').click();
      await page.waitForURL('**/apply/saved');
      await look('saved');
      const resume = await page.locator('#resume-link').getAttribute('href');
      await page.goto(resume);
      await look('resume');
      await page.goto('/apply/check');
      await look('check');
      await next(page);
      await page.waitForURL('**/apply/done');
      await look('done');
      assert.match(await page.textContent('main time'), wanted.date);
      const id = clientIdIn(await page.content());
      assert.ok(server.list().some((row) => row.client_id === id));
      await page.goto(await page.locator('#status-link').getAttribute('href'));
      await look('status');
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    };

Object.assign(tests, {
  'the switch in the foot: works without script, and is remembered': async () => {
    const page = await visit({ locale: 'fr', javaScriptEnabled: false });
    await page.goto('/apply/company');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.locator('[name=company_name]').fill('Half a name');
    await page.locator('.languages button[lang=ar]').click();
    assert.equal(await page.locator('[name=company_name]').inputValue(), 'Half a name');
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    assert.match(page.url(), /\/apply\/company\?lang=ar$/);
    await page.goto('/privacy');
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar');
    await page.locator('.languages a[hreflang=de]').click();
    await page.goto('/');
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    assert.equal(await page.locator('.languages [aria-current]').textContent(), 'Deutsch');
    await page.context().close();
  },
  'the server stops cleanly': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
  },
});

await tap(tests);
