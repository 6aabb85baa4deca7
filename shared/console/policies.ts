/** Policies in the console: which versions the school publishes, what they say, and how many have accepted each. */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../lib/language.ts';

/** `current`: the newest in effect. `future`: not in effect yet. `earlier`: a newer one is in effect. */
export const versionStateSchema = z.enum(['current', 'future', 'earlier', 'not-held']);

const versionSchema = z.object({
  version: z.string(),
  state: versionStateSchema,
  /** Accounts whose newest acceptance is of this version. */
  accepted: z.int(),
  /** Absent where the collector no longer holds the pack. */
  pack: z
    .object({
      title: bilingualSchema,
      audiences: z.array(z.string()),
      effectiveFrom: z.string(),
      material: z.boolean(),
    })
    .optional(),
});
export type PolicyVersion = z.infer<typeof versionSchema>;

/** Versions newest first. */
export const policyListSchema = z.object({
  items: z.array(z.object({ policyId: z.string(), versions: z.array(versionSchema) })),
});

const pairedPartSchema = z.object({ 'en-GB': z.string().optional(), 'cy-GB': z.string().optional() });
const changedPartSchema = z.object({
  kind: z.enum(['same', 'added', 'removed']),
  /** Markdown. */
  markdown: z.string(),
});

export const policyTextSchema = z.object({
  policyId: z.string(),
  version: z.string(),
  title: bilingualSchema,
  audiences: z.array(z.string()),
  effectiveFrom: z.string(),
  material: z.boolean(),
  statements: z.array(z.object({ id: z.string(), text: bilingualSchema, required: z.boolean() })),
  /** Markdown, part by part; a part that a language lacks is absent. */
  parts: z.array(pairedPartSchema),
  /** Against the version before; absent for the first one. */
  changes: z
    .object({ since: z.string(), parts: z.record(languageSchema, z.array(changedPartSchema)) })
    .optional(),
});
export type PolicyTextView = z.infer<typeof policyTextSchema>;
