// SPDX-License-Identifier: Apache-2.0
// Signing in as people do: forms, codes of an authenticator app, the link of the first start.
import { createHmac } from 'node:crypto';
import { Visitor, sleep } from './server.mjs';

export const password = 'kettle on the hob';

// The six digits of RFC 6238 at a moment; 1 more step is 30 s later.
export function totp(key, steps = 0, now = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const c of key.replace(/ /g, '')) bits += alphabet.indexOf(c).toString(2).padStart(5, '0');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30000) + steps));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// The path of the link that the server tells when nobody can sign in yet.
export async function setupLink(server, tries = 500) {
  for (let i = 0; i < tries; i++) {
    const found = server.log.match(/\/auth\/setup\/[\w-]+(?=")/g);
    if (found) return found.at(-1);
    await sleep(10);
  }
  throw new Error(`the log tells no link:\n${server.log}`);
}

export function inForm(html, name) {
  return html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
}

// A browser of somebody in the team. headers go with every request.
export class Member extends Visitor {
  constructor(server, headers = {}) {
    super(server);
    this.headers = headers;
  }

  go(path, options = {}) {
    return super.go(path, { ...options, headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0', ...this.headers, ...options.headers } });
  }

  // Sends a form with the csrf of the page it stands on.
  async send(path, fields, from = path) {
    const page = await this.go(from);
    return this.post(path, { csrf: inForm(page.body, 'csrf') ?? '', ...fields });
  }

  async setUp(link, { name = 'Margaret Hale', login = 'margaret@example.com', secret = password } = {}) {
    return this.post(link, { name, login, password: secret });
  }

  // Sets up the app; its key and the recovery codes. With another password when there is one already.
  async enrol(fields = {}) {
    const page = await this.go('/auth/app');
    this.key = page.body.match(/translate="no">([A-Z2-7 ]+)</)[1];
    this.last = totp(this.key);
    const answer = await this.post('/auth/app', { csrf: inForm(page.body, 'csrf'), secret: inForm(page.body, 'secret'), code: this.last, ...fields });
    if (answer.status !== 303) throw new Error(`not enrolled: ${answer.status}`);
    this.codes = (await this.go('/auth/codes')).body.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/g);
    return this;
  }

  signIn(login = 'margaret@example.com', secret = password, fields = {}) {
    return this.post('/auth/login', { login, password: secret, ...fields });
  }

  // Each code counts once: the next one is a step ahead, and the server allows one.
  code(value) {
    return this.post('/auth/code', { code: value });
  }
}

// The first administrator, signed in with the app set up.
export async function firstAdministrator(server) {
  const member = new Member(server);
  await member.setUp(await setupLink(server));
  return member.enrol();
}
