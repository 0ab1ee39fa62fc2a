#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The page of the design: in development builds (asan, tsan), made of what visitors get; a release
// answers as for any page that is not there, and holds nothing of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Server, binary, request, tap } from '../lib/server.mjs';

const development = /\/(asan|tsan)\/anteroom$/.test(binary);
const server = await new Server().start();

await tap(development ? {
  'every part in every state, light, dark and right to left': async () => {
    const { status, headers, body } = await request(`${server.url}/staff/design`);
    assert.equal(status, 200);
    assert.match(headers['cache-control'], /no-store/);
    for (const [what, least] of Object.entries({ 'class="design-pane light"': 2, 'class="design-pane dark"': 1,
      'lang="ar" dir="rtl"': 1, 'class="button"': 6, 'class="summary"': 3, 'class="notice"': 3, 'class="slip"': 3,
      'class="qr"': 3, 'class="answers"': 3, '<select': 6, '<textarea': 6, 'type="radio"': 6, 'type="checkbox"': 6,
      'aria-invalid="true"': 9, 'class="steps"': 3 })) {
      const found = body.split(what).length - 1;
      assert.ok(found >= least, `${what}: ${found}`);
    }
    const labels = [...body.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id);
    const ids = [...body.matchAll(/<(?:input|select|textarea)[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(labels.filter((id) => !ids.includes(id)), []);
    assert.equal(new Set(ids).size, ids.length);
  },
  'every colour has the contrast that is asked of it, in both schemes': async () => {
    const { body } = await request(`${server.url}/staff/design`);
    const rows = [...body.matchAll(/<tr[^>]*>\s*<th scope="row"><code>(--[^<]+)[\s\S]*?<\/tr>/g)];
    assert.ok(rows.length > 10);
    const judged = rows.filter(([row]) => / : 1 on /.test(row));
    for (const [row, name] of judged) assert.equal([...row.matchAll(/<td>\d+\.\d\d<\/td>/g)].length, 2, name);
    assert.doesNotMatch(body, /missed/);
    return judged.map(([row, name]) => `${name} ${[...row.matchAll(/<td>(\d+\.\d\d)</g)].map(([, n]) => n).join(' / ')}`).join(', ');
  },
  'its sheet has the tokens of both schemes under a class': async () => {
    const { headers, body } = await request(`${server.url}/staff/design.css`);
    assert.match(headers['content-type'], /^text\/css/);
    const [, light] = body.match(/^\.light\{([^}]*)\}/);
    const [, dark] = body.match(/^\.dark\{([^}]*)\}/m);
    for (const block of [light, dark]) for (const token of ['--paper', '--ink', '--accent', '--small']) assert.ok(block.includes(`${token}:`), token);
    assert.ok(dark.length > light.length);
  },
  'the server stops cleanly': async () => assert.equal(await server.stop(), 0),
} : {
  'a release has no such page': async () => {
    for (const path of ['/staff/design', '/staff/design.css']) {
      const missing = await request(`${server.url}${path}`);
      assert.equal(missing.status, 404);
      assert.equal(missing.body, (await request(`${server.url}/staff/nowhere`)).body);
    }
  },
  'and nothing of it': () => {
    const bytes = readFileSync(binary);
    assert.ok(bytes.includes('class="slip"')); // the text of pages is found like this
    for (const words of ['design-pane', 'design-colour', '/staff/design']) assert.ok(!bytes.includes(words), words);
  },
  'the server stops cleanly': async () => assert.equal(await server.stop(), 0),
});
