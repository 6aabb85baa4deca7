/** What the headings of a document say of agreements and of those who speak below them. */
import { groupsNamed } from './audiences.ts';

export const agreementTitle =
  /\b(?:agreements?|contract|codes? of (?:conduct|practice)|declaration|pledge|undertaking|promises?|acceptance|acknowledge?ment|consent form|reply slip|cytundeb(?:au)?|cod ymddygiad|datganiad|addewid(?:ion)?)\b/iu;

/** Such a title starts another agreement; a declaration or a list of promises may belong to the one before. */
export const newAgreement =
  /\b(?:agreements?|contract|codes? of (?:conduct|practice)|cytundeb(?:au)?|cod ymddygiad)\b/iu;

/** A person speaks for themselves here, but promises nothing that could be ticked. */
export const otherFirstPerson =
  /\b(?:foreword|preface|introduction|welcome|message from|letter (?:to|from)|statement (?:from|by)|from the head|frequently asked|faqs?|questions|q ?& ?a|case stud(?:y|ies)|example|rhagair|cyflwyniad|croeso|neges gan|cwestiynau)\b|\?\s*$/iu;

/** The words that a heading may have besides the names of its groups. */
const plainHeadingWords =
  /\b(?:section|part|appendix|annex|schedule|adran|atodiad|[a-z]|\d+|for|the|of|all|and|or|our|other|by|to|as|an?|acceptable|use|users?|ict|it|computers?|internet|online|e-?safety|digital|technology|rules?|forms?|agreements?|contract|declaration|statement|pledge|school|primary|secondary|responsib\w+|will|promises?|undertakes?|agrees?|i|we|ac|neu|ar|gyfer|i'r|i’r|y|yr|a|pob|cytundeb|defnydd|derbyniol|datganiad|rheolau)\b/giu;

/** "The school will", "Our school promises": the school speaks below it, and no audience does. */
const schoolSpeaks =
  /^(?:(?:the|our) school|as a school,? we|bydd (?:yr|ein) ysgol|mae’r ysgol|mae'r ysgol)(?:\s+(?:will|promises?|undertakes?|agrees?|yn (?:addo|cytuno)))?\s*:?$/iu;

/** Who speaks below a heading that holds no more than their name; empty if it holds more. */
export function speakersBelow(text: string): ReadonlySet<string> {
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
