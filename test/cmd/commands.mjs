#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The commands as people and scripts meet them: answers on standard output, talk on standard error,
// the exit codes of the contract (0 done, 1 the answer is no, 2 usage, 3 configuration, 4 data).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, binary, clientIdIn, request, submission, tap, temporaryDirectory } from '../lib/server.mjs';

const place = temporaryDirectory();

// One run in a directory of its own, with no environment but what is given.
function run(args, { env = {}, stdout } = {}) {
  return spawnSync(binary, args, { cwd: place, env, encoding: 'utf8', stdio: ['ignore', stdout ?? 'pipe', 'pipe'] });
}

function ends(code, args, options) {
  const out = run(args, options);
  assert.equal(out.status, code, `${args.join(' ')}: ${out.stderr}${out.stdout}`);
  return out;
}

// SQL past anteroom, as somebody with the file would.
function tamper(data, sql) {
  const out = spawnSync('python3', ['-c', 'import sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.executescript(sys.argv[2])\nd.commit()\nd.execute("PRAGMA wal_checkpoint(TRUNCATE)")',
    join(data, 'anteroom.db'), sql], { encoding: 'utf8' });
  assert.equal(out.status, 0, out.stderr);
}

const copies = temporaryDirectory();

function copyOf(data) {
  const copy = join(copies, String(readdirSync(copies).length));
  cpSync(data, copy, { recursive: true });
  return copy;
}

const unlock = 'DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; DROP TRIGGER audit_is_not_replaced;';
const commands = ['serve', 'init', 'check', 'doctor', 'list', 'funnel', 'user', 'token', 'audit', 'version', 'help'];

// Three submissions and an end to the server: what the reading commands read.
const server = await new Server().start();
const ids = [];
for (const company_name of ['First Ltd', 'Second & Söhne', '第三会社 😀'])
  ids.push(JSON.parse((await server.submit({ company_name })).body).client_id);
await server.stop();

await tap({
  'help: every command, and each one by itself': () => {
    const { stdout } = ends(0, ['help']);
    for (const name of commands) {
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
      assert.match(ends(0, ['help', name]).stdout, new RegExp(`^anteroom ${name}`));
      for (const ask of ['--help', '-h']) assert.equal(ends(0, [name, ask]).stdout, ends(0, ['help', name]).stdout);
    }
    for (const args of [[], ['--help'], ['-h']]) assert.equal(ends(0, args).stdout, stdout);
    assert.match(ends(0, ['help', 'config']).stdout, /server[.:][^]*listen/);
    assert.match(ends(0, ['help', 'fields']).stdout, /company_name/);
  },
  'version: ours, and of each library': () => {
    const { stdout } = ends(0, ['version']);
    assert.match(stdout, /^anteroom \d+\.\d+\.\d+\n/);
    for (const library of ['h2o', 'mbedtls', 'sqlite3', 'libyaml', 'zlib', 'yyjson', 'utf8proc'])
      assert.match(stdout, new RegExp(`^  ${library} +\\d`, 'm'));
    assert.equal(ends(0, ['--version']).stdout, stdout);
  },
  'what is not understood: exit 2, said on standard error, with where to look': () => {
    const wrong = [
      ['frobnicate'], ['--frobnicate'], [''], ['help', 'nothing'], ['help', 'list', 'more'], ['audit'], ['audit', 'forget'],
      ['audit', 'verify', 'more'], ['check', 'one.yaml', 'two.yaml'], ['init', 'one.yaml', 'two.yaml'], ['serve', 'more'],
      ['list', 'more'], ['list', '--limit', 'many'], ['list', '--limit', '-1'], ['list', '--limit', '0'],
      ['list', '--limit', '99999999999999999999'], ['funnel', 'more'], ['funnel', '--days', '0'], ['funnel', '--days', '3651'], ['version', 'more'],
    ];
    for (const name of ['serve', 'init', 'check', 'doctor', 'list', 'funnel', 'version']) wrong.push([name, '--frobnicate']);
    for (const name of ['serve', 'list']) wrong.push([name, '--data', '']);
    wrong.push(['audit', 'verify', '--data', ''], ['serve', '--assets', 'absent']);
    for (const option of ['--config', '--data', '--limit']) wrong.push(['list', option]);
    for (const args of wrong) {
      const out = ends(2, args);
      assert.equal(out.stdout, '', args.join(' '));
      assert.match(out.stderr, /^anteroom: cannot /);
      assert.equal(out.stderr.trim().split('\n').length, 1);
    }
    assert.deepEqual(readdirSync(place), [], 'and nothing was made');
  },
  'an answer that cannot be written is an error': () => {
    const full = openSync('/dev/full', 'w');
    for (const args of [['help', 'config'], ['version'], ['list', '--json', '--data', server.data]])
      assert.match(ends(4, args, { stdout: full }).stderr, /standard output/);
  },
  'init: a file that check accepts, never over another': () => {
    const out = ends(0, ['init']);
    assert.equal(out.stdout, 'anteroom.yaml\n');
    assert.match(out.stderr, /anteroom check --config anteroom\.yaml/);
    ends(0, ['check', '--config', 'anteroom.yaml']);
    const path = join(place, 'anteroom.yaml');
    appendFileSync(path, '# mine\n');
    const before = readFileSync(path, 'utf8');
    assert.match(ends(1, ['init']).stderr, /anteroom init other\.yaml/);
    assert.equal(readFileSync(path, 'utf8'), before);
    ends(0, ['init', 'other.yaml']);
    assert.ok(existsSync(join(place, 'other.yaml')));
    ends(4, ['init', 'nowhere/anteroom.yaml']);
    ends(1, ['init', '.']);
  },
  'check: what the configuration means': () => {
    writeFileSync(join(place, 'right.yaml'), 'server:\n  listen: "127.0.0.1:8444"\n  ops_listen: ""\n');
    for (const args of [['check', '--config', 'right.yaml'], ['check', 'right.yaml']]) {
      const { stdout } = ends(0, args);
      assert.match(stdout, /serves on +127\.0\.0\.1:8444/);
      assert.match(stdout, /operations on +\(off\)/);
      assert.match(stdout, /self-signed/);
    }
    assert.match(ends(0, ['check'], { env: { ANTEROOM_CONFIG: 'right.yaml' } }).stdout, /8444/);
    assert.match(ends(0, ['check'], { env: { ANTEROOM_SERVER__LISTEN: ':8445' } }).stdout, /:8445/);
    ends(0, ['check']);
  },
  'check: what is wrong, with file, line and column: exit 3': () => {
    const wrong = {
      'server:\n  lisen: ":1"\n': /wrong\.yaml:2:3.*listen/,
      'sever: {}\n': /wrong\.yaml:1:1.*server/,
      'server:\n  loops: many\n': /wrong\.yaml:2:10/,
      'server:\n  loops: 1\n  loops: 2\n': /wrong\.yaml:3:3/,
      'server:\n  listen: "nonsense"\n': /wrong\.yaml:2:11/,
      'server: [\n': /wrong\.yaml:\d+:\d+/,
      'server:\n\tlisten: x\n': /wrong\.yaml:2:1/,
    };
    for (const [text, want] of Object.entries(wrong)) {
      writeFileSync(join(place, 'wrong.yaml'), text);
      const out = ends(3, ['check', '--config', 'wrong.yaml']);
      assert.match(out.stderr, want);
      assert.equal(out.stdout, '');
    }
    ends(3, ['check', '--config', 'absent.yaml']);
    assert.match(ends(3, ['check'], { env: { ANTEROOM_SERVER__LISEN: 'x' } }).stderr, /ANTEROOM_SERVER__LISTEN/);
    writeFileSync(join(place, 'tls.yaml'), 'server:\n  tls:\n    certificate_file: absent.crt\n    key_file: absent.key\n');
    assert.match(ends(3, ['check', '--config', 'tls.yaml']).stderr, /absent\.crt/);
    for (const args of [['serve'], ['list'], ['audit', 'verify']]) ends(3, [...args, '--config', 'wrong.yaml']);
  },
  'list: newest first, the same in columns and in JSON': () => {
    const text = ends(0, ['list', '--data', server.data]).stdout.trimEnd().split('\n');
    assert.deepEqual(text.map(clientIdIn), [...ids].reverse());
    assert.match(text[2], /First Ltd +Ada Lovelace +/);
    const rows = ends(0, ['list', '--json', '--data', server.data]).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(rows.map((row) => row.client_id), [...ids].reverse());
    assert.equal(rows[0].company_name, '第三会社 😀');
    assert.deepEqual(rows[0].service_type, submission.service_type);
    assert.match(rows[0].created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    for (const name of Object.keys(submission)) assert.ok(name in rows[0], name);
  },
  'list: --limit, and a word about the rest': () => {
    const out = ends(0, ['list', '--limit', '2', '--data', server.data]);
    assert.deepEqual(out.stdout.trimEnd().split('\n').map(clientIdIn), [...ids].reverse().slice(0, 2));
    assert.match(out.stderr, /--limit/);
    assert.equal(ends(0, ['list', '--json', '--limit', '1', '--data', server.data]).stderr, '');
    ends(0, ['list', '--limit', '18446744073709551615', '--data', server.data]);
  },
  'list: nobody yet; no data; no database': async () => {
    const empty = await new Server().start();
    const args = ['list', '--data', empty.data];
    const out = ends(0, args); // beside a running server
    assert.equal(out.stdout, '');
    assert.match(out.stderr, /Nobody/);
    assert.equal(ends(0, [...args, '--json']).stderr, '');
    await empty.submit();
    assert.equal(ends(0, args).stdout.trimEnd().split('\n').length, 1);
    await empty.stop();
    assert.match(ends(1, ['list', '--data', 'absent']).stderr, /--data/);
    mkdirSync(join(place, 'noise'));
    writeFileSync(join(place, 'noise', 'anteroom.db'), 'x'.repeat(8192));
    ends(4, ['list', '--data', 'noise']);
  },
  'list: nothing that is stored drives the terminal': () => {
    const data = copyOf(server.data);
    // ESC, CSI as one character, BEL, CR, LF, NUL's neighbour, DEL, a bidirectional override, bytes that are not UTF-8.
    const evil = "char(27) || '[31m' || char(155) || '2J' || char(7, 13, 10, 1, 127, 8238, 8232) || CAST(x'ff1b' AS TEXT)";
    tamper(data, `UPDATE submission SET company_name = ${evil}, contact_name = ${evil}, status = ${evil}, service_type = ${evil},
      client_id = substr(char(27) || ']0;x' || char(7) || 'xxxxxxxxxxxxxx', 1, 14) WHERE id = 1`);
    for (const args of [['list'], ['list', '--json']]) {
      const out = spawnSync(binary, [...args, '--data', data], { cwd: place, env: {} });
      assert.equal(out.status, 0, out.stderr.toString());
      const lines = out.stdout.toString('utf8').trimEnd().split('\n');
      assert.equal(lines.length, 3, args.join(' '));
      assert.doesNotMatch(lines.join(''), /[\u0000-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
      assert.ok(Buffer.from(out.stdout.toString()).equals(out.stdout), 'well-formed UTF-8');
    }
  },
  'audit verify: right, with the head to keep': () => {
    const { stdout } = ends(0, ['audit', 'verify', '--data', server.data]);
    assert.match(stdout, /^\d+ events, /);
    assert.match(stdout, /^head [0-9a-f]{64}$/m);
    assert.equal(ends(0, ['audit', 'verify', '--data', server.data]).stdout, stdout);
    ends(1, ['audit', 'verify', '--data', 'absent']);
  },
  'audit verify: an event changed, removed, put in, out of its place: exit 4 and its number': () => {
    const wrong = {
      "UPDATE audit SET detail = detail || ' ' WHERE seq = 2": 2,
      "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 1": 1,
      "UPDATE audit SET actor = action, action = actor WHERE seq = 3": 3,
      "UPDATE audit SET hash = randomblob(32) WHERE seq = 2": 2,
      'DELETE FROM audit WHERE seq = 2': 2,
      'DELETE FROM audit WHERE seq = 1': 1,
      "INSERT INTO audit SELECT seq + 1000, at_ms, actor, action, subject, detail, hash FROM audit WHERE seq = 1": null,
      'UPDATE audit SET subject = (SELECT a.subject FROM audit a WHERE a.seq = 1) WHERE seq = 3': 3,
    };
    for (const [sql, event] of Object.entries(wrong)) {
      const data = copyOf(server.data);
      tamper(data, unlock + sql);
      const out = ends(4, ['audit', 'verify', '--data', data]);
      assert.match(out.stderr, event ? new RegExp(`event ${event} `) : /event \d+ /, sql);
      assert.equal(out.stdout, '');
    }
  },
  'audit head and verify --head: what was signed before shows a chain that was cut or written anew': () => {
    const { stdout } = ends(0, ['audit', 'head', '--data', server.data]);
    const [, signed] = stdout.match(/^signed {2}(\S+)$/m), [, key] = stdout.match(/^key {5}(\{.*\})$/m);
    const kept = join(temporaryDirectory(), 'log'), publicKey = join(temporaryDirectory(), 'key');
    writeFileSync(kept, `{"event":"audit head","signed":"${signed}"}\n`);
    writeFileSync(publicKey, key);
    const verify = (data, ...more) => ['audit', 'verify', '--data', data, '--head', kept, ...more];
    assert.match(ends(0, verify(server.data)).stdout, /^1 signed head agrees\.$/m);
    assert.match(ends(0, verify(server.data, '--key', publicKey)).stdout, /agree/);

    const cut = copyOf(server.data);
    tamper(cut, `${unlock}DELETE FROM audit WHERE seq > 2`);
    ends(0, ['audit', 'verify', '--data', cut]);
    assert.match(ends(4, verify(cut, '--key', publicKey)).stderr, /was there on .* and is gone/);

    writeFileSync(kept, signed.replace(/..$/, 'AA'));
    assert.match(ends(4, verify(server.data)).stderr, /was not signed with this key/);
    writeFileSync(kept, 'nothing of ours');
    ends(2, verify(server.data));
    writeFileSync(publicKey, '{"keys":[]}');
    writeFileSync(kept, signed);
    ends(2, verify(server.data, '--key', publicKey));
    ends(2, ['audit', 'verify', '--data', server.data, '--key', publicKey]);
    ends(2, verify(server.data, 'more'));
  },
  'a running server signs heads: a line in the log, a blob beside the replica': async () => {
    const place = join(temporaryDirectory(), 'replica');
    const other = await new Server({ env: { ANTEROOM_REPLICA__URL: `file://${place}` } }).start();
    const head = join(place, 'audit-head');
    assert.equal((await request(`${other.url}/api/v1/submissions`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(submission),
    })).status, 201);
    for (let i = 0; i < 300 && !existsSync(head); i++) await new Promise((done) => setTimeout(done, 50));
    await other.stop();
    const kept = join(temporaryDirectory(), 'log');
    writeFileSync(kept, other.log);
    for (const file of [head, kept]) assert.match(ends(0, ['audit', 'verify', '--data', other.data, '--head', file]).stdout, /^\d signed heads? agrees?\.$/m);
  },
  'serve: refuses to start on what it cannot use': () => {
    const noisy = { env: { ANTEROOM_SERVER__LISTEN: '127.0.0.1:1', ANTEROOM_SERVER__OPS_LISTEN: '' } };
    ends(4, ['serve', '--data', 'noise'], noisy);
    writeFileSync(join(place, 'plain'), '');
    assert.notEqual(run(['serve', '--data', 'plain'], noisy).status, 0);
  },
  'serve: a port that another anteroom has is refused, though both could share it': async () => {
    const first = await new Server().start();
    const second = new Server();
    second.port = first.port;
    await assert.rejects(second.start(), /server\.listen/);
    assert.equal((await second.ended).code, 1);
    assert.equal(await first.stop(), 0);
  },
  'serve --assets: files as they lie in the folder, and no others': async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'css'));
    writeFileSync(join(folder, 'css', 'app.css'), '/* mine */');
    writeFileSync(join(folder, 'secret'), 'secret');
    // The binary is started with one more option by a shell that stands in front of it.
    const wrap = ['/bin/sh', '-c', 'exec "$0" "$@" --assets "$ASSETS"'];
    const dev = await new Server({ wrap, env: { ASSETS: folder } }).start();
    const page = (await request(`${dev.url}/apply/company`)).body;
    const [css] = page.match(/\/static\/css\/app\.[0-9a-f]{10}\.css/);
    const [js] = page.match(/\/static\/js\/[^"]+/);
    const mine = await request(dev.url + css);
    assert.equal(mine.body, '/* mine */');
    assert.equal(mine.headers['cache-control'], 'no-store');
    assert.match((await request(dev.url + js)).headers['cache-control'], /immutable/, 'what is not there is what is compiled in');
    for (const path of ['/static/secret', '/static/../secret', '/static/css/../secret', '/static/css/', '/static/'])
      assert.equal((await request(dev.url + path)).status, 404, path);
    assert.equal(await dev.stop(), 0);
  },
  'what was made is private': () => {
    for (const [name, mode] of [['.', 0o700], ['anteroom.db', 0o600], ['keys', 0o700], ['keys/tls.key', 0o600]])
      assert.equal(statSync(join(server.data, name)).mode & 0o777 & ~mode, 0, name);
  },
});
