#!/usr/bin/env -S node --test --test-reporter=tap
// SPDX-License-Identifier: Apache-2.0
// Signing in with an account elsewhere, at a real OpenID Connect provider: who gets in, as whom, with
// which role, and what is said to those who do not.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, Visitor, binary, freePort, request, sleep, temporaryDirectory } from '../lib/server.mjs';
import { Provider, configuration, nonsense } from './provider.mjs';

const roles = [
  { claim: 'roles', value: 'Onboarding.Admin', role: 'administrator' },
  { claim: 'groups', value: 'agents', role: 'agent' },
];

let provider, server, port;

before(async () => {
  port = await freePort();
  provider = await new Provider({
    redirect: `https://localhost:${port}/auth/oidc/entra/callback`,
    leave: `https://localhost:${port}/auth/login`,
  }).start();
  server = await serve(provider.config({ roles }));
});

after(async () => {
  await server?.stop();
  await provider?.stop();
});

async function serve(...issuers) {
  const made = new Server({ config: configuration(...issuers) });
  made.port = port;
  return made.start();
}

// A browser: our cookies and the provider's.
class Browser {
  constructor(id = 'entra') {
    this.id = id;
    this.ours = new Visitor(server);
    this.theirs = new Map();
  }

  async there(url) {
    const cookie = [...this.theirs].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(url, { headers: cookie ? { cookie } : {} });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.theirs.set(name, value);
      else this.theirs.delete(name);
    }
    return answer;
  }

  async begin(next = '') {
    const answer = await this.ours.go(`/auth/oidc/${this.id}/start${next && `?next=${encodeURIComponent(next)}`}`);
    assert.equal(answer.status, 303, answer.body);
    return answer.headers.location;
  }

  // Through the provider's redirects until it sends us back.
  async through(url) {
    for (let i = 0; i < 10; i++) {
      const answer = await this.there(url);
      assert.ok([302, 303].includes(answer.status), `${answer.status} ${answer.body}`);
      url = new URL(answer.headers.location, provider.issuer).href;
      if (url.startsWith(server.url)) return url.slice(server.url.length);
    }
    throw new Error('the provider redirects for ever');
  }

  async signIn(next) {
    return this.ours.go(await this.through(await this.begin(next)));
  }
}

// What the log says of the last refusal.
async function reason() {
  for (let i = 0; i < 100; i++) {
    const found = [...server.log.matchAll(/sign-in elsewhere refused.*?"?reason"?[=:]\s*"?([^",\n]+?)"?(?=[,\s]+"?detail)/g)].pop();
    if (found) {
      server.log = '';
      return found[1];
    }
    await sleep(10);
  }
  throw new Error(`the log says nothing:\n${server.log}`);
}

async function logged(expression) {
  for (let i = 0; i < 200 && !expression.test(server.log); i++) await sleep(10);
  assert.match(server.log, expression);
}

function who(claims, id = 'zoe') {
  provider.person = { id, claims };
}

test('in, with the role that the claims give', async () => {
  who({ name: 'Zoë Quist', email: 'zoe@example.com', roles: ['Onboarding.Admin'] });
  const browser = new Browser();
  const answer = await browser.signIn('/staff/profile?x=1');
  assert.equal(answer.status, 303, answer.body);
  assert.equal(answer.headers.location, '/staff/profile?x=1');
  assert.ok(browser.ours.cookies.get('__Host-staff'));
  assert.equal(browser.ours.cookies.get('__Host-oidc'), undefined);
  assert.match(answer.headers['cache-control'], /no-store/);
  const profile = await browser.ours.go(answer.headers.location);
  assert.equal(profile.status, 200);
  for (const shown of ['Zoë Quist', 'zoe@example.com', 'Administrator']) assert.ok(profile.body.includes(shown), shown);

  // Out again: here, and by a link there.
  const csrf = /name="csrf" value="([^"]+)"/.exec(profile.body)[1];
  const out = await browser.ours.go('/auth/logout', { method: 'POST', body: `csrf=${csrf}` });
  assert.equal(out.headers.location, '/auth/login?out=entra');
  assert.equal(browser.ours.cookies.get('__Host-staff'), undefined);
  const page = await browser.ours.go(out.headers.location);
  assert.match(page.body, /href="\/auth\/oidc\/entra\/leave">Sign out of Microsoft too</);
});

test('the sign-in page has a button for each issuer, which comes back to where one wanted to go', async () => {
  const wanted = await request(`${server.url}/staff/profile?x=1`);
  assert.equal(wanted.status, 303);
  const page = await request(server.url + wanted.headers.location);
  assert.match(page.body, /href="\/auth\/oidc\/entra\/start\?next=%2Fstaff%2Fprofile%3Fx%3D1">Sign in with Microsoft</);
  const other = await request(`${server.url}/auth/login?out=nobody`);
  assert.doesNotMatch(other.body, /Sign out of/);
});

test('only pages of ours to come back to', async () => {
  who({ roles: ['Onboarding.Admin'] });
  for (const next of ['https://evil.example/', '//evil.example', '/staff/../..\\evil', '/status/x'])
    assert.equal((await new Browser().signIn(next)).headers.location, '/staff');
});

test('what the provider is asked for', async () => {
  const url = new URL(await new Browser().begin());
  assert.equal(url.origin, provider.issuer);
  const query = Object.fromEntries(url.searchParams);
  assert.equal(query.response_type, 'code');
  assert.equal(query.client_id, 'anteroom');
  assert.equal(query.redirect_uri, provider.redirect);
  assert.equal(query.scope, 'openid profile email');
  assert.equal(query.code_challenge_method, 'S256');
  for (const name of ['state', 'nonce', 'code_challenge']) assert.equal(query[name].length, 43);
});

test('many at once', async () => {
  who({ groups: ['agents'] });
  const answers = await Promise.all(Array.from({ length: 16 }, () => new Browser().signIn()));
  assert.deepEqual(new Set(answers.map((answer) => answer.headers.location)), new Set(['/staff']));
});

test('refused: no role, a disabled provider, too many groups', async () => {
  who({ groups: ['others'] });
  let answer = await new Browser().signIn();
  assert.equal(answer.status, 403);
  assert.match(answer.body, /You have no role here/);
  assert.equal(await reason(), 'no role');
  who({ _claim_names: { groups: 'src1' } });
  answer = await new Browser().signIn();
  assert.equal(answer.status, 403);
  assert.equal(await reason(), 'groups elsewhere');
  provider.refuses = true;
  answer = await new Browser().signIn();
  provider.refuses = false;
  assert.equal(answer.status, 403);
  assert.match(answer.body, /Microsoft did not sign you in/);
  assert.equal(await reason(), 'refused');
  assert.doesNotMatch(server.log, /zoe/);
});

test('what was begun elsewhere, or not at all, ends here', async () => {
  who({ groups: ['agents'] });
  const browser = new Browser();
  const back = await browser.through(await browser.begin());
  const stranger = new Visitor(server);
  for (const path of [back, '/auth/oidc/entra/callback', `/auth/oidc/entra/callback?code=${nonsense()}&state=${nonsense()}`]) {
    const answer = await stranger.go(path);
    assert.equal(answer.status, 400, path);
    assert.match(answer.body, /no longer under way/);
  }
  // A stranger's state in this browser: refused, and what was begun goes on.
  const cookie = browser.ours.cookies.get('__Host-oidc');
  assert.equal((await browser.ours.go(back.replace(/state=[^&]+/, `state=${nonsense()}`))).status, 400);
  browser.ours.cookies.set('__Host-oidc', `${cookie.slice(0, -4)}AAAA`);
  assert.equal((await browser.ours.go(back)).status, 400);
  browser.ours.cookies.set('__Host-oidc', cookie);
  assert.equal((await browser.ours.go(back.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'))).status, 403);
  assert.equal(await reason(), 'issuer');
  // The cookie is good once, and so is the code.
  assert.equal((await browser.ours.go(back)).status, 400);
  browser.ours.cookies.set('__Host-oidc', cookie);
  assert.equal((await browser.ours.go(back)).headers.location, '/staff');
  browser.ours.cookies.set('__Host-oidc', cookie);
  assert.equal((await browser.ours.go(back)).status, 403);
  assert.equal(await reason(), 'refused');
});

test('disabled here: out at once, and not in again, whatever the provider says', async () => {
  who({ email: 'mallory@example.com', groups: ['agents'] }, 'mallory');
  const browser = new Browser();
  const answer = await browser.signIn('/staff/profile');
  assert.equal((await browser.ours.go(answer.headers.location)).status, 200);
  const user = (...args) =>
    new Promise((done) => execFile(binary, ['user', ...args, '--data', server.data], (error, out, talk) => done({ code: error?.code ?? 0, out, talk })));
  const disabled = await user('disable', 'mallory@example.com');
  assert.equal(disabled.code, 0, disabled.talk);
  assert.equal((await browser.ours.go('/staff/profile')).status, 303);
  const refused = await new Browser().signIn();
  assert.equal(refused.status, 403);
  assert.match(refused.body, /Your account is disabled here/);
  assert.equal(refused.headers['set-cookie'].some((line) => line.startsWith('__Host-staff=')), false);
  assert.equal(await reason(), 'disabled here');
  assert.equal((await user('enable', 'mallory@example.com')).code, 0);
  assert.equal((await new Browser().signIn()).status, 303);
});

test('an issuer that is not configured does not exist', async () => {
  for (const path of ['/auth/oidc/google/start', '/auth/oidc//start', '/auth/oidc/entra/callbacks', '/auth/oidc/google/leave'])
    assert.equal((await request(server.url + path)).status, 404, path);
});

test('to where the session there is ended', async () => {
  const answer = await request(`${server.url}/auth/oidc/entra/leave`);
  assert.equal(answer.status, 303);
  const url = new URL(answer.headers.location);
  assert.equal(url.origin + url.pathname, `${provider.issuer}/session/end`);
  assert.equal(url.searchParams.get('client_id'), 'anteroom');
  assert.equal(url.searchParams.get('post_logout_redirect_uri'), `https://localhost:${port}/auth/login`);
  assert.equal((await new Browser().there(url.href)).status, 200);
});

test('what the provider says of a code may name a person: its number alone is logged', async () => {
  who({ groups: ['agents'] });
  for (const [error, shown, hidden] of [
    ['invalid_grant', /400 invalid_grant AADSTS70008"/, /zoe/],
    ['invalid_client', /400 invalid_client AADSTS70008: zoe@example.com is late/, /nothing/],
  ]) {
    const browser = new Browser();
    const back = await browser.through(await browser.begin());
    provider.answer = (req, res) => {
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ error, error_description: 'AADSTS70008: zoe@example.com is late\nTrace: 1' }));
      return true;
    };
    server.log = '';
    assert.equal((await browser.ours.go(back)).status, 403);
    provider.answer = undefined;
    await logged(shown);
    assert.doesNotMatch(server.log, hidden);
    server.log = '';
  }
});

test('another secret: read anew, without a restart', async () => {
  who({ groups: ['agents'] });
  const right = readFileSync(provider.secretFile);
  writeFileSync(provider.secretFile, 'an old one\n');
  assert.equal((await new Browser().signIn()).status, 403);
  await logged(/401 invalid_client/);
  assert.equal(await reason(), 'refused');
  rmSync(provider.secretFile);
  assert.equal((await new Browser().signIn()).status, 403);
  await logged(/secret: No such file/);
  assert.equal(await reason(), 'configuration');
  writeFileSync(provider.secretFile, right, { mode: 0o600 });
  assert.equal((await new Browser().signIn()).status, 303);
});

test('other keys: fetched when the first token signed with one comes', async () => {
  who({ groups: ['agents'] });
  provider.rotate();
  provider.asked = [];
  assert.equal((await new Browser().signIn()).status, 303);
  assert.equal((await new Browser().signIn()).status, 303);
  assert.equal(provider.asked.filter((path) => path === '/jwks').length, 1);
});

test('forged on the way: nothing of it is believed', async () => {
  who({ groups: ['agents'] });
  const forge = (change) => {
    provider.answer = (req, res) => {
      if (!req.url.startsWith('/token')) return false;
      const end = res.end.bind(res);
      res.end = (body, ...rest) => {
        const said = JSON.parse(body);
        const [header, payload, signature] = said.id_token.split('.');
        const text = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
        const parts = { header: JSON.parse(Buffer.from(header, 'base64url')), payload: JSON.parse(Buffer.from(payload, 'base64url')), signature };
        said.id_token = change(parts, text) ?? `${text(parts.header)}.${text(parts.payload)}.${parts.signature}`;
        const out = JSON.stringify(said);
        res.setHeader('content-length', Buffer.byteLength(out));
        return end(out, ...rest);
      };
      return false;
    };
  };
  const rows = [
    ['algorithm', (parts, text) => `${text({ alg: 'none' })}.${text(parts.payload)}.AA`],
    ['algorithm', ({ header }) => void (header.alg = 'HS256')],
    ['key unknown', ({ header }) => void (header.kid = 'another')],
    ['signature', ({ payload }) => void (payload.roles = ['Onboarding.Admin'])],
    ['signature', (parts) => void (parts.signature = Buffer.alloc(256).toString('base64url'))],
    ['malformed', () => 'a.b'],
    ['too big', () => `${'A'.repeat(40000)}.e30.AA`],
  ];
  for (const [wanted, change] of rows) {
    forge(change);
    assert.equal((await new Browser().signIn()).status, 403);
    assert.equal(await reason(), wanted);
  }
  provider.answer = undefined;
  assert.equal((await new Browser().signIn()).status, 303);
});

test('the provider is away: said so at once, and it goes on when it is back', async () => {
  who({ groups: ['agents'] });
  const browser = new Browser();
  const back = await browser.through(await browser.begin());
  await provider.away();
  let answer = await browser.ours.go(back);
  assert.equal(answer.status, 503);
  assert.match(answer.body, /Microsoft cannot be reached/);
  assert.equal(await reason(), 'network');
  // What it published is known: people are still sent there.
  assert.match(await new Browser().begin(), new RegExp(`^${provider.issuer}/auth`));
  await provider.back();
  assert.equal((await new Browser().signIn()).status, 303);
});

// What anteroom doctor says of the issuers. The provider is in this process: it must go on meanwhile.
async function doctor(...issuers) {
  const file = join(temporaryDirectory(), 'anteroom.yaml');
  writeFileSync(file, configuration(...issuers));
  const out = await new Promise((done) =>
    execFile(binary, ['doctor', '--json', '--config', file, '--data', server.data], (error, stdout) => done(stdout)));
  return JSON.parse(out).checks.find((check) => check.name === 'sign-in');
}

test('doctor: what is wrong with an issuer, and what to do', async () => {
  assert.equal((await doctor()).state, 'skipped');
  let said = await doctor(provider.config({ roles }), provider.config({ roles }, 'other', 'Other'));
  assert.equal(said.state, 'ok', said.finding);
  assert.match(said.finding, /^entra answers, with 1 key; other answers, with 1 key$/);
  said = await doctor(provider.config({ roles, issuer: `${provider.issuer}/` }));
  assert.equal(said.state, 'bad');
  assert.match(said.finding, /another issuer/);
  assert.match(said.remedy, /letter by letter/);
  said = await doctor(provider.config({ roles, ca_file: undefined }));
  assert.match(said.finding, /not to be trusted/);
  said = await doctor(provider.config({ roles, client_secret_file: '/nowhere' }));
  assert.match(said.finding, /\/nowhere: No such file/);
  const published = (change) => {
    provider.answer = (req, res) => {
      const end = res.end.bind(res);
      res.end = (body, ...rest) => {
        if (!req.url.startsWith('/.well-known')) return end(body, ...rest);
        const out = JSON.stringify({ ...JSON.parse(body), ...change });
        res.setHeader('content-length', Buffer.byteLength(out));
        return end(out, ...rest);
      };
    };
  };
  for (const [change, wanted] of [
    [{ issuer: 'https://evil.example' }, /document of another issuer/],
    [{ token_endpoint: `http://localhost:${provider.port}/token` }, /does not begin with https/],
    [{ jwks_uri: 'https://localhost:1/jwks' }, /another port/],
    [{ jwks_uri: `${provider.issuer}/nowhere` }, /it answers 404/],
    [{ jwks_uri: `${provider.issuer}/.well-known/openid-configuration` }, /no set of keys/],
  ]) {
    published(change);
    said = await doctor(provider.config({ roles }));
    assert.equal(said.state, 'bad');
    assert.match(said.finding, wanted);
  }
  for (const [seconds, state] of [[90, 'warn'], [-300, 'bad']]) {
    provider.answer = (req, res) => void res.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
    said = await doctor(provider.config({ roles }));
    assert.equal(said.state, state, said.finding);
    assert.match(said.finding, seconds > 0 ? /ahead of ours/ : /behind ours/);
  }
  provider.answer = undefined;
});

test('programs: access tokens of the issuer, with its roles and scopes', async () => {
  await server.stop();
  server = await serve(provider.config({ roles, api_audience: 'api://anteroom' }));
  who({ roles: ['Onboarding.Admin'] });
  const ask = (token) => request(`${server.url}/api/v1/me`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const claims = { iss: provider.issuer, aud: 'api://anteroom', sub: 'robot', client_id: 'x', jti: nonsense(), roles: ['Onboarding.Admin'] };
  // The first one finds no keys: later, please. They come meanwhile.
  const good = await provider.token(claims);
  let answer = await ask(good);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers['retry-after'], '1');
  for (let i = 0; i < 500 && answer.status === 503; i++) {
    await sleep(10);
    answer = await ask(good);
  }
  assert.equal(answer.status, 200, answer.body);
  assert.deepEqual(JSON.parse(answer.body).role, 'administrator');
  assert.ok(JSON.parse(answer.body).may.includes('manage_people'));
  // A token that names scopes may no more than they say.
  answer = await ask(await provider.token({ ...claims, scp: 'read_records openid' }));
  assert.deepEqual(JSON.parse(answer.body).may, ['read_records', 'own_profile']);
  for (const [wanted, more] of [
    ['audience', { aud: 'anteroom' }],
    ['expired', { exp: 1000 }],
    ['no role', { roles: [] }],
    ['wrong kind', { nonce: 'of an ID token' }],
  ]) {
    server.log = '';
    answer = await ask(await provider.token({ ...claims, ...more }));
    assert.equal(answer.status, 401, wanted);
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="anteroom"');
    await logged(new RegExp(`access token refused.*${wanted}`));
  }
  for (const token of ['', 'eyJ', `${good.slice(0, -8)}AAAAAAAA`, await provider.token({ ...claims, iss: 'https://evil.example' })])
    assert.equal((await ask(token)).status, 401);
  // A real one of a real sign-in, where the provider puts the audience in.
  const issued = await provider.issueAccessToken();
  answer = await ask(issued);
  assert.equal(answer.status, 200, answer.body);
});

test('another server: ES256, the secret in the body, a second factor, two issuers', async () => {
  await server.stop();
  await provider.stop();
  provider = await new Provider({
    redirect: `https://localhost:${port}/auth/oidc/entra/callback`,
    algorithm: 'ES256',
    client: { token_endpoint_auth_method: 'client_secret_post' },
  }).start();
  server = await serve(
    provider.config({ client_secret_in: 'body', default_role: 'viewer', mfa: 'required', mfa_claims: [{ claim: 'acrs', value: 'c1' }] }),
    provider.config({ default_role: 'viewer' }, 'google', 'Google'),
  );
  who({ amr: ['pwd'] });
  let answer = await new Browser().signIn();
  assert.equal(answer.status, 403);
  assert.match(answer.body, /A second step is needed/);
  assert.equal(await reason(), 'second factor');
  who({ acrs: ['c1'] });
  assert.equal((await new Browser().signIn()).status, 303);
  const asked = new URL(await new Browser().begin()).searchParams.get('claims');
  assert.deepEqual(JSON.parse(asked), { id_token: { acrs: { essential: true, value: 'c1' } } });
  const google = new URL((await request(`${server.url}/auth/oidc/google/start`)).headers.location);
  assert.equal(google.searchParams.get('redirect_uri'), `https://localhost:${port}/auth/oidc/google/callback`);
  assert.equal(google.searchParams.get('claims'), null);
});

// One registration for a key with a certificate, one for an assertion that somebody keeps in a file,
// one without any secret.
test('who we are: a key, an assertion of somebody else, nothing but PKCE', async () => {
  const folder = temporaryDirectory('anteroom-keys-');
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = join(folder, 'client.key'), assertionFile = join(folder, 'assertion');
  writeFileSync(keyFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const certificate = await new Promise((done, fail) =>
    execFile('openssl', ['req', '-x509', '-key', keyFile, '-subj', '/CN=anteroom', '-days', '2'], (error, out) => (error ? fail(error) : done(out))));
  writeFileSync(join(folder, 'client.pem'), certificate);
  const back = (id) => [`https://localhost:${port}/auth/oidc/${id}/callback`];
  const jwk = (key, more) => ({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), use: 'sig', ...more }] });
  await server.stop();
  await provider.stop();
  provider = await new Provider({
    redirect: back('entra')[0],
    algorithm: 'ES256',
    clients: [
      { client_id: 'by-key', redirect_uris: back('key'), token_endpoint_auth_method: 'private_key_jwt', id_token_signed_response_alg: 'ES256', jwks: jwk(pair, { kid: 'k1' }) },
      { client_id: 'by-file', redirect_uris: back('file'), token_endpoint_auth_method: 'private_key_jwt', id_token_signed_response_alg: 'ES256', jwks: jwk(other) },
      { client_id: 'public', redirect_uris: back('public'), id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'none' },
    ],
  }).start();
  const assertion = (claims) => {
    const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const text = `${part({ alg: 'ES256' })}.${part({ iss: 'by-file', sub: 'by-file', aud: `${provider.issuer}/token`, jti: nonsense(), iat: now, exp: now + 60, ...claims })}`;
    const signature = sign('sha256', Buffer.from(text), { key: other.privateKey, dsaEncoding: 'ieee-p1363' });
    writeFileSync(assertionFile, `${text}.${signature.toString('base64url')}\n`);
  };
  assertion();
  const common = { client_secret_file: undefined, default_role: 'viewer' };
  server = await serve(
    provider.config({ ...common, client_id: 'by-key', client_key_file: keyFile, client_certificate_file: join(folder, 'client.pem'), client_key_id: 'k1' }, 'key'),
    provider.config({ ...common, client_id: 'by-file', client_assertion_file: assertionFile }, 'file'),
    provider.config({ ...common, client_id: 'public' }, 'public'),
  );
  who({});
  let header;
  provider.provider.on('grant.success', ({ oidc }) => {
    const said = oidc.params.client_assertion ?? oidc.body?.client_assertion;
    header ??= said && JSON.parse(Buffer.from(said.split('.')[0], 'base64url'));
  });
  assert.equal((await new Browser('key').signIn()).status, 303);
  const der = new X509Certificate(certificate).raw;
  const print = (algorithm) => createHash(algorithm).update(der).digest('base64url');
  assert.deepEqual(header, { alg: 'RS256', typ: 'JWT', kid: 'k1', x5t: print('sha1'), 'x5t#S256': print('sha256') });
  assert.equal((await new Browser('file').signIn()).status, 303);
  assertion(); // it is renewed, and read anew
  assert.equal((await new Browser('file').signIn()).status, 303);
  assertion({ aud: 'https://evil.example' });
  assert.equal((await new Browser('file').signIn()).status, 403);
  assert.equal(await reason(), 'refused');
  assert.equal((await new Browser('public').signIn()).status, 303);
  assert.ok(!server.log.includes(readFileSync(assertionFile, 'utf8').slice(0, 40)), 'no assertion in the log');
});
