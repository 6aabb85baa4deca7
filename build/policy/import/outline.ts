/** Finds a document's title and puts its headings into levels that follow from one another. */
import { type Block, sectionDepth } from './blocks.ts';

/** The first heading is the title when nothing but another heading follows it, or when it alone has the highest level. */
export function takeTitle(blocks: readonly Block[]): {
  readonly title: string | undefined;
  readonly blocks: readonly Block[];
} {
  const [first, second] = blocks;
  // A section with a number is one of several, and no title.
  if (first?.kind !== 'heading' || sectionDepth(first.text) !== undefined)
    return { title: undefined, blocks };
  const isAloneOnTop =
    first.level > 0 &&
    blocks
      .slice(1)
      .every((block) => block.kind !== 'heading' || block.level === 0 || block.level > first.level);
  if (!isAloneOnTop && second?.kind !== 'heading') return { title: undefined, blocks };
  // What stands below the title without a text of its own (a subtitle, a date) is no section.
  const rest = blocks.slice(1);
  const firstSection = rest.findIndex((block) => block.kind === 'heading' && block.level > 0);
  const firstText = rest.findIndex((block) => block.kind !== 'heading');
  const coverEnd = firstSection === -1 ? Math.max(0, firstText - 1) : firstSection;
  const isCover = (block: Block, index: number) =>
    block.kind === 'heading' && block.level === 0 && index < coverEnd;
  // A cover may name the school first and the policy below it.
  const named = policyWords.test(first.text)
    ? -1
    : rest.findIndex((block, index) => isCover(block, index) && policyWords.test(block.text));
  return {
    title: (rest[named] ?? first).text,
    blocks: rest.map((block, index) =>
      isCover(block, index) ? { kind: 'paragraph', text: index === named ? first.text : block.text } : block,
    ),
  };
}

const policyWords =
  /\b(?:polic(?:y|ies)|polisi|acceptable use|defnydd derbyniol|agreement|cytundeb|rules|rheolau)\b/iu;

/** Sections begin at level 2, below the title; none is skipped, so that a screen reader's outline has no holes. */
export function placeHeadings(blocks: readonly Block[]): readonly Block[] {
  const known = blocks.flatMap((block) => (block.kind === 'heading' && block.level > 0 ? [block.level] : []));
  const top = known.reduce((least, each) => Math.min(least, each), 6);
  let level = 1;
  return blocks.map((block) => {
    if (block.kind !== 'heading') return block;
    const wanted = block.level > 0 ? block.level - top + 2 : known.length > 0 ? 3 : 2;
    level = Math.min(wanted, level + 1, 6);
    return { ...block, level };
  });
}
