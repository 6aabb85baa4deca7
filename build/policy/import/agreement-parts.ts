/** Finds where the agreements are in a document, and whom each is for. */

import { groupsOf } from './agreement-groups.ts';
import { agreementTitle, newAgreement, otherFirstPerson, speakersBelow } from './agreement-headings.ts';
import { groupsNamed, groupsOfAudience } from './audiences.ts';
import {
  countPromises,
  countRules,
  hasBindingPromise,
  isAgreementByItself,
  isSigned,
  opensAgreement,
  speaksOfI,
  speaksOfUs,
} from './count-promises.ts';
import { type Block, type Heading, plainText } from './document-model.ts';

export type Section = { readonly heading: Heading | undefined; readonly body: readonly Block[] };

export type Part = {
  readonly isAgreement: boolean;
  readonly sections: readonly Section[];
  readonly title: string;
  /** The groups that it names; empty if it is for any reader. */
  readonly groups: ReadonlySet<string>;
};

type SplitOptions = {
  /** Rules in the third person make an agreement too. */
  readonly takesRules?: boolean;
  /** The document calls itself an agreement, so any section with promises is one. */
  readonly isCalled?: boolean;
};

export function splitParts(
  blocks: readonly Block[],
  title: string | undefined,
  options: SplitOptions = {},
): readonly Part[] {
  const sections: { heading: Heading | undefined; body: Block[] }[] = [{ heading: undefined, body: [] }];
  for (const block of blocks) {
    if (block.kind === 'heading') sections.push({ heading: block, body: [] });
    else sections.at(-1)?.body.push(block);
  }
  const parts: Part[] = [];
  // "The school will", "The family will", "The pupil will": each is an agreement of its own.
  const divided = new Set(
    sections.filter(
      (section) =>
        section.heading !== undefined &&
        speakersBelow(plainText(section.heading.runs)).size > 0 &&
        countPromises([section], true) > 0,
    ),
  );
  let index = 0;
  while (index < sections.length) {
    const section = sections[index];
    if (section === undefined) break;
    const end = agreementEnd(sections, index, title, divided.size > 1 && divided.has(section), options);
    if (end > index) {
      const group = sections.slice(index, end);
      const own = section.heading === undefined ? (title ?? '') : plainText(section.heading.runs);
      parts.push({
        isAgreement: true,
        sections: group,
        title: own === '' ? 'an agreement without a title' : own,
        groups: groupsOf(group, sections.slice(0, index), own, title, options.takesRules === true),
      });
      index = end;
    } else {
      parts.push({ isAgreement: false, sections: [section], title: '', groups: new Set() });
      index += 1;
    }
  }
  return parts;
}

/** A title, or a short line, that says what the document is: "Laptop loan agreement". */
export function callsItselfAgreement(blocks: readonly Block[], title: string | undefined): boolean {
  const lines = blocks.flatMap((block) =>
    block.kind === 'heading' || block.kind === 'paragraph' ? [plainText(block.runs)] : [],
  );
  return [title ?? '', ...lines].some(
    (text) => text.length <= 100 && !/[.:;,?!]$/u.test(text) && newAgreement.test(text),
  );
}

/** The index after the last section of the agreement that starts at `from`; `from` itself if no agreement does. */
function agreementEnd(
  sections: readonly Section[],
  from: number,
  title: string | undefined,
  isDivided: boolean,
  { takesRules = false, isCalled = false }: SplitOptions,
): number {
  const first = sections[from];
  if (first === undefined) return from;
  const documentTitle = from === 0 ? (title ?? '') : '';
  const heading = first.heading === undefined ? documentTitle : plainText(first.heading.runs);
  const isTitled =
    isDivided ||
    agreementTitle.test(heading) ||
    (isCalled && hasBindingPromise(first) && !otherFirstPerson.test(heading));
  if (!isTitled && otherFirstPerson.test(heading)) return from;
  if (!isTitled && !isAgreementByItself(first) && !opensAgreement(first, sections[from + 1])) return from;
  const isRuled = takesRules && newAgreement.test(heading);
  const count = (group: readonly Section[]) =>
    countPromises(group, isTitled) + (isRuled ? countRules(group) : 0);
  const ownGroups = new Set([...speakersBelow(heading), ...groupsNamed(heading)]);
  let end = from + 1;
  let lastBelonging = isTitled && count([first]) === 0 ? from : end;
  for (; end < sections.length; end += 1) {
    const section = sections[end];
    if (section?.heading === undefined) break;
    const text = plainText(section.heading.runs);
    const isBegun = count(sections.slice(from, end)) > 0;
    const belongs = count([section]) > 0 || section.body.some(({ kind }) => kind === 'field');
    const isOther = groupsNamed(text).size > 0 && !sameGroups(groupsNamed(text), ownGroups);
    const isNew = isBegun && newAgreement.test(text) && !closes(section, sections.slice(from, end));
    if (agreementTitle.test(text) && (isOther || isNew)) break;
    const speakers = speakersBelow(text);
    if (isBegun && speakers.size > 0 && !sameGroups(speakers, ownGroups)) break;
    // "Agreement for pupils" with "Parents" right below it: these speak for themselves.
    if (ownGroups.size > 0 && speakers.size > 0 && !shareGroup(speakers, ownGroups)) break;
    if (isBegun && otherFirstPerson.test(text) && !section.body.some(({ kind }) => kind === 'field')) break;
    if (belongs) {
      lastBelonging = end + 1;
      continue;
    }
    const isWithin =
      first.heading !== undefined && first.heading.level > 0 && section.heading.level > first.heading.level;
    // One section without promises may be between two parts of an agreement, if it is below the same heading.
    if (isBegun && !isWithin) break;
    // One more heading may be between a title and its first promise, but not a whole chapter.
    const isIntroduced = newAgreement.test(heading) && ownGroups.size > 0 && end - from <= 3;
    if (!isBegun && section.body.length > (isIntroduced ? 8 : 2)) break;
  }
  const group = sections.slice(from, lastBelonging);
  if (isRuled && countRules(group) >= 2) return lastBelonging;
  return group.length > 0 &&
    isEnough(group, isTitled, isDivided || speakersAmong(group), ownGroups.has('pupil'))
    ? lastBelonging
    : from;
}

/** "My agreement": one declaration with its lines to sign, below promises that have none. */
function closes(section: Section, before: readonly Section[]): boolean {
  const hasField = ({ body }: Section) => body.some(({ kind }) => kind === 'field');
  return hasField(section) && !before.some(hasField) && countPromises([section], true) <= 1;
}

/** A heading within the agreement names who speaks. */
function speakersAmong(group: readonly Section[]): boolean {
  return group
    .slice(1)
    .some(({ heading }) => heading !== undefined && speakersBelow(plainText(heading.runs)).size > 0);
}

function sameGroups(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((name) => right.has(name));
}

function shareGroup(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return [...left].some((name) => right.has(name));
}

function isEnough(
  group: readonly Section[],
  isTitled: boolean,
  isDivided: boolean,
  ofPupils: boolean,
): boolean {
  if (isDivided) return true;
  if (isTitled) return speaksOfI(group) || isSigned(group) || (ofPupils && speaksOfUs(group));
  return group.some(isAgreementByItself);
}

/** The agreements that fit this audience: first those that name it, then those that name no group. */
export function fittingAgreements(agreements: readonly Part[], audience: string): readonly Part[] {
  const wanted = groupsOfAudience(audience);
  const words = audience
    .split('-')
    .filter((word) => /\d|^(?:infant|junior|foundation|reception|primary|secondary|sixth)/u.test(word));
  const rank = (part: Part): number | undefined => {
    if (part.groups.size === 0) return 2;
    if (![...wanted].some((name) => part.groups.has(name))) return undefined;
    const title = part.title.toLowerCase();
    return words.length > 0 && words.every((word) => title.replaceAll(/\s/gu, '').includes(word)) ? 0 : 1;
  };
  const ranked = agreements
    .map((part) => ({ part, rank: rank(part) }))
    .filter((each): each is { part: Part; rank: number } => each.rank !== undefined);
  const best = Math.min(...ranked.map(({ rank: each }) => each));
  return ranked.filter(({ rank: each }) => each === best).map(({ part }) => part);
}
