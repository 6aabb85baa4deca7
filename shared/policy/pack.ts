/** The manifest of a policy pack (`policy.json`), as an administrator writes it. */
import { z } from 'zod';
import { bilingualSchema } from '../lib/language.ts';
import { wordings } from './reading.ts';

/** Lower-case words joined by hyphens: safe as a folder name and in an address. */
export const policyIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u);

/** Dotted whole numbers such as `3`, `2.1` or `2026.2`, so that "older" is always decidable. */
export const policyVersionSchema = z
  .string()
  .max(32)
  .regex(/^\d{1,9}(?:\.\d{1,9}){0,3}$/u);

export const audienceSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u);

/** SHA-256 of the canonical text, 64 lower-case hex digits. */
export const textSha256Schema = z.string().regex(/^[0-9a-f]{64}$/u);

const renewalSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('once') }),
  z.strictObject({ rule: z.literal('every-login') }),
  z.strictObject({
    rule: z.literal('rolling'),
    /**
     * ISO 8601 period of whole years, months, weeks or days, for instance `P1Y` or `P6M`. An empty period is refused,
     * because the policy would be due again at the moment of acceptance.
     */
    period: z
      .string()
      .regex(/^P(?=\d)(?:\d{1,3}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,5}D)?$/u)
      .regex(/[1-9]/u, 'the period is zero'),
  }),
  z.strictObject({
    rule: z.literal('fixed-date'),
    /** Month and day, `MM-DD`. 29 February is refused, because it does not occur every year. */
    date: z
      .string()
      .regex(
        /^(?:0[13578]-(?:0[1-9]|[12]\d|3[01])|1[02]-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))$/u,
      ),
  }),
]);
export type Renewal = z.infer<typeof renewalSchema>;

export const statementSchema = z.strictObject({
  id: policyIdSchema,
  text: bilingualSchema,
  required: z.boolean(),
});
export type Statement = z.infer<typeof statementSchema>;

export const fieldRequirementSchema = z.enum(['required', 'optional', 'hidden']);

/** A decision that only the school can take, which the text has taken for it. `lint` lists these. */
const schoolDecisionSchema = z.strictObject({
  /** The question to the school's author. */
  question: z.string().min(1).max(300),
  /** The words in each text that answer it. */
  passage: bilingualSchema,
});

/** The newest format of `policy.json` that this version reads. */
export const packFormat = 1;

export const packManifestSchema = z.strictObject({
  /** The format of this file; absent means 1. A later format is refused as such, not as a mistake of the author. */
  format: z.literal(packFormat).optional(),
  id: policyIdSchema,
  version: policyVersionSchema,
  /** Whether the gate asks again users who accepted an earlier version. */
  material: z.boolean(),
  /**
   * The newest version, up to this one, whose change was material. It lets a PC that skipped a version tell
   * that its receipt is too old although this version alone changed nothing of weight.
   */
  materialSince: policyVersionSchema.optional(),
  title: bilingualSchema,
  audiences: z.array(audienceSchema).min(1).max(32),
  /** Calendar date from which this version applies. */
  effectiveFrom: z.iso.date(),
  renewal: renewalSchema,
  /** Markdown file per language, by plain file name. */
  documents: z.strictObject({
    'en-GB': z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.md$/u),
    'cy-GB': z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.md$/u),
  }),
  /** The changes since the previous version; the gate shows them at a renewal. */
  changes: bilingualSchema.optional(),
  statements: z.array(statementSchema).max(50),
  /** What the screen calls the text; absent means a policy. */
  wording: z.enum(wordings).optional(),
  /** The age of the youngest readers. `lint` warns when the texts are too hard for them. */
  readingAge: z.int().min(5).max(18).optional(),
  schoolDecides: z.array(schoolDecisionSchema).max(50).optional(),
  fields: z.strictObject({ fullName: fieldRequirementSchema, jobRole: fieldRequirementSchema }),
  /** If several policies apply, the gate asks for the lower number first. */
  order: z.int().min(0).max(9999).default(100),
});
export type PackManifest = z.infer<typeof packManifestSchema>;

/** A complete, checked pack: manifest, texts in canonical form, and their hashes. */
export const policyPackSchema = z.strictObject({
  manifest: packManifestSchema,
  /** Canonical Markdown per language. */
  texts: z.strictObject({ 'en-GB': z.string().min(1), 'cy-GB': z.string().min(1) }),
  textSha256: z.strictObject({ 'en-GB': textSha256Schema, 'cy-GB': textSha256Schema }),
});
export type PolicyPack = z.infer<typeof policyPackSchema>;
