// SPDX-License-Identifier: Apache-2.0
// Starts Azurite, the storage emulator that checks signatures, conditions and leases as Azure does,
// on a free loopback port, and makes a container in it. With https it gets a certificate of our own
// authority, and takes OAuth tokens (their claims are checked, their signature is not).
//
//     const azure = await new Azurite({ https: true }).start();
//     azure.url('path')  azure.endpoint  azure.key  azure.sas()  azure.ca  azure.token()
//     await azure.stop();
//
// --loose: in its strict mode it refuses x-ms-content-crc64, which Azure checks; it does not.
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, request, sleep, temporaryDirectory } from './server.mjs';

export const account = 'devstoreaccount1';
export const program = resolve('test/replicate/node_modules/azurite/dist/src/blob/main.js');
const version = '2021-12-02';

const hmac = (key, text) => createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');

// An authority and a certificate by it for localhost and 127.0.0.1.
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

export class Azurite {
  constructor({ https = false, container = 'anteroom' } = {}) {
    this.https = https;
    this.container = container;
    // The account's key that the emulator publishes; one drawn for the test would do as well.
    this.key = Buffer.from('a key of 64 bytes, which is what the emulator and Azure both use').toString('base64');
    this.folder = temporaryDirectory('anteroom-azurite-');
  }

  async start() {
    const port = await freePort();
    const args = [program, '--loose', '--silent', '--disableTelemetry', '--blobHost', '127.0.0.1', '--blobPort', `${port}`,
      '--inMemoryPersistence'];
    if (this.https) {
      certificates(this.folder);
      this.ca = join(this.folder, 'ca.pem');
      args.push('--cert', join(this.folder, 'server.pem'), '--key', join(this.folder, 'server.key'), '--oauth', 'basic');
    }
    this.process = spawn(process.execPath, args, {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH, AZURITE_ACCOUNTS: `${account}:${this.key}` },
    });
    process.on('exit', () => this.process.kill('SIGKILL'));
    this.port = port;
    this.endpoint = `${this.https ? 'https' : 'http'}://${this.https ? 'localhost' : '127.0.0.1'}:${port}/${account}`;
    for (let tries = 0; ; tries++) {
      try {
        await this.makeContainer();
        return this;
      } catch (error) {
        if (tries === 600 || this.process.exitCode !== null) throw new Error(`Azurite does not start: ${error.message}`);
        await sleep(50);
      }
    }
  }

  url(path) {
    return `abs://${account}@${this.container}/${path}`;
  }

  async makeContainer() {
    const date = new Date().toUTCString();
    const text = `PUT${'\n'.repeat(12)}x-ms-date:${date}\nx-ms-version:${version}\n/${account}/${account}/${this.container}\nrestype:container`;
    const done = await request(`${this.endpoint}/${this.container}?restype=container`, {
      method: 'PUT',
      headers: { 'x-ms-date': date, 'x-ms-version': version, 'content-length': 0,
        authorization: `SharedKey ${account}:${hmac(this.key, text)}` },
    });
    if (done.status !== 201 && done.status !== 409) throw new Error(`container: ${done.status} ${done.body}`);
  }

  // A service SAS for the container; permissions in Azure's order.
  sas({ permissions = 'rcwdl', ends = new Date(Date.now() + 3600e3) } = {}) {
    const until = `${ends.toISOString().slice(0, 19)}Z`;
    const fields = [permissions, '', until, `/blob/${account}/${this.container}`, '', '', '', version, 'c', '', '', '', '', '', '', ''];
    const signature = hmac(this.key, fields.join('\n'));
    return new URLSearchParams({ sv: version, sr: 'c', sp: permissions, se: until, sig: signature }).toString();
  }

  // What a sign-in at Azure gives; with "basic" Azurite looks at issuer, audience and dates.
  token({ seconds = 3600 } = {}) {
    const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const tenant = '00000000-0000-0000-0000-000000000000';
    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
      aud: 'https://storage.azure.com', iss: `https://sts.windows.net/${tenant}/`, tid: tenant,
      oid: tenant, iat: now - 60, nbf: now - 60, exp: now + seconds, ver: '1.0',
    })}.${Buffer.from('signed by nobody').toString('base64url')}`;
  }

  async stop() {
    if (this.process.exitCode === null) {
      const ended = new Promise((done) => this.process.once('exit', done));
      this.process.kill('SIGKILL');
      await ended;
    }
  }
}
