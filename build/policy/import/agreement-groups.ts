/** Whom an agreement is for. */
import { agreementTitle, isAudienceHeading, speakersBelow } from './agreement-headings.ts';
import type { Section } from './agreement-parts.ts';
import { groupsNamed, speakerOf } from './audiences.ts';
import { type Block, isText, plainText } from './document-model.ts';
import { isPromise } from './promises.ts';
import { subjectOf } from './rules-of-others.ts';

/** From its own heading, those above it, the title, the lines to sign, and the voice of its promises. */
export function groupsOf(
  group: readonly Section[],
  before: readonly Section[],
  own: string,
  title: string | undefined,
  takesRules: boolean,
): ReadonlySet<string> {
  const named = new Set([...speakersBelow(own), ...groupsNamed(own)]);
  const isOfFamily = named.has('parent') && named.size === 1 && !namesParents.test(own);
  if (named.size > 0 && !isOfFamily) return named;
  // A second heading right below the first: "Agreement", "For pupils".
  for (const { heading } of group.slice(1, 3)) {
    const text = heading === undefined ? '' : plainText(heading.runs);
    if (speakersBelow(text).size > 0) return speakersBelow(text);
  }
  let level = group[0]?.heading?.level ?? 0;
  for (const { heading } of [...before].reverse()) {
    if (heading === undefined) continue;
    const isAbove = level === 0 || (heading.level > 0 && heading.level < level);
    if (!isAbove) continue;
    const text = plainText(heading.runs);
    if (isAudienceHeading(text) || agreementTitle.test(text)) {
      const above = groupsNamed(text);
      if (above.size > 0) return above;
    }
    if (level === 0) break;
    level = heading.level;
  }
  const blocks = group.flatMap(({ body }) => body);
  const promises = blocks.filter(isText).map(({ runs }) => plainText(runs));
  const ruled = new Set(
    takesRules ? promises.flatMap((text) => [...groupsNamed(subjectOf(text) ?? '')]) : [],
  );
  if (ruled.size > 0) return ruled;
  const speaker = speakerOf(promises);
  // A pledge of the family is the child's where the child speaks.
  if (isOfFamily) return speaker === undefined ? named : new Set([speaker]);
  const ofTitle =
    title !== undefined && (agreementTitle.test(title) || isAudienceHeading(title) || namesForm.test(title))
      ? groupsNamed(title)
      : new Set<string>();
  if (ofTitle.size > 0 && (speaker !== 'parent' || ofTitle.has('parent'))) return ofTitle;
  if (speaker === 'parent') return new Set(['parent']);
  const signed = new Set(
    blocks.flatMap((block) =>
      block.kind === 'field' &&
      /sign|llofnod/iu.test(plainText(block.runs)) &&
      !/school|head|behalf/iu.test(plainText(block.runs))
        ? [...groupsNamed(plainText(block.runs))]
        : [],
    ),
  );
  if (signed.size > 0) return signed;
  const introduced = own === '' || own === title ? groupsNamed(introOf(blocks)) : new Set<string>();
  if (introduced.size > 0) return new Set([...introduced, ...(speaker === undefined ? [] : [speaker])]);
  if (speaker === 'staff') return professionals;
  return speaker === undefined ? new Set() : new Set([speaker]);
}

/** The first words of an agreement without a title, which may say whom it is for. */
function introOf(blocks: readonly Block[]): string {
  const [first] = blocks;
  const text = first?.kind === 'paragraph' ? plainText(first.runs) : '';
  return isPromise(text) ? '' : text.slice(0, 150);
}

/** People who work with pupils speak alike, whether they are paid or not. */
const professionals: ReadonlySet<string> = new Set(['staff', 'governor', 'volunteer', 'visitor', 'supply']);

const namesParents = /\b(?:parents?|carers?|guardians?|rhieni|rhiant|gofalwyr?)\b/iu;

/** "Consent of parents", "Permission form for carers". */
const namesForm = /\b(?:consents?|permissions?|forms?|acknowledge?ments?|caniatâd|ffurflen)\b/iu;
