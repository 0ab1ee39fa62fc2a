#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Proof of consent: the words shown are the words kept, and a version that was agreed to keeps its words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Server, Visitor, submission, tap, temporaryDirectory } from '../lib/server.mjs';

const data = join(temporaryDirectory(), 'data');
const first = 'I agree <that> “Söhne & Co” keeps this', second = 'I agree to something else';
const serve = (version, text) =>
  new Server({ data, env: { ANTEROOM_FORM__CONSENT__VERSION: version, ...(text ? { ANTEROOM_FORM__CONSENT__TEXT: text } : {}) } });

function rows() {
  const out = spawnSync('python3', ['-c', 'import json, sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\n'
    + 'print(json.dumps([[v, l, t, h.hex()] for v, l, t, h in d.execute("SELECT version, language, text, sha256 FROM consent_text WHERE language = \'en\' ORDER BY 1")]))\n'
    + 'print(json.dumps(d.execute("SELECT consent_version, locale FROM submission").fetchall()))',
  join(data, 'anteroom.db')], { encoding: 'utf8' });
  assert.equal(out.status, 0, out.stderr);
  return out.stdout.trim().split('\n').map((line) => JSON.parse(line));
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

await tap({
  'before anybody agreed, the words may change': async () => {
    assert.equal(await (await serve('2026-11', second).start()).stop(), 0);
    assert.equal(await (await serve('2026-11', first).start()).stop(), 0);
    assert.deepEqual(rows()[0], [['2026-11', 'en', first, sha256(first)]]);
  },
  'the words on the page are the words kept; a submission names them': async () => {
    const server = await serve('2026-11', first).start();
    const visitor = new Visitor(server);
    await visitor.fill('company');
    assert.ok((await visitor.go('/apply/engagement')).body.includes('I agree &lt;that&gt; “Söhne &amp; Co” keeps this'));
    await visitor.journey(submission);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(rows()[1], [['2026-11', 'en']]);
  },
  'other words under a version that was agreed to: no start, with the remedy': async () => {
    for (const text of [second, undefined]) {
      const server = serve('2026-11', text);
      await assert.rejects(server.start(), /agreed to version.*2026-11[^]*new form\.consent\.version/);
      assert.equal((await server.ended).code, 3);
    }
  },
  'a new version has its own; the old one stays': async () => {
    assert.equal(await (await serve('2026-12', second).start()).stop(), 0);
    assert.equal(await (await serve('2026-11', first).start()).stop(), 0);
    assert.deepEqual(rows()[0].map(([version, , text]) => [version, text]), [['2026-11', first], ['2026-12', second]]);
  },
});
