/** The rules for plain English that a program can check. */

export interface Passage {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Only the sentences of documents have a length that can be counted: comments hold code and lists. */
  readonly kind: 'comment' | 'test title' | 'document' | 'words on the screen' | 'commit message';
}

interface Phrase {
  readonly pattern: RegExp;
  readonly say: string;
}

/** Each with what to say instead. A phrase may go over the end of a line. */
const phrases: readonly Phrase[] = [
  { pattern: /\bwho(?:m)?(?:so)?ever\b/iu, say: 'name the actor' },
  { pattern: /\bsomebody\b/iu, say: 'name the actor: the user, the technician' },
  { pattern: /\bnobody\b/iu, say: 'name the actor: no user, no agent' },
  { pattern: /\banew\b/iu, say: 'again' },
  { pattern: /\blest\b/iu, say: 'so that … does not' },
  { pattern: /\bwhereby\b/iu, say: 'by which' },
  { pattern: /\bwherein\b/iu, say: 'in which' },
  { pattern: /\bfor\s+want\s+of\b/iu, say: 'without' },
  { pattern: /\bin\s+vain\b/iu, say: 'without success' },
  { pattern: /\b(?:is|are|was|were|be|been|being)\s+told\b/iu, say: 'is reported, is notified, reads' },
  { pattern: /\bbegun\b/iu, say: 'started' },
  { pattern: /\bbegins?\s+with\b/iu, say: 'starts with' },
  { pattern: /\bhead\s+start\b/iu, say: 'prewarm' },
  { pattern: /\bsigns?\s+of\s+life\b/iu, say: 'heartbeat' },
];

const maximumWords = 25;
const shownWords = 8;

/** The sentences of a paragraph. A point inside a word, a number or a file's name ends none. */
export const sentencesOf = (paragraph: string): readonly string[] =>
  paragraph
    .split(/(?<=[.!?][)”"'*_]*)\s+(?=["“'(*_]*[\p{Lu}\d`])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

const wordsOf = (sentence: string): readonly string[] =>
  sentence.split(/\s+/u).filter((word) => /\w/u.test(word));

export interface Fault {
  readonly line: number;
  readonly message: string;
}

/** What is wrong with a passage, each fault with its line. */
export const findFaults = ({ line, text, kind }: Passage): readonly Fault[] => {
  const faults: Fault[] = [];
  for (const { pattern, say } of phrases) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const above = text.slice(0, match.index).split('\n').length - 1;
    faults.push({ line: line + above, message: `${kind}: “${match[0].replace(/\s+/gu, ' ')}”: ${say}` });
  }
  if (kind !== 'document') return faults;
  for (const sentence of sentencesOf(text)) {
    const words = wordsOf(sentence);
    if (words.length <= maximumWords) continue;
    const start = words.slice(0, shownWords).join(' ');
    faults.push({ line, message: `${kind}: ${words.length} words in one sentence: “${start} …”` });
  }
  return faults;
};

/** Whether a source can hold a phrase in a comment, also over the end of a line: quick, so that few need parsing. */
export const mayHoldPhrase = (text: string): boolean => {
  const joined = text.replace(/\n\s*(?:\*|\/\/)?/gu, ' ');
  return phrases.some(({ pattern }) => pattern.test(joined));
};

const maximumSubjectCharacters = 72;
/** Words that look like another form of a verb and are its imperative. */
const imperatives =
  /^(?:need|feed|seed|speed|embed|shed|exceed|proceed|succeed|bring|ping|string|focus|canvas|bias|alias)$/iu;
const noVerbs = /^(?:an?|the|this|that|these|it|what|when|where|who|how|why|there|now|some|one)$/iu;

/** What is wrong with a commit message; comments of git are left out. */
export const findMessageFaults = (message: string): readonly string[] => {
  const lines = message.split('\n').filter((line) => !line.startsWith('#'));
  const [subject = '', second = ''] = lines;
  if (/^(?:Merge|Revert|fixup!|squash!) /u.test(subject)) return [];
  const faults: string[] = [];
  const length = [...subject].length;
  if (length === 0) return ['the subject is empty'];
  if (length > maximumSubjectCharacters) {
    faults.push(`the subject has ${length} characters; ${maximumSubjectCharacters} are the most`);
  }
  if (subject.endsWith('.')) faults.push('the subject ends with a full stop');
  if (second.trim() !== '') faults.push('the second line is not empty');
  const [first = ''] = subject.split(/[\s:,]/u);
  const isOtherForm = /(?:ed|ing|[^su]s)$/iu.test(first) && !imperatives.test(first);
  if (isOtherForm || noVerbs.test(first) || !/^\p{Lu}\p{Ll}/u.test(first)) {
    faults.push(
      `the subject starts with “${first}”: start with a capital verb in the imperative, as in “Add”`,
    );
  }
  const faultsOfProse = findFaults({ line: 1, text: lines.join('\n'), kind: 'commit message' });
  return [...faults, ...faultsOfProse.map((fault) => `line ${fault.line}: ${fault.message}`)];
};
