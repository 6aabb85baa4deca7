/** Data protection: export and erasure of one person, and events whose time is over. The log stays whole through both. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrivacyRepository } from '../../collector/src/privacy/erase-person.ts';
import { applyRetention, createRetentionRepository } from '../../collector/src/privacy/retention.ts';
import { defaultSchoolId } from '../../collector/src/schools.ts';
import { numberOf } from '../../electron/services/media/offline-approvals.ts';
import { acknowledgementsResponseSchema } from '../../shared/wire/collector-api.ts';
import {
  makeFolder,
  report,
  startTestCollector,
  type TestAgent,
  withStorage,
} from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { signInByLink } from '../support/collector/console-client.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';
import {
  type EvidenceDatabase,
  makeEvidenceDatabase,
  rowsOf,
  verifyFolder,
  waitForLog,
} from '../support/collector/evidence-database.ts';

const stick = { vendorId: '1234', productId: '5678', serial: 'CC1234567890' };
const accountOf = (name: string) => ({ name, domain: 'SCHOOL', sid: '', upn: '', displayName: '' });

async function known(agent: TestAgent, account: string): Promise<number> {
  const response = await fetch(
    `${agent.address}/v1/acknowledgements?account=${encodeURIComponent(account)}`,
    {
      headers: { authorization: `Bearer ${agent.agentToken}` },
    },
  );
  return acknowledgementsResponseSchema.parse(await response.json()).acknowledgements.length;
}

/** Whether any file of the data folder holds the text. */
async function isOnDisk(dataDirectory: string, text: string): Promise<boolean> {
  const files = await readdir(dataDirectory, { withFileTypes: true });
  const contents = await Promise.all(
    files.filter((one) => one.isFile()).map(({ name }) => readFile(path.join(dataDirectory, name))),
  );
  return contents.some((content) => content.includes(text));
}

describe('erasing one person', () => {
  it('takes text and salt of every event, keeps the log whole, and asks the person again', async () => {
    const running = await startTestCollector();
    const carys = await makeSigningAgent(running);
    const dylan = await makeSigningAgent(running);
    const erasedEvents = [
      await carys.signed({ fullName: 'Carys Aberdare', account: accountOf('carys') }),
      carys.event({ data: { note: 'Carys Aberdare was here' } }),
    ];
    await report(carys, erasedEvents);
    await report(dylan, [await dylan.signed({ fullName: 'Dylan Rhys', account: accountOf('dylan') })]);
    await running.collector.mediaRegister.add({
      vendorId: '1234',
      productId: '5678',
      serial: 'CC1234567890',
      label: 'Stick',
      issuedTo: 'Carys Aberdare',
      expiresAt: undefined,
    });
    const technician = await signInByLink(running.collector);
    for (const [agent, reason] of [
      [carys, 'Left her own stick at home'],
      [dylan, 'For CARYS ABERDARE, who helps in his class'],
      [dylan, 'Field trip'],
    ] as const) {
      const code = { deviceNumber: numberOf(stick), days: 1, reason };
      const issued = await technician.ask('POST', `/api/pcs/${agent.agentId}/offline-codes`, code);
      expect(issued.status).toBe(201);
    }
    await waitForLog(running.dataDirectory, running.address);
    expect(await known(carys, 'school\\carys')).toBe(1);
    const who = ['--person', 'carys aberdare', '--data', running.dataDirectory];
    const why = ['--asked-by', 'the person', '--reason', 'left the school'];

    const file = path.join(await makeFolder(), 'carys.json');
    expect((await runCollector('privacy', 'export', file, ...who)).code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const exported = JSON.parse(await readFile(file, 'utf8')) as {
      events: unknown[];
      deviceRegister: unknown[];
      codesByTelephone: unknown[];
    };
    expect(exported).toMatchObject({ account: 'school\\carys', agents: [{ agentId: carys.agentId }] });
    expect(exported.events).toMatchObject(erasedEvents.map(({ id }) => ({ event: { id } })));
    expect(exported.deviceRegister).toHaveLength(1);
    expect(exported.codesByTelephone).toMatchObject([
      { agentId: carys.agentId, reason: 'Left her own stick at home' },
      { agentId: dylan.agentId, reason: 'For CARYS ABERDARE, who helps in his class' },
    ]);

    const dry = await runCollector('privacy', 'erase', ...who, ...why);
    expect(dry.stdout).toContain('1 events of the kind acknowledgements');
    expect(dry.stdout).toContain('the reasons of 2 codes by telephone');
    expect(dry.stdout).toContain('Nothing was erased.');
    expect(await known(carys, 'school\\carys')).toBe(1);

    const erased = await runCollector('privacy', 'erase', ...who, ...why, '--confirm');
    expect(erased.stdout).toContain('Erased: 3 records.');
    expect(await known(carys, 'school\\carys')).toBe(0);
    expect(await known(dylan, 'school\\dylan')).toBe(1);
    const codes = 'select slot, reason from offline_codes order by reason, issued_at';
    expect(rowsOf(running.dataDirectory, codes)).toEqual([
      { slot: 0, reason: '' },
      { slot: 0, reason: '' },
      { slot: 1, reason: 'Field trip' },
    ]);
    // An agent that sends again what it still has brings nothing back.
    expect(await report(carys, erasedEvents)).toMatchObject([
      { status: 'duplicate' },
      { status: 'duplicate' },
    ]);
    await waitForLog(running.dataDirectory, running.address);

    const id = erasedEvents[0]?.id ?? '';
    const verified = await runCollector('verify', '--data', running.dataDirectory);
    expect(verified.stdout).toContain(`event ${id}: erased, as the log says`);
    expect(verified.stdout).toContain('All 1 acknowledgements are as they arrived');
    expect(verified.stdout).not.toMatch(/^(?:removed|altered|inserted)/mu);
    expect(verified.code).toBe(3);
    const log = await runCollector('privacy', 'log', '--data', running.dataDirectory);
    expect(log.stdout).toContain('3 records  asked by the person: left the school');
    const bundle = path.join(await makeFolder(), 'bundle.json');
    const evidence = await runCollector('evidence', bundle, '--record', id, '--data', running.dataDirectory);
    expect(evidence.stderr).toContain('was erased');
    const all = await runCollector('export', '--data', running.dataDirectory, '--school', 'school');
    expect(all.stdout).toContain('Dylan Rhys');
    expect(all.stdout).not.toContain('Aberdare');
    await running.collector.close();
    expect(await isOnDisk(running.dataDirectory, 'Dylan Rhys')).toBe(true);
    for (const text of ['Carys Aberdare', 'CARYS ABERDARE', 'her own stick']) {
      expect([text, await isOnDisk(running.dataDirectory, text)]).toEqual([text, false]);
    }
  });

  it('names every account with that name, and erases none of them', async () => {
    const running = await startTestCollector();
    for (const name of ['one', 'two']) {
      const agent = await makeSigningAgent(running);
      await report(agent, [await agent.signed({ fullName: 'Siân Prys', account: accountOf(name) })]);
    }
    const asked = ['--asked-by', 'x', '--reason', 'y', '--confirm', '--data', running.dataDirectory];
    const { code, stderr } = await runCollector('privacy', 'erase', '--person', 'sian prys', ...asked);
    expect(stderr).toContain('school\\one, school\\two');
    expect(code).toBe(1);
    expect(rowsOf(running.dataDirectory, 'select count(*) as count from acknowledgements')).toEqual([
      { count: 2 },
    ]);
    expect((await runCollector('privacy', 'erase', ...asked)).code).toBe(64);
    const elsewhere = await runCollector(
      'privacy',
      'log',
      '--school',
      'other',
      '--data',
      running.dataDirectory,
    );
    expect(elsewhere.stderr).toContain('There is no school other.');
  });
});

describe('an old database', () => {
  let evidence: EvidenceDatabase;
  beforeAll(async () => {
    evidence = await makeEvidenceDatabase(6);
  });
  afterAll(() => evidence.remove());
  const later = (days: number) => () => new Date(Date.now() + days * 86_400_000);

  it('verifies after every person was erased', async () => {
    const data = await evidence.tamper(() => undefined);
    const accounts = rowsOf(data, 'select distinct account_key from agents where account_key is not null');
    expect(accounts.length).toBeGreaterThan(0);
    await withStorage(data, async (storage) => {
      const privacy = createPrivacyRepository(storage, () => new Date(), defaultSchoolId);
      for (const { account_key: account } of accounts) {
        await privacy.erase(String(account), { askedBy: 'test', reason: 'test', actor: 'test' });
      }
    });
    const kept = await verifyFolder(data, { kept: [evidence.older, evidence.newest] });
    expect(kept.findings).toEqual([]);
    expect(kept.erasedEvents).toBeGreaterThan(6);
    expect(kept.verdicts.get('valid')).toBeUndefined();
  });

  it('loses each kind when its time is over, and says so', async () => {
    const data = await evidence.tamper(() => undefined);
    const erased = await withStorage(data, async (storage) => {
      const retention = createRetentionRepository(storage, () => new Date(), defaultSchoolId);
      await retention.set('other', 30, 'test');
      await retention.set('acknowledgements', 365, 'test');
      expect(await applyRetention(storage, later(20))).toBe(0);
      const others = await applyRetention(storage, later(40));
      expect(await applyRetention(storage, later(41))).toBe(0);
      return [others, await applyRetention(storage, later(400))];
    });
    const notes = rowsOf(
      evidence.pristine,
      "select 1 from events where type = 'porthor.test.noted.v1'",
    ).length;
    expect(erased).toEqual([notes, 7]);
    const { findings, erasedEvents, verdicts } = await verifyFolder(data, { kept: [evidence.newest] });
    expect(findings).toEqual([]);
    expect(erasedEvents).toBe(notes);
    expect(Object.fromEntries(verdicts)).toEqual({ erased: 7 });
    expect(rowsOf(data, 'select * from latest_acceptances')).toEqual([]);
    const printed = await runCollector('privacy', 'log', '--data', data);
    expect(printed.stdout).toContain('older than 30 days: other');
    expect(printed.stdout).toContain('7 records  older than 365 days: acknowledgements');
  });

  it.each([
    ['one more event of a day that lost its own', "type = 'porthor.media.approval-requested.v1'"],
    ['an event of the same kind that had stayed', "type = 'porthor.test.noted.v1' and raw <> ''"],
  ])('shows %s whose text was taken by hand', async (_what, which) => {
    const data = await evidence.tamper(() => undefined);
    await withStorage(data, async (storage) => {
      await createRetentionRepository(storage, () => new Date(), defaultSchoolId).set('other', 7, 'test');
      // The second day is not over then.
      await applyRetention(storage, later(8));
    });
    const before = await verifyFolder(data);
    expect(before.findings).toEqual([]);
    expect(before.erasedEvents).toBeGreaterThan(0);
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path.join(data, 'collector.sqlite'));
    const { changes } = database
      .prepare(
        `update events set raw = '', salt = null where position = (select max(position) from events where ${which})`,
      )
      .run();
    database.close();
    if (changes === 0) return;
    const { findings } = await verifyFolder(data);
    expect(findings.some(({ kind }) => kind === 'removed' || kind === 'altered')).toBe(true);
  });
});

it('the collector erases what is over when it starts', async () => {
  const first = await startTestCollector();
  const agent = await makeSigningAgent(first);
  await report(agent, [agent.event({ data: { note: 'Heartbeat of old' } }), await agent.signed()]);
  const { dataDirectory } = first;
  const set = await runCollector(
    'privacy',
    'retention',
    '--kind',
    'other',
    '--days',
    '7',
    '--data',
    dataDirectory,
  );
  expect(set.stdout).toContain('other  7 days');
  expect(set.stdout).toContain('acknowledgements  kept');
  for (const [kind, days] of [
    ['acknowledgements', '30'],
    ['made-up', '30'],
    ['other', 'x'],
  ]) {
    const wrong = ['--kind', kind ?? '', '--days', days ?? '', '--data', dataDirectory];
    expect((await runCollector('privacy', 'retention', ...wrong)).code).toBe(64);
  }
  await first.collector.close();
  const now = () => new Date(Date.now() + 9 * 86_400_000);
  // The day gets its leaf on the first start after its end, and is gone through on the next.
  const second = await startTestCollector({ dataDirectory, now });
  await waitForLog(dataDirectory, second.address);
  await second.collector.close();
  const third = await startTestCollector({ dataDirectory, now });
  await third.collector.close();
  const texts = rowsOf(dataDirectory, 'select raw from events order by position').map(({ raw }) =>
    String(raw),
  );
  expect(texts[0]).toBe('');
  expect(texts[1]).toContain('Carys');
  expect((await verifyFolder(dataDirectory)).findings).toEqual([]);
});
