/** Countersigning: the queue, a batch and its outcome, withdrawal, and the Windows accounts of a signatory. */
import { z } from 'zod';
import { rowSchema } from './acknowledgements.ts';
import { cursorSchema, pageSchemaOf } from './paging.ts';

/** So many acknowledgements are countersigned with one confirmation. */
export const largestBatch = 200;

const eventIdSchema = z.string().min(1).max(128);

export const queueQuerySchema = z.object({
  policyId: z.string().max(128).optional(),
  policyVersion: z.string().max(64).optional(),
  search: z.string().max(100).optional(),
  cursor: cursorSchema.optional(),
});

const queueRowSchema = rowSchema.extend({
  /** The signatory's own: another one must sign. */
  isOwn: z.boolean(),
});
export type QueueRow = z.infer<typeof queueRowSchema>;
export const queuePageSchema = pageSchemaOf(queueRowSchema);

/** Which published versions the queue can be filtered by, and how many wait. */
export const queueChoicesSchema = z.object({
  waiting: z.int(),
  /** More wait than were counted. */
  hasMore: z.boolean(),
  versions: z.array(
    z.object({
      policyId: z.string(),
      policyVersion: z.string(),
      title: z.object({ 'en-GB': z.string(), 'cy-GB': z.string() }).optional(),
    }),
  ),
});

export const countersignSchema = z.strictObject({
  eventIds: z.array(eventIdSchema).min(1).max(largestBatch),
});

/**
 * `own`: the signatory's own acknowledgement. `already`: another signatory was quicker. `not-to-sign`: no acceptance that counts, or
 * none of this school.
 */
export const refusalSchema = z.enum(['own', 'already', 'not-to-sign']);
export type CountersignRefusal = z.infer<typeof refusalSchema>;

export const countersignedSchema = z.object({
  signed: z.int(),
  refused: z.array(z.object({ eventId: z.string(), reason: refusalSchema })),
});
export type Countersigned = z.infer<typeof countersignedSchema>;

export const withdrawalSchema = z.strictObject({ reason: z.string().trim().min(3).max(500) });

/** `domain\name`, a SID, an address, or a name. */
const windowsAccountSchema = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]+$/u);

export const windowsAccountsSchema = z.object({
  /** False until the signatory or a technician has named them. */
  isNamed: z.boolean(),
  accounts: z.array(z.string()),
});
export type WindowsAccounts = z.infer<typeof windowsAccountsSchema>;

/** A signatory adds; only a technician takes away. */
export const ownWindowsAccountsSchema = z.strictObject({ add: z.array(windowsAccountSchema).max(20) });
export const windowsAccountsChangeSchema = z.strictObject({
  add: z.array(windowsAccountSchema).max(20),
  remove: z.array(windowsAccountSchema).max(20),
});
