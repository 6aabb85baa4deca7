/** An attacker with write access to the database: `verify` finds a change of every field, row and table that is evidence. */
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openCheckpoint,
  readLogKey,
  signCheckpoint,
  writeLogKey,
} from '../../collector/src/log/checkpoint.ts';
import { notEvidence, otherValue } from '../support/collector/alterations.ts';
import { runCollector } from '../support/collector/command-line.ts';
import {
  type EvidenceDatabase,
  makeEvidenceDatabase,
  rowsOf,
  verifyFolder,
} from '../support/collector/evidence-database.ts';

let evidence: EvidenceDatabase;
beforeAll(async () => {
  evidence = await makeEvidenceDatabase(12);
});
afterAll(() => evidence.remove());

const tables = Object.keys(notEvidence);
/** No row of these is evidence: who may sign in, and names. */
const otherTables = [
  'settings',
  'schools',
  'enrolment_tokens',
  'offline_codes',
  'agent_tokens',
  'roster_people',
  'known_accounts',
  'console_accounts',
  'console_codes',
  'console_sessions',
  'console_windows_accounts',
  'retention',
  'kysely_migration',
  'kysely_migration_lock',
  'sqlite_sequence',
  // Of a database from before the log; see the test of the old chain.
  'evidence_chain',
  'evidence_head',
  // Empty once the sequencer has been here; see below.
  'log_pending',
];

const columnsOf = (table: string): string[] =>
  rowsOf(evidence.pristine, `pragma table_info(${table})`).map(({ name }) => String(name));

function rowidsOf(table: string): number[] {
  return rowsOf(evidence.pristine, `select rowid as id from ${table} order by rowid`).map(({ id }) =>
    Number(id),
  );
}

/** A few rows of a long table, always with the first and the last. */
function sampleOf(table: string): number[] {
  const rowids = rowidsOf(table);
  return rowids.filter((_, index) => index % 7 === 0 || index === rowids.length - 1);
}

/** Every found line, so that a test can say which change was missed. */
async function findIn(
  deed: (database: DatabaseSync) => void,
  kept: readonly string[] = [],
): Promise<string[]> {
  const { findings } = await verifyFolder(await evidence.tamper(deed), { kept });
  return findings.map(({ kind, leaf, eventId, detail }) => `${kind} ${leaf ?? ''} ${eventId} ${detail}`);
}

it('knows every table of the database', () => {
  const names = rowsOf(evidence.pristine, "select name from sqlite_master where type = 'table'").map(
    ({ name }) => String(name),
  );
  expect(names.filter((name) => !tables.includes(name) && !otherTables.includes(name))).toEqual([]);
  for (const table of tables) expect([table, rowidsOf(table).length > 0]).toEqual([table, true]);
});

it('finds nothing in an untouched database, from which nothing is missing', async () => {
  const report = await verifyFolder(evidence.pristine, { kept: [evidence.older, evidence.newest] });
  expect(report.findings).toEqual([]);
  expect(report.waiting).toBe(0);
  expect(Object.fromEntries(report.verdicts)).toEqual({ valid: 12, missing: 1 });
  expect(report.otherEvents).toBe(12 + 5 + 2);
});

describe.each(tables)('table %s', (table) => {
  it('with any value of a row changed', { timeout: 240_000 }, async () => {
    const missed: string[] = [];
    const exempt = notEvidence[table] ?? {};
    for (const column of columnsOf(table).filter((name) => !(name in exempt))) {
      for (const rowid of sampleOf(table)) {
        let isChanged = true;
        const found = await findIn((database) => {
          const old = database.prepare(`select ${column} as value from ${table} where rowid = ?`).get(rowid);
          try {
            database
              .prepare(`update ${table} set ${column} = ? where rowid = ?`)
              .run(otherValue(old?.['value']), rowid);
          } catch (error) {
            // The database itself refuses a second row of one key, or a null.
            if (!String(error).includes('constraint failed')) throw error;
            isChanged = false;
          }
        });
        if (isChanged && found.length === 0) missed.push(`${column} of row ${rowid}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('with a row deleted', { timeout: 240_000 }, async () => {
    const missed: number[] = [];
    for (const rowid of sampleOf(table)) {
      const found = await findIn((database) => database.exec(`delete from ${table} where rowid = ${rowid}`));
      if (found.length === 0) missed.push(rowid);
    }
    expect(missed).toEqual([]);
  });
});

const inserted: Readonly<Record<string, string>> = {
  events: `insert into events (school_id, event_id, agent_id, sequence, type, occurred_at, received_at, raw, fork, marks)
    select school_id, '01970000-0000-7000-8000-000000000001', agent_id, 900, type, occurred_at, received_at, raw, fork,
      marks from events where type = 'porthor.test.noted.v1' limit 1`,
  acknowledgements: `insert into acknowledgements select position + 1000, 'made-up', account_key, account_name,
    account_domain, full_name, job_role, hostname, action, policy_id, policy_version, version_order, text_sha256,
    language, decided_at, school_id, evidence, standing, search_text, null from acknowledgements limit 1`,
  latest_acceptances: `insert into latest_acceptances select school_id, 'school\\intruder', policy_id, event_id,
    policy_version, version_order, text_sha256, language, decided_at from latest_acceptances limit 1`,
  countersignatures: `insert into countersignatures select 'made-up', school_id, event_id, account_id, signatory, signed_at,
    leaf_sha256, signature, '', '', '', '' from countersignatures limit 1`,
  published_texts: `insert into published_texts select school_id, policy_id, '99', text_sha256, published_at
    from published_texts limit 1`,
  agents: `insert into agents (agent_id, public_key, machine_id, hostname, os, agent_version, enrolled_at, last_seen_at,
    highest_sequence, key_id) select 'made-up', 'made-up', machine_id, hostname, os, agent_version, enrolled_at,
    last_seen_at, 0, 'made-up' from agents limit 1`,
  audit: `insert into audit (school_id, noted_at, day, actor, act, subject, detail)
    select school_id, noted_at, day, 'command line', act, 'made-up', detail from audit limit 1`,
  media_register: `insert into media_register (entry_id, vendor_id, product_id, label, issued_to, created_at)
    values ('made-up', '1111', '2222', '', '', '2026-01-01T00:00:00.000Z')`,
  sequence_gaps: "insert into sequence_gaps select agent_id, 1, 1, '' from agents limit 1",
  log_records: "insert into log_records values ('made-up', 'act', 'school', '{}')",
  log_leaves: `insert into log_leaves select max(leaf_index) + 1, 'made-up', 'porthor-leaf-v1 act 00' from log_leaves`,
};

it.each(Object.entries(inserted))('finds a row inserted into %s', async (_table, deed) => {
  const found = await findIn((database) => database.exec(deed));
  expect(found.some((line) => line.startsWith('inserted') || line.startsWith('removed'))).toBe(true);
});

describe('names', () => {
  const eventOf = (type: string, offset: number) =>
    String(
      rowsOf(
        evidence.pristine,
        `select event_id from events where type = '${type}' order by position limit 1 offset ${offset}`,
      )[0]?.['event_id'],
    );
  const acknowledgement = () => eventOf('porthor.policy.acknowledged.v1', 4);
  const note = (offset = 4) => eventOf('porthor.test.noted.v1', offset);

  it('an acknowledgement that was removed everywhere', async () => {
    const id = acknowledgement();
    const leaf = Number(
      rowsOf(evidence.pristine, `select leaf_index from log_leaves where event_id = '${id}'`)[0]?.[
        'leaf_index'
      ],
    );
    const found = await findIn((database) => {
      for (const table of ['acknowledgements', 'events', 'log_leaves', 'log_salts']) {
        database.exec(`delete from ${table} where event_id = '${id}'`);
      }
    });
    expect(found[0]).toBe(`removed ${leaf}  the leaf`);
  });

  it('another event that was removed, although it has no leaf of its own', async () => {
    const id = note();
    const found = await findIn((database) => database.exec(`delete from events where event_id = '${id}'`));
    expect(found.some((line) => line.startsWith(`removed  ${id} it is no longer among the events of `))).toBe(
      true,
    );
  });

  it('another event whose text was changed', async () => {
    const id = note();
    const found = await findIn((database) =>
      database.exec(`update events set raw = replace(raw, 'event', 'Event') where event_id = '${id}'`),
    );
    expect(found).toContainEqual(
      `altered  ${id} its text, salt, position or time of arrival is not what the log holds`,
    );
  });

  it('all other events, when every one of them was removed', async () => {
    const found = await findIn((database) =>
      database.exec("delete from events where type = 'porthor.test.noted.v1'"),
    );
    expect(found.filter((line) => line.includes('no longer among the events of')).length).toBe(12 + 3 + 2);
  });

  it('two texts that were swapped', async () => {
    const [one, two] = [acknowledgement(), eventOf('porthor.policy.acknowledged.v1', 7)];
    const found = await findIn((database) =>
      database.exec(`create temporary table two as select event_id, raw from events where event_id in ('${one}', '${two}');
        update events set raw = (select raw from two where two.event_id <> events.event_id)
          where event_id in ('${one}', '${two}')`),
    );
    expect(found.filter((line) => line.startsWith('moved')).length).toBe(2);
  });

  it('a copy of an acknowledgement under another id', async () => {
    const id = acknowledgement();
    const copy = '01970000-0000-7000-8000-000000000002';
    const found = await findIn((database) =>
      database.exec(`insert into events (school_id, event_id, agent_id, sequence, type, occurred_at, received_at, raw,
          fork, marks) select school_id, '${copy}', agent_id, 901, type, occurred_at, received_at,
          replace(raw, event_id, '${copy}'), fork, marks from events where event_id = '${id}'`),
    );
    expect(found).toContainEqual(`inserted  ${copy} it is in no leaf of the log`);
  });

  it('a replay that an attacker has put into the log itself', async () => {
    const id = acknowledgement();
    const copy = '01970000-0000-7000-8000-000000000003';
    const { acknowledgementEntry } = await import('../../collector/src/log/leaf.ts');
    const found = await findIn((database) => {
      database.exec(`insert into events (school_id, event_id, agent_id, sequence, type, occurred_at, received_at, raw,
          fork, marks) select school_id, '${copy}', agent_id, 902, type, occurred_at, received_at,
          replace(replace(raw, event_id, '${copy}'), '"sequence":' || sequence, '"sequence":902'), fork, marks
          from events where event_id = '${id}';
        insert into acknowledgements select position + 1000, '${copy}', account_key, account_name, account_domain,
          full_name, job_role, hostname, action, policy_id, policy_version, version_order, text_sha256, language,
          decided_at, school_id, evidence, standing, search_text, null from acknowledgements where event_id = '${id}'`);
      const { raw, position } = database
        .prepare('select raw, position from events where event_id = ?')
        .get(copy) as { raw: string; position: number };
      const { arrival } = database.prepare('select arrival from log_salts where event_id = ?').get(id) as {
        arrival: string;
      };
      const { list } = database
        .prepare('select position as list from acknowledgements where event_id = ?')
        .get(copy) as { list: number };
      const line = JSON.stringify([...(JSON.parse(arrival) as unknown[]).slice(0, 5), position, list]);
      const salt = Buffer.alloc(32);
      database
        .prepare('insert into log_salts (event_id, salt, arrival) values (?, ?, ?)')
        .run(copy, salt.toString('hex'), line);
      database
        .prepare('insert into log_pending (event_id, entry) values (?, ?)')
        .run(copy, acknowledgementEntry(salt, line, raw));
    });
    expect(found).toContainEqual(`replayed  ${copy} its signed statement is for another place`);
  });

  it('an agent whose key was replaced', async () => {
    const found = await findIn((database) =>
      database.exec(
        "update agents set public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' where rowid = 1",
      ),
    );
    expect(found.some((line) => line.includes('its x is not that of its record'))).toBe(true);
    expect(found.filter((line) => line.includes('the key that its signature was made with')).length).toBe(12);
  });
});

describe('a whole database in place of the true one', () => {
  const rollBack = (database: DatabaseSync): void => {
    const { size } = openCheckpoint(evidence.older, evidence.verifierKey) ?? { size: 0 };
    const gone = `(select event_id from log_leaves where leaf_index >= ${size})`;
    for (const table of ['events', 'acknowledgements', 'log_salts']) {
      database.exec(`delete from ${table} where event_id in ${gone}`);
    }
    database.exec(`delete from log_records where record_id in ${gone};
      delete from log_days where record_id in ${gone};
      delete from log_leaves where leaf_index >= ${size};
      update log_tiles set hashes = substr(hashes, 1, ${size * 32}) where level = 0 and tile_index = 0`);
    database.prepare('update log_head set size = ?, checkpoint = ?').run(size, evidence.older);
  };

  it('that an earlier checkpoint fits, and a newer one does not', async () => {
    const found = await findIn(rollBack, [evidence.newest]);
    const { size } = openCheckpoint(evidence.older, evidence.verifierKey) ?? { size: 0 };
    const { size: newest } = openCheckpoint(evidence.newest, evidence.verifierKey) ?? { size: 0 };
    expect(found).toContainEqual(
      `removed ${size}  the log had ${newest} leaves when the kept checkpoint was signed`,
    );
  });

  it('that another key has signed', async () => {
    const key = readLogKey(writeLogKey('porthor.collector/other', Buffer.alloc(32, 1)));
    const { size = 0, root = Buffer.alloc(0) } = openCheckpoint(evidence.newest, evidence.verifierKey) ?? {};
    if (key === undefined) throw new Error('no key');
    const resign = (database: DatabaseSync): void => {
      const signed = signCheckpoint({ origin: key.name, size, root }, key);
      database.prepare('update log_head set verifier_key = ?, checkpoint = ?').run(key.verifierKey, signed);
    };
    const found = await findIn(resign, [evidence.newest]);
    expect(found[0]).toBe(
      'altered   the key of the log: it did not sign the checkpoint that was kept elsewhere',
    );
    const unsigned = 'its countersignature is not signed by the key of the log';
    expect(found.slice(1).map((line) => line.slice(-unsigned.length))).toEqual([unsigned, unsigned]);
  });
});

describe('records that wait for the sequencer', () => {
  it('are compared too', async () => {
    const wait = (database: DatabaseSync): void => {
      database.exec(`insert into log_pending (event_id, entry)
          select event_id, entry from log_leaves order by leaf_index desc limit 2;
        delete from log_leaves where leaf_index >= (select max(leaf_index) - 1 from log_leaves)`);
    };
    const found = await findIn((database) => {
      wait(database);
      database.exec(
        "update log_pending set entry = entry || '0' where position = (select min(position) from log_pending)",
      );
    });
    expect(found.some((line) => line.includes('the text of the record, or its salt'))).toBe(true);
  });
});

describe('verify on the command line', () => {
  it('goes on from what it has verified, and names what was changed since', async () => {
    const data = await evidence.tamper(() => undefined);
    const state = path.join(data, 'state.json');
    const first = await runCollector('verify', '--data', data, '--state', state);
    expect(first.stdout).toContain('All 13 acknowledgements are as they arrived, and 19 other events.');
    expect(first.code).toBe(3);
    const second = await runCollector('verify', '--data', data, '--state', state);
    expect(second.stdout).toContain('were verified earlier');
    expect(second.code).toBe(0);
    const whole = await runCollector('verify', '--data', data, '--state', state, '--whole');
    expect(whole.stdout).toContain('All 13 acknowledgements are as they arrived');
    expect(whole.code).toBe(0);
    expect((await runCollector('verify', '--data', data, '--state', data)).code).toBe(64);
  });

  it('names the first changed record on its first line and ends with 2', async () => {
    const id = String(
      rowsOf(evidence.pristine, 'select event_id from acknowledgements order by position limit 1')[0]?.[
        'event_id'
      ],
    );
    const leaf = Number(
      rowsOf(evidence.pristine, `select leaf_index from log_leaves where event_id = '${id}'`)[0]?.[
        'leaf_index'
      ],
    );
    const data = await evidence.tamper((database) =>
      database.prepare("update acknowledgements set full_name = 'Another' where event_id = ?").run(id),
    );
    const { code, stdout } = await runCollector('verify', '--data', data);
    expect(stdout.split('\n')[0]).toBe(`altered: leaf ${leaf}, event ${id}: column full_name of the list`);
    expect(code).toBe(2);
  });
});
