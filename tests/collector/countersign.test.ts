/** Countersigning over the API: who may sign what, what the record holds, and how it is withdrawn. */

import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openNote } from '../../collector/src/log/checkpoint.ts';
import { recordSchema } from '../../shared/console/acknowledgements.ts';
import {
  countersignedSchema,
  queueChoicesSchema,
  queuePageSchema,
  windowsAccountsSchema,
} from '../../shared/console/countersign.ts';
import type { AcknowledgedData } from '../../shared/wire/events.ts';
import {
  makeAgent,
  publishTexts,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { type ConsoleClient, signInAs, signInByLink } from '../support/collector/console-client.ts';
import { verifyFolder, waitForLog } from '../support/collector/evidence-database.ts';

const account = (
  name: string,
  other: Partial<AcknowledgedData['account']> = {},
): Partial<AcknowledgedData> => ({
  fullName: name,
  account: { name, domain: 'YSGOL', sid: '', upn: '', displayName: '', ...other },
});

async function filled(answers: readonly Partial<AcknowledgedData>[]) {
  const running = await startTestCollector();
  const events = [];
  for (const answer of answers) {
    // An agent reports for one account.
    const agent = await makeAgent(running);
    const event = agent.acknowledgement(answer);
    await report(agent, [event]);
    events.push(event.id);
  }
  return { running, events };
}

async function signatoryOf({ collector }: TestCollector, name = 'mair', own: readonly string[] = []) {
  const client = await signInAs(collector, { name, roles: ['signatory'] });
  expect((await client.ask('POST', '/api/own/windows-accounts', { add: own })).status).toBe(204);
  return client;
}

const queueOf = async (client: ConsoleClient, query: Readonly<Record<string, string>> = {}) =>
  queuePageSchema.parse(
    await (await client.ask('GET', `/api/countersign?${new URLSearchParams(query).toString()}`)).json(),
  );
const sign = (client: ConsoleClient, eventIds: readonly string[]) =>
  client.ask('POST', '/api/countersign', { eventIds });
const recordOf = async (client: ConsoleClient, id: string) =>
  recordSchema.parse(await (await client.ask('GET', `/api/acknowledgements/${id}`)).json());

it('signs a batch, and says for each one that it did not sign why', async () => {
  const { running, events } = await filled([
    account('owain'),
    account('carys'),
    { ...account('dylan'), action: 'declined' },
    account('mair'),
  ]);
  const [owain = '', carys = '', dylan = '', mair = ''] = events;
  const signatory = await signatoryOf(running);
  expect((await queueOf(signatory)).items.map(({ fullName, isOwn }) => [fullName, isOwn])).toEqual([
    ['owain', false],
    ['carys', false],
    ['mair', true],
  ]);
  expect((await sign(signatory, [owain])).status).toBe(200);
  const outcome = await sign(signatory, [owain, carys, dylan, mair, 'made-up']);
  const { signed, refused } = countersignedSchema.parse(await outcome.json());
  expect(signed).toBe(1);
  expect(new Map(refused.map(({ eventId, reason }) => [eventId, reason]))).toEqual(
    new Map([
      [owain, 'already'],
      [dylan, 'not-to-sign'],
      [mair, 'own'],
      ['made-up', 'not-to-sign'],
    ]),
  );
  expect((await queueOf(signatory)).items.map(({ fullName }) => fullName)).toEqual(['mair']);
});

it.each([
  ['the sign-in name', 'mair', [], account('MAIR')],
  ['the part of the sign-in name before the @', 'mair@ysgol.example', [], account('mair')],
  ['the address of the account', 'mair@ysgol.example', [], account('s1234', { upn: 'Mair@Ysgol.example' })],
  ['a named account', 'pennaeth', ['ysgol\\mj'], account('MJ')],
  ['a named account in a longer domain', 'pennaeth', ['ysgol\\mj'], account('mj', { domain: 'ysgol.local' })],
  ['a named account without its domain', 'pennaeth', ['mj'], account('mj')],
  ['a named SID', 'pennaeth', ['s-1-5-21-1-2-3-1001'], account('mj', { sid: 'S-1-5-21-1-2-3-1001' })],
] as const)('refuses one’s own acceptance, known by %s', async (_by, signInName, own, data) => {
  const { running, events } = await filled([data]);
  const signatory = await signatoryOf(running, signInName, own);
  const answer = countersignedSchema.parse(await (await sign(signatory, events)).json());
  expect(answer).toMatchObject({ signed: 0, refused: [{ reason: 'own' }] });
});

it('waits until the signatory has named their accounts, and lets only a technician take one away', async () => {
  const { running, events } = await filled([account('owain')]);
  const client = await signInAs(running.collector, { name: 'mair', roles: ['signatory'] });
  const accounts = async (by: ConsoleClient, place = '/api/own/windows-accounts') =>
    windowsAccountsSchema.parse(await (await by.ask('GET', place)).json());
  expect(await accounts(client)).toEqual({ isNamed: false, accounts: [] });
  expect((await sign(client, events)).status).toBe(409);
  await client.ask('POST', '/api/own/windows-accounts', { add: ['YSGOL\\owain'] });
  expect(await accounts(client)).toEqual({ isNamed: true, accounts: ['YSGOL\\owain'] });
  expect((await client.ask('POST', '/api/own/windows-accounts', { add: [], remove: ['owain'] })).status).toBe(
    400,
  );
  expect(await (await sign(client, events)).json()).toMatchObject({ signed: 0 });
  const technician = await signInByLink(running.collector);
  const { items } = (await (await technician.ask('GET', '/api/accounts')).json()) as {
    items: { accountId: string }[];
  };
  const place = `/api/accounts/${items[0]?.accountId ?? ''}/windows-accounts`;
  expect((await technician.ask('POST', place, { add: [], remove: ['ysgol\\OWAIN'] })).status).toBe(204);
  expect(await accounts(technician, place)).toEqual({ isNamed: true, accounts: [] });
  expect(await (await sign(client, events)).json()).toMatchObject({ signed: 1 });
});

it('refuses a technician whom a link let in, and other schools', async () => {
  const { running, events } = await filled([account('owain')]);
  expect((await sign(await signInByLink(running.collector), events)).status).toBe(403);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('other', '', '')");
  database.close();
  const elsewhere = await signInAs(running.collector, {
    name: 'elin',
    roles: ['signatory'],
    schoolId: 'other',
  });
  await elsewhere.ask('POST', '/api/own/windows-accounts', { add: [] });
  expect((await queueOf(elsewhere)).items).toEqual([]);
  expect(await (await sign(elsewhere, events)).json()).toMatchObject({
    signed: 0,
    refused: [{ reason: 'not-to-sign' }],
  });
});

it('keeps a withdrawal beside the countersignature, and lets another one be made', async () => {
  const { running, events } = await filled([account('owain')]);
  const [owain = ''] = events;
  const signatory = await signatoryOf(running);
  const withdraw = (reason: string) =>
    signatory.ask('POST', `/api/countersign/${owain}/withdrawal`, { reason });
  expect((await withdraw('A mistake')).status).toBe(404);
  await sign(signatory, events);
  expect((await withdraw(' ')).status).toBe(400);
  expect((await withdraw('A mistake')).status).toBe(204);
  expect((await withdraw('A mistake')).status).toBe(404);
  expect((await recordOf(signatory, owain)).countersignature).toBeUndefined();
  expect(await (await sign(signatory, events)).json()).toMatchObject({ signed: 1 });
  await expect
    .poll(async () => (await recordOf(signatory, owain)).countersignatures)
    .toMatchObject([
      { by: 'mair', withdrawn: { by: 'mair', reason: 'A mistake' }, log: { state: 'included' } },
      { by: 'mair', log: { state: 'included' } },
    ]);
  const record = await recordOf(signatory, owain);
  expect(record.countersignatures[1]?.withdrawn).toBeUndefined();
  expect(record.countersignature).toEqual({ by: 'mair', at: record.countersignatures[1]?.at });
});

it('signs the leaf of the acknowledgement with the key of the log, and verify finds nothing', async () => {
  const { running, events } = await filled([account('owain')]);
  const [owain = ''] = events;
  const signatory = await signatoryOf(running);
  await sign(signatory, events);
  await expect.poll(async () => (await recordOf(signatory, owain)).log.state).toBe('included');
  await expect
    .poll(async () => (await recordOf(signatory, owain)).countersignatures[0]?.log.state)
    .toBe('included');
  await running.collector.close();
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const row = database.prepare('select signature, leaf_sha256 as leaf from countersignatures').get();
  const head = database.prepare('select verifier_key as verifierKey from log_head').get();
  database.close();
  const text = openNote(String(row?.['signature']), String(head?.['verifierKey']));
  expect(text?.split('\n')).toMatchObject({
    0: 'porthor-countersignature-v1',
    2: owain,
    3: row?.['leaf'],
    5: 'mair',
  });
  expect((await verifyFolder(running.dataDirectory)).findings).toEqual([]);
});

it('filters the queue by version and words, page by page, and counts it', async () => {
  const running = await startTestCollector();
  await publishTexts(running.dataDirectory, [{ policyVersion: '2' }]);
  const agent = await makeAgent(running);
  const many = Array.from({ length: 60 }, () => agent.acknowledgement(account('owain')));
  await report(agent, many);
  const other = await makeAgent(running);
  await report(other, [other.acknowledgement({ ...account('carys'), policyVersion: '2' })]);
  const signatory = await signatoryOf(running);
  const first = await queueOf(signatory);
  expect(first.items).toHaveLength(50);
  const second = await queueOf(signatory, { cursor: first.next ?? '' });
  expect(second.items.map(({ fullName }) => fullName)).toEqual([...Array<string>(10).fill('owain'), 'carys']);
  expect(second.next).toBeUndefined();
  const ofVersion = await queueOf(signatory, { policyId: 'staff', policyVersion: '2' });
  expect(ofVersion.items.map(({ fullName }) => fullName)).toEqual(['carys']);
  expect((await queueOf(signatory, { search: 'CÂRYS' })).items).toHaveLength(1);
  const choices = queueChoicesSchema.parse(
    await (await signatory.ask('GET', '/api/countersign/choices')).json(),
  );
  expect(choices).toMatchObject({ waiting: 61, hasMore: false });
  expect(choices.versions).toContainEqual(expect.objectContaining({ policyId: 'staff', policyVersion: '2' }));
});

it('shows it in the list by filter, and in the CSV file', async () => {
  const { running, events } = await filled([account('owain'), account('carys')]);
  const signatory = await signatoryOf(running);
  await sign(signatory, events.slice(0, 1));
  const namesOf = async (countersigned: string) => {
    const answer = await signatory.ask('GET', `/api/acknowledgements?countersigned=${countersigned}`);
    return ((await answer.json()) as { items: { fullName: string }[] }).items.map(({ fullName }) => fullName);
  };
  expect(await namesOf('yes')).toEqual(['owain']);
  expect(await namesOf('no')).toEqual(['carys']);
  const csv = await (await signatory.ask('GET', '/api/acknowledgements.csv?countersigned=yes')).text();
  expect(csv).toContain(',Countersigned by,');
  expect(csv.trim().split('\n')).toHaveLength(2);
  expect(csv).toContain(',mair,');
});

it('stands for an erased acknowledgement, whose text is gone', async () => {
  const { running, events } = await filled([account('owain')]);
  const [owain = ''] = events;
  const signatory = await signatoryOf(running);
  expect((await sign(signatory, [owain])).status).toBe(200);
  await waitForLog(running.dataDirectory, running.address);
  const erased = await runCollector(
    ...['privacy', 'erase', '--account', 'ysgol\\owain', '--data', running.dataDirectory],
    ...['--asked-by', 'the person', '--reason', 'left the school', '--confirm'],
  );
  expect(erased.stdout).toContain('Erased: 1 records.');
  await waitForLog(running.dataDirectory, running.address);
  expect((await queueOf(signatory)).items).toEqual([]);
  const { findings } = await verifyFolder(running.dataDirectory);
  expect(findings.map(({ kind }) => kind)).toEqual([]);
});
