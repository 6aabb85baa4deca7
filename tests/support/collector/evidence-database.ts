/** A database with every kind of evidence in it, and copies of it for attackers. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, vi } from 'vitest';
import {
  type EvidenceReport,
  type VerifyOptions,
  verifyEvidence,
} from '../../../collector/src/evidence/verify-evidence.ts';
import { openCheckpoint, readLogKey } from '../../../collector/src/log/checkpoint.ts';
import { createAgentRepository } from '../../../collector/src/repositories/agents.ts';
import { defaultSchoolId } from '../../../collector/src/schools.ts';
import { type CollectorOptions, startCollector } from '../../../collector/src/server.ts';
import { openReadOnly } from '../../../collector/src/storage/read-only.ts';
import { openSqlite } from '../../../collector/src/storage/sqlite.ts';
import type { CollectorDatabase } from '../../../collector/src/storage/storage.ts';
import { queuePageSchema } from '../../../shared/console/countersign.ts';
import type { WireEvent } from '../../../shared/wire/events.ts';
import { acknowledgedData, machine, makeAgent, minutesAgo, publishTexts, report } from './collector.ts';
import { signInAs } from './console-client.ts';
import { makeSigningAgent, type SigningAgent, withHistory } from './evidence.ts';
import { tamperCopy } from './tamper.ts';

const hourMs = 60 * 60 * 1000;

export interface EvidenceDatabase {
  /** Holds the database, `log.key`, and nothing of a running collector. */
  readonly pristine: string;
  readonly verifierKey: string;
  /** Signed before the newest leaves, and after them. */
  readonly older: string;
  readonly newest: string;
  /** A copy that an attacker has changed. */
  tamper(deed: (database: DatabaseSync) => void): Promise<string>;
  remove(): Promise<void>;
}

async function runAt(
  dataDirectory: string,
  offsetMs: number,
  use: (running: { collector: Awaited<ReturnType<typeof startCollector>>; address: string }) => Promise<void>,
): Promise<void> {
  const options: CollectorOptions = {
    dataDirectory,
    port: 0,
    log: () => undefined,
    now: () => new Date(Date.now() + offsetMs),
  };
  const collector = await startCollector(options);
  try {
    await use({ collector, address: collector.address });
  } finally {
    await collector.close();
  }
}

export function rowsOf(dataDirectory: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path.join(dataDirectory, 'collector.sqlite'), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

/** Waits until every pending leaf is in the log, and answers the checkpoint. */
export async function waitForLog(dataDirectory: string, address: string): Promise<string> {
  await vi.waitFor(
    () => {
      expect(rowsOf(dataDirectory, 'select count(*) as waiting from log_pending')).toEqual([{ waiting: 0 }]);
      expect(rowsOf(dataDirectory, 'select checkpoint from log_head')[0]?.['checkpoint']).not.toBe('');
    },
    { timeout: 30_000, interval: 50 },
  );
  return (await fetch(`${address}/v1/log/checkpoint`)).text();
}

function approvalRequest(agent: SigningAgent, serial: string): WireEvent {
  return agent.event({
    type: 'porthor.media.approval-requested.v1',
    subject: 'usb:0781:5567',
    data: {
      insertionId: '0198f0a0-0000-7000-8000-000000000001',
      device: {
        kind: 'stick',
        bus: 'usb',
        vendorId: '0781',
        productId: '5567',
        serial,
        serialQuality: 'good',
        name: 'Stick',
        sizeBytes: 16_000_000_000,
      },
      encryption: 'not-encrypted',
      approval: 'not-in-register',
      problems: ['not-encrypted', 'not-approved'],
      reason: 'For the choir',
      language: 'en-GB',
      requestedAt: minutesAgo(5),
      account: acknowledgedData().account,
      machine,
    },
  });
}

async function fillYesterday(
  running: Parameters<typeof makeSigningAgent>[0],
  perPart: number,
): Promise<SigningAgent> {
  const agent = await makeSigningAgent(running);
  const events: WireEvent[] = [];
  for (let index = 0; index < perPart; index += 1) {
    events.push(agent.event({ data: { note: `event ${index}` } }));
    events.push(
      await agent.signed({
        fullName: `Person ${index}`,
        account: { name: 'carys', domain: 'SCHOOL', sid: '', upn: '', displayName: '' },
        decidedAt: minutesAgo(60 - (index % 50)),
      }),
    );
  }
  await report(agent, events);
  return agent;
}

async function fillToday(running: Parameters<typeof makeSigningAgent>[0]): Promise<void> {
  const agent = await makeSigningAgent(running);
  const requests = [approvalRequest(agent, 'AA1234567890'), approvalRequest(agent, 'BB1234567890')];
  const history = withHistory([agent.event(), agent.event()]);
  // The number between them never arrives.
  const lost = agent.event();
  await report(agent, [...requests, ...history, agent.event({ data: { after: lost.sequence } })]);
  const { mediaRegister } = running.collector;
  const [first, second] = requests.map(({ id }) => id);
  const approval = {
    label: 'Choir stick',
    issuedTo: 'Carys',
    expiresAt: undefined,
    wholeModel: false,
    decidedBy: 'Technician',
  };
  await mediaRegister.approve(first ?? '', approval);
  await mediaRegister.refuse(second ?? '', { decidedBy: 'Technician', reason: 'Not ours' });
  const added = await mediaRegister.add({
    vendorId: '1234',
    productId: '5678',
    serial: 'CC1234567890',
    label: 'Returned stick',
    issuedTo: 'Dylan',
    expiresAt: '2030-01-01T00:00:00.000Z',
  });
  if (added.ok) await mediaRegister.markReturned(added.value.entryId);
  await countersign(running.collector);
  const other = await makeAgent(running);
  await report(other, [other.event(), other.acknowledgement(), { ...other.event(), sequence: 1 }]);
}

/** Two countersignatures, of which one is withdrawn. */
async function countersign(collector: Awaited<ReturnType<typeof startCollector>>): Promise<void> {
  const signatory = await signInAs(collector, { name: 'mair', roles: ['signatory'] });
  await signatory.ask('POST', '/api/own/windows-accounts', { add: ['SCHOOL\\mair'] });
  const { items } = queuePageSchema.parse(await (await signatory.ask('GET', '/api/countersign')).json());
  const eventIds = items.slice(0, 2).map(({ eventId }) => eventId);
  const outcome = await signatory.ask('POST', '/api/countersign', { eventIds });
  expect(await outcome.json()).toEqual({ signed: 2, refused: [] });
  const place = `/api/countersign/${eventIds[1] ?? ''}/withdrawal`;
  expect((await signatory.ask('POST', place, { reason: 'Signed by mistake' })).status).toBe(204);
}

/** `perPart` acknowledgements, and as many other events, on the first of two days. */
export async function makeEvidenceDatabase(perPart: number): Promise<EvidenceDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-evidence-'));
  const pristine = path.join(folder, 'pristine');
  await publishTexts(pristine);
  let older = '';
  let newest = '';
  await runAt(pristine, -20 * hourMs, async (running) => {
    await fillYesterday(running, perPart);
    older = await waitForLog(pristine, running.address);
  });
  await runAt(pristine, 0, (running) => fillToday(running));
  const storage = await openSqlite({ dataDirectory: pristine, create: false, thread: false });
  const agents = createAgentRepository(storage, () => new Date());
  const [agent] = await agents.list(defaultSchoolId);
  await agents.setState(defaultSchoolId, agent?.agentId ?? '', 'expelled');
  await agents.rename(defaultSchoolId, agent?.agentId ?? '', 'Lab 1');
  await storage.close();
  // Late enough for both days to be over.
  await runAt(pristine, 25 * hourMs, async (running) => {
    await vi.waitFor(
      () => {
        const open = rowsOf(pristine, 'select day from log_days where record_id is null');
        expect(open).toEqual([]);
      },
      { timeout: 30_000, interval: 50 },
    );
    newest = await waitForLog(pristine, running.address);
  });
  const keyText = await readFile(path.join(pristine, 'log.key'), 'utf8');
  const verifierKey = readLogKey(keyText)?.verifierKey ?? '';
  if (openCheckpoint(newest, verifierKey) === undefined) throw new Error('nothing was signed');
  return {
    pristine,
    verifierKey,
    older,
    newest,
    tamper: (deed) => tamperCopy(folder, pristine, deed),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Everything, with no threads. */
export function verifyReader(
  reader: CollectorDatabase,
  options: Partial<VerifyOptions> = {},
): Promise<EvidenceReport> {
  return verifyEvidence(reader, {
    kept: [],
    verified: undefined,
    writtenDown: undefined,
    source: undefined,
    ...options,
  });
}

export async function verifyFolder(
  dataDirectory: string,
  options: Partial<VerifyOptions> = {},
): Promise<EvidenceReport> {
  const reader = await openReadOnly({ dataDirectory, databaseUrl: undefined });
  try {
    return await verifyReader(reader, options);
  } finally {
    await reader.destroy();
  }
}
