#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Live arrivals: a stream that tells open pages of the team what came, over HTTP/1 and HTTP/2; when it
// ends, and what it must not do: keep a session alive, hold up a stop, run out of hand.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import https from 'node:https';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { block, flag, frame, h2, setting, type } from '../lib/frames.mjs';
import { Server, sleep, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const path = '/staff/arrivals';
const server = new Server({ env: { ANTEROOM_SERVER__LOOPS: '1', ANTEROOM_AUTH__SESSION_IDLE: '1h' } });
const team = await seatTeam(server);

const sql = (text, ...values) => {
  const run = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=60); db.execute(sys.argv[2], sys.argv[3:]); db.commit()';
  assert.equal(spawnSync('python3', ['-c', run, join(server.data, 'anteroom.db'), text, ...values.map(String)]).status, 0);
};
// More browsers of one person.
const crowd = Array.from({ length: 45 }, () => randomBytes(16).toString('base64url'));
sql(`INSERT INTO session (token, person, created_ms, seen_ms, expires_ms, method, strong, client)
     SELECT column1, person, created_ms, seen_ms, expires_ms, method, strong, client FROM session, (VALUES ${
  crowd.map((token) => `(x'${createHash('sha256').update(token).digest('hex')}')`)}) WHERE person = ?`, team.privacy.id);
await server.start();

// Reads a stream until it holds what is looked for; the whole text so far.
class Stream {
  constructor(source, status) {
    Object.assign(this, { source, status, text: '', ended: false });
    source.on('data', (chunk) => this.#more(chunk));
    source.on('end', () => this.#more('', true));
    source.on('close', () => this.#more('', true));
    source.on('error', () => {});
  }

  #more(chunk, ended = this.ended) {
    this.text += chunk;
    this.ended = ended;
    this.wake?.();
  }

  async until(what) {
    const late = sleep(20000).then(() => { throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.text)}`); });
    while (!(what === 'end' ? this.ended : this.text.match(what))) await Promise.race([new Promise((done) => (this.wake = done)), late]);
    late.catch(() => {});
    return this.text;
  }
}

const over1 = (person, query = '') => new Promise((done, fail) => {
  const req = https.get(server.url + path + query, { headers: { cookie: person.cookie }, agent: false, rejectUnauthorized: false }, (res) => {
    const stream = new Stream(res, res.statusCode);
    stream.headers = res.headers;
    stream.close = () => req.destroy();
    done(stream);
  });
  req.on('error', fail);
});

const over2 = (person, query = '') => new Promise((done, fail) => {
  const session = http2.connect(server.url, { rejectUnauthorized: false });
  session.on('error', fail);
  const req = session.request({ ':path': path + query, cookie: person.cookie });
  req.on('response', (headers) => {
    const stream = new Stream(req, headers[':status']);
    stream.headers = headers;
    stream.close = () => session.destroy();
    done(stream);
  });
});

// Over HTTP/2 by somebody who opens no window: what is sent to them stays here.
const unread = async (person) => {
  const socket = await h2(server.port, setting(4, 0));
  const fields = { ':method': 'GET', ':scheme': 'https', ':authority': `localhost:${server.port}`, ':path': path, cookie: person.cookie };
  socket.write(frame(type.headers, flag.endHeaders | flag.endStream, 1, block(Object.entries(fields))));
  const stream = new Stream(socket);
  while (!socket.frames.some((f) => f.kind === type.headers)) await sleep(5);
  return stream;
};

const end = (person) => sql('DELETE FROM session WHERE person = ?', person.id);

await tap({
  'who may not read records gets no stream': async () => {
    assert.equal((await team.auditor.get(path)).status, 403);
    const stranger = await team.agent.get(path, { cookie: 'none=1' });
    assert.equal(stranger.status, 303);
    assert.equal((await team.agent.post('/staff/arrivals', {})).status, 405);
  },
  'arrivals are told over HTTP/1 and HTTP/2, counted from what the page knew': async () => {
    await server.submit();
    const streams = [await over1(team.agent), await over2(team.viewer), await over1(team.agent, '?since=0'), await over2(team.agent, '?since=zero')];
    for (const stream of streams) {
      assert.equal(stream.status, 200);
      assert.equal(stream.headers['content-type'], 'text/event-stream');
      assert.equal(stream.headers['cache-control'], 'no-store');
      assert.equal(stream.headers['content-encoding'], undefined);
      await stream.until(/^retry: \d+\n\n/);
    }
    await streams[2].until(/event: arrivals\ndata: 1\n\n/);
    await server.submit();
    for (const [i, n] of [1, 1, 2, 1].entries()) await streams[i].until(new RegExp(`event: arrivals\ndata: ${n}\n\n`));
    assert.doesNotMatch(streams[0].text, /data: 2/);
    for (const stream of streams) stream.close();
  },
  'a session has six; its oldest ends for a seventh, another session is not touched': async () => {
    const other = await over2(team.viewer);
    const streams = [];
    for (let i = 0; i < 7; i++) {
      streams.push(await over1(team.agent));
      await streams[i].until(/retry/);
    }
    assert.match(await streams[0].until('end'), /event: end\ndata: over\n\n$/);
    await server.submit();
    for (const stream of [other, ...streams.slice(1)]) await stream.until(/data: 1/);
    for (const stream of [other, ...streams]) stream.close();
  },
  'HEAD, and what is asked for nonsense, do no harm': async () => {
    for (const query of ['?since=99999999999999999999', '?since=-1', '?since=%00', '?since=9223372036854775807']) {
      const stream = await over1(team.agent, query);
      await stream.until(/retry/);
      stream.close();
    }
  },
  'a loop has 256; then others are told to come later, until somebody leaves': async () => {
    const sessions = Array.from({ length: 5 }, () => http2.connect(server.url, { rejectUnauthorized: false }));
    const statuses = await Promise.all(crowd.flatMap((token) => Array(6).fill(token)).map((token, i) => new Promise((done, fail) => {
      const req = sessions[i % sessions.length].request({ ':path': path, cookie: `__Host-staff=${token}` });
      req.on('response', (headers) => done(headers[':status'])).on('error', fail);
    })));
    // Some of the tests before may be there yet: over HTTP/1 it shows when something is sent.
    const taken = statuses.filter((status) => status === 200).length;
    assert.ok(taken > 200 && taken <= 256, `${taken} of ${statuses.length}`);
    assert.equal(statuses.filter((status) => status === 503).length, statuses.length - taken);
    for (const session of sessions) session.destroy();
    let stream;
    for (let i = 0; i < 400 && stream?.status !== 200; i++) {
      stream = await over1(team.agent);
      await sleep(5);
    }
    assert.equal(stream.status, 200);
    stream.close();
  },
  'a stop ends them all and waits for none': async () => {
    const streams = [await over1(team.agent), await over2(team.agent), await unread(team.viewer)];
    await streams[0].until(/retry/);
    await sleep(1100); // what lies unread for less is waited for
    assert.equal(await server.stop(), 0);
    for (const stream of streams) await stream.until('end');
    assert.match(streams[0].text + streams[1].text, /(event: end\ndata: later\n\n.*){2}$/s);
  },
  'it outlives the time of quiet connections, and ends with the session; who does not read is cut': async () => {
    server.options.env = { ...server.options.env, ANTEROOM_LIMITS__REQUEST_TIME: '1s', ANTEROOM_LIMITS__IDLE_TIME: '1s' };
    await server.start();
    const streams = [await over1(team.agent), await over2(team.agent)];
    const stalled = await unread(team.viewer);
    for (const stream of streams) await stream.until(/\n:\n\n/); // after the time of quiet ones
    await stalled.until('end');
    end(team.agent);
    for (const stream of streams) assert.match(await stream.until('end'), /event: end\ndata: over\n\n$/);
    assert.equal((await team.agent.get(path)).status, 303);
    await server.kill();
  },
});
