/** Rules that an agreement gives in the third person or to "you", where no one in it says "I". */

const groupWord =
  '(?:staff|members? of staff|employees?|teachers?|governors?|trustees?|visitors?|contractors?|volunteers?|helpers?|pupils?|students?|learners?|children|child|users?|parents?|carers?|guardians?|adults?|borrowers?)';
const subject = `(?:you|(?:(?:all|any|each|every|no|the|our|both) )?${groupWord}(?:(?:,| and| or|, and| ?\\/| &) ?(?:all )?${groupWord})*)`;
const duty =
  '(?:will|must|shall|should|may|can|cannot|ought|agrees?|understands?|accepts?|undertakes?|promises?|acknowledges?|do not|does not|(?:is|are) (?:not )?(?:allowed|permitted|expected|required|responsible|forbidden|to))';
const rule = new RegExp(`^${subject} (?:also |always |never |only |therefore )?${duty}\\b`, 'iu');

const welshRule =
  /^(?:(?:mae|nid oes) (?:hawl gan|gan) |rhaid i |ni ddylai |dylai |ni chaiff |caiff |bydd |ni fydd )(?:pob |yr? |’r |'r )?(?:ddisgybl(?:ion)?|disgybl(?:ion)?|dysgwyr|staff|llywodraethwyr|ymwelwyr|gwirfoddolwyr|rhieni|plant|blant|ddefnyddwyr|defnyddwyr|chi)\b/iu;

export function isRuleOfOthers(text: string): boolean {
  const plain = text.trim();
  return !/\?$/u.test(plain) && (rule.test(plain) || welshRule.test(plain));
}

/** "Pupils must not:" above a list. */
export function isRuleStem(text: string): boolean {
  return isRuleOfOthers(text) && /[:–—…]$|\.\.\.$/u.test(text.trim()) && text.length <= 160;
}
