/** A new version in the middle of the day: the agent announces it, leaves time to save, then shows the gate. */
import { expect, test } from 'vitest';
import type { DuePolicy } from '../../../../../electron/domain/gate/evaluate.ts';
import { startNewVersions } from '../../../../../electron/services/policies/new-versions.ts';
import { createTranslator } from '../../../../../shared/i18n/translator.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const minuteMs = 60_000;
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function createWorld() {
  const clock = createFakeClock();
  const did: string[] = [];
  let due: readonly DuePolicy[] = [];
  let answer: (wantsNow: boolean) => void = () => undefined;
  const versions = startNewVersions({
    clock,
    newlyDue: () => Promise.resolve(due),
    shut: () => {
      did.push('shut');
      due = [];
      return Promise.resolve();
    },
    translator: () => createTranslator('en-GB'),
    announce: ({ message }, signal) => {
      did.push(message);
      signal.addEventListener('abort', () => did.push('message gone'));
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    log: () => undefined,
  });
  return {
    clock,
    did,
    versions,
    publish: () => {
      due = [{ pack: makePack({ version: '2' }), reason: 'material' }];
    },
    answer: (wantsNow: boolean) => answer(wantsNow),
  };
}
const announced = 'Your school has published a new version of this policy: Staff policy.';

test('is noticed within ten minutes, announced once, and shown five minutes later', async () => {
  const { clock, did, publish, versions } = createWorld();
  publish();
  clock.advance(10 * minuteMs);
  await settle();
  expect(did).toEqual([announced]);
  versions.check();
  await settle();
  clock.advance(5 * minuteMs - 1);
  expect(did).toEqual([announced]);
  clock.advance(1);
  expect(did).toEqual([announced, 'message gone', 'shut']);
  await settle();
  clock.advance(60 * minuteMs);
  await settle();
  expect(did).toHaveLength(3);
  versions.stop();
  expect(clock.pendingTimers()).toBe(0);
});

test('is shown at once if the user asks for it; closing the message changes nothing', async () => {
  for (const wantsNow of [true, false]) {
    const { did, publish, versions, answer, clock } = createWorld();
    publish();
    versions.check();
    await settle();
    answer(wantsNow);
    await settle();
    expect(did.includes('shut')).toBe(wantsNow);
    if (!wantsNow) {
      clock.advance(5 * minuteMs);
      expect(did.includes('shut')).toBe(true);
    }
    versions.stop();
    expect(clock.pendingTimers()).toBe(0);
  }
});

test('disturbs no user without a new version, and removes the message at stop', async () => {
  const { clock, did, publish, versions } = createWorld();
  clock.advance(30 * minuteMs);
  await settle();
  expect(did).toEqual([]);
  publish();
  versions.check();
  await settle();
  versions.stop();
  expect(did).toEqual([announced, 'message gone']);
  clock.advance(60 * minuteMs);
  expect(did).toHaveLength(2);
  expect(clock.pendingTimers()).toBe(0);
});

test('is noticed although it comes while the old policies are being read, and after a failed reading', async () => {
  const clock = createFakeClock();
  const did: string[] = [];
  const answers: { resolve: (due: readonly DuePolicy[]) => void; reject: (error: Error) => void }[] = [];
  const versions = startNewVersions({
    clock,
    newlyDue: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
    shut: () => Promise.resolve(),
    translator: () => createTranslator('en-GB'),
    announce: ({ message }) => {
      did.push(message);
      return Promise.resolve(false);
    },
    log: (line) => did.push(line),
  });
  versions.check();
  answers[0]?.reject(new Error('the share went away'));
  await settle();
  expect(did).toEqual(['new version: Error: the share went away']);
  clock.advance(10 * minuteMs);
  expect(answers).toHaveLength(2);
  versions.check();
  answers[1]?.resolve([]);
  await settle();
  expect(answers).toHaveLength(3);
  answers[2]?.resolve([{ pack: makePack({ version: '2' }), reason: 'material' }]);
  await settle();
  expect(did.at(-1)).toBe(announced);
  versions.stop();
  expect(clock.pendingTimers()).toBe(0);
});
