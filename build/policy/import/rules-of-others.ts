/** Rules that an agreement gives in the third person or to "you", where no one in it says "I". */

import { groupsNamed } from './audiences.ts';

const groupWord =
  '(?:staff|members? of staff|employees?|teachers?|governors?|trustees?|visitors?|contractors?|volunteers?|helpers?|pupils?|students?|learners?|children|child|users?|parents?|carers?|guardians?|adults?|borrowers?)';
const subject = `(?:you|(?:(?:all|any|each|every|no|the|our|both) )?${groupWord}(?:(?:,| and| or|, and| ?\\/| &) ?(?:all )?${groupWord})*)`;
const duty =
  '(?:will|must|shall|should|may|can|cannot|ought|agrees?|understands?|accepts?|undertakes?|promises?|acknowledges?|realises?|realizes?|recognises?|recognizes?|takes?|do not|does not|(?:is|are) (?:not )?(?:allowed|permitted|expected|required|responsible|forbidden|to))';
const adverb = '(?:also |always |never |only |therefore |either )?';
const linking = '(?:(?:Additionally|Furthermore|Also|However|Finally|In addition),? )?';
const rule = new RegExp(
  `^${linking}(?<subject>${subject})(?: (?:who|that) [^,.:;]{3,60}?)? ${adverb}${duty}\\b`,
  'iu',
);
/** "All staff, sessional workers and helpers agree to:" names people in words of its own. */
const ownStem =
  /^(?<subject>[^.:?]{4,120}?) (?:agrees?(?: to)?|promises?(?: to)?|undertakes? to|must(?: not)?|shall(?: not)?|should(?: not)?|will(?: not)?|may not|(?:is|are) (?:not )?(?:expected|required|allowed|permitted) to)\s*(?::|…|\.\.\.)$/iu;
/** "Parents and carers to:" leaves its verb out. */
const shortStem = new RegExp(`^(?<subject>${subject}) to:$`, 'iu');
/** "Devices will not be used in tests": a duty that does not say whose it is. The school's own acts are none. */
const passive =
  /^(?!(?:the |our )?(?:school|college|academy|district|trust|council|library|board|we)\b)\p{Lu}[^.:?]*\b(?:must|shall|should|ought|cannot|may not|will not|(?:is|are) (?:not )?to be|(?:is|are) (?:not |only )?(?:allowed|permitted)|(?:is|are) (?:forbidden|prohibited))\b/u;

const welshRule =
  /^(?:(?:mae|nid oes) (?:hawl gan|gan) |rhaid i |ni ddylai |dylai |ni chaiff |caiff |bydd |ni fydd )(?:pob |yr? |’r |'r )?(?:ddisgybl(?:ion)?|disgybl(?:ion)?|dysgwyr|staff|llywodraethwyr|ymwelwyr|gwirfoddolwyr|rhieni|plant|blant|ddefnyddwyr|defnyddwyr|chi)\b/iu;

export function isRuleOfOthers(text: string): boolean {
  const plain = text.trim();
  return (
    !/\?$/u.test(plain) &&
    (rule.test(plain) || welshRule.test(plain) || shortStem.test(plain) || isOwnStem(plain))
  );
}

function isOwnStem(text: string): boolean {
  const named = ownStem.exec(text)?.groups?.['subject'];
  return named !== undefined && !/\b(?:I|we)\b/iu.test(named) && groupsNamed(named).size > 0;
}

/** Whose duty a rule is; undefined if it does not say. */
export function subjectOf(text: string): string | undefined {
  const plain = text.trim();
  return (
    (rule.exec(plain) ?? shortStem.exec(plain) ?? ownStem.exec(plain))?.groups?.['subject'] ??
    welshRule.exec(plain)?.[0]
  );
}

/** Within such an agreement: a duty without the person whose duty it is. */
export function hasDuty(text: string): boolean {
  const plain = text.trim();
  return !/[?:]$/u.test(plain) && passive.test(plain);
}

/** "Never share a tablet": an order, as the items of a list of rules often are. */
export function isOrder(text: string): boolean {
  return order.test(text.trim()) && !/[?:]$/u.test(text.trim());
}

const order =
  /^(?:(?:do not|don['’]t|never|always|only|please|keep|use|make sure|ensure|report|return|take|treat|handle|avoid|be|store|charge|bring|leave|follow|respect|ask|tell|stay|listen|log)\s|(?:peidiwch|defnyddiwch|cadwch|gofynnwch|dywedwch|byddwch|gofalwch|dylech)\b)/iu;

/** "… must agree to the following:": what is below are whole rules. */
export function pointsToRules(stem: string): boolean {
  return /\b(?:following|as follows|below|these|canlynol|isod)\b[^.]*$/iu.test(bareStem(stem));
}

function bareStem(text: string): string {
  return text.trim().replace(/\s*\([^()]*\)$/u, '');
}

/** "Pupils must not:" above a list. */
export function isRuleStem(text: string): boolean {
  return isRuleOfOthers(text) && /[:–—…]$|\.\.\.$/u.test(bareStem(text)) && text.length <= 240;
}
