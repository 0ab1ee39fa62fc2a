#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What an outsider's scanner says about our TLS: testssl.sh (Debian's package), everything it knows
// but the certificate, which is self-signed here. Anything it grades below "OK" fails the test.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, binary, tap, temporaryDirectory } from '../lib/server.mjs';

const MINUTES = 5; // it takes one, on an idle machine

// Graded as weak, and why it stays.
const accepted = {
  // Pages are compressed. The attack needs a secret and a stranger's text in one answer to a request
  // that carries the visitor's cookie: that is SameSite, and forms from other sites are refused.
  BREACH: /gzip HTTP compression detected/,
};

// Beside the grades, these words. From the scan's own identifiers.
const wanted = {
  SSLv2: 'not offered', SSLv3: 'not offered', TLS1: 'not offered', TLS1_1: 'not offered', TLS1_2: 'offered',
  TLS1_3: /^offered/, ALPN_HTTP2: 'h2', cipherlist_NULL: 'not offered', cipherlist_aNULL: 'not offered',
  cipherlist_EXPORT: 'not offered', cipherlist_LOW: 'not offered', cipherlist_3DES_IDEA: 'not offered',
  cipherlist_AVERAGE: 'not offered', cipherlist_STRONG: 'offered', PFS: 'offered',
  PFS_ECDHE_curves: /^prime256v1 secp384r1 X25519$/,
  cipherorder_TLSv1_2: /^(ECDHE-ECDSA-(AES128-GCM-SHA256|AES256-GCM-SHA384|CHACHA20-POLY1305) ?)+$/,
  secure_renego: 'supported', secure_client_renego: 'not vulnerable', heartbleed: /not vulnerable/, CRIME_TLS: /not vulnerable/,
  ROBOT: /not vulnerable/, RC4: /not vulnerable/, SWEET32: /not vulnerable/, LUCKY13: /not vulnerable/,
};

async function scan(server) {
  const report = join(temporaryDirectory(), 'scan.json');
  const child = spawn('timeout', [String(MINUTES * 60), 'testssl', '--quiet', '--color', '0', '--warnings', 'off', '--jsonfile', report,
    '-p', '-s', '-f', '-P', '-U', '--ip', '127.0.0.1', `localhost:${server.port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((done, fail) => { child.on('exit', done); child.on('error', fail); });
  assert.notEqual(code, 124, `no end within ${MINUTES} minutes`);
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    throw new Error(`testssl gave no report:\n${said.slice(-2000)}`);
  }
}

const instrumented = /\/(asan|tsan)\//.test(binary);

await tap({
  'testssl.sh finds nothing weak': async () => {
    if (instrumented) return 'only the program that people run';
    const server = await new Server().start();
    const rows = await scan(server);
    const weak = rows.filter((row) => !['OK', 'INFO'].includes(row.severity) && !accepted[row.id]?.test(row.finding));
    assert.deepEqual(weak.map((row) => `${row.severity} ${row.id}: ${row.finding}`), []);
    const found = Object.fromEntries(rows.map((row) => [row.id, row.finding.trim()]));
    for (const [id, words] of Object.entries(wanted))
      if (words instanceof RegExp) assert.match(found[id] ?? 'not tested', words, id);
      else assert.equal(found[id], words, id);
    assert.equal(await server.stop(), 0);
    return `${rows.length} findings, none weak`;
  },
});
