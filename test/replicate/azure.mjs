#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The replica's place in Azure, against Azurite: the contract test in every way in, over http and
// https; then what goes wrong on the way, each fault by name, through a proxy that makes it.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { Azurite, account } from '../lib/azurite.mjs';
import { FaultProxy } from '../lib/fault_proxy.mjs';
import { temporaryDirectory } from '../lib/server.mjs';

const contract = 'build/release/test/replicate/destination_test';
const tool = 'build/test/replicate/tool/place';
let tests = 0;
const report = (name, passed, detail = '') => {
  console.log(`${passed ? 'ok' : 'not ok'} ${++tests} - ${name}`);
  if (!passed) for (const line of String(detail).split('\n')) console.log(`#   ${line}`);
};

function run(program, args, env) {
  return new Promise((done) => {
    const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env } });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('close', (code) => done({ code, text }));
  });
}

async function keepsTheContract(name, env) {
  const { code, text } = await run(contract, [], { CMOCKA_MESSAGE_OUTPUT: 'TAP', ...env });
  const passed = (text.match(/^ok /gm) ?? []).length;
  report(`${name}: ${passed} promises kept`, code === 0 && passed > 0 && !/^not ok/m.test(text), text);
}

// Each verb's answer, parsed.
async function place(env, ...words) {
  const { text } = await run(tool, words, env);
  return text.trim().split('\n').map((line) => {
    try {
      return JSON.parse(line);
    } catch {
      return { error: 'no answer', why: line };
    }
  });
}

// A token endpoint: the authority of Workload Identity, or a machine's identity service.
async function signInService(answer) {
  const service = { asked: [] };
  const server = http.createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    service.asked.push({ url: req.url, headers: req.headers, form: new URLSearchParams(body) });
    const { status = 200, ...said } = answer(service.asked.length);
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  service.url = `http://127.0.0.1:${server.address().port}/`;
  service.stop = () => (server.closeAllConnections(), server.close());
  return service;
}

const plain = await new Azurite().start();
const secure = await new Azurite({ https: true }).start();
const by = (azure, more) => ({ PLACE_URL: azure.url('some/path'), PLACE_ENDPOINT: azure.endpoint, PLACE_CA_FILE: azure.ca ?? '', ...more });

// ---- every way in ----------------------------------------------------------------------------------

await keepsTheContract('http, the account\'s key', by(plain, { PLACE_ACCOUNT_KEY: plain.key }));
await keepsTheContract('http, encrypted', by(plain, { PLACE_ACCOUNT_KEY: plain.key, PLACE_KEY: '0123456789abcdef'.repeat(4) }));
await keepsTheContract('http, a SAS', by(plain, { PLACE_SAS: plain.sas(), PLACE_FEW: '1' }));
await keepsTheContract('https, the account\'s key', by(secure, { PLACE_ACCOUNT_KEY: secure.key, PLACE_FEW: '1' }));
await keepsTheContract('https, a SAS', by(secure, { PLACE_SAS: `?${secure.sas()}`, PLACE_FEW: '1' }));

const folder = temporaryDirectory();
mkdirSync(join(folder, 'tokens'));
const tokenFile = join(folder, 'tokens', 'token');
writeFileSync(tokenFile, 'an assertion of the cluster\n');
const workload = (url) => ({ AZURE_FEDERATED_TOKEN_FILE: tokenFile, AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_AUTHORITY_HOST: url });

const authority = await signInService(() => ({ access_token: secure.token(), expires_in: 3600, token_type: 'Bearer' }));
await keepsTheContract('https, Workload Identity', by(secure, { ...workload(authority.url), PLACE_FEW: '1' }));
const form = Object.fromEntries(authority.asked[0]?.form ?? []);
report('the assertion is exchanged at the tenant, once per connection', authority.asked[0]?.url === '/tenant/oauth2/v2.0/token' &&
  form.client_id === 'client' && form.grant_type === 'client_credentials' && form.scope === 'https://storage.azure.com/.default' &&
  form.client_assertion === 'an assertion of the cluster' && form.client_assertion_type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
  authority.asked.length === 3, JSON.stringify([authority.asked.length, form]));
authority.stop();

const machine = await signInService(() => ({ access_token: secure.token(), expires_in: '86400' }));
const identity = by(secure, { IDENTITY_ENDPOINT: `${machine.url}msi/token`, IDENTITY_HEADER: 'a secret' });
const [byMachine] = await place(identity, 'put', 'identity', 'x');
report('https, a managed identity', byMachine.error === 'none' && machine.asked[0].headers['x-identity-header'] === 'a secret' &&
  machine.asked[0].url.startsWith('/msi/token?') && machine.asked[0].url.includes('resource=https%3A%2F%2Fstorage.azure.com%2F'), JSON.stringify(byMachine));
machine.stop();

const renewing = await signInService((n) => ({ access_token: n === 1 ? secure.token({ seconds: -10 }) : secure.token(), expires_in: 3600 }));
const [renewed] = await place(by(secure, workload(renewing.url)), 'put', 'renewed', 'x');
report('a token that is refused is fetched anew, once', renewed.error === 'none' && renewing.asked.length === 2, JSON.stringify([renewed, renewing.asked.length]));
renewing.stop();

const refusing = await signInService(() => ({ status: 401, error: 'invalid_client', error_description: 'AADSTS70021: No matching federated identity record found.\nTrace' }));
const [unknown] = await place(by(secure, workload(refusing.url)), 'look', 'x');
report('nobody vouches for us: what Azure said, and what to compare', unknown.error === 'refused' && unknown.why.includes('AADSTS70021') && unknown.hint.includes('federated'), JSON.stringify(unknown));
refusing.stop();

// ---- refused ---------------------------------------------------------------------------------------

const wrongKey = Buffer.from('another key').toString('base64');
const [badKey] = await place(by(plain, { PLACE_ACCOUNT_KEY: wrongKey }), 'look', 'x');
report('a wrong key is refused', badKey.error === 'refused' && badKey.why.includes('403') && badKey.hint !== '', JSON.stringify(badKey));
const [noBase64] = await place(by(plain, { PLACE_ACCOUNT_KEY: 'not base64' }), 'look', 'x');
report('a key that is none is told at the start', noBase64.error === 'configuration' && noBase64.hint !== '', JSON.stringify(noBase64));
const [late] = await place(by(plain, { PLACE_SAS: plain.sas({ ends: new Date(Date.now() - 60e3) }) }), 'look', 'x');
report('a SAS out of date is refused', late.error === 'refused', JSON.stringify(late));
const [readOnly] = await place(by(plain, { PLACE_SAS: plain.sas({ permissions: 'rl' }) }), 'put', 'x', 'y');
report('a SAS without the right to write is refused', readOnly.error === 'refused', JSON.stringify(readOnly));
const [nowhere] = await place({ ...by(plain, { PLACE_ACCOUNT_KEY: plain.key }), PLACE_URL: `abs://${account}@absent/x` }, 'put', 'x', 'y');
report('no container: how to make it', nowhere.error === 'missing' && nowhere.hint.includes('container create'), JSON.stringify(nowhere));
const [untrusted] = await place({ ...by(secure, { PLACE_ACCOUNT_KEY: secure.key }), PLACE_CA_FILE: '' }, 'look', 'x');
report('a certificate of nobody we trust', untrusted.error === 'network' && untrusted.hint.includes('ca'), JSON.stringify(untrusted));
const [noCa] = await place({ ...by(secure, { PLACE_ACCOUNT_KEY: secure.key }), PLACE_CA_FILE: '/nowhere' }, 'look', 'x');
report('a file of authorities that is not there', noCa.error === 'configuration', JSON.stringify(noCa));
const [nobody] = await place({ ...by(plain, { PLACE_ACCOUNT_KEY: plain.key }), PLACE_ENDPOINT: 'http://name.invalid/x' }, 'look', 'x');
report('a name without an address', nobody.error === 'network' && nobody.hint.includes('name servers'), JSON.stringify(nobody));

// ---- faults on the way ---------------------------------------------------------------------------

const proxy = await new FaultProxy(plain.endpoint).start();
const through = by(plain, { PLACE_ACCOUNT_KEY: plain.key, PLACE_ENDPOINT: `http://127.0.0.1:${proxy.port}/${account}` });
async function fault(name, method, what, words, good, env = {}) {
  proxy.next(method, what);
  const answers = await place({ ...through, ...env }, ...words);
  report(name, good(...answers), JSON.stringify(answers));
}

await fault('503: busy', 'PUT', { status: 503 }, ['put', 'f/1', 'x', '+', 'put', 'f/1', 'x'],
  (first, second) => first.error === 'busy' && first.retry_ms === 0 && second.error === 'none');
await fault('429 with Retry-After in seconds', 'PUT', { status: 429, headers: { 'retry-after': '7' } }, ['put', 'f/2', 'x', '+', 'put', 'f/2', 'x'],
  (first, second) => first.error === 'busy' && first.retry_ms === 7000 && second.error === 'none' && second.retry_ms === 0);
await fault('503 with Retry-After as a date', 'PUT', { status: 503, headers: { 'retry-after': new Date(Date.now() + 60e3).toUTCString() } }, ['put', 'f/3', 'x'],
  (first) => first.error === 'busy' && first.retry_ms > 0 && first.retry_ms <= 60000);
await fault('500: busy', 'GET', { status: 500, code: 'InternalError' }, ['get', 'f/1'], (first) => first.error === 'busy');
await fault('a container that is being deleted: later', 'PUT', { status: 409, code: 'ContainerBeingDeleted' }, ['put', 'f/4', 'x'], (first) => first.error === 'busy');
await fault('no answer: it ends in time', 'HEAD', { silent: true }, ['look', 'f/1'],
  (first) => first.error === 'network' && first.why.includes('no answer in time'), { PLACE_TIMEOUT_MS: '300' });
await fault('a slow answer is an answer', 'HEAD', { delay: 300 }, ['look', 'f/1'], (first) => first.error === 'none' && first.text === '1 writer=me');
await fault('reset before the server hears of it, then put', 'PUT', { resetBefore: true }, ['put', 'f/5', 'x', '+', 'put', 'f/5', 'x'],
  (first, second) => first.error === 'network' && second.error === 'none');
await fault('the answer is lost: the repeat finds its own blob', 'PUT', { lost: true }, ['put', 'f/6', 'x', '+', 'put', 'f/6', 'x', '+', 'look', 'f/6'],
  (first, second, third) => first.error === 'network' && second.error === 'conflict' && third.text === '1 writer=me');
await place(through, 'put', 'f/long', 'y'.repeat(100000));
await fault('an answer that breaks off', 'GET', { cut: 5000 }, ['get', 'f/long', '+', 'get', 'f/long'],
  (first, second) => first.error === 'network' && first.text.length === 5000 && second.text.length === 100000);
await fault('a body damaged on the way', 'PUT', { damage: true }, ['put', 'f/7', 'abc', '+', 'put', 'f/7', 'abc', '+', 'get', 'f/7'],
  (first, second, third) => first.error === 'network' && second.error === 'none' && third.text === 'abc');
await fault('half a list is no list', 'GET', { replay: '<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>some/path/f/1</Name></Blob>' }, ['list', 'f/', '+', 'list', 'f/'],
  (first, second) => first.error === 'network' && second.error === 'none' && second.text.startsWith('f/1 f/2'));
await fault('an old list is what it is, and blobs are asked by name', 'GET',
  { replay: '<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>some/path/f/1</Name><Properties><Content-Length>1</Content-Length></Properties></Blob></Blobs><NextMarker /></EnumerationResults>' },
  ['list', 'f/', '+', 'look', 'f/6'], (first, second) => first.text === 'f/1' && second.error === 'none');
// Two answers of the service make one long list: the marker is given back as it was.
const entry = (i) => `<Blob><Name>some/path/many/${String(i).padStart(6, '0')}</Name><Properties><Content-Length>${i}</Content-Length></Properties></Blob>`;
const answer = (from, to, marker) => `<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x"><Prefix>some/path/many/</Prefix><Blobs>${
  Array.from({ length: to - from }, (_, i) => entry(from + i)).join('')}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;
proxy.next('GET', { replay: answer(0, 600, 'a&amp;b!1/=') }, /comp=list&maxresults=1000/);
proxy.next('GET', { replay: answer(600, 1000, 'm!2') }, /marker=a%26b%211%2F%3D&maxresults=400/);
proxy.next('GET', { replay: answer(1000, 1003, '') }, /marker=m%212&maxresults=1000/);
const [long] = await place(through, 'list', 'many/');
const names = long.text.split(' ');
report('a long list comes in parts, each from where the last one ended', names.length === 1003 && names.every((n, i) => n === `many/${String(i).padStart(6, '0')}`) &&
  proxy.faults.length === 0, JSON.stringify([long.error, long.why, names.length, proxy.seen.slice(-4)]));

// ---- many at once --------------------------------------------------------------------------------

// Three blobs are put, deleted together (twice with `again`), and looked at; what was asked to delete them is counted.
async function deleting(name, method, what, good, { env = {}, again = false, way = proxy } = {}) {
  const words = ['b/1', 'b/2', 'b/3'].flatMap((blob) => ['put', blob, 'x', '+']);
  const remove = ['delete', 'b/1,b/2,b/never,b/3', '+'];
  const from = way.seen.length;
  if (method) way.next(method, what);
  const answers = await place({ ...through, ...env }, ...words, ...remove, ...(again ? [...words, ...remove] : []), 'list', 'b/');
  const asked = way.seen.slice(from);
  const count = (which) => asked.filter((line) => line.startsWith(which)).length;
  const deletes = answers.filter((_, i) => i % 4 === 3 && i < 8).slice(0, again ? 2 : 1);
  report(name, good(deletes, count('POST'), count('DELETE'), answers.at(-1).text), JSON.stringify([deletes, answers.at(-1), asked]));
}
const part = (id, status, code) => `--r\r\nContent-Type: application/http\r\nContent-ID: ${id}\r\n\r\nHTTP/1.1 ${status} x\r\nx-ms-error-code: ${code}\r\n\r\n`;
const batch = (parts) => ({ replay: parts, headers: { 'content-type': 'multipart/mixed; boundary=r' } });
const refused = (n) => Array.from({ length: n }, (_, i) => part(i, 403, 'AuthenticationFailed')).join('');

await deleting('blobs go in one request, one that is not there with them', '', {},
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single === 0 && left === '');
await deleting('… by SAS', '', {},
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single === 0 && left === '', { env: { PLACE_ACCOUNT_KEY: '', PLACE_SAS: plain.sas() } });
const signing = await signInService(() => ({ access_token: secure.token(), expires_in: 3600 }));
const behind = await new FaultProxy(secure.endpoint, { ca: readFileSync(secure.ca) }).start();
await deleting('… by a token, which each of them carries', '', {},
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single === 0 && left === '',
  { env: { ...workload(signing.url), PLACE_ACCOUNT_KEY: '', PLACE_ENDPOINT: `http://127.0.0.1:${behind.port}/${account}` }, way: behind });
signing.stop();
await behind.stop();
for (const [status, code] of [[400, 'InvalidQueryParameterValue'], [403, 'AuthorizationPermissionMismatch'], [501, 'NotImplemented']])
  await deleting(`a place without batches (${status}): one by one, and it is remembered`, 'POST', { status, code },
    ([first, second], posts, single, left) => first.error === 'none' && second.error === 'none' && posts === 1 && single === 8 && left === '', { again: true });
await deleting('half an answer is none: one by one', 'POST', batch(part(0, 202, '') + part(1, 202, '')),
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single === 4 && left === '');
await deleting('parts that were refused are asked for by themselves', 'POST', batch(`${refused(4)}--r--`),
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single === 4 && left === '');
await deleting('a part of it later: all of it later', 'POST', batch(`${part(0, 202, '')}${part(1, 503, 'ServerBusy')}${part(2, 202, '')}${part(3, 202, '')}--r--`),
  ([first], posts, single, left) => first.error === 'busy' && posts === 1 && single === 0 && left === 'b/1 b/2 b/3');
await deleting('busy, with Retry-After, and then done', 'POST', { status: 503, headers: { 'retry-after': '3' } },
  ([first, second], posts, single, left) => first.error === 'busy' && first.retry_ms === 3000 && second.error === 'none' && posts === 2 && single === 0 && left === '', { again: true });
await deleting('the answer is lost on a kept connection: once more, and what is gone is no error', 'POST', { lost: true },
  ([first], posts, single, left) => first.error === 'none' && posts === 2 && single === 0 && left === '');
await deleting('the answer breaks off: asked again, the same', 'POST', { cut: 200 },
  ([first, second], posts, single, left) => first.error === 'network' && second.error === 'none' && posts === 2 && single === 0 && left === '', { again: true });
await deleting('a batch damaged on the way: all that was asked for goes, and nothing else', 'POST', { damage: true },
  ([first], posts, single, left) => first.error === 'none' && posts === 1 && single > 0 && left === '');

await fault('refused, and the clocks are an hour apart', 'HEAD',
  { status: 403, code: 'AuthenticationFailed', headers: { date: new Date(Date.now() + 3600e3).toUTCString() } }, ['look', 'f/1'],
  (first) => first.error === 'refused' && /clock is (59|60) minutes behind/.test(first.hint));
await fault('another server altogether', 'HEAD', { status: 302, code: '' }, ['look', 'f/1'], (first) => first.error === 'refused');
const before = proxy.seen.length;
proxy.server.keepAliveTimeout = 100;
const stale = await place(through, 'look', 'f/1', '+', 'wait', '1500', '+', 'look', 'f/1');
report('a kept connection that was closed meanwhile: once more, unnoticed', stale[2].error === 'none' && proxy.seen.length === before + 2, JSON.stringify(stale));
report(`every body had its checksum (${proxy.checked} compared)`, proxy.checked >= 12);
report('no secret in what is said', ![badKey, late, readOnly, nobody].some((a) => /sig=|SharedKey|Bearer/.test(JSON.stringify(a))));

await proxy.stop();
await plain.stop();
await secure.stop();
console.log(`1..${tests}`);
