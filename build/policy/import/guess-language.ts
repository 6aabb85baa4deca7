/** Tells English from Welsh by the small words that every text has. */
import type { Language } from '../../../shared/lib/language.ts';
import { check, type Note } from './document-model.ts';

export const languageNames: Readonly<Record<Language, string>> = { 'en-GB': 'English', 'cy-GB': 'Welsh' };

const english =
  /(?<![\p{L}'’])(?:the|and|of|to|is|are|that|this|with|not|for|will|must|you|your|or|be|have|from|by|it|as|when)(?![\p{L}'’])/giu;
const welsh =
  /(?<![\p{L}])(?:yr|yn|ac|ar|mae|sydd|nid|neu|eu|gan|wedi|bod|rhaid|chi|eich|fy|hwn|hon|dylai|gyda|gyfer|nad|os|pan|byddaf|rwy|rwyf|i'r|i’r|a'r|a’r|o'r|o’r|bydd|ddim|fyddaf|ei|oes|er)(?![\p{L}])/giu;

/** Undefined if the text is too short, or in neither language. */
export function guessLanguage(text: string): Language | undefined {
  const sample = text.slice(0, 50_000);
  const inEnglish = sample.match(english)?.length ?? 0;
  const inWelsh = sample.match(welsh)?.length ?? 0;
  if (inEnglish + inWelsh < 5) return undefined;
  if (inEnglish > inWelsh * 2) return 'en-GB';
  if (inWelsh > inEnglish * 2) return 'cy-GB';
  return undefined;
}

/** Reports a text that is not in the language that the author named, or whose parts are not. */
export function tellLanguage(parts: readonly string[], language: Language): readonly Note[] {
  const guessed = guessLanguage(parts.join(' '));
  if (guessed !== undefined && guessed !== language) {
    return [
      check(
        `The text seems to be ${languageNames[guessed]}, not ${languageNames[language]}: see that --lang is right.`,
      ),
    ];
  }
  const others = parts.filter((part) => {
    const other = language === 'en-GB' ? welsh : english;
    if (part.search(other) === -1) return false;
    const own = guessLanguage(part);
    return own !== undefined && own !== language;
  });
  if (others.length === 0) return [];
  const shown = others.slice(0, 3).map((part) => `“${part.slice(0, 80)}”`);
  return [
    check(`${others.length} parts of the text are not in ${languageNames[language]}: ${shown.join(', ')}.`),
  ];
}
