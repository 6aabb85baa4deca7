/** The deep self-check on a scripted PC: it asks everything once, and changes nothing without consent. */
import { describe, expect, it } from 'vitest';
import { type DeepDesk, runDeepCheck } from '../../../../../electron/services/self-check/deep-check.ts';
import type { Drive } from '../../../../../shared/device/drive.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import {
  type DeepStep,
  deepQuestionNames,
  deepReportSchema,
  deepSteps,
} from '../../../../../shared/self-check/deep-report.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakePlatform } from '../../../../fakes/platform/fake-platform.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const stick: Drive = {
  key: 'stick',
  bus: 'usb',
  kind: 'disk',
  usb: undefined,
  vendor: 'Maker',
  model: 'Model',
  serial: 'SERIAL',
  sizeBytes: 8_000_000_000,
  hasMedium: true,
  volumes: [
    {
      key: 'E:',
      mountPoints: ['E:\\'],
      label: 'PRIVATE',
      fileSystem: 'NTFS',
      sizeBytes: 8_000_000_000,
      role: 'data',
      encryption: 'not-encrypted',
      probe: { name: 'shell-property', found: 'BitLocker protection 2 (off)' },
    },
  ],
};

function makeParts(agreed: readonly DeepStep[], kept?: string) {
  const clock = createFakeClock();
  const deeds: string[] = [];
  const platform = createFakePlatform({ clock, record: (deed) => deeds.push(deed) });
  const asked: DeepStep[] = [];
  const sealed = { text: kept };
  const desk: DeepDesk = {
    agrees: (step) => {
      asked.push(step);
      return Promise.resolve(agreed.includes(step));
    },
    tryCover: () => {
      deeds.push('cover');
      return Promise.resolve([
        { name: 'cover', seen: succeed('covered 100.00 %') },
        { name: 'keyboard', seen: fail({ reason: 'nobody has it' }) },
        { name: 'virtual-desktop', seen: fail({ kind: 'none', reason: 'no such thing here' }) },
      ]);
    },
  };
  const run = () =>
    runDeepCheck({
      platform,
      desk,
      sealed: {
        read: () => Promise.resolve(sealed.text),
        write: (text) => {
          sealed.text = text;
          return Promise.resolve();
        },
      },
      ownFolder: 'C:\\Users\\nia\\AppData\\Local\\Porthor',
      hide: (text) => text.replaceAll('secret', '[…]'),
    });
  return { asked, clock, deeds, platform, run, sealed };
}

const byName = (answers: Awaited<ReturnType<typeof runDeepCheck>>) =>
  new Map(answers.map((answer) => [answer.name, answer]));

describe('without consent', () => {
  it('asks everything that changes nothing, and does nothing else', async () => {
    const { asked, clock, deeds, platform, run } = makeParts([]);
    const answers = await run();
    expect(deepReportSchema.parse(answers)).toEqual(answers);
    expect(answers.map(({ name }) => name)).toEqual([...deepQuestionNames]);
    expect(answers.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name)).toEqual([
      ...['stick-in', 'stick-out', 'cover', 'keyboard', 'virtual-desktop', 'lock'],
    ]);
    expect(asked).toEqual(deepSteps.filter((step) => step !== 'stick-out'));
    expect(deeds).toEqual([]);
    expect(platform.media.volumes.listeners()).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('says of the agent’s own folder where it is, and not its name', async () => {
    const { run } = makeParts([]);
    const seen = byName(await run()).get('own-folder');
    expect(seen?.outcome).toBe('answered');
    expect(seen?.seen).toContain('not on a share');
    expect(seen?.seen).not.toContain('nia');
  });

  it('hides what is personal, and reports a port that gives no answer with its reason', async () => {
    const { platform, run } = makeParts([]);
    platform.session.standAs(fail({ kind: 'unreadable', reason: 'the secret session' }));
    platform.media.usb.failWith({ kind: 'none', reason: 'no bus' });
    const answers = byName(await run());
    expect(answers.get('session')).toMatchObject({ outcome: 'no-answer', seen: 'the […] session' });
    expect(answers.get('usb')).toMatchObject({ outcome: 'not-here', seen: 'no bus' });
  });
});

it('seals a text for the next run, which tries to open it', async () => {
  const first = makeParts([]);
  expect(byName(await first.run()).get('sealed-text')).toMatchObject({ outcome: 'not-here' });
  expect(first.sealed.text).toBeTypeOf('string');
  const second = makeParts([], first.sealed.text);
  expect(byName(await second.run()).get('sealed-text')).toMatchObject({ outcome: 'answered' });
  const wiped = makeParts([], 'sealed with a key that is gone');
  expect(byName(await wiped.run()).get('sealed-text')).toMatchObject({ outcome: 'no-answer' });
});

it('takes a new stick in and out, and says nothing of its name and number', async () => {
  const { asked, clock, platform, run } = makeParts(['stick-in', 'stick-out']);
  platform.media.volumes.show([]);
  const running = run();
  await expect.poll(() => platform.media.volumes.listeners()).toBe(1);
  // Longer than any port may take: the person looks for a stick.
  clock.advance(90_000);
  await drainMicrotasks();
  platform.media.volumes.show([stick]);
  const answers = await running;
  const seen = byName(answers);
  expect(seen.get('stick-in')).toMatchObject({
    outcome: 'answered',
    seen: 'usb, disk, data NTFS not-encrypted shell-property BitLocker protection 2 (off)',
  });
  expect(seen.get('stick-out')).toMatchObject({ outcome: 'answered', seen: 'ejected' });
  expect(JSON.stringify(answers)).not.toMatch(/SERIAL|PRIVATE|Maker|E:/u);
  expect(asked).toContain('stick-out');
  expect(platform.media.volumes.listeners()).toBe(0);
  expect(clock.pendingTimers()).toBe(0);
});

it('stops waiting for a stick after two minutes, and ejects none', async () => {
  const { asked, clock, platform, run } = makeParts(['stick-in', 'stick-out']);
  platform.media.volumes.show([stick]);
  const running = run();
  await expect.poll(() => platform.media.volumes.listeners()).toBe(1);
  clock.advance(120_000);
  await drainMicrotasks();
  const answers = byName(await running);
  expect(answers.get('stick-in')).toMatchObject({ outcome: 'no-answer' });
  expect(answers.get('stick-out')).toMatchObject({ outcome: 'skipped' });
  expect(asked).not.toContain('stick-out');
  expect(platform.media.volumes.listeners()).toBe(0);
});

it('covers and locks where the person agreed, the lock last', async () => {
  const { deeds, run } = makeParts(['cover', 'lock']);
  const answers = await run();
  expect(deeds).toEqual(['cover', 'lock']);
  expect(answers.at(-1)).toMatchObject({ name: 'lock', outcome: 'answered' });
  expect(byName(answers).get('cover')).toMatchObject({ outcome: 'answered', seen: 'covered 100.00 %' });
  expect(byName(answers).get('keyboard')).toMatchObject({ outcome: 'no-answer', seen: 'nobody has it' });
  expect(byName(answers).get('virtual-desktop')).toMatchObject({ outcome: 'not-here' });
});
