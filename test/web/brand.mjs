#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The operator's logo, icon and accent colour, as visitors get them and as check speaks of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gunzipSync } from 'node:zlib';
import https from 'node:https';
import { Server, binary, request, tap, temporaryDirectory } from '../lib/server.mjs';

const folder = temporaryDirectory();
const file = (name, bytes) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><path d="M0 0h160v40H0z" fill="#a50034"/></svg>\n';

function chunk(type, data) {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  return bytes; // without its CRC: nobody here computes it
}
const ihdr = Buffer.from([0, 0, 0, 8, 0, 0, 0, 4, 8, 0, 0, 0, 0]);
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', ihdr),
  chunk('IDAT', deflateSync(Buffer.alloc(36))), chunk('IEND', Buffer.alloc(0))]);

const config = (brand) => `brand:\n${Object.entries(brand).map(([key, value]) => `  ${key}: "${value}"\n`).join('')}`;
const check = (brand) => spawnSync(binary, ['check', file('check.yaml', config(brand))], { encoding: 'utf8' });

const server = await new Server({ config: config({
  name: 'Fennel & Co',
  logo_file: file('logo.svg', svg),
  logo_dark_file: file('dark.png', png),
  icon_file: file('icon.svg', svg),
  accent: '#ff7a00',
}) }).start();
const html = (await request(`${server.url}/`)).body;

function bytes(path, encoding) {
  return new Promise((done, fail) => {
    https.get(server.url + path, { rejectUnauthorized: false, headers: { 'accept-encoding': encoding } }, (res) => {
      const chunks = [];
      res.on('data', (part) => chunks.push(part));
      res.on('end', () => done({ headers: res.headers, body: Buffer.concat(chunks) }));
    }).on('error', fail);
  });
}

await tap({
  'the logo stands in the head of every page, with the name for who does not see it': async () => {
    for (const path of ['/', '/privacy', '/apply/company', '/nowhere']) {
      const { body } = await request(server.url + path);
      assert.match(body, /<img class="logo logo-light" src="\/static\/brand\/logo\.[0-9a-f]{10}\.svg" width="160" height="40" alt="Fennel &amp; Co"/, path);
      assert.match(body, /<img class="logo logo-dark" src="\/static\/brand\/logo-dark\.[0-9a-f]{10}\.png" width="80" height="40"/, path);
      assert.doesNotMatch(body, /mark\.[0-9a-f]+\.svg/, path);
    }
  },
  'its files are served as they are, for ever, compressed when that is less': async () => {
    for (const [pattern, type, content] of [[/\/static\/brand\/logo\.\w+\.svg/, 'image/svg+xml', svg],
      [/\/static\/brand\/logo-dark\.\w+\.png/, 'image/png', png], [/\/static\/brand\/icon\.\w+\.svg/, 'image/svg+xml', svg]]) {
      const [path] = html.match(pattern);
      const plain = await bytes(path, 'identity');
      assert.equal(plain.headers['content-type'], type);
      assert.match(plain.headers['cache-control'], /immutable/);
      assert.match(plain.headers['content-security-policy'], /default-src 'none'/);
      assert.deepEqual(plain.body, Buffer.from(content));
      const small = await bytes(path, 'gzip');
      if (small.headers['content-encoding'] === 'gzip') assert.deepEqual(gunzipSync(small.body), Buffer.from(content));
    }
    assert.equal((await request(`${server.url}/static/brand/logo.0123456789.svg`)).status, 404);
    assert.match((await request(`${server.url}/favicon.ico`)).headers.location, /^\/static\/brand\/icon\./);
  },
  'the accent is in the one sheet, in shades that can be read': async () => {
    const sheets = html.match(/\/static\/css\/app\.\w+\.css/g);
    assert.equal(sheets.length, 1);
    const { headers, body } = await bytes(sheets[0], 'gzip, br');
    assert.match(headers['cache-control'], /immutable/);
    const css = gunzipSync(body).toString();
    assert.match(css, /^\/\* SPDX/);
    assert.match(css, /@media screen\{:root\{--accent:#b[0-9a-f]{5};/);
    assert.match(css, /prefers-color-scheme:dark\)\{:root\{--accent:#ff7a00;/);
    assert.match(server.log, /accent adjusted for contrast/);
  },
  'without options everything is ours, and the log is silent': async () => {
    const plain = await new Server().start();
    const { body } = await request(`${plain.url}/`);
    assert.match(body, /<svg class="mark"/);
    assert.doesNotMatch(body, /class="logo|\/static\/brand/);
    assert.doesNotMatch(plain.log, /accent/);
    assert.equal(await plain.stop(), 0);
  },
  'check tells what the accent becomes': () => {
    const { status, stdout } = check({ accent: '#ff7a00' });
    assert.equal(status, 0);
    assert.match(stdout, /accent +#ff7a00: light #[0-9a-f]{6} \(4\.[5-9]:1, adjusted\), dark #ff7a00 \([0-9.]+:1\)/);
  },
  'what cannot be shown is refused, with file, line and what to do': () => {
    const rows = [
      [{ accent: 'green' }, /“green” is not a colour/],
      [{ logo_file: join(folder, 'none.svg') }, /brand\.logo_file: .*none\.svg: /],
      [{ logo_file: folder }, /is not a file that can be read/],
      [{ logo_file: file('a.svg', svg.replace('<path', '\n<script/><path')) }, /a\.svg:2: the element <script> is not allowed[^]*delete the element/],
      [{ logo_file: file('b.svg', '<svg'.padEnd(70000)) }, /b\.svg: it is larger than 64 KiB/],
      [{ logo_file: file('c.png', Buffer.concat([png, Buffer.alloc(131072)])) }, /c\.png: it is larger than 128 KiB/],
      [{ icon_file: file('d.png', png.subarray(0, 60)) }, /brand\.icon_file: .*d\.png: it is not a whole PNG/],
      [{ logo_dark_file: file('e.svg', svg) }, /without brand\.logo_file/],
    ];
    for (const [brand, says] of rows) {
      const { status, stderr } = check(brand);
      assert.equal(status, 3, stderr);
      assert.match(stderr, says);
    }
  },
  'the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0);
  },
});
