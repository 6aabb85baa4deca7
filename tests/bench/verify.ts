/** Verified acknowledgements per second (log, tables and signatures), divided by a bare loop of `crypto.verify` on the same bytes. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { v7 as uuidv7 } from 'uuid';
import { evaluateEvent } from '../../collector/src/events/evaluate-event.ts';
import { splitBatch } from '../../collector/src/events/split-batch.ts';
import { keyIdOf } from '../../collector/src/evidence/check-evidence.ts';
import { verifyEvidence } from '../../collector/src/evidence/verify-evidence.ts';
import { writeLogKey } from '../../collector/src/log/checkpoint.ts';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { createEventRepository } from '../../collector/src/repositories/events.ts';
import { defaultSchoolId } from '../../collector/src/schools.ts';
import { openSqlite } from '../../collector/src/storage/sqlite.ts';
import type { Storage } from '../../collector/src/storage/storage.ts';
import { acknowledgedDataSchema } from '../../shared/wire/events.ts';
import { statementHeader, statementPayload } from '../../shared/wire/evidence.ts';
import { type Figure, figure, median } from '../support/bench/figure.ts';
import { acceptanceEvent, machine } from '../support/storage-fixtures.ts';

/** Set fewer for a quick try. The default is the number that counts. */
const acknowledgements = Number(process.env['PORTHOR_BENCH_ACKNOWLEDGEMENTS'] ?? 100_000);
const runs = 3;
const target = 0.7;
const batchSize = 500;

interface Signed {
  readonly input: Buffer;
  readonly signature: Buffer;
}

/** Fills a database through the collector's own hands, and answers what was signed. */
async function fill(storage: Storage): Promise<{ key: KeyObject; signed: readonly Signed[] }> {
  const agents = createAgentRepository(storage, () => new Date());
  const events = createEventRepository(storage, () => new Date());
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const { token } = await agents.createEnrolmentToken({
    schoolId: defaultSchoolId,
    expiresAt: undefined,
    maxUses: undefined,
  });
  const enrolled = await agents.enrol({
    enrolmentToken: token,
    machine,
    publicKey: { kty: 'OKP', crv: 'Ed25519', x },
    agentVersion: '0.1.0',
  });
  if (!enrolled.ok) throw new Error(enrolled.error);
  const { agentId, collector = '', school = '' } = enrolled.value;
  const header = Buffer.from(JSON.stringify(statementHeader(keyIdOf(x)))).toString('base64url');
  const signed: Signed[] = [];
  for (let done = 0; done < acknowledgements; done += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, acknowledgements - done) }, (_, index) => {
      const sequence = done + index + 1;
      const acceptance = acceptanceEvent({ fullName: `Person ${sequence}` });
      const data = acknowledgedDataSchema.parse(acceptance.data);
      const id = uuidv7();
      const place = { collector, school, agentId, eventId: id, sequence, previous: '' };
      const input = `${header}.${Buffer.from(statementPayload(place, data)).toString('base64url')}`;
      const signature = sign(null, Buffer.from(input), privateKey);
      signed.push({ input: Buffer.from(input), signature });
      const event = {
        specversion: '1.0',
        id,
        source: `porthor:agent:${agentId}`,
        type: acceptance.type,
        subject: acceptance.subject,
        time: '2026-09-01T07:41:00.000Z',
        datacontenttype: 'application/json',
        sequence,
        data: { ...data, evidence: `${input}.${signature.toString('base64url')}` },
      };
      const [element] = splitBatch(`[${JSON.stringify(event)}]`);
      if (element === undefined) throw new Error('no element');
      return evaluateEvent(element, event, agentId);
    });
    const results = await events.store({ agentId, schoolId: defaultSchoolId }, batch);
    if (results?.every(({ status }) => status === 'stored') !== true)
      throw new Error('not everything was stored');
  }
  return { key: createPublicKey(privateKey), signed };
}

function bareRun(key: KeyObject, signed: readonly Signed[]): number {
  const startedAtMs = performance.now();
  for (const { input, signature } of signed) {
    if (!verify(null, input, key, signature)) throw new Error('a signature does not match');
  }
  return signed.length / ((performance.now() - startedAtMs) / 1000);
}

async function verifyRun({ reader }: Storage, dataDirectory: string): Promise<number> {
  const startedAtMs = performance.now();
  const report = await verifyEvidence(reader, {
    kept: [],
    verified: undefined,
    writtenDown: undefined,
    source: { dataDirectory, databaseUrl: undefined },
  });
  const elapsedMs = performance.now() - startedAtMs;
  if (report.findings.length > 0 || report.verdicts.get('valid') !== acknowledgements) {
    throw new Error(`it does not verify: ${JSON.stringify(report.findings[0] ?? [...report.verdicts])}`);
  }
  return acknowledgements / (elapsedMs / 1000);
}

export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-bench-'));
  try {
    const storage = await openSqlite({ dataDirectory: folder, create: true, thread: false });
    try {
      console.error(`verify: ${acknowledgements} acknowledgements are being stored`);
      const { key, signed } = await fill(storage);
      const keyText = writeLogKey('porthor.bench/log', Buffer.alloc(32, 1));
      while ((await storage.write('log.sequence', { keyText, mostLeaves: 10_000 })) === 'more');
      const rates = { ours: [] as number[], floor: [] as number[] };
      for (let round = 0; round < runs; round += 1) {
        rates.floor.push(bareRun(key, signed));
        rates.ours.push(await verifyRun(storage, folder));
      }
      const [ours, floor] = [median(rates.ours), median(rates.floor)];
      return [
        figure({ bench: 'verify', ours, floor, unit: 'events/s', target, good: 'at-least-target', runs }),
      ];
    } finally {
      await storage.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
