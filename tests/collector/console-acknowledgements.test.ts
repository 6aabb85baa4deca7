/** Acknowledgements in the console's API: filter, order, pages, one record with its proof, and CSV. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { pageSchema, recordSchema } from '../../shared/console/acknowledgements.ts';
import type { AcknowledgedData } from '../../shared/wire/events.ts';
import { makeAgent, publishTexts, report, startTestCollector } from '../support/collector/collector.ts';
import { type ConsoleClient, signInByLink } from '../support/collector/console-client.ts';

async function pageOf(client: ConsoleClient, query: Readonly<Record<string, string>> = {}) {
  const answer = await client.ask('GET', `/api/acknowledgements?${new URLSearchParams(query).toString()}`);
  expect(answer.status).toBe(200);
  return pageSchema.parse(await answer.json());
}

async function filled(answers: readonly Partial<AcknowledgedData>[]) {
  const running = await startTestCollector();
  const agent = await makeAgent(running);
  const events = answers.map((data) => agent.acknowledgement(data));
  await report(agent, events);
  return { running, agent, events, technician: await signInByLink(running.collector) };
}

const named = (name: string, account = name.toLowerCase()): Partial<AcknowledgedData> => ({
  fullName: name,
  account: { name: account, domain: 'YSGOL', sid: '', upn: '', displayName: '' },
});

it('finds by policy, answer, language, name and account, without case and accents', async () => {
  const { technician } = await filled([
    named('Siân Ŵyn', 'swyn'),
    { ...named('Owain'), action: 'declined', language: 'cy-GB' },
    { ...named('100%_ Mair'), policyId: 'pupil' },
  ]);
  const namesOf = async (query: Readonly<Record<string, string>>) =>
    (await pageOf(technician, query)).items.map(({ fullName }) => fullName);
  expect(await namesOf({})).toEqual(['100%_ Mair', 'Owain', 'Siân Ŵyn']);
  expect(await namesOf({ search: 'SIAN ŵyn' })).toEqual(['Siân Ŵyn']);
  expect(await namesOf({ search: 'ysgol\\swyn' })).toEqual(['Siân Ŵyn']);
  expect(await namesOf({ search: '0%_' })).toEqual(['100%_ Mair']);
  expect(await namesOf({ search: '%' })).toEqual(['100%_ Mair']);
  expect(await namesOf({ search: '!' })).toEqual([]);
  expect(await namesOf({ policyId: 'pupil' })).toEqual(['100%_ Mair']);
  expect(await namesOf({ action: 'declined' })).toEqual(['Owain']);
  expect(await namesOf({ language: 'cy-GB', search: 'owain' })).toEqual(['Owain']);
});

it('counts days from midnight to midnight at the school, in summer and in winter', async () => {
  const { technician } = await filled([
    { ...named('last of May'), decidedAt: '2026-05-31T22:59:59.000Z' },
    { ...named('first of June'), decidedAt: '2026-05-31T23:00:00.000Z' },
    { ...named('last of June'), decidedAt: '2026-06-30T22:59:59.000Z' },
    { ...named('first of January'), decidedAt: '2026-01-01T00:00:00.000Z' },
    { ...named('last of December'), decidedAt: '2025-12-31T23:59:59.000Z' },
  ]);
  const namesOf = async (from: string, to: string) =>
    (await pageOf(technician, { from, to, sort: 'decided' })).items.map(({ fullName }) => fullName);
  expect(await namesOf('2026-06-01', '2026-06-30')).toEqual(['last of June', 'first of June']);
  expect(await namesOf('2026-01-01', '2026-01-01')).toEqual(['first of January']);
  expect(await namesOf('2025-12-31', '2025-12-31')).toEqual(['last of December']);
});

it.each(['arrived', 'decided', 'name'] as const)(
  'pages through all rows once, in the order %s',
  async (sort) => {
    const count = 120;
    const { technician } = await filled(
      Array.from({ length: count }, (_, index) => ({
        // Many rows share a name and a time, so that the position must decide.
        ...named(`Person ${index % 7}`),
        decidedAt: new Date(Date.UTC(2026, 0, 1 + (index % 5))).toISOString(),
      })),
    );
    const rows: (readonly [string, string, number])[] = [];
    let cursor: string | undefined;
    do {
      const page = await pageOf(technician, { sort, ...(cursor === undefined ? {} : { cursor }) });
      rows.push(...page.items.map((row) => [row.fullName, row.decidedAt, row.position] as const));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(rows.map(([, , position]) => position)).size).toBe(count);
    expect(rows).toHaveLength(count);
    const expected = rows.toSorted((one, other) => {
      if (sort === 'name') return one[0] === other[0] ? one[2] - other[2] : one[0] < other[0] ? -1 : 1;
      if (sort === 'decided' && one[1] !== other[1]) return one[1] > other[1] ? -1 : 1;
      return other[2] - one[2];
    });
    expect(rows).toEqual(expected);
  },
);

it('starts from the beginning for a cursor that it never gave', async () => {
  const { technician } = await filled([named('Mair')]);
  for (const cursor of [
    'x',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ]) {
    expect((await pageOf(technician, { cursor })).items).toHaveLength(1);
  }
});

it('shows a record with the exact text, its signature and its place in the log', async () => {
  const running = await startTestCollector({ policiesDirectory: path.resolve('assets/policies') });
  const manifest = JSON.parse(await readFile('assets/policies/staff/policy.json', 'utf8')) as {
    version: string;
  };
  const policies = (await (
    await fetch(`${running.address}/v1/policies/staff/${manifest.version}`)
  ).json()) as {
    textSha256: Record<string, string>;
    texts: Record<string, string>;
  };
  const textSha256 = policies.textSha256['cy-GB'] ?? '';
  await publishTexts(running.dataDirectory, [{ policyVersion: manifest.version, textSha256 }]);
  const agent = await makeAgent(running);
  const event = agent.acknowledgement({ policyVersion: manifest.version, language: 'cy-GB', textSha256 });
  const old = agent.acknowledgement({ policyVersion: '0.1' });
  await report(agent, [event, old]);
  const technician = await signInByLink(running.collector);
  const recordOf = async (id: string) =>
    recordSchema.parse(await (await technician.ask('GET', `/api/acknowledgements/${id}`)).json());
  await expect.poll(async () => (await recordOf(old.id)).log).toMatchObject({ state: 'included' });
  expect(await recordOf(event.id)).toMatchObject({
    text: policies.texts['cy-GB'],
    signature: 'missing',
    log: { state: 'included' },
    statements: [{ text: 'I have read it.', ticked: true }],
  });
  expect((await recordOf(old.id)).text).toBeUndefined();

  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'));
  database.prepare('update log_salts set salt = ? where event_id = ?').run('00'.repeat(32), event.id);
  database.close();
  expect((await recordOf(event.id)).log).toEqual({ state: 'broken' });
  expect((await recordOf(old.id)).log).toMatchObject({ state: 'included' });
});

it('writes the filter as CSV in the language of the reader, and no cell runs as a formula', async () => {
  const { running, technician } = await filled([
    named('=HYPERLINK("http://evil.example")', '+cmd'),
    { ...named('Siân "Ŵyn", MA', '@SUM'), action: 'declined' },
    named('-1+1', '\tcarys'),
  ]);
  const csv = async (query: string) => {
    const answer = await technician.ask('GET', `/api/acknowledgements.csv${query}`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="acknowledgements.csv"');
    return Buffer.from(await answer.arrayBuffer()).toString('utf8');
  };
  const all = await csv('');
  expect(all.startsWith('\ufeffWhen,Who,')).toBe(true);
  expect(all.trimEnd().split('\r\n')).toHaveLength(4);
  expect(all).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect(all).toContain(`,'-1+1,`);
  expect(all).not.toMatch(/(?:^|,)"?[=+\-@\t]/mu);
  const declined = await csv('?action=declined&lang=cy-GB');
  expect(declined).toContain('"Siân ""Ŵyn"", MA"');
  expect(declined).toContain('Heb dderbyn');
  expect(declined.trimEnd().split('\r\n')).toHaveLength(2);
  const database = new DatabaseSync(path.join(running.dataDirectory, 'collector.sqlite'), { readOnly: true });
  const noted = database
    .prepare("select actor, detail from audit where act = 'acknowledgements-exported'")
    .all();
  database.close();
  expect(noted.map(({ detail }) => detail)).toEqual(['{}', '{"action":"declined"}']);
});
