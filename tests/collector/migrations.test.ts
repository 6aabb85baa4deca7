/** Databases of every earlier version, with data: each becomes today's, and its chain still verifies. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { makeFolder, publishTexts, startTestCollector, withStorage } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';

/** Takes a database of version 4 back, step by step; the key is the version that the step leads to. */
const stepsBack: Readonly<Record<number, string>> = {
  3: `drop index media_requests_by_account;
    alter table media_requests drop column account_key; alter table media_requests drop column decided_by;
    alter table media_requests drop column decision_reason; update schema_version set version = 3;`,
  2: `drop table evidence_chain; drop table evidence_head; drop index agents_by_key;
    alter table agents drop column key_id; update schema_version set version = 2;`,
  1: `drop table media_requests; drop table media_register; update schema_version set version = 1;`,
};

async function makeDatabase(version: 1 | 2 | 3 | 4): Promise<string> {
  const folder = await makeFolder();
  const database = new DatabaseSync(path.join(folder, 'collector.sqlite'));
  try {
    database.exec(await readFile(new URL('../fixtures/collector/version-4.sql', import.meta.url), 'utf8'));
    for (let step = 3; step >= version; step -= 1) database.exec(stepsBack[step] ?? '');
  } finally {
    database.close();
  }
  return folder;
}

function rows(folder: string, query: string) {
  const database = new DatabaseSync(path.join(folder, 'collector.sqlite'), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

const schemaOf = (folder: string) =>
  rows(folder, 'select type, name from sqlite_master order by type, name').map(
    ({ type, name }) => `${String(type)} ${String(name)}`,
  );

describe.each([1, 2, 3, 4] as const)('a database of version %i', (version) => {
  it('becomes the same as a new database, with every event unchanged', async () => {
    const folder = await makeDatabase(version);
    const before = rows(folder, 'select raw from events order by position').map(({ raw }) => raw);
    expect(before).toHaveLength(8);
    expect(await exportedTexts(folder)).toEqual(before);
    const fresh = await makeFolder();
    await withStorage(fresh, () => Promise.resolve());
    expect(schemaOf(folder)).toEqual(schemaOf(fresh));
    expect(rows(folder, 'pragma foreign_key_check')).toEqual([]);
    expect(rows(folder, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('keeps its chain complete, and reports the records that were chained late', async () => {
    const folder = await makeDatabase(version);
    expect((await runCollector('verify', '--data', folder)).stderr).toContain('Another version');
    await withStorage(folder, () => Promise.resolve());
    const { code, stdout } = await runCollector('verify', '--data', folder);
    expect(stdout).toContain('All 4 acknowledgements are as they arrived, and 4 other events.');
    expect(/were chained at \S+, after they had arrived/u.test(stdout)).toBe(version < 3);
    expect(stdout).toMatch(/\d+ records wait to be taken into the log\./u);
    expect(code).toBe(3);
  });

  it('numbers two events with one sequence number as a fork', async () => {
    const folder = await makeDatabase(version);
    await withStorage(folder, () => Promise.resolve());
    expect(rows(folder, 'select fork from events where sequence = 6 order by position')).toEqual([
      { fork: 0 },
      { fork: 1 },
    ]);
  });

  it('answers with the acceptances of published texts, and with no others', async () => {
    const folder = await makeDatabase(version);
    const texts = rows(
      folder,
      "select distinct policy_version, text_sha256 from acknowledgements where policy_id = 'staff'",
    );
    await publishTexts(
      folder,
      texts.map((text) => ({
        policyVersion: String(text['policy_version']),
        textSha256: String(text['text_sha256']),
      })),
    );
    expect(
      rows(folder, 'select account_key, policy_id from latest_acceptances order by account_key'),
    ).toEqual([
      {
        account_key: 'S-1-5-21-1-2-3-1001',
        policy_id: rows(folder, 'select policy_id from acknowledgements order by position')[0]?.['policy_id'],
      },
      {
        account_key: 'school\\carys',
        policy_id: rows(folder, 'select policy_id from acknowledgements order by position')[0]?.['policy_id'],
      },
    ]);
    expect(rows(folder, "select standing from acknowledgements where policy_id = 'not-published'")).toEqual([
      { standing: 'not-published' },
    ]);
  });
});

it('a technician can answer a request that is older than answers', async () => {
  const dataDirectory = await makeDatabase(3);
  const { mediaRegister } = (await startTestCollector({ dataDirectory })).collector;
  const [request] = await mediaRegister.listRequests(1);
  const refusal = { decidedBy: 'Technician', reason: 'Not encrypted' };
  expect(await mediaRegister.refuse(request?.eventId ?? '', refusal)).toBe(true);
  expect(await mediaRegister.answersTo('S-1-5-21-1-2-3-1001')).toMatchObject([
    { decision: 'refused', ...refusal },
  ]);
});
