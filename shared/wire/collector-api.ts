/** Schemas of the collector's HTTP API (v1), for both sides. Anyone may implement this API. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';
import { loosen } from '../lib/loosen.ts';
import { packManifestSchema, policyIdSchema, policyVersionSchema, textSha256Schema } from '../policy/pack.ts';
import { accountSchema, machineSchema } from './account.ts';
import { maxLogReceiptCharacters } from './log-receipt.ts';

export const maxBatchEvents = 500;
export const maxBatchBytes = 1024 * 1024;
export const batchMediaType = 'application/cloudevents-batch+json';
export const problemMediaType = 'application/problem+json';

/** Public half of the agent's Ed25519 key as a JSON Web Key (RFC 8037). */
export const publicKeySchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/u),
});

export const agentIdSchema = z.string().regex(/^[0-9a-zA-Z-]{1,64}$/u);

const enrolmentRequestSchema = z.strictObject({
  enrolmentToken: z.string().min(1).max(256),
  machine: machineSchema,
  publicKey: publicKeySchema,
  agentVersion: z.string().max(64),
  /** The one account for which this agent will report and ask. */
  account: accountSchema.pick({ name: true, domain: true, sid: true }).optional(),
  /**
   * Ed25519 signature in base64url over `enrolmentProofText`, which proves that the agent holds its key. A new key may enrol
   * without it, because there is no agent to take over. A known key may not.
   */
  proof: z
    .string()
    .regex(/^[A-Za-z0-9_-]{86}$/u)
    .optional(),
});
/** As the collector reads it: a newer agent may have added members. */
export const receivedEnrolmentRequestSchema = loosen(enrolmentRequestSchema);
export type EnrolmentRequest = z.infer<typeof enrolmentRequestSchema>;

/** The same public key enrols as the same agent again, with a fresh token. */
export const enrolmentResponseSchema = z.object({
  agentId: agentIdSchema,
  agentToken: z.string().min(16).max(512),
  /** Names that a signed statement carries. An earlier collector gives none, and receives no statements. */
  collector: z.string().min(1).max(128).optional(),
  school: z.string().min(1).max(128).optional(),
});
export type EnrolmentResponse = z.infer<typeof enrolmentResponseSchema>;

const eventResultSchema = z.object({
  id: z.string(),
  status: z.enum(['stored', 'duplicate', 'rejected']),
  reason: z.string().optional(),
  /** Of an acknowledgement that is stored: a note signed by the key of the log, see `log-receipt.ts`. */
  receipt: z.string().max(maxLogReceiptCharacters).optional(),
});
export type EventResult = z.infer<typeof eventResultSchema>;

export const eventsResponseSchema = z.object({
  results: z.array(eventResultSchema),
  /** The collector's version. An agent offers refused acknowledgements again when it changes. */
  version: z.string().max(64).optional(),
});

/** An acceptance that the collector knows: the account's latest for a policy. */
export const knownAcknowledgementSchema = z.object({
  eventId: z.string(),
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  textSha256: textSha256Schema,
  language: languageSchema,
  decidedAt: z.iso.datetime(),
});
export type KnownAcknowledgement = z.infer<typeof knownAcknowledgementSchema>;

export const acknowledgementsResponseSchema = z.object({
  acknowledgements: z.array(knownAcknowledgementSchema).max(1000),
});

/** A policy in effect, with the hashes that tell whether the PC has this pack. */
const listedPolicySchema = z.object({
  id: policyIdSchema,
  version: policyVersionSchema,
  manifest: packManifestSchema,
  textSha256: z.object({ 'en-GB': textSha256Schema, 'cy-GB': textSha256Schema }),
});
export type ListedPolicy = z.infer<typeof listedPolicySchema>;

export const policiesResponseSchema = z.object({ policies: z.array(listedPolicySchema).max(200) });

/** RFC 9457 problem document. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
