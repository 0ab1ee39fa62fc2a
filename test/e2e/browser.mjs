// SPDX-License-Identifier: Apache-2.0
// A Chromium for the browser tests, with a profile of its own that goes with the test.
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
