#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Rates: whoever asks too often is told how long to wait, keeps what was typed, and gets through
// after that time; behind a proxy each visitor has a rate of their own; no address is logged.
import assert from 'node:assert/strict';
import { Server, Visitor, clientIdIn, request, sleep, submission, tap } from '../lib/server.mjs';

const rate = (page, submit, api, more = {}) => ({
  env: {
    ANTEROOM_LIMITS__RATE_PAGE: page,
    ANTEROOM_LIMITS__RATE_SUBMIT: submit,
    ANTEROOM_LIMITS__RATE_API: api,
    ...more,
  },
});

process.setMaxListeners(0); // a server each
const used = [];
async function serve(...options) {
  const server = await new Server(rate(...options)).start();
  used.push(server);
  return server;
}

// Seconds of Retry-After, which must be a whole number above zero.
function retryAfter(answer) {
  assert.equal(answer.status, 429);
  assert.match(answer.headers['retry-after'], /^[1-9][0-9]*$/);
  return Number(answer.headers['retry-after']);
}

async function open(server, headers = {}, path = '/privacy') {
  return request(server.url + path, { headers });
}

// How many of n pages this visitor gets.
async function allowed(server, n, headers) {
  let count = 0;
  for (let i = 0; i < n; i++) count += (await open(server, headers)).status === 200;
  return count;
}

const via = (address) => ({ 'x-forwarded-for': address });

await tap({
  'pages: 429 beyond the rate, and a page again after Retry-After': async () => {
    const server = await serve('5/1h', '0', '0');
    for (let i = 0; i < 5; i++) assert.equal((await open(server)).status, 200);
    const refused = await open(server);
    const seconds = retryAfter(refused);
    assert.ok(seconds > 600 && seconds <= 720, `${seconds} s of an hour for five`);
    assert.match(refused.headers['content-type'], /text\/html/);
    assert.ok(refused.body.includes(`Wait ${seconds.toLocaleString('en')} seconds`));
    assert.ok(refused.headers['content-security-policy']);
    assert.equal((await open(server, {}, '/no/such/page')).status, 429);
    const other = await serve('3/3s', '0', '0');
    let answer;
    do answer = await open(other); while (answer.status === 200);
    await sleep(retryAfter(answer) * 1000);
    assert.equal((await open(other)).status, 200);
  },
  'styles, scripts and pictures are not counted': async () => {
    const server = await serve('2/1h', '0', '0');
    const [, css] = (await open(server)).body.match(/href="(\/static\/[^"]+\.css)"/);
    for (let i = 0; i < 20; i++) assert.equal((await open(server, {}, css)).status, 200);
    assert.equal((await open(server)).status, 200);
    assert.equal((await open(server)).status, 429);
    assert.equal((await open(server, {}, css)).status, 200);
  },
  'a form beyond the rate comes back with what was typed': async () => {
    const server = await serve('0', '1/1h', '0');
    const one = new Visitor(server);
    assert.equal((await one.fill('company')).status, 303);
    for (const [step, kept] of [['company', submission.email], ['engagement', submission.project_scope]]) {
      const refused = await one.fill(step);
      const seconds = retryAfter(refused);
      assert.ok(refused.body.includes(kept), 'what was typed is there');
      assert.match(refused.body, new RegExp(`role="status"><p>[^<]*wait ${seconds.toLocaleString('en')} seconds`));
      assert.match(refused.body, new RegExp(`<form [^>]*action="/apply/${step}"`));
    }
  },
  'the check page beyond the rate keeps the answers, and nothing is sent': async () => {
    const server = await serve('0', '2/1h', '0');
    const one = new Visitor(server);
    await one.fill('company');
    await one.fill('engagement');
    const refused = await one.go('/apply/check', { method: 'POST', body: '' });
    const seconds = retryAfter(refused);
    assert.ok(refused.body.includes('Check your answers') && refused.body.includes(submission.email));
    assert.ok(refused.body.includes(`wait ${seconds.toLocaleString('en')} seconds`));
    assert.equal(server.list().length, 0);
  },
  'whoever waits as long as they are told gets through the whole journey': async () => {
    const server = await serve('0', '1/1s', '0');
    const one = new Visitor(server);
    const steps = [() => one.fill('company'), () => one.fill('engagement'),
      () => one.go('/apply/check', { method: 'POST', body: '' })];
    for (const step of steps) {
      let answer = await step();
      if (answer.status === 429) {
        await sleep(retryAfter(answer) * 1000);
        answer = await step();
      }
      assert.equal(answer.status, 303);
    }
    assert.ok(clientIdIn((await one.go('/apply/done')).body));
    assert.equal(server.list().length, 1);
  },
  'a form from another website is refused as such, whatever the rate': async () => {
    const server = await serve('0', '1/1h', '0');
    const one = new Visitor(server);
    assert.equal((await one.fill('company')).status, 303);
    const stolen = await request(`${server.url}/apply/company`, {
      method: 'POST', body: 'company_name=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
    });
    assert.equal(stolen.status, 403);
    assert.ok(!stolen.body.includes('<form'));
  },
  'API: problem+json with Retry-After, nothing stored': async () => {
    const server = await serve('0', '0', '3/1h');
    for (let i = 0; i < 3; i++) assert.equal((await server.submit()).status, 201);
    const refused = await server.submit({}, { key: 'again' });
    const seconds = retryAfter(refused);
    assert.match(refused.headers['content-type'], /problem\+json/);
    const problem = JSON.parse(refused.body);
    assert.equal(problem.status, 429);
    assert.ok(problem.title && problem.detail.includes(`${seconds.toLocaleString('en')} seconds`));
    assert.equal(server.list().length, 3);
    assert.equal((await open(server)).status, 200);
  },
  'one client has one rate, on however many connections': async () => {
    const server = await serve('40/1h', '0', '0', { ANTEROOM_SERVER__LOOPS: '4' });
    const answers = await Promise.all(Array.from({ length: 120 }, () => open(server)));
    assert.equal(answers.filter((a) => a.status === 200).length, 40);
    assert.equal(answers.filter((a) => a.status === 429).length, 80);
  },
  'a stranger’s X-Forwarded-For and Forwarded are not believed': async () => {
    const server = await serve('3/1h', '0', '0');
    let count = 0;
    for (let i = 0; i < 9; i++)
      count += (await open(server, { ...via(`192.0.2.${i}`), forwarded: `for=192.0.2.${i}` })).status === 200;
    assert.equal(count, 3);
  },
  'behind a trusted proxy each visitor has a rate; what a visitor adds to the header does not help': async () => {
    const server = await serve('3/1h', '0', '0', { ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.0/8, ::1' });
    assert.equal(await allowed(server, 5, via('192.0.2.1')), 3);
    assert.equal(await allowed(server, 5, via('192.0.2.2:4711')), 3);
    let forged = 0;
    for (let i = 0; i < 5; i++)
      forged += (await open(server, via(`198.51.100.${i}, 192.0.2.1`))).status === 200;
    assert.equal(forged, 0);
    // The header that the proxy does not write is the visitor's own.
    assert.equal(await allowed(server, 5, { ...via('192.0.2.1'), forwarded: 'for=198.51.100.77' }), 0);
    // As a list of several lines.
    assert.equal((await request(`${server.url}/privacy`, {
      headers: { 'X-Forwarded-For': ['198.51.100.1', '192.0.2.1'] } })).status, 429);
    // Addresses of one IPv6 network of 64 bits are one client.
    assert.equal(await allowed(server, 2, via('2001:db8:1:1::1')), 2);
    assert.equal(await allowed(server, 5, via('2001:db8:1:1:ffff::2')), 1);
    assert.equal(await allowed(server, 5, via('2001:db8:1:2::1')), 3);
    // The proxy itself, as when it looks whether we are alive, is never refused.
    assert.equal(await allowed(server, 12, {}), 12);
    assert.equal(await allowed(server, 12, via('unknown')), 12);
  },
  'the same with Forwarded': async () => {
    const server = await serve('3/1h', '0', '0', {
      ANTEROOM_SERVER__TRUSTED_PROXIES: '127.0.0.1', ANTEROOM_SERVER__PROXY_HEADER: 'forwarded' });
    assert.equal(await allowed(server, 5, { forwarded: 'for="192.0.2.1:80";proto=https' }), 3);
    assert.equal(await allowed(server, 5, { forwarded: 'for=198.51.100.7, for=192.0.2.1;host="a, b"' }), 0);
    assert.equal(await allowed(server, 5, { forwarded: 'for=192.0.2.1', ...via('198.51.100.9') }), 0);
    assert.equal(await allowed(server, 5, { forwarded: 'for="[2001:db8::1]:443"' }), 3);
  },
  'rate 0 is no limit, and the defaults let an office in': async () => {
    const server = await serve('0', '0', '0');
    assert.equal(await allowed(server, 50), 50);
    const office = await serve('600/1m', '120/1m', '120/1m');
    const journeys = await Promise.all(Array.from({ length: 10 }, (_, i) =>
      new Visitor(office).journey({ company_name: `Company ${i}` })));
    assert.equal(journeys.filter(Boolean).length, 10);
  },
  'no log holds an address': async () => {
    for (const server of used) {
      assert.equal(await server.stop(), 0, server.log);
      const lines = server.log.split('\n').filter((line) => line.includes('"request"'));
      assert.ok(lines.length > 0);
      for (const line of lines)
        assert.doesNotMatch(line, /127\.0\.0|192\.0\.2|198\.51\.100|2001:db8|forwarded/i);
    }
  },
});
