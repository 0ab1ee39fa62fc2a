// SPDX-License-Identifier: Apache-2.0
// A second reader and writer of encrypted files of a replica, made from the description at the head
// of src/replicate/sealed.h with the cryptography of Node.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CHUNK = 65536, TAG = 16, HEADER = 56;
const derive = (key, salt, use, size) => Buffer.from(hkdfSync('sha256', key, salt, use, size));
export const keyId = (key) => derive(key, Buffer.alloc(0), 'anteroom replica key', 8);
const fileKey = (key, name, header) =>
  derive(key, header.subarray(24), Buffer.concat([Buffer.from('anteroom replica file\0'), header.subarray(0, 24), Buffer.from(name)]), 32);

function nonce(number, last) {
  const bytes = Buffer.alloc(12);
  bytes[0] = last ? 1 : 0;
  bytes.writeBigUInt64BE(BigInt(number), 4);
  return bytes;
}

export function seal(key, name, plain, salt = randomBytes(32)) {
  const header = Buffer.concat([Buffer.from('anteroom\x01'), Buffer.alloc(7), keyId(key), salt]);
  const parts = [header];
  for (let number = 0; number === 0 || number * CHUNK < plain.length; number++) {
    const part = plain.subarray(number * CHUNK, (number + 1) * CHUNK);
    const cipher = createCipheriv('aes-256-gcm', fileKey(key, name, header), nonce(number, number * CHUNK + part.length === plain.length));
    parts.push(cipher.update(part), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(parts);
}

export function open(key, name, stored) {
  const header = stored.subarray(0, HEADER), parts = [];
  if (!header.subarray(16, 24).equals(keyId(key))) throw new Error('another key');
  for (let number = 0, at = HEADER; number === 0 || at < stored.length; number++, at += CHUNK + TAG) {
    const part = stored.subarray(at, at + CHUNK + TAG);
    const cipher = createDecipheriv('aes-256-gcm', fileKey(key, name, header), nonce(number, at + part.length === stored.length));
    cipher.setAuthTag(part.subarray(part.length - TAG));
    parts.push(cipher.update(part.subarray(0, part.length - TAG)), cipher.final());
  }
  return Buffer.concat(parts);
}
