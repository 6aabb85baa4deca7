/** Finds where the agreements are in a document, and whom each is for. */
import { groupsNamed, groupsOfAudience, speakerOf } from './audiences.ts';
import { type Block, type Heading, isText, plainText } from './document-model.ts';
import { isDeclaration, isPromise, isPromiseInAgreement, isStem } from './promises.ts';
import { isRuleOfOthers } from './rules-of-others.ts';
import { mixedPromise } from './sentences.ts';

type Section = { readonly heading: Heading | undefined; readonly body: readonly Block[] };
export type Part = {
  readonly isAgreement: boolean;
  readonly sections: readonly Section[];
  readonly title: string;
  /** The groups that it names; empty if it is for any reader. */
  readonly groups: ReadonlySet<string>;
};

const agreementTitle =
  /\b(?:agreements?|contract|code of (?:conduct|practice)|declaration|pledge|undertaking|promises?|acceptance|acknowledge?ment|consent form|reply slip|cytundeb(?:au)?|cod ymddygiad|datganiad|addewid(?:ion)?)\b/iu;

/** Such a title starts another agreement; a declaration or a list of promises may belong to the one before. */
const newAgreement =
  /\b(?:agreements?|contract|code of (?:conduct|practice)|cytundeb(?:au)?|cod ymddygiad)\b/iu;

/** A person speaks for themselves here, but promises nothing that could be ticked. */
const otherFirstPerson =
  /\b(?:foreword|preface|introduction|welcome|message from|letter (?:to|from)|statement (?:from|by)|from the head|frequently asked|faqs?|questions|q ?& ?a|case stud(?:y|ies)|example|rhagair|cyflwyniad|croeso|neges gan|cwestiynau)\b|\?\s*$/iu;

/** The words that a heading may have besides the names of its groups. */
const plainHeadingWords =
  /\b(?:section|part|appendix|annex|schedule|adran|atodiad|[a-z]|\d+|for|the|of|all|and|or|our|other|by|to|as|an?|acceptable|use|users?|ict|it|computers?|internet|online|e-?safety|digital|technology|rules?|forms?|agreements?|contract|declaration|statement|pledge|school|primary|secondary|responsib\w+|will|promises?|undertakes?|agrees?|i|we|ac|neu|ar|gyfer|i'r|i’r|y|yr|a|pob|cytundeb|defnydd|derbyniol|datganiad|rheolau)\b/giu;

/** "The school will", "Our school promises": the school speaks below it, and no audience does. */
const schoolSpeaks =
  /^(?:(?:the|our) school|as a school,? we|bydd (?:yr|ein) ysgol|mae’r ysgol|mae'r ysgol)(?:\s+(?:will|promises?|undertakes?|agrees?|yn (?:addo|cytuno)))?\s*:?$/iu;

/** Who speaks below a heading that holds no more than their name; empty if it holds more. */
function speakersBelow(text: string): ReadonlySet<string> {
  if (schoolSpeaks.test(text.trim())) return new Set(['school']);
  return isAudienceHeading(text) ? groupsNamed(text) : new Set();
}

/** The heading holds only the name of the people who speak below it. */
export function isAudienceHeading(text: string): boolean {
  if (groupsNamed(text).size === 0) return false;
  const rest = text
    .replaceAll(plainHeadingWords, ' ')
    .replaceAll(
      /\b(?:parents?|carers?|guardians?|famil(?:y|ies)|pupils?|students?|learners?|child|children|ks\s?\d|key stages?|years?|foundation|phase|staff|members?|governors?|trustees?|volunteers?|visitors?|contractors?|supply|teachers?|employees?|adults?|community|guests?|infants?|juniors?|reception|sixth|rhieni|gofalwyr|disgyblion|disgybl|dysgwyr|plant|llywodraethwyr|gwirfoddolwyr|ymwelwyr|athrawon|cyfnod|allweddol|sylfaen)\b/giu,
      ' ',
    );
  return (rest.match(/\p{L}/gu)?.length ?? 0) <= 3;
}

type SplitOptions = {
  /** Rules in the third person make an agreement too. */
  readonly takesRules: boolean;
};

export function splitParts(
  blocks: readonly Block[],
  title: string | undefined,
  { takesRules }: SplitOptions = { takesRules: false },
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
    const end = agreementEnd(sections, index, title, divided.size > 1 && divided.has(section), takesRules);
    if (end > index) {
      const group = sections.slice(index, end);
      const own = section.heading === undefined ? (title ?? '') : plainText(section.heading.runs);
      parts.push({
        isAgreement: true,
        sections: group,
        title: own === '' ? 'an agreement without a title' : own,
        groups: groupsOf(group, sections.slice(0, index), own, title),
      });
      index = end;
    } else {
      parts.push({ isAgreement: false, sections: [section], title: '', groups: new Set() });
      index += 1;
    }
  }
  return parts;
}

/** From its own heading, those above it, the title, the lines to sign, and the voice of its promises. */
function groupsOf(
  group: readonly Section[],
  before: readonly Section[],
  own: string,
  title: string | undefined,
): ReadonlySet<string> {
  const named = new Set([...speakersBelow(own), ...groupsNamed(own)]);
  if (named.size > 0) return named;
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
  const speaker = speakerOf(promises);
  const ofTitle =
    title !== undefined && (agreementTitle.test(title) || isAudienceHeading(title))
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
  return speaker === undefined ? new Set() : new Set([speaker]);
}

/** The first words of an agreement without a title, which may say whom it is for. */
function introOf(blocks: readonly Block[]): string {
  const [first] = blocks;
  const text = first?.kind === 'paragraph' ? plainText(first.runs) : '';
  return isPromise(text) ? '' : text.slice(0, 150);
}

/** The index after the last section of the agreement that starts at `from`; `from` itself if no agreement does. */
function agreementEnd(
  sections: readonly Section[],
  from: number,
  title: string | undefined,
  isDivided: boolean,
  takesRules: boolean,
): number {
  const first = sections[from];
  if (first === undefined) return from;
  const heading = first.heading === undefined ? '' : plainText(first.heading.runs);
  const isTitled =
    isDivided ||
    agreementTitle.test(heading) ||
    (first.heading === undefined && from === 0 && agreementTitle.test(title ?? ''));
  if (!isTitled && otherFirstPerson.test(heading)) return from;
  if (!isTitled && !isAgreementByItself(first) && !opensAgreement(first, sections[from + 1])) return from;
  const isRuled = takesRules && newAgreement.test(heading === '' ? (title ?? '') : heading);
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
  return group.length > 0 && isEnough(group, isTitled, isDivided || speakersAmong(group))
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

function isEnough(group: readonly Section[], isTitled: boolean, isDivided: boolean): boolean {
  if (isDivided) return true;
  if (isTitled) return speaksOfI(group) || isSigned(group);
  return group.some(isAgreementByItself);
}

/** The person speaks: somewhere an "I", not only the school's "we". */
function speaksOfI(group: readonly Section[]): boolean {
  return textsOf(group).some(
    ({ text, isFollowed }) =>
      (isPromiseInAgreement(text) || isStem(text, isFollowed)) && !/^(?:We|Our)\b/u.test(text),
  );
}

function isSigned(group: readonly Section[]): boolean {
  const texts = textsOf(group).filter(
    ({ text, isFollowed }) => isPromiseInAgreement(text) || isStem(text, isFollowed),
  );
  return texts.length > 0 && group.some(({ body }) => body.some(({ kind }) => kind === 'field'));
}

/** One promise and no other words, right above the sections of the agreement. */
function opensAgreement(section: Section, next: Section | undefined): boolean {
  const texts = textsOf([section]);
  const isOnlyPromise = texts.length === section.body.length && texts.every(({ text }) => isPromise(text));
  return texts.length > 0 && isOnlyPromise && next !== undefined && isAgreementByItself(next);
}

/** Enough promises without a title: two of them, a stem with its list, or a declaration with a line to sign. */
function isAgreementByItself(section: Section): boolean {
  const texts = textsOf([section]);
  const strong = texts.filter(({ text }) => isPromise(text) && !/^(?:We|Our)\b/u.test(text));
  const stems = texts.filter(
    ({ text, isFollowed }) => isFollowed && isStem(text, isFollowed) && !/^(?:We|Our)\b/u.test(text),
  );
  const hasField = section.body.some(({ kind }) => kind === 'field');
  if (hasField && (strong.some(({ text }) => isDeclaration(text)) || stems.length > 0 || strong.length > 0))
    return true;
  if (texts.some(({ text }) => acceptsRules(text))) return true;
  // Prose in which the author says "I" now and then is not an agreement.
  const share = (strong.length + stems.length) / Math.max(1, texts.length);
  const listed = strong.filter(({ isItem }) => isItem).length;
  if (stems.length > 0) return true;
  const binding = strong.filter(({ text }) => bindingWords.test(text)).length;
  return strong.length >= 2 && binding >= 1 && (share >= 0.3 || listed >= 2);
}

/** "I accept the rules for email": one sentence that accepts what the document says. */
function acceptsRules(text: string): boolean {
  return (
    text.length <= 250 &&
    /^(?:I|By [^.]{0,80}, I)\b/u.test(text) &&
    /\b(?:accept|agree (?:to|with)|abide by|comply with|adhere to|will follow|keep to|obey)\b.*\b(?:rules?|policy|agreement|terms|conditions|above|code|guidelines)\b/u.test(
      text,
    )
  );
}

const bindingWords =
  /\b(?:will|shall|must|agree|understand|promise|accept|consent|undertake|acknowledge|confirm|declare|won['’]t|always|never)\b|['’]ll\b|\b(?:byddaf|fyddaf|fydda|bydda|cytuno|cytunaf|deall|deallaf|addo|wnaf|wna|derbyn|rwyf|rwy)/iu;

function countRules(sections: readonly Section[]): number {
  return textsOf(sections).filter(({ text }) => isRuleOfOthers(text)).length;
}

/** The promises of a section are counted for each agreement that it may belong to. */
const counted = { titled: new WeakMap<Section, number>(), untitled: new WeakMap<Section, number>() };

function countPromises(sections: readonly Section[], isTitled: boolean): number {
  const known = isTitled ? counted.titled : counted.untitled;
  let sum = 0;
  for (const section of sections) {
    const count = known.get(section) ?? promisesOf(section, isTitled);
    known.set(section, count);
    sum += count;
  }
  return sum;
}

function promisesOf(section: Section, isTitled: boolean): number {
  return textsOf([section]).filter(
    ({ text, isFollowed }) =>
      (isTitled ? isPromiseInAgreement(text) || mixedPromise(text) !== undefined : isPromise(text)) ||
      isStem(text, isFollowed),
  ).length;
}

function textsOf(sections: readonly Section[]) {
  return sections.flatMap(({ body }) =>
    body.flatMap((block, index) =>
      block.kind === 'paragraph' || block.kind === 'item'
        ? [
            {
              text: plainText(block.runs),
              isItem: block.kind === 'item',
              isFollowed: body[index + 1]?.kind === 'item' || hasLinesBelow(body, index),
            },
          ]
        : [],
    ),
  );
}

/** "I will not:" above lines that are no items by their form. */
function hasLinesBelow(body: readonly Block[], index: number): boolean {
  const [stem, first, second] = [body[index], body[index + 1], body[index + 2]].map((block) =>
    block?.kind === 'paragraph' ? plainText(block.runs) : undefined,
  );
  const isLine = (text: string | undefined) =>
    text !== undefined && text.length <= 200 && !/[:?]$/u.test(text) && !isPromiseInAgreement(text);
  return stem !== undefined && /\b(?:I|we)\b.*:$/u.test(stem) && isLine(first) && isLine(second);
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
