#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A day of the team, in a real Chromium: from the first start to a worked record, following only
// what the pages say; then a second person at the same record, and an auditor who sees it all.
// Every page at 360 and 1280 px, light and dark, and right to left, without a finding of axe-core.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, request, submission, tap } from '../lib/server.mjs';
import { password, setupLink, totp } from '../lib/sign_in.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

const began = Date.now();
const server = await new Server().start();
const browser = (await launch()).browser();
const open = async (more = {}) => {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true, baseURL: server.url, ...more })).newPage();
  page.setDefaultTimeout(20000);
  return page;
};
const submit = async (more = {}) => {
  const answer = await request(`${server.url}/api/v1/submissions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...submission, ...more }),
  });
  assert.equal(answer.status, 201, answer.body);
  return JSON.parse(answer.body).client_id;
};

async function look(page, name) {
  for (const width of [360, 1280])
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      if ((width === 360) === (colorScheme === 'light'))
        assert.deepEqual(await axeFindings(page, `${name} at ${width}, ${colorScheme}`), []);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} is ${over} px too wide at ${width}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
}

// A link of the first start or of an invitation, to the first page behind it.
async function comeIn(page, link, { name, login } = {}) {
  await page.goto(link);
  if (name) await page.fill('[name=name]', name);
  if (login) await page.fill('[name=login]', login);
  await page.fill('[name=password]', password);
  await page.press('[name=password]', 'Enter');
  await page.waitForURL(/\/auth\/app|\/staff/);
  if (page.url().includes('/auth/app')) {
    await page.fill('[name=code]', totp(await page.locator('.key bdi').textContent()));
    await page.press('[name=code]', 'Enter');
    await page.waitForURL('**/auth/codes');
    await page.locator('main form .button').click();
  }
  await page.waitForURL(/\/staff/);
}

const first = await open(), second = await open(), third = await open({ locale: 'ar' });
let id, noJs;

await tap({
  'from the first start to a worked record': async () => {
    await comeIn(first, await setupLink(server), { name: 'Margaret Hale', login: 'margaret@example.com' });
    await look(first, 'queue-empty');
    id = await submit({ company_name: 'Thornton & Co' });
    await submit({ company_name: 'Bell Estates', email: 'bell@example.com' });
    await first.goto('/staff');
    await first.getByRole('link', { name: 'Thornton & Co' }).click();
    await first.getByRole('button', { name: 'Take it' }).click();
    await first.fill('[name=note]', 'Called them, **they want an offer**.\n\n- by Friday');
    await first.getByRole('button', { name: 'Add note' }).click();
    await first.getByRole('button', { name: 'Contacted' }).click();
    await first.getByText('set the status to Contacted.').waitFor();
    const took = Date.now() - began;
    console.log(`# from the first start to a worked record: ${(took / 1000).toFixed(1)} s of the machine's time`);
    await look(first, 'record');
  },
  'somebody is invited and comes in': async () => {
    await first.goto('/staff/users');
    await look(first, 'people');
    await first.fill('[name=name]', 'Nicholas Higgins');
    await first.fill('[name=login]', 'nicholas@example.com');
    await first.selectOption('[name=role]', 'agent');
    await first.getByRole('button', { name: 'Make the link' }).click();
    const link = await first.locator('.link strong').textContent();
    await look(first, 'invited');
    await comeIn(second, link);
    await second.goto('/staff');
    await second.getByRole('link', { name: 'Thornton & Co' }).waitFor();
    assert.equal(await second.getByRole('link', { name: 'Audit' }).count(), 0, 'an agent does not see the audit');
  },
  'two at one record: the second is told, nothing is lost': async () => {
    await first.goto(`/staff/records/${id}`);
    await second.goto(`/staff/records/${id}`);
    await first.getByRole('button', { name: 'Proposal' }).click();
    await first.getByText('set the status to Proposal.').waitFor();
    await second.getByRole('button', { name: 'Won' }).click();
    await second.getByText(/Somebody else changed this record/).waitFor();
    assert.match(await second.textContent('[role=alert]'), /Margaret Hale set the status to Proposal\./);
    await look(second, 'collision');
    await second.getByRole('button', { name: 'Won' }).click();
    await second.getByText('set the status to Won.').waitFor();
  },
  'found by any scrap: an accent, a phone, a slip in the Client ID, by keyboard': async () => {
    await first.goto('/staff');
    await first.keyboard.press('/');
    await first.keyboard.type('offer friday');
    await first.keyboard.press('Enter');
    await first.getByRole('link', { name: 'Thornton & Co' }).waitFor();
    await look(first, 'search');
    await first.keyboard.press('j');
    await first.keyboard.press('Enter');
    await first.waitForURL(`**/staff/records/${id}`);
    await first.keyboard.press('?');
    assert.ok(await first.locator('#keys').isVisible());
    assert.deepEqual(await axeFindings(first, 'keys'), []);
    await first.keyboard.press('Escape');
  },
  'a token is made and works': async () => {
    await first.goto('/staff/tokens');
    await look(first, 'tokens');
    await first.fill('[name=name]', 'Accounting');
    await first.getByRole('button', { name: 'Make the token' }).click();
    const token = await first.locator('.link strong').textContent();
    await look(first, 'token-made');
    const answer = await request(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200, answer.body);
  },
  'all of it is in the audit': async () => {
    await first.goto(`/staff/audit?record=${id}`);
    const text = await first.textContent('main');
    for (const what of ['Margaret Hale', 'Nicholas Higgins', 'changed the status', 'new → contacted', 'wrote a note', 'read the record', 'sent the form'])
      assert.ok(text.includes(what), what);
    await look(first, 'audit');
  },
  'right to left': async () => {
    await third.goto('/auth/login');
    await third.context().addCookies(await second.context().cookies());
    for (const [path, name] of [[`/staff/records/${id}`, 'record-ar'], ['/staff', 'queue-ar']]) {
      await third.goto(path);
      assert.equal(await third.getAttribute('html', 'dir'), 'rtl');
      await look(third, name);
    }
  },
  'without JavaScript the same record is worked': async () => {
    noJs = await open({ javaScriptEnabled: false });
    await noJs.context().addCookies(await second.context().cookies());
    await noJs.goto('/staff');
    await noJs.getByRole('link', { name: 'Bell Estates' }).click();
    await noJs.getByRole('button', { name: 'Take it' }).click();
    await noJs.getByRole('button', { name: 'Contacted' }).click();
    await noJs.fill('[name=note]', '');
    await noJs.getByRole('button', { name: 'Add note' }).click();
    assert.match(await noJs.title(), /^Error: /);
    await noJs.getByText('Write something first').waitFor();
  },
  'the server stops cleanly': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0, server.log.slice(-2000));
  },
});
