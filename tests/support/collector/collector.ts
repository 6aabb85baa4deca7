/** Shared by the collector's tests: a collector in its own folder, agents that report to it, and their events. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { expect, onTestFinished } from 'vitest';
import {
  createPublishedTextRepository,
  type PublishedText,
} from '../../../collector/src/repositories/published-texts.ts';
import {
  type CollectorOptions,
  type RunningCollector,
  startCollector,
} from '../../../collector/src/server.ts';
import { openSqlite } from '../../../collector/src/storage/sqlite.ts';
import type { Storage } from '../../../collector/src/storage/storage.ts';
import {
  type EnrolmentRequest,
  type EnrolmentResponse,
  type EventResult,
  enrolmentResponseSchema,
  eventsResponseSchema,
} from '../../../shared/wire/collector-api.ts';
import type { AcknowledgedData, WireEvent } from '../../../shared/wire/events.ts';
import { enrolmentProofText } from '../../../shared/wire/evidence.ts';

/** Removed when the test that asked for it has finished. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-collector-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The data folder of a collector that was started once and has ended. Removed like `makeFolder`. */
export async function makeDataFolder(): Promise<string> {
  const folder = await makeFolder();
  await withStorage(folder, () => Promise.resolve());
  return folder;
}

export interface TestCollector {
  readonly collector: RunningCollector;
  readonly address: string;
  readonly dataDirectory: string;
  /** The lines of its log. */
  readonly logged: readonly string[];
}

export async function startTestCollector(options: Partial<CollectorOptions> = {}): Promise<TestCollector> {
  const dataDirectory = options.dataDirectory ?? (await makeFolder());
  const logged: string[] = [];
  await publishTexts(dataDirectory);
  const collector = await startCollector({
    port: 0,
    log: (line) => void logged.push(line),
    ...options,
    dataDirectory,
  });
  onTestFinished(() => collector.close());
  return { collector, address: collector.address, dataDirectory, logged };
}

type PublicKey = EnrolmentRequest['publicKey'];

const privateKeys = new Map<string, KeyObject>();

export function makePublicKey(): PublicKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  privateKeys.set(x, privateKey);
  return { kty: 'OKP', crv: 'Ed25519', x };
}

/** The private half of a key that was made here. */
export function privateKeyOf({ x }: PublicKey): KeyObject {
  const key = privateKeys.get(x);
  if (key === undefined) throw new Error('that key was not made here');
  return key;
}

/** What an agent sends to enrol, with the proof that it holds its key. */
export function enrolmentRequest(enrolmentToken: string, publicKey = makePublicKey()): EnrolmentRequest {
  const request = { enrolmentToken, machine, publicKey, agentVersion: '1.0.0' };
  const proof = sign(null, Buffer.from(enrolmentProofText(request)), privateKeyOf(publicKey));
  return { ...request, proof: proof.toString('base64url') };
}

export function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const startedMs = Date.now();

export const machine = { id: 'machine-1', hostname: 'LAB-01', os: 'Windows 11' };

export async function enrol(
  address: string,
  enrolmentToken: string,
  publicKey = makePublicKey(),
): Promise<EnrolmentResponse> {
  const response = await postJson(`${address}/v1/agents`, enrolmentRequest(enrolmentToken, publicKey));
  return enrolmentResponseSchema.parse(await response.json());
}

/** An agent that counts its sequence as a real one does. */
export interface TestAgent {
  readonly agentId: string;
  readonly agentToken: string;
  readonly address: string;
  event(changes?: Partial<WireEvent>): WireEvent;
  acknowledgement(data?: Partial<AcknowledgedData>): WireEvent;
}

export async function makeAgent({
  collector,
  address,
}: Pick<TestCollector, 'collector' | 'address'>): Promise<TestAgent> {
  const { agentId, agentToken } = await enrol(address, await collector.createEnrolmentToken());
  return knownAgent(address, agentId, agentToken);
}

export function knownAgent(address: string, agentId: string, agentToken: string): TestAgent {
  let sequence = 0;
  const event = (changes: Partial<WireEvent> = {}): WireEvent => {
    sequence += 1;
    return {
      specversion: '1.0',
      id: uuidv7(),
      // A type that this collector does not know, so that any data is valid.
      type: 'porthor.test.noted.v1',
      source: `porthor:agent:${agentId}`,
      subject: 'usb:0781:5567',
      time: minutesAgo(1),
      datacontenttype: 'application/json',
      sequence,
      data: { arrival: 'inserted' },
      ...changes,
    };
  };
  return {
    agentId,
    agentToken,
    address,
    event,
    acknowledgement: (data = {}) =>
      event({
        type: 'porthor.policy.acknowledged.v1',
        subject: 'school\\carys',
        data: acknowledgedData(data),
      }),
  };
}

/** ISO UTC, before the start of the tests. */
export function minutesAgo(minutes: number): string {
  return new Date(startedMs - minutes * 60_000).toISOString();
}

export function acknowledgedData(changes: Partial<AcknowledgedData> = {}): AcknowledgedData {
  return {
    action: 'accepted',
    policyId: 'staff',
    policyVersion: '1',
    textSha256: testTextSha256,
    language: 'en-GB',
    statements: [{ id: 'read', text: 'I have read it.', ticked: true }],
    fullName: 'Carys Evans',
    jobRole: 'Teacher',
    account: { name: 'carys', domain: 'SCHOOL', sid: '', upn: '', displayName: 'Carys Evans' },
    machine,
    audience: 'staff',
    openedAt: minutesAgo(3),
    decidedAt: minutesAgo(2),
    agentVersion: '1.0.0',
    loginId: 'login-1',
    ...changes,
  };
}

/** Sends a body unchanged. */
export function sendText(
  agent: Pick<TestAgent, 'address' | 'agentToken'>,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${agent.address}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${agent.agentToken}`,
      'content-type': 'application/cloudevents-batch+json',
      ...headers,
    },
    body,
  });
}

/** Sends a batch and expects the status 200. */
export async function report(agent: TestAgent, events: readonly unknown[]): Promise<readonly EventResult[]> {
  const response = await sendText(agent, JSON.stringify(events));
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
  return eventsResponseSchema.parse(await response.json()).results;
}

/** The runner's matcher with the type of the value that it matches, instead of any. */
export function containing(part: string): string {
  const matcher: unknown = expect.stringContaining(part);
  return matcher as string;
}

/** The hash in `acknowledgedData`. */
export const testTextSha256 = 'a'.repeat(64);

/** Opens the storage of a data folder as the command line does, also while a collector runs. */
export async function withStorage<Value>(
  dataDirectory: string,
  use: (storage: Storage) => Promise<Value>,
): Promise<Value> {
  const storage = await openSqlite({ dataDirectory, create: true, thread: false });
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}

/** Records texts as published, so that an acceptance of them counts. */
export async function publishTexts(
  dataDirectory: string,
  texts: readonly Partial<PublishedText>[] = [{}],
): Promise<void> {
  await withStorage(dataDirectory, (storage) =>
    createPublishedTextRepository(storage, () => new Date()).note(
      texts.map((text) => ({
        policyId: 'staff',
        policyVersion: '1',
        textSha256: testTextSha256,
        ...text,
      })),
    ),
  );
}
