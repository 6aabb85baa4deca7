/** Makes the draft of a pack, in one language, out of the lines of a document, and says what it did. */
import type { Language } from '../../../shared/lib/language.ts';
import type { PackManifest } from '../../../shared/policy/pack.ts';
import type { Block } from './blocks.ts';
import { findAgreement } from './find-agreement.ts';
import { findBlocks } from './find-blocks.ts';
import { addMends, mendBullet, mendCharacters, mendStrokes, noMends } from './mend-line.ts';
import { placeHeadings, takeTitle } from './outline.ts';
import { removeFurniture } from './page-furniture.ts';
import { check, done, type Note, type Source } from './source.ts';
import { writeMarkdown } from './write-markdown.ts';

export type Draft = {
  /** Undefined where the document has none that can be told from its first heading. */
  readonly title: string | undefined;
  readonly markdown: string;
  readonly statements: readonly { readonly text: string; readonly required: boolean }[];
  readonly fields: PackManifest['fields'];
  readonly renewal: PackManifest['renewal'];
  readonly notes: readonly Note[];
};

export function makeDraft(source: Source, options: { audience: string; language: Language }): Draft {
  const furnished = removeFurniture(source.pages);
  const mended = mendLines(furnished.pages.flat(), source, options.language);
  const found = findBlocks(mended.lines, { trustsBreaks: source.trustsBreaks });
  const standing = source.hasMarkup ? withoutStruckOut(found.blocks) : { blocks: found.blocks, notes: [] };
  const restored = restoreLostI(standing.blocks);
  const { title, blocks } = takeTitle(restored.blocks);
  const extracted = findAgreement(placeHeadings(blocks), options.audience);
  const { agreement } = extracted;
  const markdown = writeMarkdown(placeHeadings(extracted.blocks), source.hasMarkup);
  const renewal = guessRenewal(mended.lines.join(' '), options.audience);
  const notes = [
    ...source.notes,
    ...furnished.notes,
    ...mended.notes,
    ...standing.notes,
    ...restored.notes,
    ...tellJoined(found.joinedWords),
    ...extracted.notes,
    ...tellShape(extracted.blocks, agreement.statements.length),
    renewal.note,
    ...tellDoubts(extracted.blocks, agreement.statements),
  ];
  return {
    title,
    markdown,
    statements: agreement.statements,
    fields: {
      fullName: agreement.asksName || !agreement.isSigned ? 'required' : 'optional',
      jobRole: agreement.asksRole ? 'required' : agreement.isSigned ? 'hidden' : 'optional',
    },
    renewal: renewal.rule,
    notes,
  };
}

function mendLines(lines: readonly string[], source: Source, language: Language) {
  let mends = noMends;
  const digitsRead: string[] = [];
  const digitsLeft: string[] = [];
  const mended = lines.map((raw) => {
    const characters = mendCharacters(raw);
    // Word and Markdown are no scans: an e at the start of their lines is an e.
    if (source.trustsBreaks) {
      mends = addMends(mends, characters.mends);
      return characters.line;
    }
    const bullet = mendBullet(characters.line, language);
    mends = [characters.mends, bullet.mends].reduce(addMends, mends);
    if (language !== 'en-GB') return bullet.line;
    const strokes = mendStrokes(bullet.line);
    mends = addMends(mends, strokes.mends);
    if (strokes.isDigitRead) digitsRead.push(strokes.line.trim());
    if (strokes.isDigitLeft) digitsLeft.push(strokes.line.trim());
    return strokes.line;
  });
  const notes: Note[] = [];
  if (mends.strokes > 0) {
    notes.push(done(`${mends.strokes} lone strokes (|) and ones were read as the word “I”.`));
  }
  if (digitsRead.length > 0) {
    notes.push(check(`A 1 was read as the word “I”; see that none was a number: ${quoteSome(digitsRead)}.`));
  }
  if (digitsLeft.length > 0) {
    notes.push(
      check(`A 1 was left where it may be the word “I”; see that it is none: ${quoteSome(digitsLeft)}.`),
    );
  }
  if (mends.bullets > 0)
    notes.push(done(`${mends.bullets} signs such as “e” or “¢” were read as list bullets.`));
  if (mends.characters > 0) notes.push(done(`Characters were mended in ${mends.characters} lines.`));
  return { lines: mended, notes };
}

/** The first of them, so that a long document does not bury its other notes. */
function quoteSome(lines: readonly string[]): string {
  const shown = lines.slice(0, 20).map((line) => `“${line.slice(0, 120)}”`);
  return shown.join(', ') + (lines.length > shown.length ? ` and ${lines.length - shown.length} more` : '');
}

/** What its author has struck out is no rule any more, and nobody must have to tell that from its looks. */
function withoutStruckOut(blocks: readonly Block[]): {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
} {
  const notes: Note[] = [];
  const standing = blocks.flatMap((block) => {
    const struck = [...block.text.matchAll(/(?<!\\)~~(?=\S)(.+?)(?<=\S)~~/gu)];
    if (struck.length === 0) return [block];
    for (const [, words = ''] of struck) {
      notes.push(check(`Struck out in the document, and so left out: “${words.slice(0, 120)}”.`));
    }
    let text = block.text;
    for (const [whole] of struck) text = text.replace(whole, '');
    // Stars that stood around nothing else.
    text = text
      .replaceAll(/(\*{1,3})\s*\1(?!\*)/gu, '')
      .replaceAll(/ {2,}/gu, ' ')
      .trim();
    return /[\p{L}\p{N}]/u.test(text) ? [{ ...block, text }] : [];
  });
  return { blocks: standing, notes };
}

/** The scanner that reads I as a stroke loses it at the start of a line altogether. */
function restoreLostI(blocks: readonly Block[]): {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
} {
  const notes: Note[] = [];
  const restored = blocks.map((block) => {
    const isText = block.kind === 'paragraph' || block.kind === 'item';
    if (!isText || !/^(?:have read|will not|agree to|understand that|consent to)\b/u.test(block.text))
      return block;
    notes.push(check(`“I” was put before “${block.text.slice(0, 50)}”, where it seems to be lost.`));
    return { ...block, text: `I ${block.text}` };
  });
  return { blocks: restored, notes };
}

function tellJoined(words: readonly string[]): readonly Note[] {
  if (words.length === 0) return [];
  const shown = words.slice(0, 8).join(', ');
  return [done(`${words.length} words that were broken at the end of a line were joined: ${shown}.`)];
}

function tellShape(blocks: readonly Block[], statements: number): readonly Note[] {
  const count = (kind: Block['kind']) => blocks.filter((block) => block.kind === kind).length;
  return [
    done(
      `The text has ${count('heading')} headings, ${count('paragraph')} paragraphs and ${count('item')} list items; the agreement has ${statements} statements.`,
    ),
    ...(statements > 15
      ? [check(`${statements} statements are many boxes to tick: put together those that belong together.`)]
      : []),
  ];
}

/** When people are asked again, as far as the document's own words go. */
function guessRenewal(
  text: string,
  audience: string,
): { readonly rule: PackManifest['renewal']; readonly note: Note } {
  const yearly = /\b(?:annually|every year|each year|once a year|yearly|bob blwyddyn|yn flynyddol)\b/iu.test(
    text,
  );
  const schoolYear =
    /\bstart of (?:each|every|the) (?:academic|school) year\b|\bdechrau(?:’r|'r)? (?:pob )?blwyddyn ysgol\b/iu.test(
      text,
    );
  if (schoolYear && /pupil|student|learner/u.test(audience)) {
    return {
      rule: { rule: 'fixed-date', date: '09-01' },
      note: check('Renewal: the text speaks of the start of the school year, so it was set to 1 September.'),
    };
  }
  if (yearly) {
    return {
      rule: { rule: 'rolling', period: 'P1Y' },
      note: check('Renewal: the text speaks of every year, so it was set to a year after each acceptance.'),
    };
  }
  return {
    rule: { rule: 'once' },
    note: check('Renewal: the text names no period, so each person is asked once.'),
  };
}

/** What looks as if something were lost or misread. */
function tellDoubts(
  blocks: readonly Block[],
  statements: readonly { readonly text: string }[],
): readonly Note[] {
  const doubtful: string[] = [];
  const promised = statements.map(({ text }) => ({ kind: 'statement' as const, text }));
  for (const { kind, text } of [...blocks, ...promised]) {
    const odd =
      kind === 'paragraph' && /^\p{Ll}/u.test(text)
        ? 'begins in the middle of a sentence'
        : /\uFFFD/u.test(text)
          ? 'holds characters that could not be read'
          : /(?<![\p{L}:/])\p{L}\p{Ll}+:\p{Ll}\b/u.test(text)
            ? 'has a colon inside a word'
            : /(?:^|\s)[|¦](?:\s|$)/u.test(text)
              ? 'has a lone stroke'
              : undefined;
    if (odd !== undefined) doubtful.push(`“${text.slice(0, 60)}…” ${odd}`);
  }
  return doubtful.slice(0, 20).map((line) => check(`${line}.`));
}
