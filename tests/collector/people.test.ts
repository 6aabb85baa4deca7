/** The list of people, over HTTP: its import from files of many kinds, its accounts, and who is missing. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { overviewSchema } from '../../shared/console/overview.ts';
import {
  importStateSchema,
  outstandingPageSchema,
  peoplePageSchema,
  personRecordSchema,
  type RosterFile,
  rosterPreviewSchema,
  unmatchedPageSchema,
} from '../../shared/console/people.ts';
import type { AcknowledgedData } from '../../shared/wire/events.ts';
import {
  enrol,
  knownAgent,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { type ConsoleClient, signInByLink } from '../support/collector/console-client.ts';

type File = Omit<RosterFile, 'content'>;
const inBase64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');

async function preview(client: ConsoleClient, content: string | Uint8Array, file: File = {}) {
  const body = { content: inBase64(content), ...file };
  return rosterPreviewSchema.parse(await (await client.ask('POST', '/api/roster/preview', body)).json());
}

async function importFile(client: ConsoleClient, content: string | Uint8Array, file: File = {}) {
  const { fingerprint } = await preview(client, content, file);
  const body = { content: inBase64(content), ...file, fingerprint };
  expect((await client.ask('POST', '/api/roster/import', body)).status).toBe(202);
  await vi.waitFor(async () => {
    const state = importStateSchema.parse(await (await client.ask('GET', '/api/roster/import')).json());
    expect(state).toMatchObject({ state: 'done', done: state.total });
  });
}

const peopleOf = async (client: ConsoleClient, query = '') =>
  peoplePageSchema.parse(await (await client.ask('GET', `/api/people${query}`)).json()).items;

async function answer(
  running: TestCollector,
  account: Partial<AcknowledgedData['account']>,
  changes: Partial<AcknowledgedData> = {},
) {
  const { agentId, agentToken } = await enrol(
    running.address,
    await running.collector.createEnrolmentToken(),
  );
  const agent = knownAgent(running.address, agentId, agentToken);
  const facts = { name: '', domain: 'SCHOOL', sid: '', upn: '', displayName: '', ...account };
  await report(agent, [agent.acknowledgement({ account: facts, ...changes })]);
}

async function staffPolicy({ address }: TestCollector) {
  const { policies } = (await (await fetch(`${address}/v1/policies?audience=staff`)).json()) as {
    policies: { id: string; version: string; textSha256: Record<string, string> }[];
  };
  const [first] = policies;
  const [policyId, policyVersion] = [first?.id ?? '', first?.version ?? ''];
  return { policyId, policyVersion, textSha256: first?.textSha256['en-GB'] ?? '' };
}

const file = [
  'Staff code,Forename,Surname,Role,Email,Username',
  'S1,Siân,Prŷs,Teacher,s.prys@ysgol.cymru,s.prys',
  'S2,Carys,Evans,Teacher,c.evans@ysgol.cymru,c.evans',
  'S3,"Rhys, Owain",Hughes,Governor,o.hughes@ysgol.cymru,',
].join('\r\n');

/** Ŷ is no letter of Windows-1252. */
const westernFile = file.replace('Prŷs', 'Prys’');
const windows1252 = Uint8Array.from(westernFile.replace('’', '\u0092'), (letter) => letter.charCodeAt(0));

it.each([
  ['UTF-8', 'Siân Prŷs', Buffer.from(file)],
  ['UTF-8', 'Siân Prŷs', Buffer.from(`\ufeff${file}`)],
  ['UTF-16', 'Siân Prŷs', Buffer.from(`\ufeff${file.replaceAll(',', '\t')}`, 'utf16le')],
  ['Windows-1252', 'Siân Prys’', windows1252],
  ['UTF-8', 'Siân Prŷs', Buffer.from(file.replaceAll(/,(?=\S)/gu, ';'))],
])('reads a file in %s: %s', async (encoding, name, bytes) => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const found = await preview(technician, bytes);
  expect(found).toMatchObject({ encoding, errorCount: 0, people: 3, added: 3, changed: 0, left: 0 });
  expect(found.names.added[0]).toBe(name);
  expect(found.audienceValues).toEqual([
    { value: 'Teacher', people: 2, audience: 'staff' },
    { value: 'Governor', people: 1, audience: 'governor' },
  ]);
  expect(await peopleOf(technician)).toEqual([]);
});

it('says of each line what is wrong with it', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const lines = [
    'id,name,role',
    '1,Carys,staff',
    '1,Owain,staff',
    '2,,staff',
    ',Mair,staff',
    '3,Gwen,cook',
    `4,${'x'.repeat(201)},staff`,
    '"',
  ];
  const found = await preview(technician, lines.join('\n'));
  expect(found.errors.map(({ line, kind }) => [line, kind])).toEqual([
    [3, 'duplicate'],
    [4, 'no-name'],
    [5, 'no-id'],
    [6, 'no-audience'],
    [7, 'too-long'],
    [8, 'broken'],
  ]);
  expect(found.added).toBe(1);
});

it('reads users.csv of OneRoster 1.2, without those who are deleted or disabled', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const lines = [
    'sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email',
    'u1,active,2026-09-01,true,c.evans,,Carys,Evans,,,c.evans@ysgol.cymru',
    'u2,tobedeleted,2026-09-01,true,o.rhys,,Owain,Rhys,,,',
    'u3,active,2026-09-01,false,m.jones,,Mair,Jones,,,',
  ];
  const found = await preview(technician, lines.join('\n'), { audience: 'pupil' });
  expect(found).toMatchObject({ isOneRoster: true, people: 1, errorCount: 0 });
  await importFile(technician, lines.join('\n'), { audience: 'pupil' });
  expect(await peopleOf(technician)).toMatchObject([{ fullName: 'Carys Evans', audience: 'pupil' }]);
});

it('adds, changes and marks as left what the preview has shown, and nothing else', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  await importFile(technician, file);
  const next = [
    'Staff code,Forename,Surname,Role,Email,Username',
    'S2,Carys,Evans-Jones,Teacher,c.evans@ysgol.cymru,c.evans',
    'S4,Mair,Lewis,Teacher,,m.lewis',
  ].join('\n');
  // The governor stays: no governor is in this file.
  expect(await preview(technician, next)).toMatchObject({ added: 1, changed: 1, unchanged: 0, left: 1 });
  // A line with an error marks no person as having left.
  expect(await preview(technician, `${next}\nS5,,,Teacher,,`)).toMatchObject({ left: 0, errorCount: 1 });
  await importFile(technician, next);
  expect((await peopleOf(technician)).map(({ fullName, hasLeft }) => [fullName, hasLeft])).toEqual([
    ['Carys Evans-Jones', false],
    ['Mair Lewis', false],
    ['Rhys, Owain Hughes', false],
    ['Siân Prŷs', true],
  ]);
  expect(await preview(technician, next)).toMatchObject({ added: 0, changed: 0, unchanged: 2, left: 0 });
});

it('refuses an import whose preview is out of date', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const { fingerprint } = await preview(technician, file);
  await importFile(technician, file.split('\r\n').slice(0, 2).join('\n'));
  const body = { content: inBase64(file), fingerprint };
  expect((await technician.ask('POST', '/api/roster/import', body)).status).toBe(409);
});

it('matches accounts by SID, account name, UPN and e-mail, before and after the import', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const sid = 'S-1-5-21-1-2-3-1001';
  await answer(running, { name: 'C.Evans' });
  const lines = [
    'id,name,role,email,login,sid',
    '1,Carys Evans,staff,,c.evans,',
    '2,Owain Rhys,staff,o.rhys@ysgol.cymru,,',
    `3,Mair Lewis,staff,,,${sid.toLowerCase()}`,
    '4,Gwen Dafis,staff,,SCHOOL\\gwen,',
  ].join('\n');
  await importFile(technician, lines);
  await answer(running, { name: 'x1', upn: 'o.rhys@other.cymru' });
  await answer(running, { name: 'x2', sid });
  await answer(running, { name: 'gwen' });
  expect((await peopleOf(technician)).map(({ fullName, accounts }) => [fullName, accounts])).toEqual([
    ['Carys Evans', 1],
    ['Gwen Dafis', 1],
    ['Mair Lewis', 1],
    ['Owain Rhys', 1],
  ]);
});

it('leaves what is ambiguous to a person, who decides and can take it back', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  await importFile(technician, 'id,name,role,login\n1,Carys Evans,staff,carys\n2,Carys Rhys,staff,carys');
  await answer(running, { name: 'carys' }, { fullName: 'Carys Evans' });
  const unmatched = async () =>
    unmatchedPageSchema.parse(await (await technician.ask('GET', '/api/roster/accounts')).json()).items;
  const [account] = await unmatched();
  expect(account).toMatchObject({ account: 'SCHOOL\\carys', fullName: 'Carys Evans' });
  expect(account?.candidates.map(({ fullName }) => fullName)).toEqual(['Carys Evans', 'Carys Rhys']);
  const [carys] = await peopleOf(technician);
  const match = (personId: string, staysOpen = false) =>
    technician.ask('POST', '/api/roster/matches', {
      accountKey: account?.accountKey,
      personId,
      staysOpen,
    });
  expect((await match('made-up')).status).toBe(404);
  expect((await match(carys?.personId ?? '')).status).toBe(204);
  expect(await unmatched()).toEqual([]);
  const record = async () =>
    personRecordSchema.parse(await (await technician.ask('GET', `/api/people/${carys?.personId}`)).json());
  expect((await record()).knownAccounts).toMatchObject([{ account: 'SCHOOL\\carys', matchedBy: 'hand' }]);
  expect((await record()).answers).toMatchObject([{ policyId: 'staff', action: 'accepted', counts: true }]);
  await match('', true);
  expect(await unmatched()).toHaveLength(1);
  await match('');
  expect(await unmatched()).toEqual([]);
});

it('lists who is missing, and writes no formula into the file', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const staff = await staffPolicy(running);
  const lines = [
    'id,name,role,email,login',
    '1,Carys Evans,staff,,carys',
    '2,"=HYPERLINK(""http://x"")",staff,@SUM(A1),owain',
    '3,Mair Lewis,staff,m.lewis@ysgol.cymru,mair',
    '4,Pupil,pupil,,pupil',
  ].join('\n');
  await importFile(technician, lines);
  await answer(running, { name: 'carys' }, staff);
  await answer(running, { name: 'mair' }, { ...staff, action: 'declined' });
  const query = `?policyId=${staff.policyId}&audience=staff`;
  const { items } = outstandingPageSchema.parse(
    await (await technician.ask('GET', `/api/outstanding${query}`)).json(),
  );
  expect(items.map(({ fullName, hasAccount }) => [fullName, hasAccount])).toEqual([
    ['=HYPERLINK("http://x")', false],
    ['Mair Lewis', true],
  ]);
  const csv = await (await technician.ask('GET', `/api/outstanding.csv${query}`)).text();
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")",,'@SUM(A1)\r\n`);
  expect(csv).not.toMatch(/(?:^|,|")[=@]/mu);
  const overview = overviewSchema.parse(await (await technician.ask('GET', '/api/overview')).json());
  const figures = overview.groups.find(({ audience }) => audience === 'staff');
  expect(figures).toMatchObject({ people: 3 });
  expect(figures?.policies[0]).toMatchObject({ accepted: 1, declined: 1, outstanding: 1 });
});

it('shows a school its own people alone', async () => {
  const running = await startTestCollector();
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('other', 'Other', '')");
  database.close();
  const technician = await signInByLink(running.collector);
  const other = await signInByLink(running.collector, 'other');
  await importFile(technician, file);
  await answer(running, { name: 'stranger' });
  const [person] = await peopleOf(technician);
  expect(await peopleOf(other)).toEqual([]);
  expect((await other.ask('GET', `/api/people/${person?.personId}`)).status).toBe(404);
  const match = { accountKey: 'school\\stranger', personId: person?.personId };
  expect((await other.ask('POST', '/api/roster/matches', match)).status).toBe(404);
  expect(await preview(other, file)).toMatchObject({ added: 3, left: 0 });
  await importFile(other, file);
  expect(await peopleOf(technician)).toHaveLength(3);
  expect(await peopleOf(other)).toHaveLength(3);
});

it('pages and searches without regard to case and accents', async () => {
  const running = await startTestCollector();
  const technician = await signInByLink(running.collector);
  const rows = Array.from(
    { length: 120 },
    (_, index) => `${index},Siân ${String(index).padStart(3, '0')},staff`,
  );
  await importFile(technician, ['id,name,role', ...rows].join('\n'));
  const names: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const answered: Response = await technician.ask(
      'GET',
      `/api/people?search=SIAN${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    const page = peoplePageSchema.parse(await answered.json());
    names.push(...page.items.map(({ fullName }) => fullName));
    cursor = page.next;
  }
  expect(new Set(names).size).toBe(120);
  expect(names).toEqual(names.toSorted());
});
