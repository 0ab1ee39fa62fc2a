#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The operator's own fields in a real Chromium, one of every type as the guide has them: nothing for
// axe-core, nothing too wide, the browser's own findings, the calendar, and typing without JavaScript.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, clientIdIn, submission, tap } from '../lib/server.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });
const guide = readFileSync(new URL('../../docs/how-to/add-an-extra-field.md', import.meta.url), 'utf8');
const config = guide.match(/```yaml\n([^]*?)```/)[1].replace(/^ {3}/gm, '');
const server = await new Server({ config }).start();
const browser = await launch();
const steps = {
  company: { company_name: '', vat_number: 'DE 136695976', address: '', industry: '', contact_name: '', email: '',
    invoice_email: 'bills@example.com', phone: '', mobile: '030 901820', company_size: '', offices: '12', region: 'europe' },
  engagement: { service_type: '', tools: ['git', 'other'], project_scope: '', timeline: '', start_date: '2026-11-21',
    budget_range: '', notes: '', needs: 'A ramp', nda: true, consent: '' },
};

async function fill(page, step, changes = {}) {
  for (const [name, extra] of Object.entries({ ...steps[step], ...changes }))
    for (const one of [extra === '' && name in submission ? submission[name] : extra].flat()) {
      const control = page.locator(`[name="${name}"]`).first();
      const kind = await control.evaluate((e) => e.type);
      if (kind === 'select-one') await control.selectOption(one);
      else if (/radio|checkbox/.test(kind)) await page.locator(`[name="${name}"][value="${one === true ? 'yes' : one}"]`).check();
      else await control.fill(String(one));
    }
}
const next = (page) => page.locator('main form .button').click();
const said = (page) => page.locator('#problems a').allTextContents();

const tests = {};
for (const [width, colorScheme, javaScriptEnabled] of [[360, 'dark', true], [1280, 'light', true], [360, 'light', false]])
  tests[`the journey at ${width} px, ${colorScheme}, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`] = async () => {
    const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, viewport: { width, height: 800 }, colorScheme, javaScriptEnabled });
    const page = await context.newPage();
    const look = async (name) => {
      if (javaScriptEnabled) { // axe-core is a script itself
        assert.deepEqual(await axeFindings(page, name), []);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${name} is ${over} px too wide`);
      }
      if (pictures) await page.screenshot({ path: join(pictures, `extra-${name}-${width}-${colorScheme}${javaScriptEnabled ? '' : '-plain'}.png`), fullPage: true });
    };
    await page.goto('/apply/company');
    await fill(page, 'company', { vat_number: '', offices: '501', mobile: 'x' });
    await next(page);
    await page.locator('#problems a').first().waitFor();
    assert.deepEqual(await said(page), ['Enter your VAT number',
      'Mobile number must be a phone number, like 020 7946 0000 or +44 20 7946 0000',
      'Number of offices must be a whole number between 1 and 500']);
    await look('company-errors');
    await fill(page, 'company');
    await next(page);
    await page.waitForURL('**/apply/engagement');
    const day = page.locator('[name=start_date]');
    assert.equal(await day.getAttribute('type'), javaScriptEnabled ? 'date' : 'text');
    assert.equal(await page.locator('#start_date-format').count(), javaScriptEnabled ? 0 : 1);
    await look('engagement');
    await fill(page, 'engagement', { start_date: '2031-01-01', tools: [], nda: [] });
    if (javaScriptEnabled) {
      // Half a date: a browser would send nothing, and nobody would know.
      await day.fill('');
      await day.focus();
      await page.keyboard.type('31');
    }
    await next(page);
    await page.locator('#problems a').first().waitFor();
    assert.deepEqual(await said(page), ['Select Tools you use today, at least one',
      'First day must be a date between 2026-01-01 and 2030-12-31, written like 2026-11-21']);
    await look('engagement-errors');
    await fill(page, 'engagement');
    await next(page);
    await page.waitForURL('**/apply/check');
    await look('check');
    const change = page.locator('a[href="/apply/engagement?from=check#nda"]');
    await change.click();
    await page.waitForURL('**/apply/engagement?from=check#nda');
    assert.equal(await page.locator('#nda').isChecked(), true);
    assert.equal(await page.inputValue('[name=start_date]'), '2026-11-21');
    await page.locator('#nda').uncheck();
    await next(page);
    await page.waitForURL('**/apply/check');
    await next(page);
    await page.waitForURL('**/apply/done');
    const id = clientIdIn(await page.content());
    const row = server.list().find((one) => one.client_id === id);
    assert.equal(row.start_date, '2026-11-21');
    assert.deepEqual(row.tools, ['git', 'other']);
    assert.equal(row.nda, undefined);
    await context.close();
  };
tests['the server stops cleanly'] = async () => {
  await browser.close();
  assert.equal(await server.stop(), 0);
};
await tap(tests);
