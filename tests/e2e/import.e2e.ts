/** Real policies, imported, are accepted in the real gate. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { runPolicyTool } from '../../build/policy/policy-tool.ts';
import { proceed, words } from '../support/e2e/answer.ts';
import { test } from '../support/e2e/world.ts';
import { hasSeeds, seedDocuments, seedsMissing } from '../support/seed-documents.ts';

for (const [name, file] of Object.entries(seedDocuments)) {
  test(`the ${name} real policy is imported and accepted${hasSeeds ? '' : ` (${seedsMissing})`}`, async ({
    world,
  }) => {
    test.skip(!hasSeeds, seedsMissing);
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
    await world.screenshot(`imported-${name}`, gate);
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
  });
}
