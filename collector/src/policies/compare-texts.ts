/** Compares policy texts part by part: the two languages of a version, and a version with the one before it. */
import { diffArrays } from 'diff';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

interface TextPart {
  /** Parts of one kind can be translations of each other. */
  readonly kind: string;
  /** Its own Markdown. */
  readonly markdown: string;
}

export interface PairedPart {
  readonly 'en-GB'?: string | undefined;
  readonly 'cy-GB'?: string | undefined;
}

export interface ChangedPart {
  readonly kind: 'same' | 'added' | 'removed';
  readonly markdown: string;
}

/** Headings, paragraphs, tables and the items of lists, in the order of the text. */
function partsOf(text: string): TextPart[] {
  const tree = fromMarkdown(text, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  return tree.children.flatMap((node): TextPart[] => {
    const sourceOf = (one: { readonly position?: typeof node.position }): string =>
      text.slice(one.position?.start.offset ?? 0, one.position?.end.offset ?? 0);
    if (node.type === 'list') {
      return node.children.map((item) => ({ kind: 'item', markdown: sourceOf(item) }));
    }
    const kind = node.type === 'heading' ? `heading ${node.depth}` : node.type;
    return [{ kind, markdown: sourceOf(node) }];
  });
}

/**
 * Pairs the parts of the two languages by their kinds, so that a part that one language lacks shows as a gap. Two parts of
 * one kind count as translations: whether the words say the same is for a reader to judge.
 */
export function pairLanguages(texts: Readonly<Record<'en-GB' | 'cy-GB', string>>): PairedPart[] {
  const [english, welsh] = [partsOf(texts['en-GB']), partsOf(texts['cy-GB'])];
  const runs = diffArrays(english, welsh, { comparator: (left, right) => left.kind === right.kind });
  let [englishAt, welshAt] = [0, 0];
  return runs.flatMap((run) => {
    const { length } = run.value;
    const [left, right] = [
      run.added ? [] : english.slice(englishAt, englishAt + length),
      run.removed ? [] : welsh.slice(welshAt, welshAt + length),
    ];
    englishAt += left.length;
    welshAt += right.length;
    return run.value.map(
      (_, index): PairedPart => ({
        'en-GB': left[index]?.markdown,
        'cy-GB': right[index]?.markdown,
      }),
    );
  });
}

/** What a version adds to and removes from the one before it, in one language. */
export function changesSince(before: string, after: string): ChangedPart[] {
  const [old, fresh] = [partsOf(before), partsOf(after)].map((parts) =>
    parts.map(({ markdown }) => markdown),
  );
  return diffArrays(old ?? [], fresh ?? []).flatMap((run) =>
    run.value.map(
      (markdown): ChangedPart => ({
        kind: run.added ? 'added' : run.removed ? 'removed' : 'same',
        markdown,
      }),
    ),
  );
}
