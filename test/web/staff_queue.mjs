#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The queue and the search: filters and pages in the address, views, many records at once, wrong
// addresses, and what strangers have typed.
import assert from 'node:assert/strict';
import { Server, sleep, submission, tap } from '../lib/server.mjs';
import { seatTeam } from '../lib/staff.mjs';

const server = new Server();
const team = await seatTeam(server);
await server.start();
const { viewer, agent, administrator } = team;

const submit = async (answers) => {
  const answer = await server.submit(answers);
  assert.equal(answer.status, 201, answer.body);
  return JSON.parse(answer.body).client_id;
};
const text = (html) => html.replace(/<svg.*?<\/svg>|<[^>]*>/gs, '').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&(quot|#34);/g, '"').replace(/&amp;/g, '&').trim();

// A page as its readers have it.
const read = ({ status, body }) => ({
  status,
  body,
  rows: [...(body.split('<tbody>')[1] ?? '').split('</tbody>')[0].matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => ({
    id: row.match(/records\/(CL-\w{5}-\w{5})/)[1],
    mark: row.match(/name="mark" value="([^"]+)"/)?.[1],
    company: text(row.match(/<bdi>(.*?)<\/bdi>/s)[1]),
    status: row.match(/state-(\w+)/)[1],
    owner: text(row.match(/<td class="c-owner">(.*?)<\/td>/s)[1]),
    html: row,
  })),
  tabs: Object.fromEntries([...body.matchAll(/<a href="\/staff[^"]*"(?: aria-current="page")?>(\w+) <span class="n">([\d,]+)</g)].map(([, name, n]) => [name, n])),
  notices: [...body.matchAll(/<div class="notice" role="\w+">(.*?)<\/div>/gs)].map(([, notice]) => text(notice)),
  link: (rel) => body.match(new RegExp(`<a href="([^"]*)" rel="${rel}"`))?.[1].replaceAll('&amp;', '&'),
});
const open = async (path, who = agent) => read(await who.get(path));
const ids = (page) => page.rows.map((row) => row.id);
const change = (marks, fields, who = agent, back = '/staff') => {
  return who.post('/staff/queue/change', { back, ...fields, mark: marks });
};
// The index and the tallies follow within a second; asked until they have.
const until = async (path, right) => {
  for (let i = 0; i < 400; i++) {
    const page = await open(path);
    if (right(page)) return page;
    await sleep(25);
  }
  throw new Error(`${path}: not within ten seconds`);
};

const all = [];

await tap({
  'nobody has written yet: the page says where the form is': async () => {
    const page = await open('/staff');
    assert.equal(page.status, 200);
    assert.match(page.body, /Nobody has written yet/);
    assert.match(page.body, new RegExp(`<a href="${server.url}">`));
    assert.ok(!page.body.includes('class="filters"'));
  },
  'what comes is there at once, newest first, counted within a second': async () => {
    for (let i = 0; i < 3; i++) all.unshift(await submit({ company_name: `Company ${i}`, email: `${i}@example.com` }));
    assert.deepEqual(ids(await open('/staff')), all);
    const page = await until('/staff', (p) => p.tabs.New === '3');
    assert.deepEqual(page.tabs, { All: '3', New: '3', Contacted: '0', Proposal: '0', Won: '0', Lost: '0', Spam: '0' });
    assert.match(page.rows[0].html, /<time datetime="\d{4}-[^"]+Z" title="[^"]+">now<\/time>/);
    assert.deepEqual(ids(await open('/staff?sort=oldest')), [...all].reverse());
  },
  'a viewer reads and marks nothing; an auditor does not even read': async () => {
    const page = await open('/staff', viewer);
    assert.equal(page.rows.length, 3);
    assert.ok(!page.body.includes('name="mark"') && !page.body.includes('/staff/queue/change'));
    assert.equal((await viewer.post('/staff/queue/change', { becomes: 'spam' })).status, 403);
    assert.equal((await team.auditor.get('/staff')).status, 403);
  },
  'many at once: changed, changed by somebody else meanwhile, not possible, so already': async () => {
    let page = await open('/staff');
    const marks = page.rows.map((row) => row.mark);
    const done = await change(marks.slice(0, 2), { becomes: 'contacted', assign: String(agent.id) }, agent, '/staff?sort=oldest');
    assert.equal(done.status, 303, done.body);
    assert.equal(done.headers.location, '/staff?sort=oldest&done=2-0-0-0');
    assert.deepEqual((await open(done.headers.location)).notices, ['2 records changed.']);
    page = await open('/staff');
    assert.deepEqual(page.rows.map((row) => [row.status, row.owner]), [['contacted', agent.name], ['contacted', agent.name], ['new', 'Nobody']]);
    const now = page.rows.map((row) => row.mark);
    const mixed = await change([marks[0], now[1], now[2]], { becomes: 'contacted', assign: '' });
    assert.deepEqual((await open(mixed.headers.location)).notices,
      ['1 record changed.\n1 was changed by somebody else meanwhile and stays as it is.\n1 was so already.']);
    assert.equal((await change([(await open('/staff')).rows[0].mark], { becomes: 'spam' })).status, 303);
    const spam = await change([(await open('/staff')).rows[0].mark], { becomes: 'won' });
    assert.deepEqual((await open(spam.headers.location)).notices, ['1 cannot take that status from where it stands.']);
    assert.equal((await open('/staff')).tabs.Spam, '1');
    assert.equal((await change([(await open('/staff')).rows[0].mark], { becomes: 'new', assign: '0' })).status, 303);
  },
  'a form that says nothing is shown again with what was chosen': async () => {
    const { mark } = (await open('/staff')).rows[0];
    const cases = [
      [[], { becomes: 'won' }, /Mark at least one/],
      [[mark], {}, /Choose a status or an owner/],
      [[mark], { becomes: 'nonsense' }, /Nothing was changed/],
      [[mark], { assign: '-1' }, /Nothing was changed/],
      [[mark], { assign: '99999' }, /not in the team any more/],
      [['CL-7KQ4M-X2PHN.1'], { becomes: 'won' }, /Nothing was changed/],
      [Array(101).fill(mark), { becomes: 'won' }, /Up to 100 records/],
    ];
    for (const [marks, fields, words] of cases) {
      const page = read(await change(marks, fields, agent, '/staff?status=new&done=5-0-0-0'));
      assert.equal(page.status, 422, words);
      assert.match(page.notices.join(), words);
      assert.equal(page.notices.length, 1);
      assert.equal(/name="mark" value="[^"]*" checked/.test(page.body), marks[0] === mark, words);
      if (fields.becomes === 'won') assert.match(page.body, /<option value="won" selected>Won/);
    }
  },
  'where a form leads back to is the queue, whatever it says': async () => {
    for (const back of ['https://evil.example/?q=1', '//evil.example/?status=new', '/staff/records/x?q=%zz', 'javascript:1?', '?'.repeat(3000)]) {
      const { mark } = (await open('/staff')).rows[0];
      const answer = await change([mark], { assign: '0' }, agent, back);
      assert.equal(answer.status, 303);
      assert.match(answer.headers.location, /^\/staff\?/);
    }
  },
  'filters: by status, owner, service and day, each alone and together': async () => {
    const [mine] = (await open('/staff')).rows;
    await change([mine.mark], { becomes: 'contacted', assign: String(agent.id) });
    const devops = await submit({ company_name: 'Zebra', service_type: ['devops'], email: 'z@example.com' });
    await until('/staff?service=devops', (p) => ids(p).join() === devops);
    assert.deepEqual(ids(await open('/staff?owner=none&service=devops&status=new')), [devops]);
    assert.deepEqual(ids(await open('/staff?owner=me&status=contacted')).sort(), ids(await open(`/staff?owner=${agent.login}`)).sort());
    assert.deepEqual((await open('/staff?owner=none')).tabs.All, '2');
    assert.equal((await open('/staff?from=today&to=today')).rows.length, 4);
    assert.equal((await open('/staff?to=2020-01-01')).rows.length, 0);
    assert.match((await open('/staff?to=2020-01-01')).body, /No record fits/);
    const byName = await until('/staff?sort=company', (p) => p.rows.length === 4);
    assert.deepEqual(byName.rows.map((row) => row.company), ['Company 0', 'Company 1', 'Company 2', 'Zebra']);
    const page = await open('/staff?service=devops&from=7d');
    assert.match(page.body, /<option value="devops" selected>/);
    assert.match(page.body, /name="from" type="text" value="7d"/);
    assert.match(page.body, /href="\/staff\?status=won&amp;service=devops&amp;from=7d"/, 'a tab keeps the filters');
  },
  'the search: words, what is marked, one box for everything': async () => {
    const id = await submit({ company_name: 'Straßenbau Öztürk', project_scope: 'A quite remarkable <b>zeppelin</b> hangar', phone: '+44 20 7946 0018', email: 'oe@example.net' });
    const page = await until('/staff?q=zeppelin', (p) => p.rows.length);
    assert.match(page.rows[0].html, /A quite remarkable &lt;b&gt;<mark>zeppelin<\/mark>&lt;\/b&gt;/);
    for (const q of ['ozturk', '"quite remarkable"', 'zepp*', '79460018', 'oe@example.net', 'zeppelin status:new owner:none'])
      assert.deepEqual(ids(await open(`/staff?${new URLSearchParams({ q })}`)), [id], q);
    assert.match((await open('/staff?q=zeppelins')).body, /Nothing was found/);
    const shown = await open('/staff?q=zeppelin');
    assert.match(shown.body, /id="q"[^>]* value="zeppelin"/);
    assert.match(shown.body, />1 record</);
  },
  'a Client ID leads to its record; one wrong symbol is put right and told': async () => {
    for (const spelling of [all[0], all[0].toLowerCase().replaceAll('-', ' ')]) {
      const answer = await agent.get(`/staff?${new URLSearchParams({ q: spelling })}`);
      assert.equal(answer.status, 303, spelling);
      assert.equal(answer.headers.location, `/staff/records/${all[0]}`);
    }
    const wrong = all[0].slice(0, -1) + (all[0].endsWith('7') ? '8' : '7');
    const page = await open(`/staff?q=${wrong}`);
    assert.equal(page.status, 200);
    assert.match(page.notices.join(), /There is no Client ID .*We read it as/s);
    assert.ok(page.notices.join().includes(all[0]));
    assert.deepEqual(ids(page), [all[0]]);
  },
  'what is not understood is passed over and told; the rest stays': async () => {
    const page = await open('/staff?status=nwe&owner=zorro&service=magic&from=yesterweek&q=zeppelin&sort=up');
    assert.equal(page.status, 200);
    for (const words of ['no status “⁨nwe⁩”', '“⁨zorro⁩” is nobody', 'no service “⁨magic⁩”', '“⁨yesterweek⁩” is not a date', 'We read it as zeppelin'])
      assert.ok(page.notices.join().includes(words), words);
    assert.equal(page.rows.length, 1);
  },
  'pages turn both ways while others write, and cursors of another list begin anew': async () => {
    const more = [];
    for (let i = 0; i < 108; i += 12)
      more.push(...(await Promise.all(Array.from({ length: 12 }, (_, k) => submit({ company_name: `Row ${i + k}`, email: `r${i + k}@example.org` })))));
    const first = await open('/staff');
    assert.equal(first.rows.length, 50);
    assert.equal(first.link('prev'), undefined);
    await submit({ company_name: 'Meanwhile', email: 'm@example.com' });
    const second = await open(first.link('next'));
    const third = await open(second.link('next'));
    const seen = [...ids(first), ...ids(second), ...ids(third)];
    assert.equal(new Set(seen).size, 113);
    assert.equal(seen.length, 113);
    assert.equal(third.link('next'), undefined);
    assert.deepEqual(ids(await open(third.link('prev'))), ids(second));
    const cursor = new URLSearchParams(first.link('next').split('?')[1]).get('cursor');
    for (const query of [`status=new&cursor=${cursor}`, `q=zeppelin&cursor=${cursor}`, `sort=oldest&cursor=${cursor}`, 'cursor=x', 'cursor=%00%ff', `cursor=${'A'.repeat(4000)}`]) {
      const page = await open(`/staff?${query}`);
      assert.equal(page.status, 200, query);
      assert.ok(page.rows.length > 0 || query.includes('%ff'), query);
      assert.match(page.notices.join(), /another list|could not be read/, query);
    }
  },
  'no address is an error': async () => {
    const long = 'x'.repeat(3000);
    for (const query of ['%', '%zz=1', '&&&', '=', 'q', 'q=%F0%28%8C%28', `q=${long}`, `status=${long}`, 'q="', 'q=*', 'q=-', 'q=AND+OR+NOT', 'q=NEAR(a,b)', "q=';--", 'q=status:',
      `q=${'(('.repeat(60)}`, 'from=9999-99-99&to=0000-00-00', 'owner=0', 'owner=-1', 'done=1', 'done=999-1-1-1', 'done=1-1-1-1-1', 'done=a-b-c-d', 'page=7&x=y',
      `q=${encodeURIComponent('a '.repeat(100))}`, 'q=%E2%80%AE%E2%80%AEevil', 'status=new&status=won']) {
      const page = await open(`/staff?${query}`);
      assert.equal(page.status, 200, query);
      assert.match(page.body, /<h1>/, query);
      if (query.startsWith('done')) assert.deepEqual(page.notices, [], query);
    }
  },
  'views: one\'s own, and everybody\'s by an administrator': async () => {
    assert.equal((await agent.post('/staff/views', { name: ' Hot ones ', back: '/staff?status=new&owner=me&cursor=x&done=1-0-0-0', shared: 'yes' })).headers.location, '/staff?status=new&owner=me');
    await administrator.post('/staff/views', { name: 'DevOps “<i>', back: '/staff?service=devops', shared: 'yes' });
    const page = await open('/staff?status=new&owner=me');
    assert.match(page.body, /<a href="\/staff\?status=new&amp;owner=me" aria-current="page"><bdi>Hot ones<\/bdi>/);
    assert.match(page.body, /<a href="\/staff\?service=devops"><bdi>DevOps “&lt;i&gt;<\/bdi>/);
    assert.ok(!page.body.includes('Save this view'), 'it is saved already');
    assert.ok(!(await open('/staff', viewer)).body.includes('Hot ones'));
    const drop = page.body.match(/action="(\/staff\/views\/\d+\/delete)"/)[1];
    assert.ok(!(await open('/staff?service=devops')).body.includes('/delete"'), 'everybody\'s is not theirs to delete');
    const shared = (await open('/staff?service=devops', administrator)).body.match(/action="(\/staff\/views\/\d+\/delete)"/)[1];
    await viewer.post(drop, {});
    await agent.post(shared, {});
    for (const name of ['Hot ones', 'DevOps “&lt;i&gt;']) assert.ok((await open('/staff')).body.includes(name), 'nobody else deletes it');
    assert.equal((await agent.post(drop, {})).status, 303);
    assert.equal((await agent.post(drop, {})).status, 303, 'twice is as once');
    assert.equal((await administrator.post(shared, {})).status, 303);
    const after = (await open('/staff')).body;
    assert.ok(!after.includes('Hot ones') && !after.includes('DevOps “'));
    assert.equal((await agent.post('/staff/views/x/delete', {})).status, 404);
  },
  'a view needs a name that can be one; what was typed stays': async () => {
    for (const [name, words] of [['', /Enter a name/], ['x'.repeat(41), /40 characters or fewer/], ['a\u0007b', /hidden characters/], ['a\nb', /line breaks/]]) {
      const answer = await agent.post('/staff/views', { name, back: '/staff?q=zeppelin' });
      assert.equal(answer.status, 422, name);
      assert.match(answer.body, words);
      assert.match(answer.body, /<details class="keep-view" open>/);
      assert.match(answer.body, /id="q"[^>]* value="zeppelin"/);
    }
    assert.equal((await agent.post('/staff/views', { name: '😀'.repeat(40), back: '/staff?q=a' })).status, 303);
  },
  'names that strangers give themselves stay text': async () => {
    const hostile = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '=HYPERLINK("x")', '😀'.repeat(40), 'x'.repeat(200), "'; DROP TABLE submission;--", 'שלום עולם', '{{v.csrf}}'];
    for (const [i, name] of hostile.entries()) await submit({ company_name: name, contact_name: name.slice(0, 100), email: `h${i}@example.com`, notes: 'hostile names' });
    const page = await open('/staff');
    assert.deepEqual(page.rows.slice(0, hostile.length).map((row) => row.company), [...hostile].reverse());
    await until('/staff?q=hostile', (p) => p.rows.length === hostile.length);
    assert.ok(!/<script>alert|<img/.test((await open('/staff?q=alert')).body));
  },
  'in other languages': async () => {
    for (const [lang, dir, words] of [['de', 'ltr', 'Neueste zuerst'], ['ar', 'rtl', 'الأحدث أولًا']]) {
      const { body } = await agent.get('/staff', { 'accept-language': lang });
      assert.ok(body.includes(`<html lang="${lang}" dir="${dir}">`) && body.includes(words));
    }
  },
  'the audit has each change; the server stops cleanly': async () => {
    assert.equal(await server.stop(), 0);
    assert.equal(server.auditVerify().status, 0);
    assert.ok(!server.log.includes('"error"') && !/ERROR/i.test(server.log), server.log);
  },
});
