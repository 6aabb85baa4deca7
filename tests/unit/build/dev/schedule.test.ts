import { describe, expect, it } from 'vitest';
import { chooseNext, schedule } from '../../../../build/dev/schedule.ts';

const none = new Set<string>();
const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name);

describe('the next part to run', () => {
  const parts = [
    { name: 'build', cores: 1 },
    { name: 'e2e', cores: 1, after: ['build', 'not chosen'] },
    { name: 'unit', cores: 1 },
    { name: 'lint', cores: 1 },
  ];

  it('is the first in the list that has its cores free; parts that must wait are passed over', () => {
    expect(names(chooseNext(parts, 2, none, none))).toEqual(['build', 'unit']);
    expect(names(chooseNext(parts, 4, none, none))).toEqual(['build', 'unit', 'lint']);
    expect(names(chooseNext(parts, 2, new Set(['unit']), new Set(['build'])))).toEqual(['e2e']);
    expect(names(chooseNext(parts, 2, new Set(['unit', 'e2e']), new Set(['build'])))).toEqual([]);
  });

  it('runs alone if it needs more cores than the machine has; narrower parts do not overtake it', () => {
    const wide = [
      { name: 'narrow', cores: 1 },
      { name: 'wide', cores: 9 },
      { name: 'later', cores: 1 },
    ];
    expect(names(chooseNext(wide, 2, none, none))).toEqual(['narrow']);
    expect(names(chooseNext(wide, 2, new Set(['narrow']), none))).toEqual([]);
    expect(names(chooseNext(wide, 2, none, new Set(['narrow'])))).toEqual(['wide']);
    expect(names(chooseNext(wide, 2, none, new Set(['narrow', 'wide'])))).toEqual(['later']);
  });
});

describe('a schedule', () => {
  it('runs every part once, never more at a time than there are cores, and none before the parts it waits for', async () => {
    const parts = [
      { name: 'a', cores: 1 },
      { name: 'b', cores: 1, after: ['a'] },
      { name: 'c', cores: 2, after: ['b'] },
      { name: 'd', cores: 1 },
      { name: 'e', cores: 1, after: ['c'] },
    ];
    const running = new Set<string>();
    const ended: string[] = [];
    let widest = 0;
    await schedule(parts, 2, async ({ name, after = [] }: { name: string; after?: string[] }) => {
      for (const earlier of after) expect(ended).toContain(earlier);
      if (name === 'c') expect(running.size).toBe(0);
      running.add(name);
      widest = Math.max(widest, running.size);
      await Promise.resolve();
      running.delete(name);
      ended.push(name);
    });
    expect(ended.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(widest).toBe(2);
  });

  it('rejects parts that wait for each other, and passes on the runner’s errors', async () => {
    const circle = [
      { name: 'a', cores: 1, after: ['b'] },
      { name: 'b', cores: 1, after: ['a'] },
    ];
    await expect(schedule(circle, 2, () => Promise.resolve())).rejects.toThrow(/a, b: they wait/);
    await expect(
      schedule([{ name: 'a', cores: 1 }], 2, () => Promise.reject(new Error('broken'))),
    ).rejects.toThrow('broken');
  });
});
