// SPDX-License-Identifier: Apache-2.0
// A Chromium for the browser tests, with a profile of its own that goes with the test.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { temporaryDirectory } from '../lib/server.mjs';

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch() {
  return chromium.launchPersistentContext(temporaryDirectory('anteroom-chromium-'), {
    executablePath,
    headless: true,
    ignoreHTTPSErrors: true,
    args: flags,
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe-core, with all its rules, finds on the page as it is now: "where: rule: elements". The pages
// have no frames, so it is put in once and asked, which is much quicker than what drives it for others.
export async function axeFindings(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const { passes, violations } = await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish(); // a colour on its way is none
    return globalThis.axe.run(document);
  });
  if (!passes.length) throw new Error(`${where}: axe-core has looked at nothing`);
  return violations.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}
