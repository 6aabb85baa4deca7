/** Acknowledgements as the console asks for them and shows them. */
import { z } from 'zod';
import { bilingualSchema, languageSchema } from '../lib/language.ts';
import { cursorSchema, pageSchemaOf } from './paging.ts';

export const actionSchema = z.enum(['accepted', 'declined', 'help-requested']);
const sortSchema = z.enum(['arrived', 'decided', 'name']);

const filterShape = {
  policyId: z.string().max(128).optional(),
  action: actionSchema.optional(),
  language: languageSchema.optional(),
  /** Days in the school's time zone, both included. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  /** A part of a name or an account. */
  search: z.string().max(100).optional(),
  countersigned: z.enum(['yes', 'no']).optional(),
};
export const filterSchema = z.object(filterShape);
export type AcknowledgementFilter = z.infer<typeof filterSchema>;

export const listQuerySchema = z.object({
  ...filterShape,
  sort: sortSchema.default('arrived'),
  cursor: cursorSchema.optional(),
});

/** What the collector's check of the PC's signature found, as a person needs to know it. */
export const signatureSchema = z.enum(['valid', 'missing', 'wrong']);

export const rowSchema = z.object({
  /** Order of arrival. */
  position: z.int(),
  eventId: z.string(),
  action: actionSchema,
  policyId: z.string(),
  policyVersion: z.string(),
  /** Absent where the collector no longer holds that version. */
  policyTitle: bilingualSchema.optional(),
  language: languageSchema,
  decidedAt: z.string(),
  fullName: z.string(),
  jobRole: z.string(),
  account: z.string(),
  hostname: z.string(),
  signature: signatureSchema,
  /** False where the PC will ask again. */
  counts: z.boolean(),
  /** The countersignature that stands: the signatory's name, and when. */
  countersignature: z.object({ by: z.string(), at: z.string() }).optional(),
});
export type AcknowledgementRow = z.infer<typeof rowSchema>;

export const pageSchema = pageSchemaOf(rowSchema);

/** The policies that the school has published, for the filter. */
export const policyChoicesSchema = z.object({
  items: z.array(z.object({ policyId: z.string(), title: bilingualSchema.optional() })),
});

/** `waiting`: the log takes it within seconds. */
const logStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('included'), leaf: z.int(), size: z.int() }),
  z.object({ state: z.literal('broken') }),
]);

const countersignatureSchema = z.object({
  id: z.string(),
  by: z.string(),
  at: z.string(),
  withdrawn: z.object({ by: z.string(), at: z.string(), reason: z.string() }).optional(),
  log: logStateSchema,
});
export type CountersignatureView = z.infer<typeof countersignatureSchema>;

/** One acknowledgement with everything that proves it. */
export const recordSchema = rowSchema.extend({
  receivedAt: z.string(),
  textSha256: z.string(),
  /** The statements as they were shown and ticked. */
  statements: z.array(z.object({ text: z.string(), ticked: z.boolean() })),
  /** Markdown; absent where the collector does not hold the text with this hash. */
  text: z.string().optional(),
  agentVersion: z.string(),
  log: logStateSchema,
  /** Also those that were withdrawn; oldest first. */
  countersignatures: z.array(countersignatureSchema),
});
export type AcknowledgementRecordView = z.infer<typeof recordSchema>;
