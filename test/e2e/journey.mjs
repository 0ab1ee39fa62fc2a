#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The journey in a real Chromium: with and without JavaScript, errors, Back, double submit, keyboard
// only, 320, 360 and 1280 px, light and dark, and no finding of axe-core on any page in any state.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { Server, clientIdIn, submission, tap, temporaryDirectory } from '../lib/server.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

const server = await new Server().start();
const browser = await launch();

// A visitor of their own: fresh cookies. Fails the test on anything the console complains about.
async function visit(options = {}) {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    // A 422 page is an answer, not a complaint.
    if (['error', 'warning'].includes(message.type()) && !/status of 422/.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

async function leave(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
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

async function fill(page, step, changes = {}) {
  for (const name of steps[step]) await answer(page, name, changes[name] ?? submission[name]);
}

const next = (page) => page.locator('main form .button').click();

async function toCheck(page) {
  await page.goto('/apply/company');
  await fill(page, 'company');
  await next(page);
  await page.waitForURL('**/apply/engagement');
  await fill(page, 'engagement');
  await next(page);
  await page.waitForURL('**/apply/check');
}

async function send(page) {
  await next(page);
  await page.waitForURL('**/apply/done');
  return clientIdIn(await page.content());
}

async function noFindings(page, where) {
  assert.deepEqual(await axeFindings(page, where), []);
}

// What a phone's camera would make of the QR code on the page.
async function scanned(page) {
  const { data, width, height } = PNG.sync.read(await page.locator('svg.qr').screenshot({ scale: 'device' }));
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const sizes = [[320, 'light'], [360, 'light'], [360, 'dark'], [1280, 'light'], [1280, 'dark']];
const tests = {};

for (const javaScriptEnabled of [true, false])
  tests[`the whole journey, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`] = async () => {
    const page = await visit({ javaScriptEnabled });
    await page.goto('/');
    await page.locator('main a[href="/apply/company"]').first().click();
    await page.waitForURL('**/apply/company');
    await fill(page, 'company');
    await next(page);
    await page.waitForURL('**/apply/engagement');
    await fill(page, 'engagement');
    await next(page);
    await page.waitForURL('**/apply/check');
    assert.match(await page.textContent('main'), /Ångström & Söhne GmbH/);
    const id = await send(page);
    assert.ok(server.list().some((row) => row.client_id === id));
    await leave(page);
  };

for (const [width, colorScheme] of sizes)
  tests[`every page at ${width} px, ${colorScheme}: axe finds nothing, nothing overflows`] = async () => {
    const page = await visit({ viewport: { width, height: 800 }, colorScheme });
    const look = async (name) => {
      await noFindings(page, name);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} is ${over} px too wide`);
      await picture(page, `${name}-${width}-${colorScheme}`);
    };
    for (const [name, path] of [['start', '/'], ['privacy', '/privacy'], ['accessibility', '/accessibility'], ['missing', '/nowhere'], ['company', '/apply/company']]) {
      page.complaints.length = 0; // a 404 is reported as one
      await page.goto(path);
      await look(name);
    }
    await next(page);
    await page.locator('[role=alert]').waitFor();
    await look('company-errors');
    await fill(page, 'company');
    await answer(page, 'company_name', `Very long name ${'W'.repeat(150)}`);
    await next(page);
    await page.waitForURL('**/apply/engagement');
    await look('engagement');
    await next(page);
    await page.locator('[role=alert]').waitFor();
    await look('engagement-errors');
    await fill(page, 'engagement', { project_scope: `${'Unbroken'.repeat(100)}\n\nA second paragraph.` });
    await next(page);
    await page.waitForURL('**/apply/check');
    await look('check');
    await send(page);
    await look('done');
    const link = await page.locator('#status-link').getAttribute('href');
    assert.equal(await scanned(page), link);
    await page.goto(link);
    await look('status');
    await page.goto('/apply/company');
    assert.match(page.url(), /\/apply\/done$/);
    page.complaints.length = 0;
    await leave(page);
  };

Object.assign(tests, {
  'errors: the same summary with and without JavaScript': async () => {
    const said = [];
    for (const javaScriptEnabled of [true, false]) {
      const page = await visit({ javaScriptEnabled });
      await page.goto('/apply/company');
      await fill(page, 'company', { email: 'nobody', company_size: 'many', phone: '12' });
      await answer(page, 'company_name', '');
      await next(page);
      await page.locator('[role=alert]').waitFor();
      const links = page.locator('[role=alert] a');
      said.push(await links.allTextContents());
      assert.match(await page.title(), /^Error: /);
      await links.first().click();
      if (javaScriptEnabled)
        assert.equal(await page.evaluate(() => document.activeElement.name), 'company_name');
      assert.equal(await page.inputValue('[name=email]'), 'nobody');
      await leave(page);
    }
    assert.deepEqual(said[0], said[1]);
    assert.equal(said[0].length, 4);
  },
  'the summary has the focus': async () => {
    const page = await visit();
    await page.goto('/apply/company');
    await next(page);
    await page.locator('[role=alert]').waitFor();
    assert.ok(await page.evaluate(() => document.activeElement.closest('[role=alert], .error-summary') !== null));
    await leave(page);
  },
  'Back keeps everything, Continue goes on': async () => {
    const page = await visit();
    await toCheck(page);
    await page.goBack();
    await page.goBack();
    assert.match(page.url(), /company$/);
    assert.equal(await page.inputValue('[name=company_name]'), submission.company_name);
    await next(page);
    await page.waitForURL('**/apply/check');
    await leave(page);
  },
  'Change leads to the field and straight back': async () => {
    const page = await visit();
    await toCheck(page);
    await page.locator('a[href*="from=check#email"]').click();
    await page.waitForURL('**/apply/company?from=check#email');
    await answer(page, 'email', 'changed@example.org');
    await next(page);
    await page.waitForURL('**/apply/check');
    assert.match(await page.textContent('main'), /changed@example\.org/);
    await leave(page);
  },
  'save and come back later, by link, on another device': async () => {
    const page = await visit();
    await page.goto('/apply/company');
    await answer(page, 'company_name', 'Later Ltd');
    await page.getByRole('button', { name: 'Save and come back later' }).click();
    await page.waitForURL('**/apply/saved');
    await noFindings(page, 'saved');
    const link = await page.locator('#resume-link').getAttribute('href');
    assert.equal(await scanned(page), link);
    await picture(page, 'saved');
    for (const [width, colorScheme] of sizes) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await noFindings(page, `saved at ${width} px, ${colorScheme}`);
      assert.equal(await scanned(page), link, `the code is read at ${width} px, ${colorScheme}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }
    const phone = await visit({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false });
    await phone.goto(link);
    await picture(phone, 'resume');
    await phone.locator('main form .button').click();
    await phone.waitForURL('**/apply/company');
    assert.equal(await phone.inputValue('[name=company_name]'), 'Later Ltd');
    await leave(phone);
    await page.goto(link);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await noFindings(page, `resume, ${colorScheme}`);
    }
    await leave(page);
  },
  'a double click sends once; reload and Back keep the Client ID': async () => {
    const page = await visit();
    await toCheck(page);
    const before = server.list().length;
    await page.locator('main form .button').dblclick();
    await page.waitForURL('**/apply/done');
    const id = clientIdIn(await page.content());
    await page.reload();
    assert.equal(clientIdIn(await page.content()), id);
    await page.goBack();
    await page.waitForURL('**/apply/done');
    assert.equal(clientIdIn(await page.content()), id);
    assert.equal(server.list().length, before + 1);
    await leave(page);
  },
  'the keyboard alone is enough': async () => {
    const page = await visit();
    await page.goto('/');
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /skip/i);
    await page.goto('/apply/company');
    await page.locator('[name=company_name]').focus();
    const seen = new Set();
    for (let i = 0; i < 30; i++) {
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        const ring = getComputedStyle(e);
        return { name: e.name ?? '', ring: ring.outlineStyle !== 'none' || ring.boxShadow !== 'none' };
      });
      if (at.name) {
        seen.add(at.name);
        assert.ok(at.ring, `${at.name} shows its focus`);
      }
      await page.keyboard.press('Tab');
    }
    for (const name of steps.company) assert.ok(seen.has(name), name);
    await leave(page);
  },
  'JavaScript asks for “other” only when it is chosen': async () => {
    const page = await visit();
    await page.goto('/apply/company');
    assert.equal(await page.locator('[name=industry_other]').isVisible(), false);
    await answer(page, 'industry', 'other');
    assert.equal(await page.locator('[name=industry_other]').isVisible(), true);
    await leave(page);
    const plain = await visit({ javaScriptEnabled: false });
    await plain.goto('/apply/company');
    assert.equal(await plain.locator('[name=industry_other]').isVisible(), true);
    await leave(plain);
  },
  'a server that is gone and comes back loses nothing': async () => {
    const page = await visit();
    await toCheck(page);
    await server.kill('SIGKILL');
    await server.start();
    const id = await send(page);
    assert.ok(server.list().some((row) => row.client_id === id));
    page.complaints.length = 0; // assets asked for while it was gone
    await leave(page);
  },
  // An SVG with nothing but a viewBox has no size of its own.
  'the operator\'s logo is 40 px high, a long one lower, on a plate in the dark': async () => {
    const file = join(temporaryDirectory(), 'logo.svg');
    for (const [width, height, most] of [[220, 40, 201], [1200, 10, 378]]) {
      writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 48"><path d="M0 0h${width}v48H0z"/></svg>`);
      const own = await new Server({ config: `brand:\n  logo_file: "${file}"\n` }).start();
      for (const [window, colorScheme] of [[320, 'dark'], [1280, 'light']]) {
        const page = await visit({ baseURL: own.url, viewport: { width: window, height: 800 }, colorScheme });
        await page.goto('/');
        const box = await page.locator('.logo').boundingBox();
        assert.ok(Math.round(box.height) >= height && box.height <= 56 && box.width > 150 && box.width <= most, JSON.stringify(box));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await leave(page);
      }
      assert.equal(await own.stop(), 0);
    }
  },
  // What it takes until the page is there and works: page, sheet, script. Behind them the browser asks
  // for the icon of its tab, which nobody waits for: its bytes count, its request does not.
  'first view: at most three requests and 14.6 KB, of the form too': async () => {
    const view = async (path) => {
      const page = await visit();
      const sizes = [];
      let loaded = false;
      const note = (response) => {
        const one = { url: response.url(), loaded };
        sizes.push(response.request().sizes().then(({ responseBodySize: size }) => ({ ...one, size })));
      };
      page.on('response', note);
      page.once('load', () => (loaded = true));
      await page.goto(path, { waitUntil: 'networkidle' });
      page.off('response', note);
      const seen = await Promise.all(sizes);
      const own = await page.locator('link[rel~=icon]').evaluateAll((links) => links.map((link) => link.href));
      await leave(page);
      const bytes = seen.reduce((sum, { size }) => sum + size, 0);
      const late = seen.filter(({ url }) => own.includes(url));
      const needed = seen.length - late.length;
      assert.ok(needed <= 3 && late.length <= 1 && bytes <= 14.6 * 1024, `${path}: ${JSON.stringify(seen)}`);
      assert.ok(late.every((one) => one.loaded), `${path}: the icon is asked for while the page loads`);
      return `${path} ${needed} + ${late.length}, ${bytes} bytes`;
    };
    return `${await view('/')}; ${await view('/apply/company')}`;
  },
});

tests['the server stops cleanly'] = async () => {
  await browser.close();
  assert.equal(await server.stop(), 0);
};

await tap(tests);
