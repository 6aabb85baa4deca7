/** Fills the school's name and contact into the placeholders of a policy's text. */
import type { Language } from '../lib/language.ts';

export type SchoolDetails = {
  readonly siteName: string;
  readonly contact: {
    readonly name: string;
    readonly phone: string;
    readonly email: string;
    readonly place: string;
  };
};

/** The placeholders that an author may use. `lint` reports any other name in double braces. */
export const placeholderNames = ['school', 'contact'] as const;
type PlaceholderName = (typeof placeholderNames)[number];

/** Used if the school has set nothing. */
const fallbacks: Readonly<Record<PlaceholderName, Readonly<Record<Language, string>>>> = {
  school: { 'en-GB': 'your school', 'cy-GB': 'eich ysgol' },
  contact: { 'en-GB': 'the school office', 'cy-GB': 'swyddfa’r ysgol' },
};

/**
 * For display only. The hash covers the text with its placeholders, so that a new telephone number makes no new policy
 * and no binding text can hide in a filled-in value.
 */
export function fillPlaceholders(markdown: string, language: Language, details: SchoolDetails): string {
  const { name, phone, email, place } = details.contact;
  const values: Readonly<Record<PlaceholderName, string>> = {
    school: details.siteName,
    // In the middle of a sentence one word is enough: the rest is beside the text.
    contact: [name, phone, email, place].find((part) => part !== '') ?? '',
  };
  return markdown.replaceAll(placeholder, (whole, found: string, offset: number) => {
    const key = placeholderNames.find((candidate) => candidate === found);
    if (key === undefined) return whole;
    if (values[key] === '') return fallbacks[key][language];
    const startsSentence = /(?:^|[.!?:]\s|\n)\s*(?:[-*]\s+)?$/u.test(markdown.slice(0, offset));
    // A school writes “The school office”, which stands alone beside the text.
    const value = startsSentence ? values[key] : values[key].replace(/^The (?=\p{Ll})/u, 'the ');
    return asPlainText(value);
  });
}

const placeholder = /\{\{(school|contact)\}\}/gu;

/** Escapes Markdown, because an administrator's text is never markup. */
function asPlainText(value: string): string {
  return value.replaceAll(/\s+/gu, ' ').replaceAll(/[\\`*_[\]<>#|~!&]/gu, '\\$&');
}
