#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The queue in a real Chromium: by keyboard, without JavaScript, on a phone, right to left, with what
// strangers call themselves; nothing for axe-core, nothing too wide, nothing that moves.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, sleep, tap, temporaryDirectory } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });
const server = new Server({ env: { ANTEROOM_REPLICA__URL: `file://${temporaryDirectory()}` } });
const team = await seatTeam(server);
await server.start();

const submit = async (company_name, more = {}) => {
  const answer = await server.submit({ company_name, ...more });
  assert.equal(answer.status, 201, answer.body);
  return JSON.parse(answer.body).client_id;
};

const open = async ({ who = team.agent, width = 1280, height = 800, colorScheme = 'light', locale = 'en', javaScriptEnabled = true, slow } = {}) => {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, viewport: { width, height }, colorScheme, locale, javaScriptEnabled });
  const [name, value] = who.cookie.split('=');
  await context.addCookies([{ name, value, url: server.url, secure: true }]);
  const page = await context.newPage();
  if (slow) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slow });
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && !/status of 422/.test(message.text()) && page.problems.push(message.text()));
  return page;
};

// What moved until now by itself: how far, and what.
const movements = () => new Promise((done) => {
  const all = [];
  const from = ({ node, previousRect: was, currentRect: is }) => `${node?.nodeName} ${node?.className}: ${was.x},${was.y} → ${is.x},${is.y}`;
  new PerformanceObserver((list) => all.push(...list.getEntries().map((e) => [e.value, ...e.sources.map(from)]))).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(all)));
});

// Half a page may be painted between any two bytes, so a word may still find its place on a busy machine.
// What one would notice is more: a score of 0.1 counts as good.
const stands = async (page, name) => {
  const moved = await page.evaluate(movements);
  assert.ok(moved.reduce((sum, [size]) => sum + size, 0) < 0.02, `${name} moves: ${JSON.stringify(moved)}`);
};

const shoot = async (page, name) => pictures && page.screenshot({ path: join(pictures, `queue-${name}.png`) });
const look = async (page, name) => {
  assert.deepEqual(await axeFindings(page, name), []);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  await stands(page, name);
  assert.deepEqual(page.problems, [], name);
  await shoot(page, name);
};

const browser = await launch();
const hostile = ['<script>document.title="no"</script>', '‏שלום עולם', '😀'.repeat(50), 'x'.repeat(200), '"onfocus=alert(1) autofocus x="', 'شركة النور للتجارة'];

await tap({
  'nobody has written yet': async () => {
    const page = await open({ width: 360 });
    await page.goto('/staff');
    await look(page, 'nobody');
    await page.context().close();
  },
  'by keyboard: find rows, mark two, change them, open one': async () => {
    for (let i = 0; i < 12; i++) await submit(`Company ${i}`, { email: `c${i}@example.com`, project_scope: 'Our till must move to the cloud before spring.' });
    for (const [i, name] of hostile.entries()) await submit(name, { email: `h${i}@example.com`, contact_name: name.slice(0, 120) });
    const page = await open();
    await page.goto('/staff');
    assert.equal(await page.locator('tbody tr').count(), 18);
    assert.ok(!(await page.locator('.bulk').isVisible()));
    for (const key of ['j', 'j', 'x', 'j', 'k', 'k', 'x']) await page.keyboard.press(key);
    assert.equal(await page.locator('[data-marked]').textContent(), '2');
    await look(page, 'marked');
    await page.locator('[name=becomes]').selectOption('contacted');
    await page.locator('[name=assign]').selectOption({ label: team.agent.name });
    await page.locator('.bulk button').press('Enter');
    await page.locator('.notice').waitFor();
    assert.match(await page.locator('.notice').textContent(), /2 records changed\./);
    assert.deepEqual(await page.locator('tbody tr:nth-child(-n+3) .state').allTextContents(), ['Contacted', 'Contacted', 'New']);
    await look(page, 'changed');
    await page.keyboard.press('?');
    assert.ok(await page.locator('#keys').isVisible());
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
    await page.keyboard.press('Escape');
    for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL('**/staff/records/CL-*');
    await page.goBack();
    await page.locator('[data-mark-all]').check();
    assert.equal(await page.locator('[data-marked]').textContent(), '18');
    await page.context().close();
  },
  'nothing of size moves on a phone that is slow, where half a page is painted': async () => {
    const page = await open({ width: 360, locale: 'ar', slow: 10 });
    for (const path of ['/staff?q=till', '/staff']) {
      await page.goto(path);
      await stands(page, path);
    }
    await page.context().close();
  },
  'what comes is told, and nothing moves': async () => {
    const page = await open();
    await page.goto('/staff?status=new');
    const title = await page.title();
    for (const n of [1, 2]) {
      await submit(`Arrival ${n}`);
      await page.locator('.arrived a', { hasText: `${n} new` }).waitFor();
      assert.equal(await page.title(), `(${n}) ${title}`);
    }
    await look(page, 'arrived');
    await page.locator('.arrived a').click();
    await page.locator('tbody bdi', { hasText: 'Arrival 2' }).waitFor();
    assert.equal(new URL(page.url()).search, '?status=new');
    assert.equal(await page.locator('.arrived a').count(), 0);
    await page.context().close();
  },
  'a search, its pages, and a view that is kept': async () => {
    const page = await open({ who: team.administrator, colorScheme: 'dark' });
    for (let i = 0; i < 400; i++) { // the index follows within a second
      await page.goto('/staff?q=spring+till');
      if (/12 records/.test(await page.locator('main').textContent())) break;
      await sleep(25);
    }
    assert.deepEqual(await page.locator('tbody tr:first-child mark').allTextContents(), ['till', 'spring']);
    await look(page, 'search');
    await page.locator('summary').click();
    await page.locator('.keep-view button').click();
    await page.locator('.keep-view .error').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'view-name');
    await look(page, 'view-without-name');
    await page.locator('#view-name').fill('Tills <b>');
    await page.locator('[name=shared]').check();
    await page.locator('.keep-view button').click();
    await page.locator('.views [aria-current]', { hasText: 'Tills <b>' }).waitFor();
    await look(page, 'view');
    await page.locator('.actions form button').click();
    await page.waitForURL('**/staff');
    assert.equal(await page.locator('.views a').count(), 3);
    await page.goto('/staff?q=CL-77777-77777+-x+status:nwe&owner=zorro&from=7d');
    await look(page, 'told');
    await page.context().close();
  },
  ...Object.fromEntries([
    ['360 px, dark', { width: 360, colorScheme: 'dark' }, ['/staff', '/staff?q=till', '/staff?q=nowhere', '/staff?to=2020']],
    ['360 px, right to left', { width: 360, locale: 'ar' }, ['/staff?q=till', '/staff']],
    ['1000 px', { width: 1000 }, ['/staff?owner=none&status=new']],
    ['right to left', { locale: 'ar', colorScheme: 'dark' }, ['/staff']],
  ].map(([name, how, paths]) => [`looked at: ${name}`, async () => {
    const page = await open(how);
    const file = name.replaceAll(/[ ,]+/g, '-');
    for (const [i, path] of paths.entries()) {
      await page.goto(path);
      await look(page, `${file}-${i}`);
    }
    await page.context().close();
  }])),
  'what is at the foot covers no row that one is at': async () => {
    for (const width of [360, 1280]) {
      const page = await open({ width, height: 640 });
      await page.goto('/staff');
      for (const key of ['j', 'x', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'x']) await page.keyboard.press(key);
      await shoot(page, `foot-${width}`);
      const at = (selector) => page.locator(selector).evaluate((e) => ({ top: e.getBoundingClientRect().top, bottom: e.getBoundingClientRect().bottom }));
      assert.ok((await at('.is-here')).bottom <= (await at('.bulk')).top, `${width} px`);
      await page.context().close();
    }
  },
  'without JavaScript': async () => {
    const page = await open({ width: 360, javaScriptEnabled: false });
    await page.goto('/staff');
    assert.ok(!(await page.locator('[data-mark-all]').isVisible()));
    await page.locator('tbody [name=mark]').first().check();
    await shoot(page, 'plain');
    await page.locator('[name=becomes]').selectOption('spam');
    await page.locator('.bulk button').click();
    await page.locator('.notice').waitFor();
    assert.match(await page.locator('.notice').textContent(), /1 record changed\./);
    await page.locator('[name=owner]').selectOption('me');
    await page.locator('.filters button').click();
    assert.equal(new URL(page.url()).searchParams.get('owner'), 'me');
    await page.goto('/staff?owner=me&status=contacted');
    await page.locator('summary').click();
    await page.locator('#view-name').fill('Under way');
    await page.locator('.keep-view button').click();
    await page.locator('.views [aria-current]', { hasText: 'Under way' }).waitFor();
    await page.context().close();
  },
  'the browser and the server end': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
  },
});
