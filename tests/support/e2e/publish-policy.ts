/** New versions of a policy at the collector, published as an administrator does it. */
import path from 'node:path';
import { expect } from '@playwright/test';
import { packWithManifest } from '../../fixtures/packs/pack-files.ts';
import { writePack } from '../../fixtures/packs/write-pack.ts';
import { runCollector } from '../collector/command-line.ts';
import type { World } from './world.ts';

/** Publishes a material version of the staff's policy at the collector, and waits until the collector serves it. */
export async function publishPolicy(world: World, version: string): Promise<void> {
  const folder = path.join(world.folder, `pack-${version}`);
  await writePack(folder, packWithManifest({ version, material: true, materialSince: version }));
  const data = path.join(world.folder, 'collector');
  expect(await runCollector('policy', 'publish', folder, '--data', data, '--yes')).toMatchObject({ code: 0 });
  const list = `${world.collector().address}/v1/policies?audience=staff`;
  await expect
    .poll(async () => (await fetch(list)).text(), { timeout: 15_000 })
    .toContain(`"version":"${version}"`);
}
