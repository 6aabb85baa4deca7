/** Puts the headings of a text below the page's own heading. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeHeadings, type TreeNode } from '../../../../renderer/components/place-headings.ts';

function textOf(levels: readonly number[]): TreeNode {
  return {
    type: 'root',
    children: levels.map((level) => ({
      type: 'element',
      tagName: 'blockquote',
      children: [{ type: 'element', tagName: `h${level}`, children: [{ type: 'text' }] }],
    })),
  };
}

function levelsOf({ children = [] }: TreeNode): readonly number[] {
  return children.map(({ children: [heading] = [] }) => Number(heading?.tagName?.slice(1)));
}

test('the highest heading gets the given level and the others keep their distance', () => {
  const tree = textOf([1, 2, 3, 2]);
  placeHeadings(2)(tree);
  expect(levelsOf(tree)).toEqual([2, 3, 4, 3]);
  const shallow = textOf([2, 3]);
  placeHeadings(2)(shallow);
  expect(levelsOf(shallow)).toEqual([2, 3]);
});

test('no heading, whatever its level, gets above the given level, below six, or out of its order of rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
      fc.constantFrom(2 as const, 3 as const),
      (levels, top) => {
        const tree = textOf(levels);
        placeHeadings(top)(tree);
        const placed = levelsOf(tree);
        expect(Math.min(...placed)).toBe(top);
        expect(Math.max(...placed)).toBeLessThanOrEqual(6);
        for (const [index, level] of levels.entries()) {
          for (const [other, otherLevel] of levels.entries()) {
            if (level <= otherLevel) expect(placed[index] ?? 0).toBeLessThanOrEqual(placed[other] ?? 0);
          }
        }
      },
    ),
  );
});

test('a text without headings does not change', () => {
  const tree: TreeNode = { type: 'root', children: [{ type: 'element', tagName: 'p' }] };
  placeHeadings(3)(tree);
  expect(tree).toEqual({ type: 'root', children: [{ type: 'element', tagName: 'p' }] });
});
