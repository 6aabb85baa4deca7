/** Counts how much of a generated policy comes back in its draft. */
import type { Draft } from '../../build/policy/import/make-draft.ts';
import { expectedParts, type GeneratedDocument } from '../fixtures/documents/generate-document.ts';
import { partsOf } from './draft-parts.ts';

const kinds = ['statements', 'headings', 'items', 'cells', 'paragraphs'] as const;
type Kind = (typeof kinds)[number];

/** By kind, how many parts are the same and in the same order, and how many the longer of the two lists has. */
export type Comparison = Readonly<Record<Kind, { readonly same: number; readonly of: number }>>;

export function compareDraft(document: GeneratedDocument, draft: Draft): Comparison {
  const { headings, items, cells, paragraphs } = partsOf(draft.markdown);
  const found = { statements: draft.statements.map(({ text }) => text), headings, items, cells, paragraphs };
  const expected = { statements: document.statements, ...expectedParts(document) };
  const compared = kinds.map((kind) => [
    kind,
    {
      same: countSame(expected[kind], found[kind]),
      of: Math.max(expected[kind].length, found[kind].length),
    },
  ]);
  return Object.fromEntries(compared) as Comparison;
}

export function addComparisons(comparisons: readonly Comparison[]): Comparison {
  const sums = kinds.map((kind) => [
    kind,
    {
      same: comparisons.reduce((sum, each) => sum + each[kind].same, 0),
      of: comparisons.reduce((sum, each) => sum + each[kind].of, 0),
    },
  ]);
  return Object.fromEntries(sums) as Comparison;
}

/** Of statements, headings, list items with their numbers, and cells; paragraphs are counted apart. */
export function shareSame({ statements, headings, items, cells }: Comparison): number {
  const counted = [statements, headings, items, cells];
  const of = counted.reduce((sum, each) => sum + each.of, 0);
  return of === 0 ? 1 : counted.reduce((sum, each) => sum + each.same, 0) / of;
}

/** The length of the longest list that both hold in its order. */
function countSame(first: readonly string[], second: readonly string[]): number {
  let above = new Array<number>(second.length + 1).fill(0);
  for (const one of first) {
    const row = [0];
    for (const [index, other] of second.entries()) {
      row.push(one === other ? (above[index] ?? 0) + 1 : Math.max(row[index] ?? 0, above[index + 1] ?? 0));
    }
    above = row;
  }
  return above[second.length] ?? 0;
}
