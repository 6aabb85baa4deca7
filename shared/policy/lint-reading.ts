/** What `lint` says about reading a pack: its length, its reading age, and the decisions that it has taken for a school. */
import { type Language, languages } from '../lib/language.ts';
import type { PackFinding } from './lint-pack.ts';
import type { PolicyPack } from './pack.ts';
import { countWords, measureReadability, pageText, readingMinutes } from './reading.ts';

/** Words. GOV.UK's guidance for adults is 25. Welsh needs about a fifth more words for the same sentence. */
const longestSentence: Readonly<Record<'young' | 'older', Readonly<Record<Language, number>>>> = {
  young: { 'en-GB': 20, 'cy-GB': 24 },
  older: { 'en-GB': 25, 'cy-GB': 30 },
};

/** Readers up to this age count as young. */
const youngUpToAge = 8;

/** Findings only for a pack that states the age of its readers. */
export function lintReading({ manifest, texts }: PolicyPack): readonly PackFinding[] {
  const { readingAge, documents } = manifest;
  if (readingAge === undefined) return [];
  const limits = longestSentence[readingAge <= youngUpToAge ? 'young' : 'older'];
  return languages.flatMap((language) => {
    const found = measureReadability(pageText(manifest, texts[language], language));
    const findings: PackFinding[] = [];
    const warn = (what: string, remedy: string) =>
      findings.push({ severity: 'warning', file: documents[language], what, remedy });
    // The index was made for English words, which are shorter than Welsh ones.
    if (language === 'en-GB' && found.readingAge > readingAge) {
      const what = `its reading age is ${found.readingAge}, and readers are as young as ${readingAge}`;
      warn(what, 'use shorter sentences and shorter words');
    }
    if (found.wordsInLongestSentence > limits[language]) {
      const what = `a sentence of ${found.wordsInLongestSentence} words, more than the ${limits[language]} for readers of this age`;
      warn(what, 'make two sentences of it');
    }
    return findings;
  });
}

/** A passage that is no longer in the text would hide a decision. */
export function lintDecisions({ manifest, texts }: PolicyPack): readonly PackFinding[] {
  return (manifest.schoolDecides ?? []).flatMap(({ question, passage }, index) =>
    languages
      .filter((language) => !texts[language].includes(passage[language]))
      .map((language) => ({
        severity: 'error' as const,
        file: `policy.json: schoolDecides[${index}] (${language})`,
        what: `"${passage[language]}" is not in the text`,
        remedy: `copy the words that answer "${question}", or remove the entry`,
      })),
  );
}

export type PackNote = {
  /** File of the pack, with its line. */
  readonly file: string;
  readonly what: string;
};

/** What an author should know, which is neither right nor wrong. */
export function describeReading({ manifest, texts }: PolicyPack): readonly PackNote[] {
  const reading = languages.map((language) => {
    const page = pageText(manifest, texts[language], language);
    const words = countWords(page);
    const { readingAge, lix, wordsInLongestSentence } = measureReadability(page);
    const facts = [
      `${words} words with title and statements`,
      `about ${readingMinutes(words, manifest.wording ?? 'policy')} min`,
      ...(language === 'en-GB' ? [`reading age ${readingAge} (Automated Readability Index)`] : []),
      `LIX ${lix}`,
      `longest sentence ${wordsInLongestSentence} words`,
    ];
    return { file: manifest.documents[language], what: facts.join(', ') };
  });
  const decisions = (manifest.schoolDecides ?? []).map(({ question, passage }) => {
    const [english, welsh] = languages.map((language) => {
      const before = texts[language].slice(0, texts[language].indexOf(passage[language]));
      return `${manifest.documents[language]}:${before.split('\n').length}`;
    });
    return {
      file: english ?? '',
      what: `your school decides: ${question} The text says "${passage['en-GB']}", and so does ${welsh}`,
    };
  });
  return [...reading, ...decisions];
}
