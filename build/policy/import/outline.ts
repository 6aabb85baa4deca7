/** Finds a document's title and gives its headings levels without gaps. */
import { type Block, type Heading, plainText } from './document-model.ts';
import { sectionDepth } from './line-signs.ts';

const policyWords =
  /\b(?:polic(?:y|ies)|polisi|polisïau|acceptable use|defnydd derbyniol|agreement|cytundeb|rules|rheolau|code of conduct|guidelines|guidance|canllawiau)\b/iu;

/** A longer heading is a clause that was styled as a heading. */
const maxHeadingCharacters = 200;

/**
 * The first heading is the title in three cases: only another heading follows it, it alone has the highest level, or
 * its style says so.
 */
export function takeTitle(blocks: readonly Block[]): {
  readonly title: string | undefined;
  readonly blocks: readonly Block[];
} {
  const at = blocks.findIndex(({ kind }) => kind === 'heading');
  const first = blocks[at];
  // A few short lines, such as the name of the school, may be above the title.
  const isNearTop =
    at >= 0 &&
    blocks.slice(0, at).every((block) => block.kind === 'paragraph' && plainText(block.runs).length < 80) &&
    at <= 3;
  if (first?.kind !== 'heading' || !isNearTop || sectionDepth(plainText(first.runs)) !== undefined) {
    return { title: undefined, blocks };
  }
  const rest = [...blocks.slice(0, at), ...blocks.slice(at + 1)];
  const isAloneOnTop =
    first.level > 0 &&
    rest.every((block) => block.kind !== 'heading' || block.level === 0 || block.level > first.level);
  const second = blocks[at + 1];
  const isLookedTitle = first.level === 0 && policyWords.test(plainText(first.runs)) && at === 0;
  if (!isAloneOnTop && second?.kind !== 'heading' && !isLookedTitle) return { title: undefined, blocks };
  // A heading below the title without text of its own (a subtitle, a date) is no section.
  const firstSection = rest.findIndex((block) => block.kind === 'heading' && block.level > 0);
  const firstText = rest.findIndex((block) => block.kind !== 'heading');
  const coverEnd = firstSection === -1 ? Math.max(0, firstText - 1) : firstSection;
  const isCover = (block: Block, index: number): block is Heading =>
    block.kind === 'heading' && block.level === 0 && index < coverEnd;
  // A cover may name the school first and the policy below it.
  const named = policyWords.test(plainText(first.runs))
    ? -1
    : rest.findIndex((block, index) => isCover(block, index) && policyWords.test(plainText(block.runs)));
  const namedBlock = rest[named];
  return {
    title: plainText(namedBlock?.kind === 'heading' ? namedBlock.runs : first.runs),
    blocks: rest.map((block, index) =>
      isCover(block, index) ? { kind: 'paragraph', runs: index === named ? first.runs : block.runs } : block,
    ),
  };
}

/** Sections start at level 2, below the title. No level is skipped, so that a screen reader's outline has no holes. */
export function placeHeadings(blocks: readonly Block[]): readonly Block[] {
  const known = blocks.flatMap((block) => (block.kind === 'heading' && block.level > 0 ? [block.level] : []));
  const top = known.reduce((least, each) => Math.min(least, each), 6);
  let level = 1;
  return blocks.map((block) => {
    if (block.kind !== 'heading') return block;
    if (plainText(block.runs).length > maxHeadingCharacters) return { kind: 'paragraph', runs: block.runs };
    const wanted = block.level > 0 ? block.level - top + 2 : known.length > 0 ? 3 : 2;
    level = Math.min(wanted, level + 1, 6);
    return { ...block, level };
  });
}
