import { expect, it } from 'vitest';
import { descendantsOf, parseParentId } from '../../../../build/dev/process-tree.ts';

it('reads the parent of a process whose name holds brackets and spaces', () => {
  expect(parseParentId('4711 (a (b) c) S 17 4711 4711 0 -1 4194304')).toBe(17);
  expect(parseParentId('')).toBeUndefined();
});

it('finds children and grandchildren, and no process of another parent', () => {
  const parents = new Map([
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 1],
    [6, 5],
  ]);
  expect(descendantsOf(2, parents)).toEqual([3, 4]);
  expect(descendantsOf(6, parents)).toEqual([]);
});
