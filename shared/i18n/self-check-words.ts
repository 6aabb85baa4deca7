/**
 * The words of the self-check. They are separate from `strings.ts`, so that no window and no normal start loads them.
 */
import selfCheck from '../../assets/locales/self-check.json' with { type: 'json' };
import type { Language } from '../lib/language.ts';
import { fill, type Values } from './fill.ts';

export const selfCheckStrings = selfCheck;
export type SelfCheckKey = keyof typeof selfCheck;

export function createSelfCheckWords(language: Language): (key: SelfCheckKey, values?: Values) => string {
  return (key, values = {}) => fill(selfCheck[key][language], values);
}
