// SPDX-License-Identifier: Apache-2.0
// HTTP/2 frames written by hand (RFC 9113, HPACK without indexing: RFC 7541 §6.2.2), for what no
// honest client sends.
import tls from 'node:tls';

export const type = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8, continuation: 9 };
export const flag = { endStream: 1, endHeaders: 4 };

export function frame(kind, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function text(value) {
  const bytes = Buffer.from(value, 'latin1');
  const length = [];
  let n = bytes.length;
  if (n < 127) length.push(n);
  else for (length.push(127), n -= 127; ; n >>= 7) {
    length.push(n >= 128 ? (n & 127) | 128 : n);
    if (n < 128) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

// A header block from pairs of texts; each byte as it is.
export function block(pairs) {
  return Buffer.concat(pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])));
}

export const word = (n) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n >>> 0);
  return bytes;
};

export const setting = (id, value) => Buffer.concat([Buffer.from([id >> 8, id & 255]), word(value)]);

// FROM=127.0.0.2: as another client.
export const localAddress = process.env.FROM;

export function secure(port, options = {}) {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: '127.0.0.1', localAddress, port, servername: 'localhost', rejectUnauthorized: false, ...options }, () => {
      socket.removeListener('error', fail);
      socket.on('error', () => {});
      done(socket);
    });
    socket.once('error', fail);
  });
}

// Over HTTP/2 up to our SETTINGS. socket.frames grows by {kind, flags, stream, payload}.
export async function h2(port, settings = Buffer.alloc(0)) {
  const socket = await secure(port, { ALPNProtocols: ['h2'] });
  socket.frames = [];
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      socket.frames.push({ kind: rest[3], flags: rest[4], stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
  });
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(type.settings, 0, 0, settings)]));
  return socket;
}
