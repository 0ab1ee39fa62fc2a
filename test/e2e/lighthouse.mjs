#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Lighthouse on every public page, by phone: accessibility, best practices and SEO are 100.
// PERFORMANCE=1 prints that figure too. It is a time of this machine and never judged, and it needs a trace
// of the page being loaded, which Chromium does not always deliver on a busy machine (NO_NAVSTART).
//
// One SEO audit asks whether search engines may list the page. The pages of an application forbid it on
// purpose: there that audit may fail, and all others pass. A page that does not exist says so with its
// status, which Lighthouse counts as two failures.
import assert from 'node:assert/strict';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { Server, Visitor, freePort, tap, temporaryDirectory } from '../lib/server.mjs';
import { executablePath, flags } from './browser.mjs';

const server = await new Server().start();
const port = await freePort();
// The certificate is self-signed: trusted here, so that Lighthouse judges the page and not the warning.
const browser = await chromium.launchPersistentContext(temporaryDirectory('anteroom-chromium-'), {
  executablePath, headless: true, ignoreHTTPSErrors: true,
  args: [...flags, `--remote-debugging-port=${port}`, '--ignore-certificate-errors'],
});

const judged = ['accessibility', 'best-practices', 'seo'];
const printed = process.env.PERFORMANCE ? ['performance', ...judged] : judged;

const config = {
  extends: 'lighthouse:default',
  settings: {
    onlyCategories: printed,
    // Costly, and nobody looks at it: pictures, leaving the page and coming back by its cache.
    skipAudits: ['full-page-screenshot', 'screenshot-thumbnails', 'final-screenshot', 'bf-cache'],
    disableFullPageScreenshot: true,
    ignoreStatusCode: true, // the page of an error is a page too
    throttlingMethod: 'simulate',
    maxWaitForLoad: 15000,
    // Nothing happens on these pages by itself: no need to wait five seconds for it.
    pauseAfterFcpMs: 300,
    pauseAfterLoadMs: 300,
    networkQuietThresholdMs: 300,
    cpuQuietThresholdMs: 300,
  },
};

async function audit(path, { cookies, mayFail = [] } = {}) {
  const options = { port, output: [], logLevel: 'silent', disableStorageReset: true,
    ...(cookies ? { extraHeaders: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } } : {}) };
  const { lhr } = await lighthouse(new URL(path, server.url).href, options, config);
  assert.equal(lhr.runtimeError, undefined);
  const failed = judged.flatMap((name) => lhr.categories[name].auditRefs
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => id));
  assert.deepEqual(failed.filter((id) => !mayFail.includes(id)), [], path);
  const scores = printed.map((name) => Math.round(lhr.categories[name].score * 100));
  if (!mayFail.length) assert.deepEqual(scores.slice(-judged.length), [100, 100, 100]);
  return scores.join(' / ') + (failed.length ? `, ${failed.join(' and ')} on purpose` : '');
}

const unlisted = { mayFail: ['is-crawlable'] };
const visitor = new Visitor(server);
const private_ = (path) => audit(path, { ...unlisted, cookies: visitor.cookies });
let resume, status;

await tap({
  [`start (${printed.join(' / ')})`]: () => audit('/'),
  'privacy': () => audit('/privacy'),
  'accessibility': () => audit('/accessibility'),
  'a page that does not exist': () => audit('/nowhere',
    { mayFail: [...unlisted.mayFail, 'http-status-code', 'errors-in-console'] }),
  'company': () => audit('/apply/company', unlisted),
  'engagement': async () => {
    await visitor.fill('company');
    return private_('/apply/engagement');
  },
  'check': async () => {
    await visitor.fill('engagement');
    return private_('/apply/check');
  },
  'saved': async () => {
    resume = (await visitor.go('/apply/saved')).body.match(/id="resume-link" href="([^"]+)"/)[1];
    return private_('/apply/saved');
  },
  'resume': () => audit(new URL(resume).pathname, unlisted),
  'done': async () => {
    await visitor.go('/apply/check', { method: 'POST', body: '' });
    status = (await visitor.go('/apply/done')).body.match(/id="status-link" href="([^"]+)"/)[1];
    return private_('/apply/done');
  },
  'status': () => audit(new URL(status).pathname, unlisted),
  'the server stops cleanly': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
  },
});
