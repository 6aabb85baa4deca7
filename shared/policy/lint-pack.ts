/** Reports problems of a policy pack to its author, before the gate asks a user to accept it. */
import { type Bilingual, type Language, languages } from '../lib/language.ts';
import { placeholderNames } from './fill-placeholders.ts';
import { lintDecisions, lintReading } from './lint-reading.ts';
import { type MarkdownOutline, maxLineCharacters, outlineMarkdown } from './markdown-outline.ts';
import type { PolicyPack } from './pack.ts';
import { manifestFileName } from './read-pack.ts';

export type PackFinding = {
  /** An error misleads the reader or hides text. A warning asks the author to check again. */
  readonly severity: 'error' | 'warning';
  /** File of the pack, with its line (`policy.cy-GB.md:12`) or manifest key (`policy.json: title`). */
  readonly file: string;
  readonly what: string;
  readonly remedy: string;
};

/** Characters that still read as one sentence beside a tick box. */
const maxReadableStatementCharacters = 400;

/** Welsh is usually a little longer than English. Outside these bounds a part is probably missing. */
const plausibleLengthRatio = { least: 0.6, most: 1.8 };

/** Control characters, and characters that hide text or turn its direction. Not the soft hyphen of word processors, which is harmless. */
const invisibleCharacters = /(?![\n\t\u00AD])[\p{Cc}\p{Cf}]/u;

/**
 * Checks a pack that loads. `fileNames` are the files beside its manifest, if they are known, so that it can report a
 * file that no reader will see.
 */
export function lintPack(pack: PolicyPack, fileNames: readonly string[] = []): readonly PackFinding[] {
  const outlines = {
    'en-GB': outlineMarkdown(pack.texts['en-GB']),
    'cy-GB': outlineMarkdown(pack.texts['cy-GB']),
  };
  return [
    ...languages.flatMap((language) => [
      ...lintMarkup(pack.manifest.documents[language], outlines[language]),
      ...lintCharacters(pack.manifest.documents[language], pack.texts[language], placeholderNames),
    ]),
    ...compareLanguages(pack, outlines),
    ...lintManifest(pack),
    ...lintReading(pack),
    ...lintDecisions(pack),
    ...lintFileNames(pack, fileNames),
  ];
}

function lintMarkup(fileName: string, outline: MarkdownOutline): readonly PackFinding[] {
  const at = (line: number) => `${fileName}:${line}`;
  const findings: PackFinding[] = [];
  for (const line of outline.htmlLines) {
    const what = 'HTML, which is never shown as HTML';
    findings.push({
      severity: 'error',
      file: at(line),
      what,
      remedy: 'use Markdown, or write \\< for a plain <',
    });
  }
  for (const line of outline.longLines) {
    const what = `a paragraph of more than ${maxLineCharacters} characters, which nobody reads`;
    findings.push({ severity: 'error', file: at(line), what, remedy: 'split it into shorter paragraphs' });
  }
  for (const line of outline.wideRowLines) {
    const what =
      'a row with more cells than the header of its table: the gate does not show the cells beyond it';
    findings.push({
      severity: 'error',
      file: at(line),
      what,
      remedy: 'give the header a cell for each column',
    });
  }
  for (const line of outline.imageLines) {
    const remedy = 'say in words what it shows';
    findings.push({ severity: 'warning', file: at(line), what: 'a picture, which is not shown', remedy });
  }
  for (const { target, line } of outline.links) {
    const what = `a link to ${target}, which is shown as text and cannot be followed`;
    findings.push({ severity: 'warning', file: at(line), what, remedy: 'say in words where to find it' });
  }
  let level = 1;
  for (const heading of outline.headings) {
    if (heading.level === 1) {
      const what = 'a heading of the first level, which the title of the policy already is';
      findings.push({ severity: 'warning', file: at(heading.line), what, remedy: 'begin sections with ##' });
    } else if (heading.level > level + 1) {
      const what = `a heading of level ${heading.level} below one of level ${level}`;
      const remedy = `use ${'#'.repeat(level + 1)}, so that screen readers do not look for what is between`;
      findings.push({ severity: 'warning', file: at(heading.line), what, remedy });
    }
    level = heading.level;
  }
  return findings;
}

/** @param mayHold the placeholders that are filled in when this text is shown. */
function lintCharacters(file: string, text: string, mayHold: readonly string[] = []): readonly PackFinding[] {
  const findings: PackFinding[] = [];
  const placeholders = [...text.matchAll(/\{\{[^{}\n]{0,60}\}\}/gu)].map(([whole]) => whole);
  const placeholder = placeholders.find((whole) => !mayHold.some((name) => whole === `{{${name}}}`));
  if (placeholder !== undefined) {
    const what = `the placeholder ${placeholder}, which nothing fills in`;
    findings.push({ severity: 'error', file, what, remedy: 'write the words themselves' });
  }
  const invisible = invisibleCharacters.exec(text)?.[0]?.codePointAt(0);
  if (invisible !== undefined) {
    const codePoint = `U+${invisible.toString(16).toUpperCase().padStart(4, '0')}`;
    const what = `the invisible character ${codePoint}, which can make a text read as it is not written`;
    findings.push({ severity: 'error', file, what, remedy: 'take it out' });
  }
  return findings;
}

function compareLanguages(
  pack: PolicyPack,
  outlines: Record<Language, MarkdownOutline>,
): readonly PackFinding[] {
  const { documents } = pack.manifest;
  const file = documents['cy-GB'];
  const english = outlines['en-GB'];
  const welsh = outlines['cy-GB'];
  const findings: PackFinding[] = [];
  if (pack.textSha256['en-GB'] === pack.textSha256['cy-GB']) {
    const what = 'the text is the same in English and in Welsh';
    return [{ severity: 'warning', file, what, remedy: 'write it in the language that is missing' }];
  }
  const levels = ({ headings }: MarkdownOutline) => headings.map(({ level }) => level).join(' ');
  if (levels(english) !== levels(welsh)) {
    const what = `its headings are not those of ${documents['en-GB']} (${welsh.headings.length}, not ${english.headings.length}, or at other levels)`;
    findings.push({ severity: 'warning', file, what, remedy: 'give both languages the same sections' });
  }
  if (english.listItemCount !== welsh.listItemCount) {
    const what = `it has ${welsh.listItemCount} list items and ${documents['en-GB']} has ${english.listItemCount}`;
    findings.push({ severity: 'warning', file, what, remedy: 'give both languages the same lists' });
  }
  const ratio = pack.texts['cy-GB'].length / pack.texts['en-GB'].length;
  if (ratio < plausibleLengthRatio.least || ratio > plausibleLengthRatio.most) {
    const what = `it is ${Math.round(ratio * 100)} % as long as ${documents['en-GB']}`;
    findings.push({
      severity: 'warning',
      file,
      what,
      remedy: 'check that neither language leaves anything out',
    });
  }
  return findings;
}

function lintManifest({ manifest }: PolicyPack): readonly PackFinding[] {
  const texts: readonly (readonly [string, Bilingual])[] = [
    ['title', manifest.title],
    ...(manifest.changes === undefined ? [] : [['changes', manifest.changes] as const]),
    ...manifest.statements.map(({ id, text }) => [`statement "${id}"`, text] as const),
  ];
  const findings: PackFinding[] = [];
  for (const [key, text] of texts) {
    const file = `${manifestFileName}: ${key}`;
    for (const language of languages) {
      findings.push(...lintCharacters(`${file} (${language})`, text[language]));
    }
    if (text['en-GB'] === text['cy-GB']) {
      const what = 'the words are the same in English and in Welsh';
      findings.push({ severity: 'warning', file, what, remedy: 'write it in the language that is missing' });
    }
  }
  for (const { id, text } of manifest.statements) {
    for (const language of languages) {
      if (text[language].length <= maxReadableStatementCharacters) continue;
      const file = `${manifestFileName}: statement "${id}" (${language})`;
      const what = `${text[language].length} characters, more than the ${maxReadableStatementCharacters} that read as one promise`;
      findings.push({ severity: 'error', file, what, remedy: 'shorten it, or make it two statements' });
    }
  }
  if (!manifest.statements.some(({ required }) => required)) {
    const what = 'no statement has to be ticked, so the policy can be accepted without a word of it';
    const remedy = 'make at least one statement required';
    findings.push({ severity: 'warning', file: `${manifestFileName}: statements`, what, remedy });
  }
  return findings;
}

function lintFileNames({ manifest }: PolicyPack, fileNames: readonly string[]): readonly PackFinding[] {
  const used = new Set([manifestFileName, manifest.documents['en-GB'], manifest.documents['cy-GB']]);
  return fileNames
    .filter((name) => !used.has(name))
    .map((name) => ({
      severity: 'warning',
      file: name,
      what: 'not part of the policy: nobody is shown it',
      remedy: 'take it out of the pack',
    }));
}
