/** How much of a section is promises, and whether that makes it an agreement. */
import { agreementTitle, otherFirstPerson } from './agreement-headings.ts';
import type { Section } from './agreement-parts.ts';
import { speakerOf } from './audiences.ts';
import { type Block, plainText } from './document-model.ts';
import { isDeclaration, isPromise, isPromiseInAgreement, isStem } from './promises.ts';
import { hasDuty, isOrder, isRuleOfOthers, isRuleStem } from './rules-of-others.ts';
import { mixedPromise } from './sentences.ts';

/** Pupils who say "we" to one another; a school that says it speaks of pupils or to them. */
export function speaksOfUs(group: readonly Section[]): boolean {
  const ours = textsOf(group).filter(({ text }) => /^We\b/u.test(text) && isPromiseInAgreement(text));
  const ofSchool = /\b(?:your?|pupils?|students?|learners?|children|parents?)\b/iu;
  return ours.length >= 2 && !ours.some(({ text }) => ofSchool.test(text));
}

export function isSigned(group: readonly Section[]): boolean {
  const texts = textsOf(group).filter(
    ({ text, isFollowed }) => isPromiseInAgreement(text) || isStem(text, isFollowed),
  );
  return texts.length > 0 && group.some(({ body }) => body.some(({ kind }) => kind === 'field'));
}

/** The person binds themselves here at least once. */
export function hasBindingPromise(section: Section): boolean {
  return textsOf([section]).some(
    ({ text, isFollowed }) =>
      !/^(?:We|Our)\b/u.test(text) &&
      ((isPromise(text) && bindingWords.test(text)) || (isFollowed && isStem(text, isFollowed))),
  );
}

/** The person speaks: somewhere an "I", not only the school's "we". */
export function speaksOfI(group: readonly Section[]): boolean {
  return textsOf(group).some(
    ({ text, isFollowed }) =>
      (isPromiseInAgreement(text) || isStem(text, isFollowed)) && !/^(?:We|Our)\b/u.test(text),
  );
}

/** One promise and no other words, right above the sections of the agreement. */
export function opensAgreement(section: Section, next: Section | undefined): boolean {
  const texts = textsOf([section]);
  const isOnlyPromise = texts.length === section.body.length && texts.every(({ text }) => isPromise(text));
  return texts.length > 0 && isOnlyPromise && next !== undefined && isAgreementByItself(next);
}

/** Enough promises without a title: two of them, a stem with its list, or a declaration with a line to sign. */
export function isAgreementByItself(section: Section): boolean {
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
  // "We tell an adult": pupils agreed on their rules.
  const ours = texts.filter(({ text, isItem }) => isItem && /^We\b/u.test(text)).length;
  if (ours >= 3 && speaksOfUs([section]) && speakerOf(texts.map(({ text }) => text)) === 'pupil') return true;
  const binding = strong.filter(({ text }) => bindingWords.test(text)).length;
  return strong.length >= 2 && binding >= 1 && (share >= 0.3 || listed >= 2);
}

/** "I accept the rules for email": one sentence that accepts what the document says. */
function acceptsRules(text: string): boolean {
  return (
    text.length <= 250 &&
    /^(?:I|By [^.]{0,120}, (?:I|you|the user))\b/u.test(text) &&
    /\b(?:accept|agree (?:to|with)|abide by|comply with|adhere to|will follow|keep to|obey)\b.*\b(?:rules?|policy|agreement|terms|conditions|above|code|guidelines)\b/u.test(
      text,
    )
  );
}

const bindingWords =
  /\b(?:will|shall|must|agree|understand|promise|accept|consent|undertake|acknowledge|confirm|declare|won['’]t|always|never)\b|['’]ll\b|\b(?:byddaf|fyddaf|fydda|bydda|cytuno|cytunaf|deall|deallaf|addo|wnaf|wna|derbyn|rwyf|rwy)/iu;

/** A foreword, or questions and answers: a person says "I" there, and promises nothing that could be ticked. */
export function isOfAuthor({ heading, body }: Section): boolean {
  const text = heading === undefined ? '' : plainText(heading.runs);
  if (!otherFirstPerson.test(text) || agreementTitle.test(text)) return false;
  const listed = body.filter((block) => block.kind === 'item' && isPromise(plainText(block.runs))).length;
  return listed < 2 && !body.some(({ kind }) => kind === 'field');
}

export function countRules(sections: readonly Section[]): number {
  // A stem with its list is as good as two rules.
  const texts = textsOf(sections);
  const rules = texts.reduce(
    (sum, { text, isFollowed }) =>
      sum + (isRuleOfOthers(text) ? (isFollowed && isRuleStem(text) ? 2 : 1) : 0),
    0,
  );
  // Once a rule names people, orders and duties that name no one are rules of theirs.
  const others = texts.filter(({ text, isItem }) => isItem && (isOrder(text) || hasDuty(text))).length;
  if (rules > 0) return rules + others;
  // An agreement may give nothing but orders.
  const items = texts.filter(({ isItem }) => isItem).length;
  return others >= 3 && others >= items / 2 ? others : 0;
}

/** The promises of a section are counted for each agreement that it may belong to. */
const counted = { titled: new WeakMap<Section, number>(), untitled: new WeakMap<Section, number>() };

export function countPromises(sections: readonly Section[], isTitled: boolean): number {
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
  return sections
    .filter((section) => !isOfAuthor(section))
    .flatMap(({ body }) =>
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
