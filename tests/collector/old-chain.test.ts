/** The chain of a version before the log: `verify` names every record of it that an attacker with the database changed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChainRecord, chainRecordSha256, sha256Hex } from '../../collector/src/evidence/chain-record.ts';
import { type ChainReport, verifyChain } from '../../collector/src/evidence/verify-chain.ts';
import { readContext } from '../../collector/src/evidence/verify-tasks.ts';
import { createEvidenceRepository } from '../../collector/src/repositories/evidence.ts';
import { createEvidenceChainRepository } from '../../collector/src/repositories/evidence-chain.ts';
import { startCollector } from '../../collector/src/server.ts';
import { minutesAgo, report, withStorage } from '../support/collector/collector.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';
import { chainAcknowledgements } from '../support/collector/old-chain.ts';
import { tamperCopy } from '../support/collector/tamper.ts';

const count = 12;
let folder = '';
let pristine = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-tampering-'));
  pristine = path.join(folder, 'pristine');
  const collector = await startCollector({ dataDirectory: pristine, port: 0, log: () => undefined });
  const agent = await makeSigningAgent({ collector, address: collector.address });
  for (let index = 1; index <= count; index += 1) {
    const accountName = `person-${index}`;
    await report(agent, [
      agent.event(),
      await agent.signed({
        fullName: `Person ${index}`,
        account: { name: accountName, domain: 'SCHOOL', sid: '', upn: '', displayName: '' },
        decidedAt: minutesAgo(60 - index),
      }),
    ]);
  }
  await collector.close();
  const database = new DatabaseSync(path.join(pristine, 'collector.sqlite'));
  chainAcknowledgements(database);
  database.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tamper = (deed: (database: DatabaseSync) => void): Promise<string> =>
  tamperCopy(folder, pristine, deed);

function verifyIn(data: string, writtenDown?: ChainReport['head']): Promise<ChainReport> {
  return withStorage(data, async ({ reader }) =>
    verifyChain(
      createEvidenceChainRepository(reader),
      await readContext(createEvidenceRepository(reader)),
      writtenDown === undefined ? {} : { writtenDown },
    ),
  );
}

const verifyAfter = async (deed: (database: DatabaseSync) => void) => verifyIn(await tamper(deed));
const brief = ({ findings }: ChainReport) => findings.map(({ kind, place }) => `${kind} ${place ?? '-'}`);
const eventIdAt = (database: DatabaseSync, place: number) =>
  String(database.prepare('select event_id from evidence_chain where place = ?').get(place)?.['event_id']);

function recordAt(database: DatabaseSync, place: number): ChainRecord & { recordSha256: string } {
  const row = database
    .prepare(
      `select place, event_id as eventId, event_sha256 as eventSha256, agent_id as agentId, received_at as receivedAt,
         chained_at as chainedAt, evidence, key_id as keyId, previous_sha256 as previousSha256,
         record_sha256 as recordSha256 from evidence_chain where place = ?`,
    )
    .get(place);
  if (row === undefined) throw new Error(`there is no record ${place}`);
  return row as unknown as ChainRecord & { recordSha256: string };
}

/** Shifts the place of every row, in an order in which no two rows ever share a place. */
function movePlaces(database: DatabaseSync, from: number, by: number): void {
  database.exec(`update evidence_chain set place = -place where place >= ${from};
    update evidence_chain set place = -place + ${by} where place < 0`);
}

const columnsOf = (table: string): string[] => {
  const database = new DatabaseSync(path.join(pristine, 'collector.sqlite'));
  try {
    return database
      .prepare(`pragma table_info(${table})`)
      .all()
      .map((row) => String(row['name']));
  } finally {
    database.close();
  }
};

describe('an untouched database', () => {
  it('verifies', async () => {
    const report = await verifyAfter(() => undefined);
    expect(report.findings).toEqual([]);
    expect([...report.verdicts]).toEqual([['valid', count]]);
    expect(report.records).toBe(count);
  });
});

describe('verify finds a changed value', () => {
  // Other tests change the keys of a row: a row under another id counts as one removed and one inserted.
  const changed = (table: string, kept: readonly string[]) => async () => {
    for (const column of columnsOf(table).filter((name) => !kept.includes(name))) {
      const report = await verifyAfter((database) => {
        const id = eventIdAt(database, 7);
        const old = database.prepare(`select ${column} from ${table} where event_id = ?`).get(id)?.[column];
        const value = typeof old === 'number' ? old + 1000 : `${String(old)}x`;
        database.prepare(`update ${table} set ${column} = ? where event_id = ?`).run(value, id);
      });
      expect({ column, first: report.findings[0] }).toMatchObject({ column, first: { place: 7 } });
      expect(['altered', 'moved', 'removed']).toContain(report.findings[0]?.kind);
    }
  };
  // No chain knows of countersignatures: the records of the log do.
  it('in the list', changed('acknowledgements', ['position', 'event_id', 'countersignature_id']));
  it('among the events', changed('events', ['position', 'event_id', 'salt', 'fork']));
  it('in the chain', changed('evidence_chain', ['place', 'event_id']));

  it('inside the event, whichever fact it is, even after the attacker recomputed every hash', async () => {
    const facts = [
      'action',
      'policyId',
      'policyVersion',
      'textSha256',
      'language',
      'statements',
      'fullName',
      'jobRole',
      'account',
      'machine',
      'audience',
      'openedAt',
      'decidedAt',
      'agentVersion',
      'loginId',
      'evidence',
    ] as const;
    const others: Readonly<Record<(typeof facts)[number], unknown>> = {
      action: 'declined',
      policyId: 'pupil',
      policyVersion: '9',
      textSha256: 'b'.repeat(64),
      language: 'cy-GB',
      statements: [],
      fullName: 'X',
      jobRole: 'X',
      account: { name: 'x', domain: '', sid: '', upn: '', displayName: '' },
      machine: { id: 'x', hostname: 'x', os: 'x' },
      audience: 'pupils',
      openedAt: '2020-01-01T00:00:00.000Z',
      decidedAt: '2020-01-01T00:00:00.000Z',
      agentVersion: '9',
      loginId: 'x',
      evidence: 'x',
    };
    for (const fact of facts) {
      const change = (database: DatabaseSync): string => {
        const id = eventIdAt(database, 7);
        const raw = String(database.prepare('select raw from events where event_id = ?').get(id)?.['raw']);
        const event = JSON.parse(raw) as { data: Record<string, unknown> };
        event.data[fact] = others[fact];
        const text = JSON.stringify(event);
        database.prepare('update events set raw = ? where event_id = ?').run(text, id);
        return text;
      };
      const simple = await verifyAfter(change);
      expect({ fact, findings: brief(simple) }).toEqual({ fact, findings: ['altered 7'] });

      // Recompute the chain from there on, as an attacker with the database and this source could.
      const thorough = await verifyAfter((database) => {
        const text = change(database);
        let previousSha256 = recordAt(database, 6).recordSha256;
        for (let place = 7; place <= count; place += 1) {
          const { recordSha256: _old, ...record } = recordAt(database, place);
          const renewed = {
            ...record,
            previousSha256,
            ...(place === 7 ? { eventSha256: sha256Hex(text) } : {}),
          };
          previousSha256 = chainRecordSha256(renewed);
          database
            .prepare(
              'update evidence_chain set event_sha256 = ?, previous_sha256 = ?, record_sha256 = ? where place = ?',
            )
            .run(renewed.eventSha256, renewed.previousSha256, previousSha256, place);
        }
        database.prepare('update evidence_head set record_sha256 = ?').run(previousSha256);
      });
      expect({ fact, place: thorough.findings[0]?.place }).toEqual({ fact, place: 7 });
      expect(thorough.findings.some(({ detail }) => detail.startsWith('its signature'))).toBe(true);
    }
  });

  it('where the record and its hash were changed together', async () => {
    const report = await verifyAfter((database) => {
      const { recordSha256: _old, ...record } = recordAt(database, 7);
      const changed = { ...record, evidence: 'missing' as const };
      database
        .prepare('update evidence_chain set evidence = ?, record_sha256 = ? where place = 7')
        .run('missing', chainRecordSha256(changed));
    });
    // The next record holds the old hash, and the list holds the old verdict.
    expect(brief(report)).toEqual(['altered 7', 'altered 7']);
  });

  it('where the agent’s key was replaced', async () => {
    const report = await verifyAfter((database) => {
      database.exec("update agents set public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'");
    });
    expect(brief(report)[0]).toBe('removed 1');
    expect(report.findings).toHaveLength(count);
  });
});

describe('verify finds a removed acknowledgement', () => {
  const everywhere = (database: DatabaseSync, place: number) => {
    const id = eventIdAt(database, place);
    for (const table of ['acknowledgements', 'events', 'evidence_chain']) {
      database.prepare(`delete from ${table} where event_id = ?`).run(id);
    }
  };
  it.each([1, 7])('at place %i', async (place) => {
    expect(brief(await verifyAfter((database) => everywhere(database, place)))).toEqual([`removed ${place}`]);
  });
  it.each([
    ['the list', 'acknowledgements', ['removed 7']],
    ['the events', 'events', ['removed 7']],
    ['the chain', 'evidence_chain', ['removed 7']],
  ] as const)('that was removed from %s alone', async (_where, table, expected) => {
    const report = await verifyAfter((database) => {
      database.prepare(`delete from ${table} where event_id = ?`).run(eventIdAt(database, 7));
    });
    expect(brief(report)).toEqual(expected);
  });
  it('where the later records were moved up to close the gap', async () => {
    const report = await verifyAfter((database) => {
      everywhere(database, 7);
      movePlaces(database, 8, -1);
      database.exec(`update evidence_head set place = ${count - 1}`);
    });
    expect(brief(report)).toEqual(['removed 7']);
  });
  it('at the end', async () => {
    const report = await verifyAfter((database) => {
      everywhere(database, count);
      everywhere(database, count - 1);
    });
    expect(brief(report)).toEqual([`removed ${count - 1}`]);
  });
  it('and a removed or emptied head of the chain', async () => {
    const removed = await verifyAfter((database) => database.exec('delete from evidence_head'));
    expect(brief(removed)).toEqual(['removed -']);
    expect(removed.records).toBe(count);
    const emptied = await verifyAfter((database) =>
      database.exec("update evidence_head set place = 0, record_sha256 = ''"),
    );
    expect(brief(emptied)).toContain('inserted 1');
  });
  it('at the end, with the head set back, only for a technician who wrote the head down', async () => {
    const { head } = await verifyAfter(() => undefined);
    const data = await tamper((database) => {
      everywhere(database, count);
      const { place, recordSha256 } = recordAt(database, count - 1);
      database.prepare('update evidence_head set place = ?, record_sha256 = ?').run(place, recordSha256);
    });
    expect(brief(await verifyIn(data))).toEqual([]);
    expect(brief(await verifyIn(data, head))).toEqual([`altered ${count}`]);
  });
});

describe('verify finds an inserted acknowledgement', () => {
  const copyEvent = (database: DatabaseSync, id: string): void => {
    const original = eventIdAt(database, 3);
    database.exec(`insert into events (event_id, agent_id, sequence, type, occurred_at, received_at, raw)
        select '${id}', agent_id, 900, type, occurred_at, received_at, raw from events where event_id = '${original}';
      insert into acknowledgements (event_id, account_key, account_name, account_domain, full_name, job_role, hostname,
          action, policy_id, policy_version, version_order, text_sha256, language, decided_at)
        select '${id}', account_key, account_name, account_domain, full_name, job_role, hostname, action, policy_id,
          policy_version, version_order, text_sha256, language, decided_at
        from acknowledgements where event_id = '${original}'`);
  };
  it.each([7, count + 1])('with its own record at place %i', async (at) => {
    const report = await verifyAfter((database) => {
      copyEvent(database, 'made-up');
      movePlaces(database, at, 1);
      const before = recordAt(database, at - 1);
      const record = { ...before, place: at, eventId: 'made-up', previousSha256: before.recordSha256 };
      const recordSha256 = chainRecordSha256(record);
      database
        .prepare('insert into evidence_chain values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          at,
          record.eventId,
          record.eventSha256,
          record.agentId,
          record.receivedAt,
          record.chainedAt,
          record.evidence,
          record.keyId,
          record.previousSha256,
          recordSha256,
        );
      if (at <= count) database.exec(`update evidence_head set place = ${count + 1}`);
    });
    expect(brief(report)).toContain(`inserted ${at}`);
    expect(report.findings.every(({ place, eventId }) => place === at || eventId === 'made-up')).toBe(true);
  });
});

describe('verify finds two acknowledgements that were swapped', () => {
  it.each([
    [3, 9],
    [6, 7],
  ])('in the chain: %i and %i', async (one, other) => {
    const report = await verifyAfter((database) => {
      database.exec(`update evidence_chain set place = -1 where place = ${one};
        update evidence_chain set place = ${one} where place = ${other};
        update evidence_chain set place = ${other} where place = -1`);
    });
    expect(report.findings[0]).toMatchObject({
      kind: 'moved',
      place: one,
      detail: `it stood at place ${other}`,
    });
    expect(brief(report)).toContain(`moved ${other}`);
    expect(report.findings.every(({ place }) => place === one || place === other || place === one + 1)).toBe(
      true,
    );
  });
  it.each([
    ['events', 'raw', 'moved'],
    ['events', 'position', 'moved'],
    ['acknowledgements', 'position', 'moved'],
    ['acknowledgements', 'full_name', 'altered'],
    ['evidence_chain', 'event_sha256', 'altered'],
  ])('where only %s.%s was swapped', async (table, column, kind) => {
    const report = await verifyAfter((database) => {
      const [one, other] = [eventIdAt(database, 3), eventIdAt(database, 9)];
      const read = (id: string) =>
        database.prepare(`select ${column} from ${table} where event_id = ?`).get(id)?.[column] ?? null;
      const [first, second] = [read(one), read(other)];
      const write = database.prepare(`update ${table} set ${column} = ? where event_id = ?`);
      if (column === 'position') write.run(-1, one);
      write.run(first, other);
      write.run(second, one);
    });
    expect(report.findings.some((finding) => finding.kind === kind)).toBe(true);
    expect(report.findings[0]?.place).toBe(3);
    expect(report.findings.every(({ place }) => place === 3 || place === 9)).toBe(true);
  });
});
