// SPDX-License-Identifier: Apache-2.0
// Stands before a server and spoils what it is told to: a request that a rule matches gets that
// rule's fault instead of (or after) the server's answer. Everything else passes as it is.
//
//     const proxy = await new FaultProxy('http://127.0.0.1:10000').start();
//     proxy.next('PUT', { status: 503, headers: { 'retry-after': '2' } });   // once
//     proxy.port  proxy.seen  await proxy.stop()
//
// Faults: {status, headers, code} an answer of our own, the server hears nothing · {silent: true} no answer ·
// {resetBefore: true} the connection is reset before the server hears of it · {lost: true} the server
// does it, and the answer is lost · {cut: n} the answer breaks off after n bytes · {delay: ms} ·
// {replay: body, headers} an old answer instead · {damage: true} a byte of the request is changed on the way.
// It checks x-ms-content-crc64 like Azure, which the emulator does not: a damaged body gets 400.
import http from 'node:http';
import https from 'node:https';

const mask = (1n << 64n) - 1n;
const table = Array.from({ length: 256 }, (_, b) => {
  let a = BigInt(b);
  for (let i = 0; i < 8; i++) a = a & 1n ? (a >> 1n) ^ 0x9a6c9329ac4bc9b5n : a >> 1n;
  return a;
});

export function crc64(bytes) {
  let a = mask;
  for (const b of bytes) a = (a >> 8n) ^ table[Number((a ^ BigInt(b)) & 0xffn)];
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(a ^ mask);
  return out.toString('base64');
}

export class FaultProxy {
  // ca: the authority of a target that speaks TLS; the proxy itself does not.
  constructor(target, { ca } = {}) {
    this.target = new URL(target);
    this.protocol = this.target.protocol === 'https:' ? https : http;
    this.faults = [];
    this.seen = []; // "PUT /path?query" of each request
    this.checked = 0; // checksums compared
    this.agent = new this.protocol.Agent({ keepAlive: true, ca });
  }

  next(method, fault, match = /./) {
    this.faults.push({ method, fault, match });
  }

  async start() {
    this.server = http.createServer((req, res) => this.#handle(req, res));
    this.server.keepAliveTimeout = 60000;
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    this.agent.destroy();
  }

  #take(req) {
    const at = this.faults.findIndex((f) => f.method === req.method && f.match.test(req.url));
    return at < 0 ? {} : this.faults.splice(at, 1)[0].fault;
  }

  async #handle(req, res) {
    const chunks = [];
    this.seen.push(`${req.method} ${req.url}`);
    const fault = this.#take(req);
    if (fault.resetBefore) return req.socket.resetAndDestroy();
    try {
      for await (const chunk of req) chunks.push(chunk);
    } catch {
      return; // the client went away
    }
    const body = Buffer.concat(chunks);
    if (fault.silent) return;
    if (fault.delay) await new Promise((done) => setTimeout(done, fault.delay));
    if (fault.damage) body[body.length >> 1] ^= 1;
    const sum = req.headers['x-ms-content-crc64'];
    if (sum) this.checked++;
    if (sum && sum !== crc64(body)) return this.#say(res, 400, 'Crc64Mismatch');
    if (fault.status) return this.#say(res, fault.status, fault.code ?? 'ServerBusy', fault.headers);
    if (fault.replay !== undefined) return res.writeHead(200, { 'content-type': 'application/xml', ...fault.headers }).end(fault.replay);
    const out = this.protocol.request(this.target.origin + req.url,
      { method: req.method, headers: req.headers, agent: this.agent }, (answer) => this.#pass(answer, res, fault));
    out.on('error', () => res.destroy());
    out.end(body);
  }

  #say(res, status, code, headers = {}) {
    res.writeHead(status, { 'x-ms-error-code': code, 'content-length': 0, ...headers }).end();
  }

  #pass(answer, res, fault) {
    if (fault.lost) {
      answer.resume();
      answer.on('end', () => res.socket.resetAndDestroy());
      return;
    }
    res.writeHead(answer.statusCode, answer.rawHeaders);
    if (fault.cut === undefined) return void answer.pipe(res);
    answer.once('data', (chunk) => {
      res.write(chunk.subarray(0, fault.cut), () => setTimeout(() => res.destroy(), 50));
      answer.resume();
    });
  }
}
