/** How people promise: the forms in which an agreement speaks for the person, in English and in Welsh. */

import { remembered } from './remembered.ts';

/** Verbs with which a person binds themselves. */
const bindingVerb =
  'will|shall|must|agree|understand|promise|accept|consent|undertake|acknowledge|confirm|declare|recognise|recognize|appreciate|support|approve|have|am|know|may|give|intend|commit|pledge|certify|undersigned';
const adverbs =
  '(?:(?:also|only|hereby|fully|therefore|further|freely|always|never|both|do|personally|too|now|will) )*';
const subject = '(?:I|We|I/We|I / We|I \\(we\\))';
const shortened = "(?:I|We)(?:['’](?:ll|ve|m|re|d))";
/** "As a member of staff", "When I use the computers", "At home": words before the promise itself. */
const leadWords =
  'as|if|when|whenever|where|wherever|while|whilst|before|after|unless|until|once|should|at|in|on|outside|inside|for|during|by|with|without|because|since|out|online|to|every|each|under|using|having|like|through|from|except|even|whatever|however|should|upon|together';

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
/** "When a game upsets me, I stop." */
const ledByComma = new RegExp(`^(?:${leadWords})\\b[^.!?:]{2,240}, (?:then )?I \\p{Ll}{2,}`, 'iu');
/** "Staff that have a teaching role only: I will…" is a promise by those people alone. */
/** "When I think that others know it I change it": the person speaks twice. */
const ledTwice = new RegExp(`^(?:${leadWords})\\b[^.!?]{0,160}\\bI\\b[^.!?]{2,160}\\bI \\p{Ll}{2,}`, 'iu');
const conditional = /^(\p{Lu}[^.;:]{3,80}\bonly):\s+(?=I\s)/u;
const bySigning =
  /^(?:by|in|on|through)\s(?:signing|ticking|accepting|completing|returning|agreeing|using|logging|clicking|continuing|connecting|joining|entering|accessing|submitting|pressing)\b[^.!?]{0,160}\b(?:I|we|you|the user|users?)\b[^.!?]{0,40}\b(?:agree|accept|confirm|acknowledg|consent|promis|understand|undertak|represent|certif|warrant|declar)/iu;
const undersigned =
  /^(?:I|We),\s(?:the undersigned|_|\.|…|\(|\p{L}[^.]{0,80},)\s?.{0,120}\b(?:agree|accept|confirm|will|have read|understand|declare|consent)\b/u;

const welsh =
  /^(?:(?:os|pan|cyn|ar ôl|wrth|fel|er mwyn|yn|gartref|ar|pryd bynnag|oni bai)\s[^.!?]{2,240}?[,–]?\s)?(?:rwyf|rwy|rydw|rwyn|rydym|rydyn|dwi|dw|dydw|dwyf|nid|ni|na|mi|fe|fydda|fyddaf|byddaf|bydda|byddwn|byddwn ni|wna|wnaf|gwnaf|wnawn|gwnawn|yr wyf|wyf|deallaf|cytunaf|addawaf|derbyniaf|cadarnhaf|gwn|dim ond|hoffwn|mae gen|mae gennyf|mae’n rhaid i mi|mae'n rhaid i mi|gallaf|alla|medraf|peidiaf|cydsyniaf|ymrwymaf|fy|ein)(?:['’]n|['’]r)?(?=[\s,:]|$)/iu;
const welshFirstPerson =
  /^(?:[^.!?:]{0,240}[\s,])?(?:rwyf|rwy['’]n|rwy['’]r|rydw i|rydym|rydyn|dwi|dw i|dydw i|fydda i|fyddaf|byddaf|bydda i|byddwn|wna i|wnaf|gwnaf|wnawn|wyf|deallaf|cytunaf|addawaf|derbyniaf|cadarnhaf|gwn|hoffwn|gennyf|gen i|i mi|gallaf|alla i|medraf|peidiaf|cydsyniaf|ymrwymaf)(?=[\s,:.]|$)/iu;
const welshPossessive = /^(?:fy|ein)\s\p{Ll}/iu;

/** "Furthermore, if I…": a word that links a promise to the one before. */
const linkingWord =
  /^(?:Therefore|Furthermore|Moreover|However|Also|Finally|In addition|Additionally),?\s+(\p{L})/u;

let lastText = '';
let lastBare = '';

/** Removes what comes before a promise and is not one of its words. Several questions are asked of the same text. */
function bare(text: string): string {
  if (text === lastText) return lastBare;
  lastText = text;
  const start = text
    .slice(0, 600)
    .replace(/^[“"‘'(\s]+/u, '')
    .replaceAll(/\b(?:etc|e\.g|i\.e)\.(?=[\s),])/giu, (short) => short.replaceAll('.', ''))
    .replace(linkingWord, (_all, first: string) => first.toUpperCase());
  // Most texts have nothing but single spaces.
  lastBare = /\s{2}|[^\S ]/u.test(start) ? start.replaceAll(/\s+/gu, ' ') : start;
  return lastBare;
}

/** The person binds themselves, so the words are a promise anywhere. */
export const isPromise = remembered(isPromiseAnywhere);

function isPromiseAnywhere(text: string): boolean {
  const plain = bare(text);
  if (isQuestion(plain)) return false;
  return (
    binding.test(plain) ||
    promisedCase.test(plain) ||
    roleLed.test(plain) ||
    isConditional(plain) ||
    undersigned.test(plain) ||
    inverted.test(plain) ||
    isDeclaration(plain) ||
    (welsh.test(plain) && welshFirstPerson.test(plain))
  );
}

/** "If I see something…, I will tell a teacher", "As a user of the network, I will…". */
const promisedCase = new RegExp(
  `^(?:${leadWords})\\b[^.!?]{2,240}\\b(?:I|we)(?:['’]ll| ${adverbs}(?:will|shall|must|promise|agree|understand))\\b`,
  'iu',
);
/** "Under no circumstances will I…". */
const inverted =
  /^(?:Under no circumstances?|At no time|In no case|On no account|Never|Nor|Not once|Only then)\b[^.!?]{0,80}?\b(?:will|shall|must|may|would|can|do) (?:I|we)\b/u;
/** "If it is lost I am responsible", "It is my duty to…". */
const answersFor = new RegExp(
  `^(?:(?:${leadWords})\\b[^.!?]{2,240}?(?:[,–—] ?(?:then )?I (?:am|have|need|accept|know)\\b|\\bI am (?:not |solely |fully |also )*(?:responsible|liable|allowed|aware|expected|required))|[Ii]t is (?:entirely |solely )?my (?:own )?(?:responsibility|duty|choice|job))`,
  'iu',
);
/** "If I forget it, my teacher will help me". */
const saidOfTeacher = /^(?:If|When|Whenever) I\b[^.!?]{2,120}, my \p{L}+ (?:will|may|can|must)\b/u;
const roleLed = new RegExp(`^[Aa]s (?:an?|the) [^,.]{2,80},? (?:I|we) ${adverbs}(?:${bindingVerb})\\b`, 'u');

/** Within an agreement, every sentence that the person says about themselves is a promise. */
export const isPromiseInAgreement = remembered(isSaidByPerson);

function isSaidByPerson(text: string): boolean {
  const plain = bare(text);
  if (isQuestion(plain)) return false;
  return (
    isPromise(plain) ||
    anyFirstPerson.test(plain) ||
    isSaidOfOwn(plain) ||
    led.test(plain) ||
    answersFor.test(plain) ||
    saidOfTeacher.test(plain) ||
    ledTwice.test(plain) ||
    ledByComma.test(plain) ||
    bySigning.test(plain) ||
    (welshPossessive.test(plain) && plain.length > 12)
  );
}

/** "My parents know that I use it": not a title such as "My computer promises", nor "Our class wrote this". */
function isSaidOfOwn(plain: string): boolean {
  if (/^Our\b/u.test(plain) && !/\b(?:will|shall|must|may|can|should|won['’]t|child(?:ren)?)\b/u.test(plain))
    return false;
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

/** A question, an author who announces what the text will do, or the school that speaks of itself. */
function isQuestion(plain: string): boolean {
  return (
    /\?["”’)]*$/u.test(plain) ||
    announces.test(plain) ||
    asksReader.test(plain) ||
    (saidBySchool.test(plain) && !/\bI\b/u.test(plain))
  );
}

const announces =
  /\b(?:I|[Ww]e) (?:will|shall|have) (?:explain|describe|discuss|outline|set out|summarise|show)\b.*\b(?:how|why|what|below|here|later|next|this (?:policy|document|guide|section|chapter|part|page)|(?:section|chapter|part|page) \d)/u;
/** "I would welcome any comments": the author asks the reader. */
const asksReader = /^I would (?:welcome|be grateful|appreciate|like to (?:thank|hear|invite))\b/u;
const saidBySchool =
  /^(?:as an? (?:school|college|academy|nursery|trust|community|group|team)\b|at (?:our|the|this|\p{Lu}[^,.:]{0,60}?) ?(?:school|college|academy|trust|library|council)\b,? we\b)|\bwe (?:ask|expect|require|request|invite|encourage|hope|recommend) (?:(?:that|all|each|our|the) )*(?:you|parents|families|pupils|students|children|staff|everyone)\b/iu;

/**
 * Words that introduce a list and speak for the person: "When I use the computers I will not:", "I agree that".
 * @param isFollowed a list follows, so no colon is needed.
 */
export function isStem(text: string, isFollowed: boolean): boolean {
  const plain = bare(text).trim();
  if (plain.length > 300 || isQuestion(plain)) return false;
  if (namedPromise.test(plain)) return isFollowed || /:$/u.test(plain);
  const isOpen = /[:–—…-]$/u.test(plain) || /\.\.\.$/u.test(plain);
  const speaks =
    isPromiseInAgreement(plain) ||
    /\b(?:I|we)(?: ?['’]ll)?(?: (?:will|also|only|always|never))*(?::|…|\.\.\.|\s[–—-])?$/u.test(plain) ||
    new RegExp(`\\b(?:I|We)\\b,? ?${adverbs}(?:${bindingVerb})\\b`, 'u').test(plain) ||
    /\b(?:fyddaf|fydda i|byddaf|bydda i|wna i|wnaf|rwy['’]n|rwyf|rydw i|cytunaf|addawaf|dylwn|cytuno|addo)\b/iu.test(
      plain,
    );
  if (!speaks) return false;
  if (isOpen) return true;
  if (!isFollowed || /[.!;,]$/u.test(plain) || endsInCondition.test(plain)) return false;
  // Without a colon the stem must end in a word that cannot end a promise.
  return /\b(?:will|not|never|always|shall|must|to|that|I|agree|promise|understand|only|by|won['’]t|ddim|yn|byddaf|fyddaf|bod|i|addo|cytuno|deall)$/iu.test(
    plain,
  );
}

/** "What I will do:", "Things that I must not do": a title that says what its list promises. */
const namedPromise =
  /^(?:what|(?:the )?things(?: that)?) (?:I|we) (?:will|must|shall|should|can|promise to|agree to)(?: not| never| always)?(?: do)?:?$/iu;

/** The words with which the promises below such a title start; the stem itself if it is none. */
export function stemProper(stem: string): string {
  return namedPromise.test(stem.trim())
    ? stem
        .trim()
        .replace(/^(?:what|(?:the )?things(?: that)?) /iu, '')
        .replace(/(?: do)?:?$/iu, ':')
    : stem;
}

/** A stem whose sentence is not finished: "I agree that", "I will show respect by". */
const unfinished =
  /\b(?:will|not|never|always|shall|must|should|may|can|to|that|agree|promise|understand|only|by|won['’]t|with|of|for|from|in|on|at|when|whenever|if|while|whilst|where|because|unless|until|is|are|be|have|ddim|yn|byddaf|fyddaf|bod|i|addo|cytuno|deall|pan|os|wrth|mai)$/iu;
/** "I say no if I need to": the verb is left out and the sentence is whole. */
const endsInCondition =
  /\b(?:if|when|whenever|unless|until|as|where) (?:I|we|you|they) (?:need|have|want|wish|like|ought|am (?:asked|told|allowed)) to$/iu;
const pointsBelow =
  /\b(?:following|as follows|these|below|canlynol)\b[^.]*$|\b(?:rules|promises|conditions|statements|points|terms)$/iu;

/** "the following terms": more than one thing is below. */
export function announcesSeveral(stem: string): boolean {
  return pointsBelow.test(bareStem(stem));
}

/** The stem's own promise, where its items stand alone: "I am responsible for my actions:". */
export function promiseOfStem(stem: string): string | undefined {
  const lead = bareStem(stem).replace(/,?\s+(?:and|so|ac?|felly)$/iu, '');
  const isOpen = unfinished.test(lead) && !endsInCondition.test(lead);
  const isFinished = lead.split(' ').length > 4 && !isOpen && !pointsBelow.test(lead);
  return isFinished && isPromise(lead) ? closeSentence(lead) : undefined;
}

function bareStem(stem: string): string {
  const lead = stem.replace(/\s*(?:[:–—…-]|\.\.\.)+\s*$/u, '').trim();
  // "I will (acceptable):" names its list, and the name is no part of the sentence.
  const unnamed = lead.replace(/\s*\([^()]{2,40}\)$/u, '');
  return unnamed !== lead && unfinished.test(unnamed) ? unnamed : lead;
}

/** The item says the whole promise by itself, and the stem adds nothing to it. */
export function isWholeItem(stem: string, item: string): boolean {
  if (isCondition.test(bareStem(stem))) return false;
  return isPromiseInAgreement(item) && !/^(?:My|Our|Fy|Ein|Only|Not)\b/u.test(item);
}

/** "I agree to follow them when": what comes next is no promise. */
const isCondition =
  /\b(?:when|whenever|if|while|whilst|where|because|unless|until|before|after|pan|os|wrth|tra|lle|oherwydd)$/iu;

/** In Welsh, "i" softens the word after it: "Dylwn i gadw", "Rwy’n cytuno i beidio". */
const soft: readonly (readonly [RegExp, string])[] = [
  [/^ll/iu, 'l'],
  [/^rh/iu, 'r'],
  [/^dd/iu, 'dd'],
  [/^(?:ch|ff|ph|th|ng)/iu, '$&'],
  [/^p/iu, 'b'],
  [/^t/iu, 'd'],
  [/^c/iu, 'g'],
  [/^b/iu, 'f'],
  [/^m/iu, 'f'],
  [/^g/iu, ''],
  [/^d/iu, 'dd'],
];

function softened(text: string): string {
  if (/^(?:dim|bob|byth|mewn|gyda|ddim)\b/iu.test(text)) return text;
  const found = soft.find(([start]) => start.test(text));
  return found === undefined ? text : text.replace(found[0], found[1]);
}

const softensNext = /\b(?:dylwn|cytuno|cytunaf|addo|addawaf|ymrwymo|ymrwymaf|gytuno|bwriadu)\b.*\bi$/iu;

/** Words that have a capital in any position. */
function keepsCapital(word: string): boolean {
  return /^I(?:['’]|$)/u.test(word) || /^\p{Lu}.*[\p{Lu}\d]/u.test(word) || properNames.test(word);
}

const properNames =
  /^(?:Internet|Google|Microsoft|Windows|Office|Teams|Facebook|Instagram|Snapchat|WhatsApp|TikTok|Twitter|YouTube|Wikipedia|Apple|Android|Hwb|Wales|Welsh|English|England|British|Britain|Cymru|Cymraeg|Saesneg|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December|Year|Key|Mrs?|Ms|Miss|Dr)\b/u;

/** "The tablet lent to me is my responsibility": a whole sentence, unlike "Keep my password secret". */
const speaksOfMe =
  /^(?:(?:The|This|That|These|Those|Any|All|Each|Every|No|An?|It|If|When|My|During|At|In|On|After|Before|While)\b.*(?<![\p{L}'’])(?:I|me|my|mine)(?![\p{L}])|\p{Lu}.*[.;] I (?:am|will|shall|must|may|understand|agree|accept|know)\b)/u;

const announcesBelow =
  /\b(?:following|as follows|(?:out|listed|set|given|stated|rules|terms|conditions) ?(?:lined|out)? below|canlynol|isod)\b[^.]*$/iu;

export type Composed = {
  readonly text: string;
  /** A negative stem introduces several sentences, and surely forbids only the first. */
  readonly isDoubtful: boolean;
};

/** Makes one promise of a stem and an item of its list, which can be read alone and means the same. */
export function compose(stem: string, item: string): Composed {
  const lead = bareStem(stem);
  const tail = item.replace(/\s*(?:[;,]\s*(?:and|or|ac?|neu)?|\s(?:and|or))\s*$/u, '').trim();
  if (isWholeItem(stem, tail)) return { text: closeSentence(tail), isDoubtful: false };
  // "I agree to the rules below:" announces sentences that keep their own words; what speaks of "me" needs no more.
  if (announcesSeveral(stem) && speaksOfMe.test(tail))
    return { text: closeSentence(tail), isDoubtful: false };
  if (announcesBelow.test(lead) && /^\p{Lu}/u.test(tail))
    return { text: closeSentence(`${lead}: ${tail}`), isDoubtful: false };
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
  const end = softensNext.test(lead) ? softened(lowered(rest)) : lowered(rest);
  return { text: closeSentence(`${lead}${comma} ${end}`), isDoubtful: isNegative && hasSeveral };
}

function lowered(text: string): string {
  const word = /^\S+/u.exec(text)?.[0] ?? '';
  return keepsCapital(word) ? text : text.slice(0, 1).toLowerCase() + text.slice(1);
}

export function closeSentence(text: string): string {
  return /[.!?…)”’"]$/u.test(text) ? text : `${text.replace(/[;:,]+$/u, '')}.`;
}
