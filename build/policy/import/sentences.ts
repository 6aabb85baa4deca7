/** Divides the paragraphs of an agreement into sentences, as a paragraph may hold more than one promise. */
import { isPromise } from './promises.ts';

/** Words whose full stop does not end a sentence. */
const abbreviation =
  /(?:\b(?:e\.g|i\.e|eg|ie|etc|cf|vs|no|nos|mr|mrs|ms|dr|st|approx|incl|h\.y|e\.e)|\b\p{Lu})\.\)?$/iu;

export function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const piece of text.split(/(?<=[.!?;][”"’)]?)\s+(?=[\p{Lu}(“"‘])/u)) {
    const last = sentences.at(-1);
    if (last !== undefined && (abbreviation.test(last) || /^\((?!\d)/u.test(piece))) {
      sentences[sentences.length - 1] = `${last} ${piece}`;
    } else sentences.push(piece);
  }
  return sentences;
}

/** "(1) I will…", "Golden rule – I will…": a number or a name before a promise is none of its words. */
const label = /^(?:\(?\d{1,2}[.)]|\p{Lu}[^.!?:,]{1,40}(?:\s[-–—]|:))\s+(?=I\b)/u;

export type Mixed = {
  /** What comes before the promise, for people to read. */
  readonly lead: string;
  readonly promise: string;
};

/** A paragraph that starts with other words and then promises: "We lend tablets. I will look after mine." */
export function mixedPromise(text: string): Mixed | undefined {
  const sentences = sentencesOf(text);
  for (const [index, sentence] of sentences.entries()) {
    const name = label.exec(sentence)?.[0] ?? '';
    const bare = sentence.slice(name.length).replace(/^(?:Therefore|Furthermore|However|Also),?\s+/u, '');
    const isPlain = index === 0 && bare === sentence;
    if (isPlain || !/\bI\b/u.test(bare) || /^(?:We|Our)\b/u.test(bare)) continue;
    if (!isPromise(bare.slice(0, 1).toUpperCase() + bare.slice(1))) continue;
    return {
      lead: [...sentences.slice(0, index), name.trim()].join(' ').trim(),
      promise: [sentence.slice(name.length), ...sentences.slice(index + 1)].join(' '),
    };
  }
  return undefined;
}

/**
 * Cuts a promise that is too long for a box at the ends of its sentences, and before each that starts with I; undefined if
 * a sentence by itself is too long.
 */
export function cutPromise(text: string, most: number): readonly string[] | undefined {
  if (text.length <= most) return [text];
  const pieces: string[] = [];
  for (const sentence of sentencesOf(text)) {
    const last = pieces.at(-1);
    const isOwn = /^(?:I|Byddaf|Ni fyddaf|Rwy)\b/u.test(sentence);
    if (last !== undefined && !isOwn && last.length + 1 + sentence.length <= most)
      pieces[pieces.length - 1] = `${last} ${sentence}`;
    else pieces.push(sentence);
  }
  return pieces.every((piece) => piece.length <= most) ? pieces : undefined;
}
