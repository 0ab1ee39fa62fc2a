// SPDX-License-Identifier: Apache-2.0
// A real OpenID Connect provider on a free loopback port, with a certificate of its own authority.
// Who signs in is what `person` says: an account and its claims; the provider's own pages are
// answered by this program instead of by a person; with `pages` they are there for a browser.
//
//     const provider = await new Provider({ redirect: 'https://localhost:8443/…/callback' }).start();
//     provider.issuer  provider.ca  provider.config({...})  provider.person = { id, claims }
//     await provider.rotate();  await provider.away();  await provider.back();  await provider.stop();
import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '../lib/server.mjs';
import Oidc from 'oidc-provider';

export const secret = 'the secret of a client: with %2B and + & =';

function certificates(folder) {
  const run = (...args) => {
    const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`openssl ${args[0]}: ${done.stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority',
    '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  run('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  run('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
    '-extfile', 'names', '-out', 'server.pem');
}

function signingKey(kid, type) {
  const pair =
    type === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: type };
}

export class Provider {
  // client: what the registration says beside client_id; clients: other registrations
  constructor({ redirect, algorithm = 'RS256', client = {}, clients = [], leave, pages = false } = {}) {
    Object.assign(this, { redirect, algorithm, client, clients, leave, pages });
    this.folder = temporaryDirectory('anteroom-oidc-');
    this.ca = join(this.folder, 'ca.pem');
    this.secretFile = join(this.folder, 'secret');
    writeFileSync(this.secretFile, `${secret}\n`, { mode: 0o600 });
    this.person = { id: 'zoe', claims: {} };
    this.generation = 0;
    this.asked = []; // paths
  }

  #make() {
    this.generation++;
    this.key = signingKey(`key-${this.generation}`, this.algorithm);
    const provider = new Oidc(this.issuer, {
      clients: [
        {
          client_id: 'anteroom',
          client_secret: secret,
          redirect_uris: [this.redirect],
          post_logout_redirect_uris: this.leave ? [this.leave] : [],
          id_token_signed_response_alg: this.algorithm,
          ...this.client,
        },
        ...this.clients,
      ],
      jwks: { keys: [this.key] },
      cookies: { keys: ['cookies of the test'] },
      claims: { openid: ['sub', 'roles', 'groups', 'amr', 'acrs', '_claim_names', 'hd'], profile: ['name'], email: ['email', 'email_verified'] },
      conformIdTokenClaims: false,
      features: {
        devInteractions: { enabled: this.pages },
        rpInitiatedLogout: { enabled: true },
        claimsParameter: { enabled: true },
      },
      findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...this.person.claims }) }),
      ...(this.pages ? {} : { interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` } }),
      ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600, AuthorizationCode: 60 },
      extraTokenClaims: () => this.person.claims,
      clientBasedCORS: () => false,
    });
    provider.on('server_error', (ctx, error) => console.error('# provider:', error));
    this.provider = provider;
    this.callback = provider.callback();
  }

  // What a person would do there: say who they are, and agree.
  async #interact(req, res) {
    const { provider } = this;
    const { prompt, params } = await provider.interactionDetails(req, res);
    if (this.refuses) {
      return provider.interactionFinished(req, res, { error: 'access_denied' }, { mergeWithLastSubmission: false });
    }
    if (prompt.name === 'login') {
      return provider.interactionFinished(req, res, { login: { accountId: this.person.id } }, { mergeWithLastSubmission: false });
    }
    const grant = new provider.Grant({ accountId: this.person.id, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
    return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }

  async start() {
    certificates(this.folder);
    this.port = await freePort();
    this.issuer = `https://localhost:${this.port}`;
    this.#make();
    await this.back();
    return this;
  }

  // A token signed with the provider's key, saying anything.
  token(claims) {
    const now = Math.floor(Date.now() / 1000);
    const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
    const text = `${part({ alg: this.algorithm, kid: this.key.kid, typ: 'at+jwt' })}.${part({ iat: now, exp: now + 300, ...claims })}`;
    const key = createPrivateKey({ key: this.key, format: 'jwk' });
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  // One that it makes itself, for a resource of ours.
  async issueAccessToken() {
    const { provider } = this;
    const client = await provider.Client.find('anteroom');
    const token = new provider.AccessToken({ accountId: this.person.id, client, grantId: 'none', gty: 'authorization_code', scope: 'read_records' });
    token.resourceServer = new provider.ResourceServer('https://api.example', { audience: 'api://anteroom', scope: 'read_records', accessTokenFormat: 'jwt', jwt: { sign: { alg: this.algorithm } } });
    return token.save();
  }

  async back() {
    const options = { key: readFileSync(join(this.folder, 'server.key')), cert: readFileSync(join(this.folder, 'server.pem')) };
    this.server = https.createServer(options, (req, res) => {
      this.asked.push(req.url.split('?')[0]);
      if (this.answer?.(req, res)) return;
      if (!this.pages && req.url.startsWith('/interaction/')) this.#interact(req, res).catch((error) => res.writeHead(500).end(String(error)));
      else this.callback(req, res);
    });
    await new Promise((done) => this.server.listen(this.port, '127.0.0.1', done));
  }

  async away() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  // Other keys, as after a change at the provider; who was signed in there is forgotten.
  rotate() {
    this.#make();
  }

  async stop() {
    if (this.server.listening) await this.away();
  }

  config(more = {}, id = 'entra', label = 'Microsoft') {
    const entry = { id, label, issuer: this.issuer, client_id: 'anteroom', client_secret_file: this.secretFile, ca_file: this.ca, ...more };
    for (const key of Object.keys(entry)) if (entry[key] === undefined) delete entry[key];
    return entry;
  }
}

// YAML takes JSON.
export const configuration = (...issuers) => `auth: ${JSON.stringify({ oidc: issuers })}\n`;

export const nonsense = () => randomBytes(16).toString('base64url');
