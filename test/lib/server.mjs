// SPDX-License-Identifier: Apache-2.0
// Starts a real Anteroom for a test, on free loopback ports and a fresh data directory, and talks to
// it. Every test of the running server uses this; nothing else starts one.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const binary = resolve(process.env.ANTEROOM_BIN ?? 'build/anteroom');

export async function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export function temporaryDirectory(prefix = 'anteroom-test-') {
  const path = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

// One request. Resolves with {status, headers, body}; rejects when there is no whole answer.
export function request(url, { method = 'GET', headers = {}, body, agent } = {}) {
  const library = url.startsWith('https:') ? https : http;
  return new Promise((done, fail) => {
    const req = library.request(url, { method, headers, agent, rejectUnauthorized: false }, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () =>
        res.complete
          ? done({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks).toString() })
          : fail(new Error('the answer broke off')));
      res.on('error', fail);
    });
    req.on('error', fail);
    req.end(body);
  });
}

export class Server {
  // options: data (directory), config (YAML text), env, wrap (a command line put before the binary),
  // program (another than the binary)
  constructor(options = {}) {
    this.options = options;
    this.data = options.data ?? join(temporaryDirectory(), 'data');
    this.log = '';
  }

  async start() {
    this.port ??= await freePort();
    this.opsPort ??= await freePort();
    this.url = `https://localhost:${this.port}`;
    this.ops = `http://127.0.0.1:${this.opsPort}`;
    const args = ['serve', '--data', this.data];
    if (this.options.config) {
      const file = join(temporaryDirectory(), 'anteroom.yaml');
      writeFileSync(file, this.options.config);
      args.push('--config', file);
    }
    const [command, ...before] = [...(this.options.wrap ?? []), this.options.program ?? binary];
    this.process = spawn(command, [...before, ...args], {
      env: {
        PATH: process.env.PATH,
        ANTEROOM_SERVER__LISTEN: `127.0.0.1:${this.port}`,
        ANTEROOM_SERVER__OPS_LISTEN: `127.0.0.1:${this.opsPort}`,
        // All tests come from one address; those of the limits set their own.
        ANTEROOM_LIMITS__RATE_PAGE: '0',
        ANTEROOM_LIMITS__RATE_SUBMIT: '0',
        ANTEROOM_LIMITS__RATE_API: '0',
        ANTEROOM_LIMITS__RATE_SIGNIN: '0',
        ANTEROOM_LIMITS__CONNECTIONS_PER_CLIENT: '0',
        ANTEROOM_LIMITS__RATE_CONNECT: '0',
        ANTEROOM_LIMITS__LAG: '0s', // other programs may have the machine's cores
        ANTEROOM_FORM__CHALLENGE: 'off',
        ANTEROOM_FORM__CHECK_TIME: '0s', // they are programs and may be fast
        ...this.options.env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr.on('data', (chunk) => (this.log += chunk));
    this.ended = new Promise((done) =>
      this.process.on('exit', (code, signal) => done({ code, signal })));
    await this.ready();
    return this;
  }

  async ready(tries = 400) {
    for (let i = 0; i < tries; i++) {
      if (this.process.exitCode !== null) throw new Error(`the server did not start:\n${this.log}`);
      try {
        if ((await request(`${this.ops}/readyz`)).status === 200) return;
      } catch {
        // not listening yet
      }
      await sleep(10);
    }
    throw new Error(`the server is not ready:\n${this.log}`);
  }

  async kill(signal = 'SIGKILL') {
    this.process.kill(signal);
    return this.ended;
  }

  // SIGTERM, as an operator or Kubernetes would; the exit code.
  async stop() {
    return (await this.kill('SIGTERM')).code;
  }

  list() {
    const out = spawnSync(binary, ['list', '--json', '--limit', '10000000', '--data', this.data], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (out.status !== 0) throw new Error(`anteroom list: ${out.stderr}`);
    return out.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  auditVerify() {
    return spawnSync(binary, ['audit', 'verify', '--data', this.data], { encoding: 'utf8' });
  }

  submit(answers = {}, { key, agent, headers = {} } = {}) {
    return request(`${this.url}/api/v1/submissions`, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        ...(key ? { 'idempotency-key': key } : {}),
        ...headers,
      },
      body: JSON.stringify({ ...submission, ...answers }),
    });
  }
}

// A whole, right submission; tests change one thing at a time.
export const submission = Object.freeze({
  company_name: 'Ångström & Söhne GmbH',
  address: 'Lindenstraße 12\n10969 Berlin',
  industry: 'software',
  contact_name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+49 30 1234567',
  company_size: 120,
  service_type: ['cloud_migration'],
  project_scope: 'Move our order system to the cloud.',
  timeline: 'not_sure',
  budget_range: 'not_sure',
  notes: 'Weekdays after ten.',
  consent: true,
});

export const formFields = {
  company: ['company_name', 'address', 'industry', 'industry_other', 'contact_name', 'email', 'phone', 'company_size'],
  engagement: ['service_type', 'project_scope', 'timeline', 'budget_range', 'notes', 'consent'],
};

// A browser without JavaScript: keeps cookies, follows nothing by itself. ask: another `request`, as
// over HTTP/2.
export class Visitor {
  constructor(server, agent, ask = request) {
    this.server = server;
    this.agent = agent;
    this.ask = ask;
    this.cookies = new Map();
  }

  async go(path, { method = 'GET', body, headers = {} } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.ask(this.server.url + path, {
      method,
      agent: this.agent,
      body,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(method === 'POST' ? { origin: this.server.url } : {}),
        ...(body !== undefined ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      if (/Max-Age=0/.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  post(path, fields) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields))
      for (const one of [value].flat()) body.append(name, one === true ? 'yes' : String(one));
    return this.go(path, { method: 'POST', body: body.toString() });
  }

  fill(step, answers = {}) {
    const all = { ...submission, ...answers };
    const fields = Object.fromEntries(
      formFields[step].filter((name) => name in all).map((name) => [name, all[name]]));
    return this.post(`/apply/${step}`, fields);
  }

  // The whole journey; the confirmation page's Client ID.
  async journey(answers) {
    await this.fill('company', answers);
    await this.fill('engagement', answers);
    await this.go('/apply/check', { method: 'POST', body: '' });
    const page = await this.go('/apply/done');
    return clientIdIn(page.body);
  }
}

export function clientIdIn(html) {
  return html.match(/CL-[0-9A-Z]{5}-[0-9A-Z]{5}/)?.[0];
}

// TAP: `await tap({ 'what must hold': async () => {…}, … })` runs in order and sets the exit code. A test
// may return a note, or { skipped: why }.
export async function tap(tests) {
  const names = Object.keys(tests);
  console.log(`TAP version 13\n1..${names.length}`);
  let failed = 0;
  for (const [i, name] of names.entries()) {
    try {
      const note = await tests[name]();
      const skipped = note?.skipped; // what this machine lacks: counted apart, not as passed
      console.log(`ok ${i + 1} - ${name}${skipped ? ` # SKIP ${skipped}` : note ? ` (${note})` : ''}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}`);
      console.log(String(error.stack ?? error).replace(/^/gm, '# '));
    }
  }
  process.exit(failed ? 1 : 0);
}
