import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createPolicySource } from '../../../../../electron/services/policies/policy-source.ts';
import type { LoadedPacks } from '../../../../../electron/storage/packs/load-packs.ts';
import type { PolicyPack } from '../../../../../shared/policy/pack.ts';
import { packProblem } from '../../../../../shared/policy/pack-problem.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';
import { eventually } from '../../../../support/eventually.ts';

const first = makePack({ version: '1' });
const second = makePack({ version: '2' });
const refused = { name: 'staff', problem: packProblem('invalid-json', 'policy.json', 'line 3') };

function createSource(
  schoolDirectory: string,
  loads: readonly (LoadedPacks | Promise<LoadedPacks>)[],
  keptBefore: readonly PolicyPack[] = [],
) {
  const clock = createFakeClock();
  let kept = keptBefore;
  const reported: string[] = [];
  const asked: string[] = [];
  const waiting = [...loads];
  const source = createPolicySource(schoolDirectory, '/shipped', {
    clock,
    loadPacks: (directory) => {
      asked.push(directory);
      return Promise.resolve(waiting.shift() ?? { packs: [], refused: [] });
    },
    lastKnown: {
      read: () => Promise.resolve(kept),
      write: (packs) => {
        kept = packs;
        return Promise.resolve();
      },
    },
    onRefused: ({ name }) => void reported.push(name),
  });
  return { source, clock, reported, asked, kept: () => kept };
}

describe('the source of policies', () => {
  it('is the school’s folder, else the bundled policies', async () => {
    const school = createSource('/school', [{ packs: [first], refused: [] }]);
    await school.source.read();
    const shipped = createSource('', [{ packs: [first], refused: [] }]);
    await shipped.source.read();
    expect([...school.asked, ...shipped.asked]).toEqual(['/school', '/shipped']);
    expect(school.kept()).toEqual([first]);
    expect(shipped.kept()).toEqual([]);
  });

  it('keeps the good policies when the folder goes away or a file breaks, and reports it', async () => {
    const { source, reported, kept } = createSource('/school', [
      { packs: [first], refused: [] },
      { packs: [], refused: [refused] },
      { packs: [second], refused: [refused] },
    ]);
    await source.read();
    expect(await source.read()).toEqual({ packs: [first], problem: 'staff: policy.json: line 3' });
    expect((await source.read()).packs).toEqual([second, first]);
    expect(reported).toEqual(['staff', 'staff']);
    // An incomplete reading does not replace a complete one.
    expect(kept()).toEqual([first]);
  });

  it('forgets a policy that the school has removed', async () => {
    const visitors = makePack({ id: 'visitor' });
    const { source, kept } = createSource('/school', [
      { packs: [first, visitors], refused: [] },
      { packs: [visitors], refused: [] },
    ]);
    await source.read();
    expect(await source.read()).toEqual({ packs: [visitors], problem: undefined });
    expect(kept()).toEqual([visitors]);
  });

  it('does not treat an empty folder as the school’s choice where it knows policies', async () => {
    const { source, kept, reported } = createSource('/school', [
      { packs: [first], refused: [] },
      { packs: [], refused: [] },
      { packs: [second], refused: [] },
    ]);
    await source.read();
    const read = await source.read();
    expect(read.packs).toEqual([first]);
    expect(read.problem).toContain('holds no policy');
    expect(kept()).toEqual([first]);
    expect(reported).toEqual(['the school’s folder']);
    expect(await source.read()).toEqual({ packs: [second], problem: undefined });
    expect(kept()).toEqual([second]);
  });

  it('does not ask the user because of a folder that was always empty', async () => {
    const { source, reported } = createSource('/school', []);
    expect(await source.read()).toEqual({ packs: [], problem: undefined });
    expect(reported).toEqual([]);
  });

  const readTooLate = ({ source, clock }: ReturnType<typeof createSource>) => {
    const reading = source.read();
    clock.advance(4000);
    return reading;
  };

  it('waits four seconds for a folder that does not answer, and goes on with the policies it knows', async () => {
    const hanging = new Promise<LoadedPacks>(() => undefined);
    const school = createSource('/school', [hanging], [first]);
    const settled = vi.fn();
    const reading = school.source.read();
    void reading.then(settled);
    school.clock.advance(3999);
    await setImmediate();
    expect(settled).not.toHaveBeenCalled();
    school.clock.advance(1);
    const read = await reading;
    expect(read.packs).toEqual([first]);
    expect(read.problem).toContain('did not answer in time');
    expect(school.reported).toEqual(['the school’s folder']);

    // A second reading of a share that hangs would only hang too.
    expect((await readTooLate(school)).packs).toEqual([first]);
    expect(school.asked).toEqual(['/school']);
    expect(school.clock.pendingTimers()).toBe(0);
  });

  it('uses a late answer at the next reading, however slow the folder stays', async () => {
    const answers: ((loaded: LoadedPacks) => void)[] = [];
    const slow = () => new Promise<LoadedPacks>((resolve) => answers.push(resolve));
    const school = createSource('/school', [slow(), slow(), slow()]);
    expect(await readTooLate(school)).toMatchObject({ packs: [], problem: expect.any(String) as string });
    answers[0]?.({ packs: [first], refused: [] });
    await eventually(() => expect(school.kept()).toEqual([first]));
    // Without a problem: the school may well publish nothing for visitors.
    expect(await readTooLate(school)).toEqual({ packs: [first], problem: undefined });
    expect(school.reported).toEqual(['the school’s folder', 'the school’s folder']);
    // A broken file in the folder hides no other file.
    const visitors = makePack({ id: 'visitor' });
    answers[1]?.({ packs: [visitors], refused: [refused] });
    await setImmediate();
    expect(await readTooLate(school)).toEqual({
      packs: [visitors, first],
      problem: 'staff: policy.json: line 3',
    });
    expect(school.kept()).toEqual([first]);
  });
});
