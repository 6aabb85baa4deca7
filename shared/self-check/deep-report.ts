/** What a deep self-check saw: every adapter asked once on a real PC, with the time that each call took. */
import { z } from 'zod';

/** In the order in which they are asked. A name never changes its meaning; new names may be added. */
export const deepQuestionNames = [
  'managed-config',
  'account',
  'machine',
  'session',
  'desktop-hold',
  'idle',
  'system-limit',
  'game-controllers',
  'presence',
  'usb',
  'volumes',
  'anti-virus',
  'secret-store',
  'sealed-text',
  'own-folder',
  'stick-in',
  'stick-out',
  'cover',
  'keyboard',
  'virtual-desktop',
  'lock',
] as const;
export type DeepQuestionName = (typeof deepQuestionNames)[number];

/** What the check asks a person to agree to, each by itself. */
export const deepSteps = ['stick-in', 'stick-out', 'cover', 'lock'] as const;
export type DeepStep = (typeof deepSteps)[number];

/** `skipped`: the person did not agree. `not-here`: this system has nothing to ask. */
const deepOutcomeSchema = z.enum(['answered', 'no-answer', 'skipped', 'not-here']);
export type DeepOutcome = z.infer<typeof deepOutcomeSchema>;

const deepAnswerSchema = z.strictObject({
  name: z.enum(deepQuestionNames),
  outcome: deepOutcomeSchema,
  /** How long the call itself took, without the time that a person took. */
  ms: z.int().min(0),
  /** In the system's words or in English, without anything personal; may be empty. */
  seen: z.string().max(300),
});
export type DeepAnswer = z.infer<typeof deepAnswerSchema>;

export const deepReportSchema = z.array(deepAnswerSchema).max(deepQuestionNames.length);
