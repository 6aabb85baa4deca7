/** Removable media in the console's API: the register, requests and their answers, and what PCs have seen. */
import { createHash, createHmac } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import {
  mediaEntryPageSchema,
  mediaRequestListSchema,
  seenDeviceListSchema,
} from '../../shared/console/media.ts';
import { issuedOfflineCodeSchema } from '../../shared/console/offline-codes.ts';
import { deviceNumber, readOfflineCode } from '../../shared/device/offline-code.ts';
import { accountKey } from '../../shared/wire/account.ts';
import { mediaRegisterResponseSchema } from '../../shared/wire/media.ts';
import {
  acknowledgedData,
  makeAgent,
  startTestCollector,
  type TestAgent,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { type ConsoleClient, signInAs, signInByLink } from '../support/collector/console-client.ts';
import { askForApproval, seeDevice } from '../support/collector/media-events.ts';

const entry = {
  vendorId: '0781',
  productId: '5567',
  serial: '4C530001230815117284',
  label: 'Office 3',
  issuedTo: 'Carys Evans',
  until: null,
};
const approval = { label: 'Trip', issuedTo: '', until: null, wholeModel: false, reason: '' };

async function registerOf(client: ConsoleClient, query = '') {
  return mediaEntryPageSchema.parse(await (await client.ask('GET', `/api/media/register${query}`)).json());
}

async function requestsOf(client: ConsoleClient) {
  const answer = await client.ask('GET', '/api/media/requests');
  return mediaRequestListSchema.parse(await answer.json()).items;
}

/** What the agent of the person who asked receives. */
async function agentReads(agent: TestAgent) {
  const account = encodeURIComponent(accountKey(acknowledgedData().account));
  const answer = await fetch(`${agent.address}/v1/media-register?account=${account}`, {
    headers: { authorization: `Bearer ${agent.agentToken}` },
  });
  return mediaRegisterResponseSchema.parse(await answer.json());
}

async function tell(client: ConsoleClient, address: string, body: object) {
  const answer = await client.ask('POST', address, body);
  const text = await answer.text();
  return [answer.status, text === '' ? '' : ((JSON.parse(text) as { detail?: string }).detail ?? '')];
}

it('issues a device to a person, takes it back or marks it lost, and keeps each as a record', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const technician = await signInByLink(running.collector);
  expect(await tell(technician, '/api/media/register', entry)).toEqual([201, '']);
  expect(await tell(technician, '/api/media/register', entry)).toEqual([409, 'already-there']);
  expect(await tell(technician, '/api/media/register', { ...entry, serial: '0000' })).toEqual([
    409,
    'weak-serial',
  ]);
  const over = await tell(technician, '/api/media/register', {
    ...entry,
    serial: 'A1B2C3D4',
    until: '2020-01-01',
  });
  expect(over[0]).toBe(400);
  await tell(technician, '/api/media/register', { ...entry, serial: 'A1B2C3D4', label: 'Office 4' });
  expect((await agentReads(agent)).entries.map(({ label }) => label)).toEqual(['Office 3', 'Office 4']);
  const [four, three] = (await registerOf(technician)).items;
  const end = (id: string | undefined, how: string) =>
    tell(technician, `/api/media/register/${id ?? ''}/end`, { how });
  expect(await end(three?.entryId, 'lost')).toEqual([204, '']);
  expect((await end(three?.entryId, 'returned'))[0]).toBe(404);
  expect(await end(four?.entryId, 'returned')).toEqual([204, '']);
  expect((await agentReads(agent)).entries).toEqual([]);
  const ended = (await registerOf(technician, '?state=ended')).items;
  expect(ended.map(({ label, state, issuedTo }) => [label, state, issuedTo])).toEqual([
    ['Office 4', 'returned', 'Carys Evans'],
    ['Office 3', 'lost', 'Carys Evans'],
  ]);
  expect((await registerOf(technician, '?state=current')).items).toEqual([]);
  expect((await registerOf(technician, '?search=office%204')).items).toHaveLength(1);
});

it('answers requests with a reason and the name of the person, which the agent of the sender reads', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const first = await askForApproval(agent);
  const second = await askForApproval(agent, { serial: '0000', name: 'No name' });
  const third = await askForApproval(agent, { vendorId: '', productId: '', serial: '' });
  const technician = await signInAs(running.collector, { name: 'Nia-Huws', roles: ['technician'] });
  expect((await requestsOf(technician)).map(({ eventId, approvable }) => [eventId, approvable])).toEqual([
    [third, 'never'],
    [second, 'model'],
    [first, 'serial'],
  ]);
  const answer = (id: string, verb: string, body: object) =>
    tell(technician, `/api/media/requests/${id}/${verb}`, body);
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  expect(await answer(first, 'approve', { ...approval, until: day, reason: 'Until the trip.' })).toEqual([
    204,
    '',
  ]);
  expect(await answer(second, 'approve', approval)).toEqual([409, 'weak-serial']);
  expect(await answer(third, 'approve', approval)).toEqual([409, 'no-model']);
  expect(await answer(second, 'refuse', { reason: 'Take one from the office.' })).toEqual([204, '']);
  expect((await answer(second, 'refuse', { reason: '' }))[0]).toBe(404);
  const { entries, answers } = await agentReads(agent);
  expect(entries).toMatchObject([{ label: 'Trip', expiresAt: `${day}T23:59:59Z` }]);
  expect(answers?.map((one) => [one.decision, one.decidedBy, one.reason]).toSorted()).toEqual([
    ['approved', 'Nia-Huws', 'Until the trip.'],
    ['refused', 'Nia-Huws', 'Take one from the office.'],
  ]);
});

it('logs each act with the person, and the log of evidence verifies', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const [one, other] = [await askForApproval(agent), await askForApproval(agent, { serial: 'A1B2C3D4' })];
  const technician = await signInByLink(running.collector);
  await tell(technician, `/api/media/requests/${one}/approve`, { ...approval, reason: 'For the trip.' });
  await tell(technician, `/api/media/requests/${other}/refuse`, { reason: 'No.' });
  const [added] = (await registerOf(technician)).items;
  await tell(technician, `/api/media/register/${added?.entryId ?? ''}/end`, { how: 'lost' });
  await running.collector.close();
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const rows = database
    .prepare("select act, actor from audit where act like 'device-%' order by position")
    .all();
  database.close();
  expect(rows.map(({ act }) => act)).toEqual([
    'device-added',
    'device-approved',
    'device-refused',
    'device-lost',
  ]);
  for (const { actor } of rows) expect(actor).toMatch(/^one-time-link:/u);
  // 3: all fits together, and there is no checkpoint from outside to compare with.
  expect((await runCollector('verify', '--data', running.dataDirectory)).code).toBe(3);
});

it('shows each device that PCs saw once, with the PCs that saw the same number', async () => {
  const running = await startTestCollector();
  const [one, other] = [await makeAgent(running), await makeAgent(running)];
  await seeDevice(one);
  await seeDevice(one, { serial: '0000', serialQuality: 'made-up', name: 'No name' });
  await seeDevice(other, { serial: '4c530001230815117284' }, 'LAB-02');
  await seeDevice(other, {}, 'LAB-02');
  const technician = await signInByLink(running.collector);
  const seen = async () =>
    seenDeviceListSchema.parse(await (await technician.ask('GET', '/api/media/seen')).json()).items;
  expect(
    (await seen()).map(({ name, pcs, isRegistered }) => [name, pcs.map((pc) => pc.hostname), isRegistered]),
  ).toEqual([
    ['SanDisk Cruzer Blade', ['LAB-02', 'LAB-01'], false],
    ['No name', ['LAB-01'], false],
  ]);
  await tell(technician, '/api/media/register', entry);
  expect((await seen()).map(({ isRegistered }) => isRegistered)).toEqual([true, false]);
});

it('keeps the register, the requests and the devices of one school from another', async () => {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const eventId = await askForApproval(agent);
  await seeDevice(agent);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.exec("insert into schools (school_id, name, created_at) values ('another', '', '')");
  database.close();
  const own = await signInByLink(running.collector);
  await tell(own, '/api/media/register', entry);
  const [added] = (await registerOf(own)).items;
  const stranger = await signInByLink(running.collector, 'another');
  expect((await registerOf(stranger)).items).toEqual([]);
  expect(await requestsOf(stranger)).toEqual([]);
  expect(await (await stranger.ask('GET', '/api/media/seen')).json()).toEqual({ items: [] });
  expect((await tell(stranger, `/api/media/requests/${eventId}/approve`, approval))[0]).toBe(404);
  expect((await tell(stranger, `/api/media/register/${added?.entryId ?? ''}/end`, { how: 'lost' }))[0]).toBe(
    404,
  );
});

it('issues codes by telephone for one PC, which its agent’s hashes know and those of another do not', async () => {
  const running = await startTestCollector();
  const [agent, other] = [await makeAgent(running), await makeAgent(running)];
  const technician = await signInAs(running.collector, { name: 'Nia-Huws', roles: ['technician'] });
  const hashes = {
    sha256: (text: string) => createHash('sha256').update(text).digest(),
    hmacSha256: (key: string, text: string) => createHmac('sha256', key).update(text).digest(),
  };
  const number = deviceNumber({ vendorId: '0781', productId: '5567', serial: 'A1B2C3D4' }, hashes);
  const issue = (body: object) =>
    technician.ask('POST', `/api/pcs/${agent.agentId}/offline-codes`, { days: 7, reason: 'Trip', ...body });
  expect((await issue({ deviceNumber: `0${number}` })).status).toBe(400);
  const answer = await issue({ deviceNumber: number.toLowerCase() });
  const { code, expiresAt } = issuedOfflineCodeSchema.parse(await answer.json());
  const offeredTo = async (one: TestAgent) => (await agentReads(one)).offlineCodes ?? [];
  const facts = { number, used: [], now: new Date(), latest: new Date() };
  expect(readOfflineCode(code, { ...facts, offered: await offeredTo(agent) }, hashes)).toEqual({
    slot: 0,
    expiresAt: new Date(expiresAt),
  });
  expect(readOfflineCode(code, { ...facts, offered: await offeredTo(other) }, hashes)).toEqual({
    problem: 'other-pc',
  });
  // The PC has not been back since, so it knows the hashes of so many codes and no more.
  for (let count = 1; count < 8; count += 1) expect((await issue({ deviceNumber: number })).status).toBe(201);
  expect((await issue({ deviceNumber: number })).status).toBe(409);
  const listed = await (await technician.ask('GET', `/api/pcs/${agent.agentId}/offline-codes`)).text();
  expect(listed).toContain('Nia-Huws');
  expect(listed).not.toContain(code);
});
