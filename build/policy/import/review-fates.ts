/** Finds out what became of each block of a document: text of the draft, a statement, or left out for a reason. */
import type { LeftOutReason } from './clean-document.ts';
import { type Block, textOf } from './document-model.ts';
import type { Draft } from './make-draft.ts';
import { wordsOf } from './word-account.ts';

type Fate =
  | { readonly kind: 'text' }
  | { readonly kind: 'statement'; readonly numbers: readonly number[] }
  | { readonly kind: 'left out'; readonly reason: LeftOutReason }
  /** Its words are in the draft in another order or form, or are missing. */
  | { readonly kind: 'changed' };

export type Fates = {
  readonly of: (block: Block) => Fate | undefined;
  /** Numbers of the doubts that quote the block. */
  readonly doubtsOf: (block: Block) => readonly number[];
  readonly idOf: (block: Block) => string;
  /** The id of the block that a doubt quotes, by the number of the doubt. */
  readonly placeOfDoubt: ReadonlyMap<number, string>;
  readonly placeOfStatement: ReadonlyMap<number, string>;
};

/** A shorter quotation or block would be found in many places. */
const leastWords = 3;

/** @param checks the notes of the report that a person must check, in their order. */
export function findFates(
  blocks: readonly Block[],
  { markdown, title, statements, leftOut }: Pick<Draft, 'markdown' | 'title' | 'statements' | 'leftOut'>,
  checks: readonly string[],
): Fates {
  const leaves = blocks.flatMap(flatten);
  const lines = new Set(markdown.split('\n').map(keyOf));
  const whole = ` ${keyOf(`${title ?? ''}\n${markdown}`)} `;
  const promises = statements.map(({ text }) => keyOf(text));
  const left = leftOut.map(({ text, reason }) => ({ key: ` ${keyOf(text)} `, reason }));
  const fates = new Map<Block, Fate>();
  const ids = new Map<Block, string>();
  const doubts = new Map<Block, number[]>();
  const placeOfStatement = new Map<number, string>();
  const shares = new Map<number, number>();
  for (const [index, block] of leaves.entries()) {
    const id = `block-${index + 1}`;
    ids.set(block, id);
    const key = keyOf(textOf(block));
    if (key === '') continue;
    const fate = fateOf(key, { lines, whole, promises, left });
    fates.set(block, fate);
    if (fate.kind !== 'statement') continue;
    for (const number of fate.numbers) {
      // An item belongs to its statement alone, and a stem to several.
      if (fate.numbers.length >= (shares.get(number) ?? Infinity)) continue;
      shares.set(number, fate.numbers.length);
      placeOfStatement.set(number, id);
    }
  }
  const placeOfDoubt = new Map<number, string>();
  for (const [index, text] of checks.entries()) {
    for (const quoted of quotations(text)) {
      const block = leaves.find((each) => ` ${keyOf(textOf(each))} `.includes(` ${quoted}`));
      if (block === undefined) continue;
      placeOfDoubt.set(index + 1, placeOfDoubt.get(index + 1) ?? ids.get(block) ?? '');
      doubts.set(block, [...(doubts.get(block) ?? []), index + 1]);
    }
  }
  return {
    of: (block) => fates.get(block),
    doubtsOf: (block) => [...new Set(doubts.get(block) ?? [])],
    idOf: (block) => ids.get(block) ?? '',
    placeOfDoubt,
    placeOfStatement,
  };
}

type Draftwords = {
  readonly lines: ReadonlySet<string>;
  readonly whole: string;
  readonly promises: readonly string[];
  readonly left: readonly { readonly key: string; readonly reason: LeftOutReason }[];
};

function fateOf(key: string, { lines, whole, promises, left }: Draftwords): Fate {
  const exact = numbersOf(promises, (promise) => promise === key);
  if (exact.length > 0) return { kind: 'statement', numbers: exact };
  if (lines.has(key)) return { kind: 'text' };
  // A stem is the start of several statements, and an item the end of one.
  const parts = numbersOf(
    promises,
    (promise) => promise.startsWith(`${key} `) || promise.endsWith(` ${key}`) || key.includes(promise),
  );
  if (parts.length > 0) return { kind: 'statement', numbers: parts };
  const reason =
    left.find((each) => each.key === ` ${key} `) ?? left.find((each) => each.key.includes(` ${key} `));
  const isInText = whole.includes(` ${key} `);
  if (reason !== undefined && !isInText) return { kind: 'left out', reason: reason.reason };
  return { kind: isInText ? 'text' : 'changed' };
}

function numbersOf(promises: readonly string[], fits: (promise: string) => boolean): readonly number[] {
  return promises.flatMap((promise, index) => (fits(promise) ? [index + 1] : []));
}

function quotations(text: string): readonly string[] {
  return [...text.matchAll(/“([^”]+)”/gu)]
    .map(([, quoted = '']) => keyOf(quoted.replace(/…$/u, '')))
    .filter((quoted) => quoted.split(' ').length >= leastWords);
}

function keyOf(text: string): string {
  return wordsOf(text).join(' ');
}

/** The blocks of cells in place of their table. */
function flatten(block: Block): readonly Block[] {
  return block.kind === 'table'
    ? block.rows.flatMap(({ cells }) => cells.flatMap(({ blocks }) => blocks.flatMap(flatten)))
    : [block];
}
