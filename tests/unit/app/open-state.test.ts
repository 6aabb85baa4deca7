import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentState, openState, stateFolderFor } from '../../../electron/app/open-state.ts';
import { noProtection } from '../../../electron/storage/identity/identity.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import { createFakeClock } from '../../fakes/platform/fake-clock.ts';

const machine = { id: '5f3c1c2f1f0f6a9b2f6d0f1a', hostname: 'LAB-07', os: 'Windows 11' };
let base: string;
const opened: AgentState[] = [];

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'porthor-state-'));
});
afterEach(async () => {
  for (const state of opened.splice(0)) await state.outbox.close();
  await rm(base, { recursive: true, force: true });
});

const open = async () => {
  const result = await openState({
    directory: stateFolderFor(base, machine),
    config: defaultManagedConfig,
    machine,
    clock: createFakeClock(),
    protection: noProtection,
    onFault: () => undefined,
    onOutboxFault: () => undefined,
  });
  if (result.ok) opened.push(result.value);
  return result;
};

describe('the state folder', () => {
  it('is one a PC, so that a profile that travels never mixes two', () => {
    expect(stateFolderFor('/b', machine)).toBe(path.join('/b', '5f3c1c2f1f0f6a9b'));
    expect(stateFolderFor('/b', { ...machine, id: '../../etc' })).toBe(path.join('/b', 'etc'));
    expect(stateFolderFor('/b', { ...machine, id: '..' })).toBe(path.join('/b', 'machine'));
  });

  it('is given to a second session of the same account beside the first, up to four', async () => {
    for (let session = 0; session < 4; session += 1) expect((await open()).ok).toBe(true);
    expect(await open()).toMatchObject({ ok: false });
    expect(await readdir(base)).toEqual(['', '-2', '-3', '-4'].map((suffix) => `5f3c1c2f1f0f6a9b${suffix}`));
    const keys = new Set(opened.map(({ identity }) => identity?.publicKey.x));
    expect(keys.size).toBe(4);
  });

  it('is free again after an end in order', async () => {
    const first = await open();
    if (!first.ok) throw new Error(first.error);
    await first.value.outbox.close();
    expect((await open()).ok).toBe(true);
    expect(await readdir(base)).toHaveLength(1);
  });
});
