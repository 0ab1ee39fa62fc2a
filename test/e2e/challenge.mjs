#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The proof of work in a real Chromium: done by itself with JavaScript, waited for without, never in
// the way of who types or presses a button; said aloud, and no finding of axe-core.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, clientIdIn, formFields, sleep, submission, tap } from '../lib/server.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

const serve = (wait) =>
  new Server({ env: { ANTEROOM_FORM__CHALLENGE: 'always', ANTEROOM_FORM__CHALLENGE_WAIT: wait } }).start();
const server = await serve('1m');
const brief = await serve('2s');
const browser = await launch();

async function visit(options = {}, where = server) {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: where.url, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of 503/.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

async function leave(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

async function fill(page, step) {
  for (const name of formFields[step].filter((name) => name in submission))
    for (const one of [submission[name]].flat()) {
      const field = page.locator(`[name="${name}"]`).first();
      const tag = await field.evaluate((e) => e.tagName.toLowerCase() + (e.type ? `.${e.type}` : ''));
      const text = one === true ? 'yes' : String(one);
      if (tag === 'select.select-one') await field.selectOption(text);
      else if (/radio|checkbox/.test(tag)) await page.locator(`[name="${name}"][value="${text}"]`).check();
      else await field.fill(text);
    }
}

const next = (page) => page.locator('main form .button').click();

// Without work of its own: the script does not come, or its hashes never end.
const without = (page) => page.route('**/challenge*.js', (route) => route.abort());
const never = (page) => page.addInitScript(() => { crypto.subtle.digest = () => new Promise(() => {}); });

async function company(page) {
  await page.goto('/apply/company');
  await fill(page, 'company');
  await next(page);
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

const tests = {
  'with JavaScript the work is done and the form sent by itself': async () => {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const page = await visit();
      await page.goto('/apply/company');
      await fill(page, 'company');
      const began = Date.now();
      await next(page);
      await page.waitForURL('**/apply/engagement');
      times.push(Date.now() - began);
      if (i === 0) {
        await fill(page, 'engagement');
        await next(page);
        await page.waitForURL('**/apply/check');
        await next(page);
        await page.waitForURL('**/apply/done');
        const id = clientIdIn(await page.content());
        assert.ok(server.list().some((row) => row.client_id === id));
      }
      await leave(page);
    }
    return `median ${median(times)} ms from the button to the next page, both answers included`;
  },
  'without JavaScript the wait counts, by keyboard': async () => {
    const page = await visit({ javaScriptEnabled: false }, brief);
    await company(page);
    assert.match(await page.textContent('[role=status]'), /still on this page: wait 2 seconds/);
    assert.equal(await page.inputValue('#email'), submission.email);
    await page.locator('main form .button').focus();
    await page.keyboard.press('Enter');
    assert.match(await page.textContent('[role=status]'), /wait [12] seconds? and press/);
    await sleep(2100);
    await page.locator('main form .button').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/apply/engagement');
    await leave(page);
  },
  'a browser too slow for the work is let in when the wait is over': async () => {
    const page = await visit({}, brief);
    await never(page);
    await company(page);
    await page.waitForURL('**/apply/engagement');
    await leave(page);
  },
  'whoever types meanwhile is not interrupted': async () => {
    const page = await visit({}, brief);
    await never(page);
    await company(page);
    await page.locator('[data-challenge]').waitFor({ state: 'attached' });
    await page.locator('#contact_name').fill('Grace Hopper');
    await page.getByText('Press the button again to send').waitFor();
    await next(page);
    await page.waitForURL('**/apply/engagement');
    await page.goto('/apply/company');
    assert.equal(await page.inputValue('#contact_name'), 'Grace Hopper');
    await leave(page);
  },
  'whoever presses too early is sent when it is time, by that button': async () => {
    const page = await visit({}, brief);
    await never(page);
    await company(page);
    await page.locator('[data-challenge]').waitFor({ state: 'attached' });
    await page.locator('[name=_then]').click();
    await page.getByText('Still at it').waitFor();
    await page.waitForURL('**/apply/saved');
    await leave(page);
  },
  'save and come back later stays what was pressed': async () => {
    const page = await visit();
    await page.goto('/apply/company');
    await page.locator('#email').fill(submission.email);
    await page.locator('[name=_then]').click();
    await page.waitForURL('**/apply/saved');
    await leave(page);
  },
};

for (const [width, colorScheme, name, prepare] of [[360, 'light', 'waiting', without], [360, 'dark', 'working', never],
  [1280, 'light', 'working', never], [1280, 'dark', 'waiting', without]])
  tests[`${name} at ${width} px, ${colorScheme}: axe finds nothing, nothing overflows`] = async () => {
    const page = await visit({ viewport: { width, height: 800 }, colorScheme });
    await prepare(page);
    await company(page);
    await page.locator('[data-challenge]').waitFor({ state: 'attached' });
    if (name === 'working') await page.getByText('does a short task').waitFor();
    assert.deepEqual(await axeFindings(page, name), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    if (pictures) await page.screenshot({ path: join(pictures, `challenge-${name}-${width}-${colorScheme}.png`) });
    await page.context().close();
  };

await tap(tests);
