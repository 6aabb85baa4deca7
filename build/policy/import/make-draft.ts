/** Makes a draft pack in one language from a document, and reports what it did. */
import type { Language } from '../../../shared/lib/language.ts';
import type { PackManifest } from '../../../shared/policy/pack.ts';
import { cleanDocument, type LeftOut } from './clean-document.ts';
import {
  type Block,
  check,
  done,
  type Note,
  plainText,
  type SourceDocument,
  textOf,
} from './document-model.ts';
import { findAgreement } from './find-agreement.ts';
import { tellLanguage } from './guess-language.ts';
import { placeHeadings, takeTitle } from './outline.ts';
import { readTables } from './read-tables.ts';
import { accountFor, tellAccount, type WordAccount } from './word-account.ts';
import { writeMarkdown } from './write-markdown.ts';

export type Draft = {
  /** Undefined if the document has no title that its first heading shows. */
  readonly title: string | undefined;
  readonly markdown: string;
  readonly statements: readonly { readonly text: string; readonly required: boolean }[];
  readonly fields: PackManifest['fields'];
  readonly renewal: PackManifest['renewal'];
  readonly account: WordAccount;
  /** Words of the document that are not in the pack, and why. */
  readonly leftOut: readonly LeftOut[];
  /** The groups whose agreements were left out. */
  readonly otherGroups: readonly string[];
  readonly notes: readonly Note[];
};

export type DraftOptions = {
  readonly audience: string;
  readonly language: Language;
  /** Number or title of the agreement to take, if several fit. */
  readonly agreement?: string | undefined;
};

export function makeDraft(source: SourceDocument, options: DraftOptions): Draft {
  const { audience, language } = options;
  const cleaned = cleanDocument(source);
  const tables = readTables(cleaned.blocks, language);
  const { title, blocks } = takeTitle(tables.blocks);
  const extracted = findAgreement(placeHeadings(blocks), { audience, title, agreement: options.agreement });
  const { agreement } = extracted;
  const shown = placeHeadings(extracted.blocks);
  const markdown = writeMarkdown(shown);
  const words = source.blocks.map(textOf).join(' ');
  const renewal = guessRenewal(words, audience);
  const leftOut = [...cleaned.leftOut, ...tables.leftOut, ...extracted.leftOut];
  const account = accountFor(
    source.words,
    [title ?? '', markdown, ...agreement.statements.map(({ text }) => text)],
    leftOut,
  );
  const parts = [...shown.map(textOf), ...agreement.statements.map(({ text }) => text)];
  const notes = [
    ...tellLanguage(parts, language),
    ...source.notes,
    ...cleaned.notes,
    ...tables.notes,
    ...extracted.notes,
    tellAccount(account),
    ...tellShape(shown, agreement.statements.length),
    renewal.note,
    ...tellDoubts(shown, agreement.statements),
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
    account,
    leftOut,
    otherGroups: extracted.otherGroups,
    notes,
  };
}

function tellShape(blocks: readonly Block[], statements: number): readonly Note[] {
  const count = (kind: Block['kind']) => blocks.filter((block) => block.kind === kind).length;
  return [
    done(
      `The text has ${count('heading')} headings, ${count('paragraph')} paragraphs, ${count('item')} list items and ${count('table')} tables; the agreement has ${statements} statements.`,
    ),
    ...(statements > 15
      ? [check(`${statements} statements are many boxes to tick: put together those that belong together.`)]
      : []),
  ];
}
/** How often the gate asks again, as far as the document's own words say. */
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

/** Reports signs that words were lost or misread. */
function tellDoubts(
  blocks: readonly Block[],
  statements: readonly { readonly text: string }[],
): readonly Note[] {
  const doubtful: string[] = [];
  const lines = blocks.flatMap((block) =>
    'runs' in block ? [{ kind: block.kind as string, text: plainText(block.runs) }] : [],
  );
  const rows = new Set(
    lines.filter((_line, at) => isRow(lines[at]) && (isRow(lines[at - 1]) || isRow(lines[at + 1]))),
  );
  for (const { text } of [...rows].slice(0, 1))
    doubtful.push(
      `${rows.size} lines look like rows of a table, the first is “${text.slice(0, 60)}…”: write them as a table`,
    );
  for (const { kind, text } of [
    ...lines.filter((line) => !rows.has(line)),
    ...statements.map((each) => ({ kind: 'statement', text: each.text })),
  ]) {
    const odd = oddity(kind, text);
    if (odd !== undefined) doubtful.push(`“${text.slice(0, 60)}…” ${odd}`);
  }
  return doubtful.slice(0, 20).map((line) => check(`${line}.`));
}

/** "Tablet | yes": cells with a stroke between them, without the line that makes a table of them. */
function isRow(line: { readonly text: string } | undefined): boolean {
  return line !== undefined && /\S\s+[|¦]\s+\S/u.test(line.text);
}

const asksForChoice =
  /\((?:please )?(?:tick|circle|choose|delete)\b[^)]*\)|\b(?:delete|tick|circle) (?:as|one|where|which)/iu;

function oddity(kind: string, text: string): string | undefined {
  if (kind === 'paragraph' && /^\p{Ll}/u.test(text) && !/^(?:e-|i[A-Z]|https?:|www\.)/u.test(text)) {
    return 'begins in the middle of a sentence';
  }
  if (/\uFFFD/u.test(text)) return 'holds characters that could not be read';
  if (/[\uE000-\uF8FF]/u.test(text))
    return 'holds a letter of a symbol font that screens show as an empty box';
  if (/(?<![\p{L}:/])\p{L}\p{Ll}+:\p{Ll}\b/u.test(text)) return 'has a colon inside a word';
  const strokes = text.match(/[|¦]/gu)?.length ?? 0;
  if (strokes === 1 && /(?:^|\s)[|¦](?:\s\p{Ll}|\s*$)/u.test(text))
    return 'has a lone stroke (|): a lost word, or the edge of a table';
  if (kind === 'statement' && asksForChoice.test(text))
    return 'offers a choice: let each choice be a statement';
  if (kind === 'statement' && /:$/u.test(text)) return 'is a promise that ends in a colon';
  return undefined;
}
