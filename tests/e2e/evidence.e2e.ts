/** Evidence and policies through the real agent and the real collector: signed, chained, proven, published, refused. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { expect } from '@playwright/test';
import { compactVerify, importJWK } from 'jose';
import { runCollector } from '../support/collector/command-line.ts';
import { acceptAndContinue, proceed } from '../support/e2e/answer.ts';
import { publishPolicy } from '../support/e2e/publish-policy.ts';
import { test, type World } from '../support/e2e/world.ts';

const inData = (world: World, query: string) => {
  const database = new DatabaseSync(path.join(world.folder, 'collector/collector.sqlite'));
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
};
const verify = (world: World) => runCollector('verify', '--data', path.join(world.folder, 'collector'));

test('the PC signs an acceptance, the collector chains it, and verify names a changed byte', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  expect((await world.collector().acknowledgements())[0]?.evidence).toBe('valid');

  const [row] = inData(
    world,
    `select events.raw, events.event_id, agents.public_key from events join agents on agents.agent_id = events.agent_id
     where type = 'porthor.policy.acknowledged.v1'`,
  );
  const { evidence, ...facts } = (JSON.parse(String(row?.['raw'])) as { data: Record<string, unknown> }).data;
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: String(row?.['public_key']) }, 'EdDSA');
  const { payload } = await compactVerify(String(evidence), key);
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
    event: String(row?.['event_id']),
    facts,
  });

  const good = await verify(world);
  expect(good).toMatchObject({ code: 3 });
  expect(good.stdout).toContain('All 1 acknowledgements are as they arrived');
  inData(
    world,
    `update events set raw = replace(raw, 'Siân', 'Sian') where event_id = '${String(row?.['event_id'])}'`,
  );
  const bad = await verify(world);
  expect(bad.code).toBe(2);
  expect(bad.stdout.split('\n')[0]).toContain(
    `event ${String(row?.['event_id'])}: the text of the event, or its salt, is not what the log holds`,
  );
});

test('the gate asks for a pack published at the collector at the next login; a damaged copy is refused and reported', async ({
  world,
}) => {
  await world.configure({ policy: { directory: '' } });
  await publishPolicy(world, '5');
  const first = await world.start();
  await expect((await first.gate()).getByRole('heading', { name: 'Staff policy' })).toBeVisible();
  const gate = await first.gate();
  for (const statement of await gate.getByRole('checkbox').all()) await statement.check();
  await gate.getByRole('textbox', { name: 'Full name' }).fill('Siân Prys');
  await gate.getByRole('button', { name: 'I accept', exact: true }).click();
  await gate.getByRole('button', { name: 'Confirm and continue' }).click();
  await proceed(gate);
  expect(await first.opened()).toBe('receipt');
  await first.close();

  // Published while the PC was off: by the copy on this PC all is accepted, but the collector has a newer version.
  await publishPolicy(world, '6');
  await world.script({ loginId: 'login-2' });
  const second = await world.start();
  await expect((await second.gate()).getByRole('heading', { name: 'Staff policy' })).toBeVisible();
  await expect((await second.gate()).getByText(/Version 6/u)).toBeVisible();
  await second.close();

  // The agent must not show an edited copy; it fetches the pack again.
  const copy = await world.stateFile('collector-packs.json');
  const { value } = JSON.parse(await readFile(copy, 'utf8')) as { value: unknown };
  const edited = JSON.stringify(value).replaceAll('Lock it.', 'Leave it open.');
  const checksum = crc32(edited).toString(16).padStart(8, '0');
  await writeFile(copy, `{"format":1,"checksum":"${checksum}","value":${edited}}`);
  const third = await world.start();
  await expect((await third.gate()).getByText('Lock it.')).toBeVisible();
  await expect
    .poll(() =>
      inData(world, "select raw from events where type = 'porthor.agent.fault.v1'").some((row) =>
        String(row['raw']).includes('collector-packs-damaged'),
      ),
    )
    .toBe(true);
});

test('a receipt edited by hand, with its checksum, does not open the gate, and is reported to the school', async ({
  world,
}) => {
  const first = await world.start();
  const gate = await first.gate();
  await acceptAndContinue(gate);
  expect(await first.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  await first.close();
  await world.stopCollector();

  await world.publish({ version: '2099.1', material: true, materialSince: '2099.1' });
  const file = await world.stateFile('receipts.json');
  const { value } = JSON.parse(await readFile(file, 'utf8')) as { value: unknown };
  const edited = JSON.stringify(value).replace(/"policyVersion":"[^"]*"/u, '"policyVersion":"2099.1"');
  const checksum = crc32(edited).toString(16).padStart(8, '0');
  await writeFile(file, `{"format":1,"checksum":"${checksum}","value":${edited}}`);

  await world.script({ loginId: 'login-2' });
  const second = await world.start();
  const shut = await second.gate();
  await expect(shut.getByRole('button', { name: 'I accept', exact: true })).toBeVisible();
  await expect.poll(async () => (await second.log()).slice(second.logBefore)).toContain('receipt-unproven');
  await world.screenshot('edited-receipt', shut);
});

test('an orphaned outbox arrives under the name of its own agent, once the collector answers', async ({
  world,
}) => {
  const answer = async () => {
    const agent = await world.start();
    const gate = await agent.gate();
    await acceptAndContinue(gate);
    expect(await agent.opened()).toBe('receipt');
    return agent;
  };
  await world.stopCollector();
  await (await answer()).close();
  // As if the first folder had been locked: the next agent finds no state and is another agent.
  const folder = path.dirname(await world.stateFile('outbox.log'));
  await rename(folder, `${folder}-2`);
  await world.startCollectorAgain();
  await answer();
  const agents = () =>
    inData(world, `select agent_id from events where type = 'porthor.policy.acknowledged.v1'`).map(
      (row) => row['agent_id'],
    );
  await expect.poll(() => agents().length, { timeout: 20_000 }).toBe(2);
  expect(new Set(agents()).size).toBe(2);
  expect((await world.collector().acknowledgements()).map(({ evidence }) => evidence)).toEqual([
    'valid',
    'valid',
  ]);
  expect(inData(world, 'select * from sequence_gaps')).toEqual([]);
});
