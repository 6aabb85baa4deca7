import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  createProblemCheck,
  type ProblemCheck,
} from '../../../../../electron/services/self-check/problem-check.ts';
import type { NewEvent } from '../../../../../electron/storage/outbox/outbox.ts';
import { createFakePlatform } from '../../../../fakes/platform/fake-platform.ts';

const setUp = async (change: (platform: ReturnType<typeof createFakePlatform>) => void = () => undefined) => {
  const ownFolder = await mkdtemp(path.join(tmpdir(), 'porthor-problem-check-'));
  onTestFinished(() => rm(ownFolder, { recursive: true, force: true }));
  const platform = createFakePlatform();
  change(platform);
  const [account, machine] = await Promise.all([platform.account.read(), platform.machine.read()]);
  if (!account.ok || !machine.ok) throw new Error('the fake knows its account and its PC');
  const states: string[] = [];
  const reported: NewEvent[] = [];
  const check: ProblemCheck = createProblemCheck({
    pc: {
      platform,
      ownFolder,
      environment: {},
      agentVersion: '0.1.0',
      runtime: { electron: '45.4.1', node: '24.0.0', chrome: '150.0.0.0' },
    },
    parties: () => ({ subject: 'teacher', account: account.value.account, machine: machine.value }),
    report: (event) => Promise.resolve(reported.push(event)),
    onChanged: () => states.push(check.state().state),
    log: () => undefined,
  });
  return { check, states, reported };
};

test('shows its progress, then its report', async () => {
  const { check, states } = await setUp();
  expect(check.state()).toEqual({ state: 'not-begun' });
  await check.run(false);
  expect(states[0]).toBe('running');
  expect(states.at(-1)).toBe('done');
  expect(states.filter((state) => state === 'running').length).toBeGreaterThan(5);
});

test('runs once at a time', async () => {
  const { check, states } = await setUp();
  await Promise.all([check.run(false), check.run(false)]);
  expect(states.filter((state) => state === 'done')).toHaveLength(1);
});

test('reports the lock that it asks for, and none without consent', async () => {
  const { check, reported } = await setUp();
  await check.run(false);
  expect(reported).toEqual([]);
  await check.run(true);
  expect(reported).toMatchObject([
    { type: 'porthor.workstation.locked.v1', subject: 'teacher', data: { cause: 'asked' } },
  ]);
});

test('ends as broken where the check itself fails', async () => {
  const { check } = await setUp((platform) => {
    platform.clock.nowUtc = () => new Date(Number.NaN);
  });
  await check.run(false);
  expect(check.state()).toEqual({ state: 'broken' });
});
