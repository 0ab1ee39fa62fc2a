#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Lighthouse on every public page in every language, by phone: accessibility, best practices and SEO are
// 100; best practices, which read no words, in English alone. (The dark scheme differs in its colours
// only: axe-core judges them in journey.mjs and languages.mjs.)
// PERFORMANCE=1 prints that figure too. It is a time of this machine and never judged, and it needs a trace
// of the page being loaded, which Chromium does not always deliver on a busy machine (NO_NAVSTART).
//
// One SEO audit asks whether search engines may list the page. The pages of an application forbid it on
// purpose: there that audit may fail, and all others pass. A page that does not exist says so with its
// status, which Lighthouse counts as two failures.
import assert from 'node:assert/strict';
import lighthouse from 'lighthouse';
import { pageFunctions } from 'lighthouse/core/lib/page-functions.js';
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

const judgedIn = (language) => ['accessibility', ...(language === 'en' ? ['best-practices'] : []), 'seo'];
const printedIn = (language) => [...(process.env.PERFORMANCE ? ['performance'] : []), ...judgedIn(language)];

// How fast the machine is: a second of work for each page, and said nowhere but beside that figure.
if (!process.env.PERFORMANCE) pageFunctions.computeBenchmarkIndex = () => 2000;

const config = {
  extends: 'lighthouse:default',
  settings: {
    // Costly, and nobody looks at it: pictures, leaving the page and coming back by its cache.
    skipAudits: ['full-page-screenshot', 'screenshot-thumbnails', 'final-screenshot', 'bf-cache'],
    disableFullPageScreenshot: true,
    ignoreStatusCode: true, // the page of an error is a page too
    throttlingMethod: 'simulate',
    maxWaitForLoad: 15000,
    // Nothing happens on these pages by itself: no need to wait five seconds for it.
    pauseAfterFcpMs: 50,
    pauseAfterLoadMs: 50,
    networkQuietThresholdMs: 50,
    cpuQuietThresholdMs: 50,
  },
};

async function audit(language, path, { cookies = [], mayFail = [] } = {}) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const options = { port, output: [], logLevel: 'silent', disableStorageReset: true,
    extraHeaders: { 'accept-language': language, ...(cookie ? { cookie } : {}) } };
  const judged = judgedIn(language), printed = printedIn(language);
  const { lhr } = await lighthouse(new URL(path, server.url).href, { ...options, onlyCategories: printed }, config);
  assert.equal(lhr.runtimeError, undefined);
  const failed = judged.flatMap((name) => lhr.categories[name].auditRefs
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => id));
  assert.deepEqual(failed.filter((id) => !mayFail.includes(id)), [], path);
  const scores = printed.map((name) => Math.round(lhr.categories[name].score * 100));
  if (!mayFail.length) assert.ok(scores.slice(-judged.length).every((score) => score === 100), scores.join(' / '));
  return scores.join(' / ') + (failed.length ? `, ${failed.join(' and ')} on purpose` : '');
}

const unlisted = { mayFail: ['is-crawlable'] };

function pages(language) {
  const visitor = new Visitor(server);
  const look = (path, options) => audit(language, path, options);
  const own = (path) => look(path, { ...unlisted, cookies: visitor.cookies });
  let resume, status;
  return {
    'start': () => look('/'),
    'privacy': () => look('/privacy'),
    'accessibility': () => look('/accessibility'),
    'a page that does not exist': () => look('/nowhere',
      { mayFail: [...unlisted.mayFail, 'http-status-code', 'errors-in-console'] }),
    'company': async () => {
      const { body } = await visitor.go('/apply/company', { headers: { 'accept-language': language } });
      assert.ok(body.includes(`<html lang="${language}"`));
      return look('/apply/company', unlisted);
    },
    'engagement': async () => {
      await visitor.fill('company');
      return own('/apply/engagement');
    },
    'check': async () => {
      await visitor.fill('engagement');
      return own('/apply/check');
    },
    'saved': async () => {
      resume = (await visitor.go('/apply/saved')).body.match(/id="resume-link" href="([^"]+)"/)[1];
      return own('/apply/saved');
    },
    'resume': () => look(new URL(resume).pathname, unlisted),
    'done': async () => {
      await visitor.go('/apply/check', { method: 'POST', body: '' });
      status = (await visitor.go('/apply/done')).body.match(/id="status-link" href="([^"]+)"/)[1];
      return own('/apply/done');
    },
    'status': () => look(new URL(status).pathname, unlisted),
  };
}

const tests = {};
for (const language of ['en', 'de', 'ar'])
  for (const [name, test] of Object.entries(pages(language)))
    tests[`${language}, ${name} (${printedIn(language).join(' / ')})`] = test;

await tap({
  ...tests,
  'the server stops cleanly': async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
  },
});
