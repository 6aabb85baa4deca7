/** The parts of a document, and what a line says of itself by its form alone. */

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | {
      readonly kind: 'item';
      readonly depth: number;
      /** `-`, or a number with its stop such as `2.` */
      readonly marker: string;
      readonly text: string;
    }
  /** A line for a signature, a name or a date, with nothing filled in. */
  | { readonly kind: 'label'; readonly text: string };

const labelWords =
  /\b(?:(?:user|authorised|pupil|student|staff|parent|guardian|carer)(?:['’]s)?\s+)?(?:signature|signed|sign here)\b|\b(?:full|print(?:ed)?|first|last|sur|pupil|student|parent|guardian|staff|employee|child)?(?:['’]s)?\s*names?\b|\bjob\s+title\b|\brole\b|\bposition\b|\bpost\b|\bdated?\b|\bprinted\b|\bplease print\b|\bblock capitals\b|\bheadteacher\b|\bhead\s+teacher\b|\bhead\b|\bdeputy\b|\bparent\b|\bguardian\b|\bcarer\b|\bpupil\b|\bstudent\b|\bclass\b|\byear group\b|\bwitness(?:ed by)?\b|\baccepted for (?:the )?school\b|\b(?:on behalf of|for) the school\b|\bapproved by\b|\benw(?: llawn)?\b|\bllofnod(?:wyd)?\b|\bdyddiad\b|\bteitl swydd\b|\brôl\b|\bswydd\b|\bderbyniwyd ar ran (?:yr )?ysgol\b|\bar ran yr ysgol\b|\bpennaeth\b|\bdirprwy\b|\b(?:and|or|of|neu)\b/giu;

/** A label names what is to be written, and nothing else: "Job title / Role", "Signed: ______ Date:". */
export function isLabel(line: string): boolean {
  const plain = line.replaceAll(/[*\\]/gu, '').trim();
  if (plain.length > 120 || !/\p{L}/u.test(plain)) return false;
  if (
    !/name|signature|sign|date|title|role|position|accepted for|enw|llofnod|dyddiad|swydd|rôl|ar ran/iu.test(
      plain,
    )
  )
    return false;
  return plain.replaceAll(labelWords, '').replaceAll(/[\s:_.…/()\-–|,&]+/gu, '') === '';
}

export function headingBySign(line: string): { readonly level: number; readonly text: string } | undefined {
  if (line.length > 300) return undefined;
  const marked = /^(#{1,6})\s+(.+?)\s*#*$/u.exec(line);
  if (marked?.[1] !== undefined && marked[2] !== undefined) {
    return { level: marked[1].length, text: withoutMarks(marked[2]) };
  }
  const bold = /^\s*(\*{2,3}|__)(?!\s)(.{2,80}?)\1:?$/u.exec(line)?.[2];
  if (bold !== undefined && !bold.includes('*') && !/[.;,:?!]$/u.test(bold) && /^[\p{Lu}\d]/u.test(bold)) {
    return { level: 0, text: bold };
  }
  return undefined;
}

/** `2.1.3` gives 3, `A.1` gives 2; undefined for a line without such a number. */
export function sectionDepth(line: string): number | undefined {
  const number = /^(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z]\.\d{1,2})\.?\s+\S/u.exec(line.replaceAll('*', ''))?.[1];
  return number?.split('.').length;
}

export function withoutMarks(text: string): string {
  return text
    .replaceAll(/!?\[((?:\\.|[^\]\\])*)\]\([^)]*\)/gu, '$1')
    .replaceAll(/(?<!\\)(?:\*{1,3}|(?<![\p{L}\d])_{1,2}|_{1,2}(?![\p{L}\d]))/gu, '')
    .replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** Words in which a person speaks for themselves, as an agreement does. */
const englishFirstPerson =
  /^(?:[Aa]s (?:an?|the) [^,.]{2,80}, )?I\s+(?:also\s+|only\s+|hereby\s+|fully\s+)?(?:will|agree|understand|shall|must|have|am|accept|know|consent|give|promise|undertake|acknowledge|appreciate|confirm|support|approve|may|recognise|declare)\b/u;
const welshFirstPerson =
  /^(?:rwy['’]n|rwyf|rydw i|rwy|byddaf|bydda i|ni fyddaf|fydda i ddim|yr wyf|wyf yn|deallaf|cytunaf|gwn|gwnaf|wna i|ni wnaf|dim ond .{3,60} y byddaf|mae gennyf|hoffwn)(?=[\s,])/iu;
/** "Staff that have a teaching role only: I will…" is promised by those alone whom it concerns. */
const conditional = /^(\p{Lu}[^.;:]{3,80}\bonly):\s+(?=I\s)/u;

/** "If I see something…, I will tell a teacher." */
const promisedCase = /^(?:If|When|Where) I\b.{3,200}\bI will\b/u;

export function isFirstPerson(text: string): boolean {
  const plain = withoutMarks(text.slice(0, 600));
  return (
    englishFirstPerson.test(plain) ||
    promisedCase.test(plain) ||
    welshFirstPerson.test(plain) ||
    isConditional(plain)
  );
}

export function isConditional(text: string): boolean {
  return conditional.test(withoutMarks(text.slice(0, 600)));
}
