// SPDX-License-Identifier: Apache-2.0
// Floods over one HTTP/2 connection: what each sends, over and over. For test/web/attack_http2.mjs and
// test/bench/attacker.mjs.
import { block, flag, frame, h2, setting, type, word } from './frames.mjs';
import { sleep, submission } from './server.mjs';

export const priority = 2;
export const calm = 11;

export const pseudo = (method, path) => [[':method', method], [':scheme', 'https'], [':path', path], [':authority', 'localhost']];
export const get = block(pseudo('GET', '/apply/company'));
export const submit = block([...pseudo('POST', '/api/v1/submissions'), ['content-type', 'application/json']]);
export const body = Buffer.from(JSON.stringify(submission));
const both = flag.endStream | flag.endHeaders;
export const open = (stream, head = get, flags = both) => frame(type.headers, flags, stream, head);

// Sends what make(i) gives, a hundred at a time, until the server closes; i counts from 0.
export async function flood(port, make, { most = 60000, settings, before } = {}) {
  const socket = await h2(port, settings);
  let closed = false;
  const close = new Promise((done) => socket.once('close', done).once('end', done)).then(() => (closed = true));
  if (before) socket.write(before);
  let sent = 0;
  while (!closed && sent < most) {
    const some = [];
    for (let k = 0; k < 100; k++) some.push(make(sent++));
    if (!socket.write(Buffer.concat(some)))
      await Promise.race([new Promise((done) => socket.once('drain', done)), close, sleep(2000)]);
    await new Promise(setImmediate);
  }
  for (let i = 0; i < 500 && !closed; i++) await sleep(10);
  socket.destroy();
  const goaway = socket.frames.find((f) => f.kind === type.goaway);
  return { closed, sent, code: goaway?.payload.readUInt32BE(4) };
}

export const stream = (i) => 2 * i + 1;
export const floods = {
  'rapid reset: requests taken back at once': [(i) => Buffer.concat([open(stream(i)), frame(type.reset, 0, stream(i), word(8))])],
  'rapid reset of submissions': [(i) => Buffer.concat([
    open(stream(i), submit, flag.endHeaders), frame(type.data, flag.endStream, stream(i), body), frame(type.reset, 0, stream(i), word(8))])],
  'made to reset: a window update of nothing': [(i) => Buffer.concat([open(stream(i)), frame(type.window, 0, stream(i), word(0))])],
  'made to reset: a window that overflows': [(i) => Buffer.concat([open(stream(i)), frame(type.window, 0, stream(i), word(0x7fffffff))])],
  'made to reset: data after the end': [(i) => Buffer.concat([open(stream(i)), frame(type.data, flag.endStream, stream(i), body)])],
  'made to reset: headers after the end': [(i) => Buffer.concat([open(stream(i)), open(stream(i))]), { any: true }],
  'made to reset: a priority of four bytes': [(i) => Buffer.concat([open(stream(i)), frame(priority, 0, stream(i), word(0))]), { any: true }],
  'made to reset: a stream that depends on itself': [(i) => Buffer.concat([open(stream(i)), frame(priority, 0, stream(i), Buffer.concat([word(stream(i)), Buffer.from([15])]))]), { any: true }],
  'made to reset: a body of another length': [(i) => Buffer.concat([
    open(stream(i), block([...pseudo('POST', '/api/v1/submissions'), ['content-length', '1']]), flag.endHeaders), frame(type.data, flag.endStream, stream(i), body)])],
  'made to reset: a head without a path': [(i) => open(stream(i), block([[':method', 'GET'], [':scheme', 'https']]))],
  'more streams than are allowed': [(i) => open(stream(i), submit, flag.endHeaders)],
  'data for streams that are closed': [() => frame(type.data, 0, 1, body), { before: Buffer.concat([open(1), frame(type.reset, 0, 1, word(8))]) }],
  'PING': [() => frame(type.ping, 0, 0, Buffer.alloc(8))],
  'PING, acknowledged': [() => frame(type.ping, 1, 0, Buffer.alloc(8))],
  'SETTINGS': [() => frame(type.settings, 0, 0, setting(4, 65535))],
  'SETTINGS, empty': [() => frame(type.settings, 0, 0)],
  'SETTINGS, acknowledged': [() => frame(type.settings, 1, 0)],
  'PRIORITY': [(i) => frame(priority, 0, 1, Buffer.concat([word(0), Buffer.from([i & 255])]))],
  'WINDOW_UPDATE': [() => frame(type.window, 0, 0, word(1))],
  'RST_STREAM': [() => frame(type.reset, 0, 1, word(8)), { before: open(1) }],
  'GOAWAY': [() => frame(type.goaway, 0, 0, Buffer.alloc(8))],
  'frames of no known type': [(i) => frame(0x20 + i % 100, 0, 0, Buffer.from('unknown'))],
  'DATA of nothing': [() => frame(type.data, 0, 1), { before: open(1, submit, flag.endHeaders) }],
  'DATA of nothing but padding': [() => frame(type.data, 8, 1, Buffer.from([3, 0, 0, 0])), { before: open(1, submit, flag.endHeaders) }],
  'DATA of one byte': [() => frame(type.data, 0, 1, Buffer.from('x')), { before: open(1, submit, flag.endHeaders) }],
  'CONTINUATION of nothing': [() => frame(type.continuation, 0, 1), { before: open(1, get, flag.endStream) }],
  'CONTINUATION without end': [(i) => frame(type.continuation, 0, 1, block([[`x${i}`, 'y'.repeat(1000)]])), { before: open(1, get, flag.endStream) }],
};
