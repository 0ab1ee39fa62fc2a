#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Signing in elsewhere in a real Chromium, through the provider's own pages, by keyboard: with and
// without JavaScript, in and out again; the pages of a sign-in that came to nothing; no finding of
// axe-core on any of ours.
//
// SCREENSHOTS=DIR also keeps a picture of every page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, freePort, tap } from '../lib/server.mjs';
import { axeFindings, launch } from './browser.mjs';
import { Provider, configuration } from '../oidc/provider.mjs';

const pictures = process.env.SCREENSHOTS;
if (pictures) mkdirSync(pictures, { recursive: true });

const port = await freePort();
const provider = await new Provider({
  redirect: `https://localhost:${port}/auth/oidc/entra/callback`,
  leave: `https://localhost:${port}/auth/login`,
  algorithm: 'ES256',
  pages: true,
}).start();
const server = new Server({
  config: configuration(provider.config({ label: { en: 'Microsoft', ar: 'مايكروسوفت' }, roles: [{ claim: 'roles', value: 'Onboarding.Agent', role: 'agent' }] })),
});
server.port = port;
await server.start();
const browser = await launch();

async function visit(options = {}) {
  const context = await browser.browser().newContext({ ignoreHTTPSErrors: true, baseURL: server.url, ...options });
  // The provider's pages ask for a font elsewhere.
  await context.route((url) => url.hostname !== 'localhost', (route) => route.abort());
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    const ours = message.location().url.startsWith(server.url);
    if (ours && ['error', 'warning'].includes(message.type()) && !/status of (400|403|503)/.test(message.text())) page.complaints.push(message.text());
  });
  return page;
}

async function shown(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  assert.deepEqual(page.complaints, []);
}

// The provider's own pages: who, and yes.
async function there(page) {
  await page.waitForURL(`${provider.issuer}/**`);
  await page.locator('input[name="login"]').fill('zoe');
  await page.locator('input[name="password"]').fill('anything');
  await page.keyboard.press('Enter');
  await page.locator('button:has-text("Continue")').press('Enter');
}

async function byKeyboard(page, name) {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement.textContent.trim())) === name) return page.keyboard.press('Enter');
  }
  throw new Error(`no way to “${name}” by keyboard`);
}

const journey = (options) => async () => {
  provider.person = { id: 'zoe', claims: { name: 'Zoë Quist', email: 'zoe@example.com', roles: ['Onboarding.Agent'] } };
  const page = await visit(options);
  await page.goto('/staff/profile');
  assert.equal(new URL(page.url()).pathname, '/auth/login');
  await shown(page, `login-${options.colorScheme ?? 'light'}`);
  if (options.javaScriptEnabled !== false) assert.deepEqual(await axeFindings(page), []);
  await byKeyboard(page, 'Sign in with Microsoft');
  await there(page);
  await page.waitForURL(`${server.url}/staff/profile`);
  assert.match(await page.locator('body').textContent(), /Zoë Quist/);
  await page.locator('main form[action="/auth/logout"] button').press('Enter');
  await page.waitForURL(`${server.url}/auth/login?out=entra`);
  await shown(page, `out-${options.colorScheme ?? 'light'}`);
  if (options.javaScriptEnabled !== false) assert.deepEqual(await axeFindings(page), []);
  await page.getByRole('link', { name: 'Sign out of Microsoft too' }).press('Enter');
  await page.waitForURL(`${provider.issuer}/session/end**`);
  await page.context().close();
};

await tap({
  'in and out by keyboard, 1280 px, light': journey({ viewport: { width: 1280, height: 800 } }),
  'without JavaScript, 360 px, dark': journey({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, colorScheme: 'dark' }),

  'what came to nothing says so: no role, the provider away; English and Arabic': async () => {
    provider.person = { id: 'zoe', claims: {} };
    const page = await visit({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await page.goto('/auth/oidc/entra/start');
    await there(page);
    await page.getByRole('heading', { name: 'You have no role here' }).waitFor();
    await shown(page, 'no-role');
    assert.deepEqual(await axeFindings(page), []);
    await page.getByRole('link', { name: 'Back to sign-in' }).press('Enter');
    await page.waitForURL(`${server.url}/auth/login`);

    const arabic = await visit({ locale: 'ar' });
    await arabic.goto('/auth/login');
    await shown(arabic, 'login-ar');
    await arabic.goto('/auth/oidc/entra/callback?state=x&code=y');
    assert.equal(await arabic.locator('html').getAttribute('dir'), 'rtl');
    await shown(arabic, 'stale-ar');
    assert.deepEqual(await axeFindings(arabic), []);
  },
});

await browser.close();
await server.stop();
await provider.stop();
