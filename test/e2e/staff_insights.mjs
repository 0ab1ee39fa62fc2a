#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The figures in a real Chromium: at 360 and 1280 px, light and dark, right to left, without
// JavaScript; what the chart draws is what the table says; an export arrives as a file.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, binary, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });
const server = new Server();
const seeded = spawnSync(binary, ['bench', 'seed', '--to', server.data, '--records', '1000'], { encoding: 'utf8' });
assert.equal(seeded.status, 0, seeded.stderr);
const team = await seatTeam(server, ['agent']);
const funnel = spawnSync('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for ago in range(30):
    for i, step in enumerate(["started", "company", "engagement", "check", "sent"]):
        db.execute("INSERT INTO funnel VALUES (?, 'reached', ?, '', '', ?)", (int(sys.argv[2]) - ago, step, 50 - 9 * i))
    db.execute("INSERT INTO funnel VALUES (?, 'error', 'company', 'email', 'wrong', 4)", (int(sys.argv[2]) - ago,))
db.commit()
db.close()`, join(server.data, 'anteroom.db'), String(Math.floor(Date.now() / 86400000))], { encoding: 'utf8' });
assert.equal(funnel.status, 0, funnel.stderr);
await server.start();
const browser = await launch();

const open = async ({ width = 1280, colorScheme = 'light', locale = 'en', javaScriptEnabled = true } = {}) => {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, viewport: { width, height: 800 }, colorScheme, locale, javaScriptEnabled });
  const [name, value] = team.agent.cookie.split('=');
  await context.addCookies([{ name, value, url: server.url, secure: true }]);
  return context.newPage();
};
const look = async (page, name) => {
  assert.deepEqual(await axeFindings(page, name), []);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  if (pictures) await page.screenshot({ path: join(pictures, `insights-${name}.png`), fullPage: true });
};

await tap({
  'light and dark, wide and narrow, right to left': async () => {
    for (const [name, options] of Object.entries({
      wide: { locale: 'de' }, dark: { colorScheme: 'dark' }, narrow: { width: 360, locale: 'ar' },
    })) {
      const page = await open(options);
      await page.goto('/staff/insights?days=30');
      await look(page, name);
      await page.context().close();
    }
  },
  'what is drawn is what the table says': async () => {
    const page = await open();
    await page.goto('/staff/insights?days=365');
    await page.locator('summary').click();
    const { heights, numbers } = await page.evaluate(() => ({
      heights: [...document.querySelectorAll('.chart rect')].map((bar) => bar.getBoundingClientRect().height),
      numbers: [...document.querySelectorAll('.numbers td.n')].map((cell) => Number(cell.textContent)),
    }));
    assert.equal(heights.length, numbers.length);
    const most = Math.max(...numbers), highest = Math.max(...heights);
    for (const [i, n] of numbers.entries()) assert.ok(Math.abs(heights[i] / highest - n / most) < 0.03, `${n} of ${most}: ${heights[i]}`);
    const edges = await page.evaluate(() => {
      const chart = document.querySelector('.chart').getBoundingClientRect();
      return [...document.querySelectorAll('.chart :is(rect, text)')].map((e) => e.getBoundingClientRect())
        .filter((e) => e.left < chart.left - 1 || e.right > chart.right + 1 || e.bottom > chart.bottom + 1).length;
    });
    assert.equal(edges, 0, 'something stands outside of the chart');
    await page.context().close();
  },
  'without JavaScript: other days, a day that is none, a service in the queue': async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto('/staff/insights');
    await page.getByRole('link', { name: '90 days' }).click();
    assert.equal(await page.locator('.tabs [aria-current]').textContent(), '90 days');
    await page.goto('/staff/insights?from=never');
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.locator('#from').inputValue(), 'never');
    await page.goto('/staff/insights?days=365');
    await page.locator('.parts a').first().click();
    assert.match(page.url(), /\/staff\?service=\w+&from=/);
    assert.ok(await page.locator('tbody tr').count());
    await page.context().close();
  },
  'an export of the queue arrives as a file': async () => {
    const page = await open();
    await page.goto('/staff?status=won');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    assert.match(download.suggestedFilename(), /^submissions-.*\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
    assert.ok(lines[0].startsWith('\ufeffclient_id,') && lines.length > 10);
    await page.context().close();
  },
  'the server stops cleanly': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
