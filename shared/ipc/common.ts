/** Parts that more than one window shows. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';

const contactSchema = z.strictObject({
  name: z.string(),
  phone: z.string(),
  email: z.string(),
  place: z.string(),
});
export type Contact = z.infer<typeof contactSchema>;

/** What every window knows: the school, the current language, whom to ask. */
export const frameSchema = z.strictObject({
  siteName: z.string(),
  language: languageSchema,
  contact: contactSchema,
});

export const setLanguageCall = {
  input: z.strictObject({ language: languageSchema }),
  output: z.strictObject({}),
} as const;
