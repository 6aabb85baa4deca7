/** How people promise: the forms in which an agreement speaks for the person, in English and in Welsh. */

/** Verbs with which a person binds themselves. */
const bindingVerb =
  'will|shall|must|agree|understand|promise|accept|consent|undertake|acknowledge|confirm|declare|recognise|recognize|appreciate|support|approve|have|am|know|may|give|intend|commit|pledge|certify|undersigned';
const adverbs =
  '(?:(?:also|only|hereby|fully|therefore|further|freely|always|never|both|do|personally|too|now|will) )*';
const subject = '(?:I|We|I/We|I / We|I \\(we\\))';
const shortened = "(?:I|We)(?:['’](?:ll|ve|m|re|d))";
/** "As a member of staff", "When I use the computers", "At home": words before the promise itself. */
const leadWords =
  'as|if|when|whenever|where|wherever|while|whilst|before|after|unless|until|once|should|at|in|on|outside|inside|for|during|by|with|without|because|since|out|online|to|every|each|under|using|having|like|through|from|except|even|only|whatever|however|should|upon|together';

const binding = new RegExp(
  `^(?:${subject},? ${adverbs}(?:${bindingVerb}|do not|don['’]t|won['’]t|will not|shan['’]t|cannot|can['’]t|can|would)\\b|${shortened}\\b)`,
  'u',
);
/** Any sentence whose subject is the person. */
const anyFirstPerson = /^(?:I|We|I\/We|I\s\(we\))(?:['’](?:ll|ve|m|re|d))?,?\s[\p{L}(]/u;
const possessive = /^(?:My|Our)\s\p{Ll}/u;
const led = new RegExp(
  `^(?:${leadWords})\\b[^.!?]{1,240}?[,–—]? ?(?:then )?(?:I|we)(?:['’]ll|,? ${adverbs}(?:will|shall|must|agree|promise|understand|may|can|cannot|won['’]t|always|never|do not|don['’]t|would|should|ask|tell|only|use|keep))\\b`,
  'iu',
);
/** "Staff that have a teaching role only: I will…" is a promise by those people alone. */
/** "When I think that others know it I change it": the person speaks twice. */
const ledTwice = new RegExp(`^(?:${leadWords})\\b[^.!?]{0,160}\\bI\\b[^.!?]{2,160}\\bI \\p{Ll}{2,}`, 'iu');
const conditional = /^(\p{Lu}[^.;:]{3,80}\bonly):\s+(?=I\s)/u;
const bySigning =
  /^(?:by|in|on|through)\s(?:signing|ticking|accepting|completing|returning|agreeing|using|logging|clicking|continuing|connecting|joining|entering|accessing|submitting|pressing)\b[^.!?]{0,160}\b(?:I|we|you|the user|users?)\b[^.!?]{0,40}\b(?:agree|accept|confirm|acknowledge|consent|promise|understand|undertake)/iu;
const undersigned =
  /^(?:I|We),\s(?:the undersigned|_|\.|…|\(|\p{L}[^.]{0,80},)\s?.{0,120}\b(?:agree|accept|confirm|will|have read|understand|declare|consent)\b/u;

const welsh =
  /^(?:(?:os|pan|cyn|ar ôl|wrth|fel|er mwyn|yn|gartref|ar|pryd bynnag|oni bai)\s[^.!?]{2,240}?[,–]?\s)?(?:rwyf|rwy|rydw|rwyn|rydym|rydyn|dwi|dw|dydw|dwyf|nid|ni|na|mi|fe|fydda|fyddaf|byddaf|bydda|byddwn|byddwn ni|wna|wnaf|gwnaf|wnawn|gwnawn|yr wyf|wyf|deallaf|cytunaf|addawaf|derbyniaf|cadarnhaf|gwn|dim ond|hoffwn|mae gen|mae gennyf|mae’n rhaid i mi|mae'n rhaid i mi|gallaf|alla|medraf|peidiaf|cydsyniaf|ymrwymaf|fy|ein)(?:['’]n|['’]r)?(?=[\s,:]|$)/iu;
const welshFirstPerson =
  /^(?:[^.!?:]{0,240}[\s,])?(?:rwyf|rwy['’]n|rwy['’]r|rydw i|rydym|rydyn|dwi|dw i|dydw i|fydda i|fyddaf|byddaf|bydda i|byddwn|wna i|wnaf|gwnaf|wnawn|wyf|deallaf|cytunaf|addawaf|derbyniaf|cadarnhaf|gwn|hoffwn|gennyf|gen i|i mi|gallaf|alla i|medraf|peidiaf|cydsyniaf|ymrwymaf)(?=[\s,:.]|$)/iu;
const welshPossessive = /^(?:fy|ein)\s\p{Ll}/iu;

let lastText = '';
let lastBare = '';

/** Removes what comes before a promise and is not one of its words. Several questions are asked of the same text. */
function bare(text: string): string {
  if (text === lastText) return lastBare;
  lastText = text;
  lastBare = text
    .slice(0, 600)
    .replace(/^[“"‘'(\s]+/u, '')
    .replaceAll(/\s+/gu, ' ');
  return lastBare;
}

/** The person binds themselves, so the words are a promise anywhere. */
export function isPromise(text: string): boolean {
  const plain = bare(text);
  if (isQuestion(plain)) return false;
  return (
    binding.test(plain) ||
    promisedCase.test(plain) ||
    roleLed.test(plain) ||
    isConditional(plain) ||
    undersigned.test(plain) ||
    isDeclaration(plain) ||
    (welsh.test(plain) && welshFirstPerson.test(plain))
  );
}

/** "If I see something…, I will tell a teacher", "As a user of the network, I will…". */
const promisedCase = new RegExp(
  `^(?:${leadWords})\\b[^.!?]{2,240}\\b(?:I|we)(?:['’]ll| ${adverbs}(?:will|shall|must|promise|agree|understand))\\b`,
  'iu',
);
const roleLed = new RegExp(`^[Aa]s (?:an?|the) [^,.]{2,80},? (?:I|we) ${adverbs}(?:${bindingVerb})\\b`, 'u');

/** Within an agreement, every sentence that the person says about themselves is a promise. */
export function isPromiseInAgreement(text: string): boolean {
  const plain = bare(text);
  if (isQuestion(plain)) return false;
  return (
    isPromise(plain) ||
    anyFirstPerson.test(plain) ||
    isSaidOfOwn(plain) ||
    led.test(plain) ||
    ledTwice.test(plain) ||
    bySigning.test(plain) ||
    (welshPossessive.test(plain) && plain.length > 12)
  );
}

/** "My parents know that I use it": not a title such as "My computer promises". */
function isSaidOfOwn(plain: string): boolean {
  return possessive.test(plain) && (/[.;!]$/u.test(plain) || plain.split(' ').length > 4);
}

/** "I have read and understood this policy and agree to follow it": the one sentence that many forms have. */
export function isDeclaration(text: string): boolean {
  const plain = bare(text);
  if (isQuestion(plain)) return false;
  return (
    /^(?:I|We)\b.{0,200}\b(?:have (?:now )?(?:read|received|seen|been given)|agree|accept|consent|undertake|confirm|acknowledge|promise|will (?:follow|abide|comply|keep to))\b.{0,300}/u.test(
      plain,
    ) ||
    bySigning.test(plain) ||
    /^(?:rwyf|rwy['’]n|yr wyf|rydw i|cytunaf|cadarnhaf|deallaf)\b.{0,200}\b(?:darllen|cytuno|deall|derbyn|cydymffurfio|cadarnhau|glynu|dilyn)/iu.test(
      plain,
    )
  );
}

export function isConditional(text: string): boolean {
  return conditional.test(bare(text));
}

/** A question, or an author who announces what the text will do. */
function isQuestion(plain: string): boolean {
  return (
    /\?["”’)]*$/u.test(plain) ||
    /\b(?:I|[Ww]e) (?:will|shall|have) (?:explain|describe|discuss|outline|set out|summarise|show how)/u.test(
      plain,
    )
  );
}

/**
 * Words that introduce a list and speak for the person: "When I use the computers I will not:", "I agree that".
 * @param isFollowed a list follows, so no colon is needed.
 */
export function isStem(text: string, isFollowed: boolean): boolean {
  const plain = bare(text).trim();
  if (plain.length > 300 || isQuestion(plain)) return false;
  const isOpen = /[:–—…-]$/u.test(plain) || /\.\.\.$/u.test(plain);
  const speaks =
    isPromiseInAgreement(plain) ||
    /\b(?:I|we)(?: ?['’]ll)?(?: (?:will|also|only|always|never))*(?::|…|\.\.\.|\s[–—-])?$/u.test(plain) ||
    new RegExp(`\\b(?:I|We)\\b,? ?${adverbs}(?:${bindingVerb})\\b`, 'u').test(plain) ||
    /\b(?:fyddaf|fydda i|byddaf|bydda i|wna i|wnaf|rwy['’]n|rwyf|rydw i|cytunaf|addawaf)\b/iu.test(plain);
  if (!speaks) return false;
  if (isOpen) return true;
  if (!isFollowed || /[.!;,]$/u.test(plain)) return false;
  // Without a colon the stem must end in a word that cannot end a promise.
  return /\b(?:will|not|never|always|shall|must|to|that|I|agree|promise|understand|only|by|won['’]t|ddim|yn|byddaf|fyddaf|bod|i|addo|cytuno|deall)$/iu.test(
    plain,
  );
}

/** Words that have a capital in any position. */
function keepsCapital(word: string): boolean {
  return /^I(?:['’]|$)/u.test(word) || /^\p{Lu}.*[\p{Lu}\d]/u.test(word) || properNames.test(word);
}

const properNames =
  /^(?:Internet|Google|Microsoft|Windows|Office|Teams|Facebook|Instagram|Snapchat|WhatsApp|TikTok|Twitter|YouTube|Wikipedia|Apple|Android|Hwb|Wales|Welsh|English|England|British|Britain|Cymru|Cymraeg|Saesneg|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|Year|Key|Mrs?|Ms|Miss|Dr)\b/u;

export type Composed = {
  readonly text: string;
  /** A negative stem introduces several sentences, and surely forbids only the first. */
  readonly isDoubtful: boolean;
};

/** Makes one promise of a stem and an item of its list, which can be read alone and means the same. */
export function compose(stem: string, item: string): Composed {
  const lead = stem.replace(/\s*(?:[:–—…-]|\.\.\.)+\s*$/u, '').trim();
  const tail = item.replace(/\s*(?:[;,]\s*(?:and|or|ac?|neu)?|\s(?:and|or))\s*$/u, '').trim();
  const isWhole = isPromiseInAgreement(tail) && !/^(?:My|Our|Fy|Ein)\b/u.test(tail);
  if (isWhole) return { text: closeSentence(tail), isDoubtful: false };
  let rest = tail;
  const last = /\b(\p{L}+)$/u.exec(lead)?.[1]?.toLowerCase();
  const first = /^(\p{L}+)\b/u.exec(rest)?.[1]?.toLowerCase();
  // "I agree to" and "to keep…", "I will not" and "not share…", "I will" and "will tell…".
  if (
    last !== undefined &&
    last === first &&
    /^(?:to|that|not|will|never|always|only|i|by|bod|yn)$/u.test(last)
  ) {
    rest = rest.slice(first.length).trimStart();
  } else if (/\bto$/u.test(lead) && /^that\b/iu.test(rest)) {
    return { text: closeSentence(`${lead.slice(0, -2)}${lowered(rest)}`), isDoubtful: false };
  }
  // "I shall not, under any circumstances:" ends within its commas.
  const comma = /\b(?:not|will|shall|must|never|always), [^,:]+$/u.test(lead) ? ',' : '';
  const isNegative =
    /\b(?:not|never|won['’]t|don['’]t|cannot|ddim|peidio)$|\b(?:ni|nid) (?:fyddaf|wnaf)\b/iu.test(lead);
  const hasSeveral = /[.!?]\s+\p{Lu}/u.test(rest);
  return { text: closeSentence(`${lead}${comma} ${lowered(rest)}`), isDoubtful: isNegative && hasSeveral };
}

function lowered(text: string): string {
  const word = /^\S+/u.exec(text)?.[0] ?? '';
  return keepsCapital(word) ? text : text.slice(0, 1).toLowerCase() + text.slice(1);
}

function closeSentence(text: string): string {
  return /[.!?…)”’"]$/u.test(text) ? text : `${text.replace(/[;:,]+$/u, '')}.`;
}
