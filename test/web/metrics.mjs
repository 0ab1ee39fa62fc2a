#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// /metrics: what is told is what was done, in both formats, readable by the letter of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server, request, sleep, submission, tap, temporaryDirectory } from '../lib/server.mjs';

const replica = join(temporaryDirectory(), 'replica');
const server = await new Server({ env: { ANTEROOM_REPLICA__URL: `file://${replica}`, ANTEROOM_REPLICA__MODE: 'sync' } }).start();

const scrape = async (accept) => request(`${server.ops}/metrics`, { headers: accept ? { accept } : {} });

// The samples by name and labels; refuses what the formats do not allow.
function read(text, open) {
  const samples = new Map();
  const families = new Set();
  let family, kind;
  if (open) assert.ok(text.endsWith('\n# EOF\n'));
  for (const line of text.replace(/# EOF\n$/, '').trimEnd().split('\n')) {
    const about = line.match(/^# (HELP|TYPE) ([a-z_]+) (.+)$/);
    if (about?.[1] === 'HELP') {
      assert.ok(!families.has(about[2]), `${about[2]} twice`);
      families.add(family = about[2]);
      kind = undefined;
    } else if (about) {
      assert.equal(about[2], family);
      kind = about[3];
      assert.ok(['counter', 'gauge', 'histogram', 'info'].includes(kind));
    } else {
      const [, name, labels = '', value] = line.match(/^([a-z_]+)(\{(?:[a-z_]+="[^"\\]*",?)+\})? (\S+)$/) ?? assert.fail(line);
      const ends = { counter: open ? ['_total'] : [''], gauge: [''], info: ['_info'], histogram: ['_bucket', '_sum', '_count'] }[kind];
      assert.ok(ends.some((end) => name === family + end), `${name} in ${family}`);
      assert.ok(!samples.has(name + labels), `${name}${labels} twice`);
      assert.ok(Number.isFinite(Number(value)));
      if (kind === 'counter' && !open) assert.match(name, /_total$/);
      samples.set(name + labels, Number(value));
    }
  }
  return samples;
}

const samples = async () => read((await scrape()).body, false);
const requests = (all, method, route, status) =>
  all.get(`http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"}`) ?? 0;

// A request is counted when libh2o is done with it, a moment after the client has its answer.
async function until(what) {
  for (let tries = 0; ; tries++) {
    const all = await samples();
    if (what(all)) return all;
    assert.ok(tries < 200, 'it was not counted');
    await sleep(25);
  }
}

await tap({
  'what was done is counted': async () => {
    const before = await samples();
    for (let i = 0; i < 3; i++) assert.equal((await server.submit({}, { key: `key-${i}` })).status, 201);
    assert.equal((await server.submit({}, { key: 'key-0' })).status, 201);
    assert.equal((await server.submit({ email: 'nobody' })).status, 422);
    assert.equal((await request(`${server.url}/apply/company`)).status, 200);
    assert.equal((await request(`${server.url}/not/there?secret=7`)).status, 404);
    const after = await until((all) => requests(all, 'GET', '', 404) === 1);
    const more = (name) => after.get(name) - (before.get(name) ?? 0);
    assert.equal(more('anteroom_submissions_total'), 3, 'a repeat is none');
    assert.equal(requests(after, 'POST', '/api/v1/submissions', 201), 4);
    assert.equal(requests(after, 'POST', '/api/v1/submissions', 422), 1);
    assert.equal(requests(after, 'GET', '/apply/company', 200), 1);
    assert.equal(after.get('http_server_active_requests'), 0);
    assert.equal(more('anteroom_jobs_total{result="stored"}'), 4);
    assert.equal(after.get('anteroom_commit_batch_size_sum'), after.get('anteroom_jobs_total{result="stored"}'));
    assert.equal(after.get('anteroom_commit_duration_seconds_count'), after.get('anteroom_commit_batch_size_count'));
    assert.equal(after.get('anteroom_writer_queue'), 0);
    assert.equal(after.get('anteroom_writer_healthy'), 1);
  },
  'the replica is told as it lies there': async () => {
    const all = await until((now) => now.get('anteroom_replica_commits_waiting') === 0);
    const files = readdirSync(join(replica, 'ltx', '0')).filter((name) => name.endsWith('.ltx')).sort();
    assert.equal(all.get('anteroom_replica_txid'), parseInt(files.at(-1), 16));
    assert.equal(all.get('anteroom_replica_state{state="good"}'), 1);
    assert.equal(all.get('anteroom_replica_lag_seconds'), 0);
    assert.equal(all.get('anteroom_replica_leads'), 1);
    assert.ok(all.get('anteroom_replica_put_bytes_total') > 4096);
    assert.equal(all.get('anteroom_replica_drill_success'), undefined, 'no drill yet');
  },
  'the process and the certificate': async () => {
    const all = await samples();
    const now = Date.now() / 1000;
    assert.ok(Math.abs(all.get('process_start_time_seconds') - now) < 600);
    assert.ok(all.get('process_resident_memory_bytes') > 1e6);
    assert.ok(all.get('process_cpu_seconds_total') > 0);
    const open = all.get('process_open_fds');
    assert.ok(open > 5 && open < all.get('process_max_fds'));
    const year = all.get('anteroom_tls_certificate_expiry_seconds') - now;
    assert.ok(year > 86400 * 30 && year < 86400 * 1000);
    assert.ok([...all.keys()].some((key) => /^anteroom_build_info\{version="[^"]+",arch="/.test(key)));
  },
  'OpenMetrics when it is asked for; the same numbers': async () => {
    const plain = await scrape();
    assert.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    const open = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
    assert.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    const [a, b] = [read(plain.body, false), read(open.body, true)];
    assert.deepEqual([...a.keys()], [...b.keys()]);
    assert.equal(a.get('anteroom_submissions_total'), b.get('anteroom_submissions_total'));
  },
  'histograms rise to their count': async () => {
    const all = await samples();
    let last;
    for (const [key, value] of all) {
      const bucket = key.match(/^([a-z_]+)_bucket\{(.*?),?le="(.*)"\}$/);
      if (!bucket) continue;
      const series = `${bucket[1]}{${bucket[2]}}`;
      assert.ok(last?.series !== series || value >= last.value, key);
      if (bucket[3] === '+Inf') assert.equal(value, all.get(`${bucket[1]}_count${bucket[2] ? `{${bucket[2]}}` : ''}`));
      last = { series, value };
    }
  },
  'nothing of a visitor is in it': async () => {
    const { body } = await scrape();
    for (const word of [submission.email, submission.company_name, 'CL-', 'secret', '127.0.0.1', 'key-0'])
      assert.ok(!body.includes(word), word);
  },
  'promtool agrees': async () => {
    const tool = ['/usr/bin/promtool', process.env.PROMTOOL].find((path) => path && existsSync(path));
    if (!tool) return { skipped: 'promtool is not installed' };
    const { status, stdout, stderr } = spawnSync(tool, ['check', 'metrics'], { input: (await scrape()).body, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    return undefined;
  },
  'who scrapes leaves nothing open': async () => {
    assert.equal(await server.stop(), 0);
  },
});
