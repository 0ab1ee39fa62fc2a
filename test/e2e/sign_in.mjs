#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Signing in, in a real Chromium: from the link of the first start to one's own profile, by keyboard,
// with the QR code as a phone's camera reads it; every page at 360 and 1280 px, light and dark, also
// right to left, without a finding of axe-core. Without JavaScript: test/web/sign_in.mjs.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { Server, tap } from '../lib/server.mjs';
import { password, setupLink, totp } from '../lib/sign_in.mjs';
import { axeFindings, launch } from './browser.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

const server = await new Server().start();
const browser = await launch();
const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url });
const page = await context.newPage();
page.setDefaultTimeout(20000);
const login = 'margaret.hale@marlborough-mills.example';
let key, codes;

// The page as it is, in every size and scheme.
async function look(name) {
  for (const width of [360, 1280])
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      // Every scheme and every width once.
      if ((width === 360) === (colorScheme === 'light'))
        assert.deepEqual(await axeFindings(page, `${name} at ${width}, ${colorScheme}`), []);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} is ${over} px too wide at ${width}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
}

async function press(...keys) {
  for (const one of keys) await page.keyboard.press(one);
}

// The n-th press of Tab is where one expects it.
async function tabTo(name) {
  for (let i = 0; i < 20; i++) {
    await press('Tab');
    if (await page.evaluate((n) => document.activeElement?.name === n, name)) return;
  }
  assert.fail(`no way to ${name} by keyboard`);
}

async function scanned() {
  const { data, width, height } = PNG.sync.read(await page.locator('svg.qr').screenshot({ scale: 'device' }));
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

await tap({
  'the link of the first start, by keyboard, with findings first': async () => {
    await page.goto(await setupLink(server));
    await look('setup');
    await tabTo('name');
    await page.keyboard.type('Margaret Hale');
    await tabTo('login');
    await page.keyboard.type(login);
    await tabTo('password');
    await page.keyboard.type('Margaret-2026');
    await press('Enter');
    await page.locator('[role=alert] a').first().waitFor();
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.locator('[name=password]').inputValue(), '');
    await look('setup-findings');
    await page.locator('[name=password]').focus();
    await page.keyboard.type(password);
    await press('Enter');
    await page.waitForURL('**/auth/app**');
  },
  'the app: the picture holds what the key says': async () => {
    const uri = new URL(await scanned());
    assert.equal(uri.protocol, 'otpauth:');
    assert.equal(uri.searchParams.get('issuer'), 'Anteroom');
    assert.ok(decodeURIComponent(uri.pathname).endsWith(`Anteroom:${login}`), uri.pathname);
    key = await page.locator('.key bdi').textContent();
    assert.equal(uri.searchParams.get('secret'), key.replace(/ /g, ''));
    await look('app');
    await tabTo('code');
    await page.keyboard.type('12345');
    await press('Enter');
    await page.locator('[role=alert] a').first().waitFor();
    await look('app-findings');
    await page.locator('[name=code]').fill(totp(key));
    await press('Enter');
    await page.waitForURL('**/auth/codes');
  },
  'ten recovery codes, to print': async () => {
    codes = await page.locator('#codes li').allTextContents();
    assert.equal(codes.length, 10);
    await look('codes');
    await page.emulateMedia({ media: 'print' });
    const seen = async (part) => [part, await page.locator(part).first().isVisible()];
    const parts = await Promise.all(['#codes', '.slip-label', '.foot', 'main form button'].map(seen));
    await page.emulateMedia({ media: 'screen' });
    assert.deepEqual(parts.map((part) => part[1]), [true, true, false, false], String(parts));
    await page.locator('main form .button').click();
    await page.waitForURL(/\/staff$/);
  },
  'one’s own profile': async () => {
    await page.goto('/staff/profile');
    assert.match(await page.textContent('main'), /10 recovery codes are left/);
    await look('profile');
    await page.locator('form[action$="/password"] button').click();
    await page.locator('[role=alert] a').first().waitFor();
    await look('profile-findings');
  },
  'out, and in again: password, then a recovery code': async () => {
    await page.locator('main form[action="/auth/logout"] button').click();
    await page.waitForURL('**/auth/login**');
    assert.match(await page.textContent('main'), /You are signed out/);
    await page.goto('/staff/profile');
    await page.waitForURL('**/auth/login?next=**');
    await look('sign-in');
    await tabTo('login');
    await page.keyboard.type(login);
    await tabTo('password');
    await page.keyboard.type('not the password');
    await press('Enter');
    await page.locator('[role=alert] a').first().waitFor();
    await look('sign-in-findings');
    assert.equal(await page.locator('[name=login]').inputValue(), login);
    await page.locator('[name=password]').fill(password);
    await press('Enter');
    await page.waitForURL('**/auth/code');
    await look('code');
    await tabTo('code');
    await page.keyboard.type(codes[0].toLowerCase());
    await press('Enter');
    await page.waitForURL('**/staff/profile');
  },
  'right to left': async () => {
    await context.clearCookies();
    await page.goto('/auth/login?lang=ar');
    await look('sign-in-ar');
  },
});
