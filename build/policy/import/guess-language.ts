/** Tells English from Welsh by the small words that every text has. */
import type { Language } from '../../../shared/lib/language.ts';

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
