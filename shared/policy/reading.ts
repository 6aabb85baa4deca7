/** How long and how hard a text is to read. The gate shows the time; `lint` shows the reading age. */
import type { Bilingual, Language } from '../lib/language.ts';

/** A word is a run of letters and digits; an apostrophe or a hyphen inside it does not end it. */
const word = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export function countWords(text: string): number {
  return text.match(word)?.length ?? 0;
}

/** What the screen calls the text: a policy that is accepted, rules that are agreed to, or rules in words for young pupils. */
export const wordings = ['policy', 'rules', 'young'] as const;
export type Wording = (typeof wordings)[number];

/**
 * Words a minute. Adults read 238 words of English non-fiction a minute silently (Brysbaert 2019, Journal of Memory
 * and Language 109). A text that binds is read more slowly, and pupils read at about half that speed. Half of the pupils of six
 * to seven years read at least 60 words a minute aloud (Hasbrouck and Tindal 2017, technical report 1702).
 */
const wordsPerMinute: Readonly<Record<Wording, number>> = { policy: 200, rules: 100, young: 60 };

/** Whole minutes, at least one. */
export function readingMinutes(words: number, wording: Wording): number {
  return Math.max(1, Math.round(words / wordsPerMinute[wording]));
}

/** Everything that a reader of the first page reads: title, text, statements. */
export function pageText(
  { title, statements }: { readonly title: Bilingual; readonly statements: readonly { text: Bilingual }[] },
  text: string,
  language: Language,
): string {
  return [title[language], text, ...statements.map((statement) => statement.text[language])].join('\n\n');
}

export type Readability = {
  readonly words: number;
  readonly sentences: number;
  readonly wordsInLongestSentence: number;
  /**
   * The age of a pupil who can read an English text, by the Automated Readability Index (Smith and Senter 1967):
   * 4.71 × characters a word + 0.5 × words a sentence − 21.43, rounded up, is the school grade in the United States.
   * The first of these grades is that of five-year-olds; 18 stands for adults.
   */
  readonly readingAge: number;
  /**
   * LIX (Björnsson 1968), which is used for many languages: words a sentence + percentage of words longer than six letters.
   * Below 30 is very easy, above 60 very hard.
   */
  readonly lix: number;
};

/** Reads canonical Markdown. A paragraph or list item ends a sentence, whatever its last character. Headings do not count. */
export function measureReadability(markdown: string): Readability {
  const sentences = listSentences(markdown).map((sentence) => sentence.match(word) ?? []);
  const words = sentences.flat();
  const characters = words.reduce((sum, { length }) => sum + length, 0);
  const longWords = words.filter(
    (candidate) => candidate.replaceAll(/[^\p{L}\p{N}]/gu, '').length > 6,
  ).length;
  const perSentence = words.length / Math.max(1, sentences.length);
  const grade = 4.71 * (characters / Math.max(1, words.length)) + 0.5 * perSentence - 21.43;
  return {
    words: words.length,
    sentences: sentences.length,
    wordsInLongestSentence: Math.max(0, ...sentences.map(({ length }) => length)),
    readingAge: Math.min(18, Math.max(5, Math.ceil(grade) + 4)),
    lix: Math.round(perSentence + (100 * longWords) / Math.max(1, words.length)),
  };
}

function listSentences(markdown: string): readonly string[] {
  return markdown
    .split(/\n\s*\n|\n(?=\s*(?:[-*+]|\d{1,9}[.)])\s)|\n(?= {0,3}#)/u)
    .filter((block) => !/^ {0,3}#{1,6}\s/u.test(block))
    .map((block) => block.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+/u, ''))
    .flatMap((block) => block.split(/[.!?:;](?=\s|$)/u))
    .filter((sentence) => countWords(sentence) > 0);
}
