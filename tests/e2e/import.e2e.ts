/** A school's own document, imported, is accepted in the real gate. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { runPolicyTool } from '../../build/policy/policy-tool.ts';
import { proceed, words } from '../support/e2e/answer.ts';
import { test, type World } from '../support/e2e/world.ts';
import { hasSeeds, seedDocuments, seedsMissing } from '../support/seed-documents.ts';

const promises = [
  'keep my password to myself',
  'lock the screen when I leave my desk',
  'use school equipment for school work',
  'report a lost device on the same day',
  'keep pupils’ data on school systems only',
  'ask before I install software',
  'return equipment when I leave',
  'use only memory sticks that the school has issued',
  'treat other people with respect online',
  'tell the office about anything that worries me',
  'take pictures of pupils only with permission',
];
const ownDocument = `Acceptable use of computers

This policy is for everybody who works at the school.

1. Equipment

The school lends equipment to staff for their work.

2. Agreement for staff

${promises.map((promise) => `I will ${promise}.`).join('\n\n')}

Signed:                    Date:
`;

async function importAndAccept(world: World, file: string, screenshot: string): Promise<void> {
  const policies = path.join(world.folder, 'policies');
  await rm(policies, { recursive: true });
  await mkdir(policies);
  const complained: string[] = [];
  const console = { print: () => undefined, complain: (line: string) => complained.push(line) };
  const options = ['--audience', 'staff', '--lang', 'en-GB', '--out', path.join(policies, 'imported')];
  expect([await runPolicyTool(['import', file, ...options], console), complained]).toEqual([0, []]);

  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: words['en-GB'].accept, exact: true })).toBeVisible();
  await world.screenshot(screenshot, gate);
  const statements = await gate.getByRole('checkbox').all();
  expect(statements.length).toBeGreaterThan(10);
  for (const statement of statements) await statement.check();
  await gate.getByRole('textbox', { name: words['en-GB'].fullName }).fill('Siân Prys');
  const role = gate.getByRole('textbox', { name: words['en-GB'].jobRole });
  if (await role.isVisible()) await role.fill('Teacher');
  await gate.getByRole('button', { name: words['en-GB'].accept, exact: true }).click();
  await gate.getByRole('button', { name: words['en-GB'].confirm }).click();
  await proceed(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  expect(await world.collector().acknowledgements()).toMatchObject([
    { action: 'accepted', policyId: 'staff-policy', fullName: 'Siân Prys' },
  ]);
}

test('a policy of this project’s own is imported and accepted', async ({ world }) => {
  const file = path.join(world.folder, 'policy.txt');
  await writeFile(file, ownDocument);
  await importAndAccept(world, file, 'imported-own');
});

// Real schools wrote these two. They cannot be part of the project, so a clone has none; the title says so.
for (const [name, file] of Object.entries(seedDocuments)) {
  test(`the ${name} real policy is imported and accepted${hasSeeds ? '' : ` (${seedsMissing})`}`, async ({
    world,
  }) => {
    test.skip(!hasSeeds, seedsMissing);
    await importAndAccept(world, file, `imported-${name}`);
  });
}
