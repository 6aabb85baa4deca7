/** Puts the draft of a second language into a pack, and reports what has no partner in the other language. */
import type { Language } from '../../../shared/lib/language.ts';
import { outlineMarkdown } from '../../../shared/policy/markdown-outline.ts';
import type { PackManifest, PolicyPack } from '../../../shared/policy/pack.ts';
import { check, done, type Note } from './document-model.ts';
import { languageNames } from './guess-language.ts';
import type { Draft } from './make-draft.ts';
import { pairLanguages } from './pair-languages.ts';

type Merged = { readonly statements: PackManifest['statements']; readonly notes: readonly Note[] };

export function mergeStatements(
  { manifest, texts }: PolicyPack,
  draft: Draft,
  language: Language,
  other: Language,
): Merged {
  const firsts = manifest.statements.map(({ text }) => text[other]);
  const seconds = draft.statements.map(({ text }) => text);
  const pairs = pairLanguages(firsts, seconds);
  const partners = new Map(
    pairs.flatMap(({ first, second }) => (first === undefined ? [] : [[first, second]])),
  );
  const notes: Note[] = [];
  if (firsts.length !== seconds.length) {
    notes.push(
      check(
        `The pack has ${firsts.length} statements and this document ${seconds.length}: see which are missing, and write them by hand.`,
      ),
    );
  }
  const paired = pairs.filter(({ first, second }) => first !== undefined && second !== undefined).length;
  if (paired > 0) {
    notes.push(check(`${paired} statements were paired by their order and their words: read each pair.`));
  }
  for (const { first, second } of pairs) {
    if (second === undefined && first !== undefined) {
      notes.push(
        check(
          `This ${languageNames[other]} statement has no partner in this document, and its ${languageNames[language]} stays as it was: “${firsts[first]}”.`,
        ),
      );
    }
    if (first === undefined && second !== undefined) {
      notes.push(
        check(
          `This ${languageNames[language]} statement has no partner in the pack, and was left out: “${seconds[second]}”.`,
        ),
      );
    }
  }
  return {
    statements: manifest.statements.map((statement, index) => {
      const partner = partners.get(index);
      const text = partner === undefined ? undefined : seconds[partner];
      return text === undefined ? statement : { ...statement, text: { ...statement.text, [language]: text } };
    }),
    notes: [...notes, ...tellHeadings(headingsOf(texts[other]), headingsOf(draft.markdown), language, other)],
  };
}

function tellHeadings(
  firsts: readonly string[],
  seconds: readonly string[],
  language: Language,
  other: Language,
): readonly Note[] {
  const pairs = pairLanguages(firsts, seconds);
  const alone = (texts: readonly string[], indexes: readonly (number | undefined)[]) =>
    indexes.flatMap((index) => (index === undefined ? [] : [`“${texts[index]}”`]));
  const inFirst = alone(
    firsts,
    pairs.filter(({ second }) => second === undefined).map(({ first }) => first),
  );
  const inSecond = alone(
    seconds,
    pairs.filter(({ first }) => first === undefined).map(({ second }) => second),
  );
  const notes: Note[] = [];
  if (inFirst.length > 0) {
    notes.push(check(`Headings of the ${languageNames[other]} without a partner: ${inFirst.join(', ')}.`));
  }
  if (inSecond.length > 0) {
    notes.push(
      check(`Headings of the ${languageNames[language]} without a partner: ${inSecond.join(', ')}.`),
    );
  }
  if (notes.length === 0 && firsts.length > 0) {
    notes.push(done(`Each of the ${firsts.length} headings has a partner in the other language.`));
  }
  return notes;
}

function headingsOf(markdown: string): readonly string[] {
  const lines = markdown.split('\n');
  return outlineMarkdown(markdown).headings.map(({ line }) =>
    (lines[line - 1] ?? '').replace(/^\s*#+\s*/u, '').replaceAll('\\', ''),
  );
}
