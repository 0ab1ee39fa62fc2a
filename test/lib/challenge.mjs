// SPDX-License-Identifier: Apache-2.0
// The work that a form asks for under pressure (src/web/challenge.h), done without a browser.
import { createHash } from 'node:crypto';

// What the page asks: {token, bits, wait, number, atOnce}; undefined when it asks nothing.
export function askedIn(html) {
  const token = html.match(/name="_challenge" value="([^"]*)"/)?.[1];
  return token && {
    token,
    number: html.match(/name="_proof" value="([^"]*)"/)[1],
    bits: Number(html.match(/data-bits="(\d+)"/)[1]),
    wait: Number(html.match(/data-wait="(\d+)"/)[1]),
    atOnce: html.includes(' data-at-once'),
  };
}

export function zeroBits(token, number) {
  const message = Buffer.alloc(16 * 1024);
  message.writeBigUInt64BE(BigInt(number));
  message.write(token, 8, 'latin1');
  return Math.clz32(createHash('sha256').update(message).digest().readUInt32BE());
}

// The first number that is a solution (or, to be wrong on purpose, is none).
export function solve({ token, bits }, right = true) {
  for (let n = 0; ; n++) if (zeroBits(token, n) >= bits === right) return n;
}
