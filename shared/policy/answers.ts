/** What a person answers to a policy, as the gate's page sends it and the agent records it. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';
import { policyIdSchema, policyVersionSchema, textSha256Schema } from './pack.ts';

/** What a person has ticked and typed so far. It outlives the window: a crash of the page loses nothing. */
export const draftSchema = z.strictObject({
  ticked: z.array(policyIdSchema).max(50),
  fullName: z.string().max(200),
  jobRole: z.string().max(200),
});
export type Draft = z.infer<typeof draftSchema>;

/** Hash of the text in each language. */
export const textHashesSchema = z.strictObject({ 'en-GB': textSha256Schema, 'cy-GB': textSha256Schema });
export type TextHashes = z.infer<typeof textHashesSchema>;

/** An acceptance as the page sends it. */
export const submissionSchema = draftSchema.extend({
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  /** Hash of the text that was on the screen, in `language`. */
  textSha256: textSha256Schema,
  language: languageSchema,
});
export type Submission = z.infer<typeof submissionSchema>;

/** Why a submission is not an acceptance. `not-current`: it names another policy, text or statement than is asked. */
export const submissionRefusals = ['statements-missing', 'fields-missing', 'not-current'] as const;
export type SubmissionRefusal = (typeof submissionRefusals)[number];
