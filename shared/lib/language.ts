/** The two languages of the product, as equals. Every text on the screen exists in both. */
import { z } from 'zod';

export const languages = ['en-GB', 'cy-GB'] as const;
export const languageSchema = z.enum(languages);
export type Language = z.infer<typeof languageSchema>;

/** A text that is complete in every language. */
export const bilingualSchema = z.strictObject({ 'en-GB': z.string().min(1), 'cy-GB': z.string().min(1) });
export type Bilingual = z.infer<typeof bilingualSchema>;

/**
 * Picks the user's probable language from the system's preference list. Any Welsh tag (`cy`, `cy-GB`) before the first
 * English one chooses Welsh. Everything else chooses English.
 */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split(/[-_]/u)[0];
    if (primary === 'cy') return 'cy-GB';
    if (primary === 'en') return 'en-GB';
  }
  return 'en-GB';
}
