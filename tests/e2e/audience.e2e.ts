/** Which policy applies, by group and account, on the real agent, and what the agent reports where none applies. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { projectRoot } from '../../build/runtime/paths.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { test, type World } from '../support/e2e/world.ts';

const account = (name: string) => ({ name, domain: 'YSGOL', sid: '', upn: '', displayName: '' });

/** How often the gate opened in each way, as the collector has it. */
async function openings(world: World): Promise<readonly string[]> {
  const { stdout } = await runCollector('export', '--data', path.join(world.folder, 'collector'));
  return [...stdout.matchAll(/"type":"porthor\.gate\.opened\.v1".*?"how":"([a-z-]+)"/gu)].map(
    ([, how = '']) => how,
  );
}

test('a pupil gets the pupils’ policy, a service account none, and an audience without a policy is reported', async ({
  world,
}) => {
  await world.configure({
    audience: {
      rules: [
        { group: 'Pupils', audience: 'pupil' },
        { accountPattern: 'visitor-*', audience: 'visitor' },
      ],
      exclude: ['svc-*'],
    },
  });

  await world.script({ account: account('visitor-7'), groups: ['YSGOL\\Guests'], loginId: 'a' });
  const visitor = await world.start();
  expect(await visitor.opened()).toBe('no-policy');
  await expect.poll(() => openings(world)).toEqual(['no-policy']);
  await visitor.close();

  await world.script({ account: account('svc-backup'), groups: ['YSGOL\\Pupils'], loginId: 'b' });
  const service = await world.start();
  expect(await service.opened()).toBe('excluded');
  await expect.poll(() => openings(world)).toEqual(['no-policy', 'excluded']);
  await service.close();

  await cp(path.join(projectRoot, 'assets/policies/pupil'), path.join(world.folder, 'policies/pupil'), {
    recursive: true,
  });
  await world.script({
    account: account('ifan'),
    groups: ['YSGOL\\Everyone', 'YSGOL\\pupils'],
    loginId: 'c',
  });
  const pupil = await world.start();
  const gate = await pupil.gate();

  await expect(gate.locator('h1')).toHaveText("Rules for using the school's computers");
});
