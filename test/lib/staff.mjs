// SPDX-License-Identifier: Apache-2.0
// Seats people of the team in a data directory whose server is stopped, each with a session and a
// token of the API, so that a test of a page begins on that page. How people really get in is tested by sign_in.mjs.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { request } from './server.mjs';

export const roles = ['viewer', 'agent', 'privacy', 'auditor', 'administrator'];

const seat = `
import json, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
now = int(time.time() * 1000)
for who in json.loads(sys.argv[2]):
    cursor = db.execute("INSERT INTO person (login, name, role, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?)",
                        (who["login"], who["name"], who["role"], now, now))
    db.execute("INSERT INTO session (token, person, created_ms, seen_ms, expires_ms, method, strong, client)"
               " VALUES (?, ?, ?, ?, ?, 'password', 1, 'a test')",
               (bytes.fromhex(who["hash"]), cursor.lastrowid, now, now, now + 3600000))
    db.execute("INSERT INTO token (token, name, role, created_by, created_ms, expires_ms) VALUES (?, ?, ?, 0, ?, 0)",
               (bytes.fromhex(who["bearerHash"]), who["name"], who["role"], now))
    print(cursor.lastrowid)
db.commit()
db.close()
`;

export class Person {
  constructor(server, who) {
    Object.assign(this, who, { server, cookie: `__Host-staff=${who.token}` });
  }

  get(path, headers = {}) {
    return request(this.server.url + path, { headers: { cookie: this.cookie, ...headers } });
  }

  // Sends a form of the page `from`, with that page's csrf. A field that is a list is sent once for each.
  async post(path, fields, { from = '/staff', headers = {} } = {}) {
    const csrf = (await this.get(from)).body.match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';
    return request(this.server.url + path, {
      method: 'POST',
      headers: { cookie: this.cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(Object.entries({ csrf, ...fields }).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))).toString(),
    });
  }
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// One person a role: {agent: Person, …}. The server is started and stopped once before, so that there
// is a database; start it afterwards.
export async function seatTeam(server, wanted = roles) {
  await server.start();
  await server.stop();
  const people = wanted.map((role) => {
    const token = randomBytes(16).toString('base64url');
    const bearer = `art_${randomBytes(20).toString('base64url')}`;
    return { role, bearer, bearerHash: sha256(bearer), login: `${role}@example.com`, name: `Robin ${role}`, token, hash: sha256(token) };
  });
  const done = spawnSync('python3', ['-c', seat, join(server.data, 'anteroom.db'), JSON.stringify(people)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  const ids = done.stdout.trim().split('\n').map(Number);
  return Object.fromEntries(people.map((who, i) => [who.role, new Person(server, { ...who, id: ids[i] })]));
}
