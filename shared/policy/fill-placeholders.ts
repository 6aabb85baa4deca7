/** Puts the school's name and contact where a policy's text leaves room for them. */
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

/** What an author may write in a text; any other name in double braces is a mistake that `lint` names. */
export const placeholderNames = ['school', 'contact'] as const;
type PlaceholderName = (typeof placeholderNames)[number];

/** Where the school has set nothing. */
const fallbacks: Readonly<Record<PlaceholderName, Readonly<Record<Language, string>>>> = {
  school: { 'en-GB': 'your school', 'cy-GB': 'eich ysgol' },
  contact: { 'en-GB': 'the school office', 'cy-GB': 'swyddfa’r ysgol' },
};

/**
 * Only what is shown is filled in. The hash is that of the text with its placeholders, so that a new telephone
 * number makes no new policy, and nothing that binds a person can hide in what is filled in.
 */
export function fillPlaceholders(markdown: string, language: Language, details: SchoolDetails): string {
  const { name, phone, email, place } = details.contact;
  const values: Readonly<Record<PlaceholderName, string>> = {
    school: details.siteName,
    contact: [name, phone, email, place].filter((part) => part !== '').join(', '),
  };
  return markdown.replaceAll(placeholder, (_whole, found: string) => {
    const key = placeholderNames.find((candidate) => candidate === found);
    if (key === undefined) return _whole;
    return values[key] === '' ? fallbacks[key][language] : asPlainText(values[key]);
  });
}

const placeholder = /\{\{(school|contact)\}\}/gu;

/** What an administrator has typed is words, never Markdown. */
function asPlainText(value: string): string {
  return value.replaceAll(/\s+/gu, ' ').replaceAll(/[\\`*_[\]<>#|~!&]/gu, '\\$&');
}
