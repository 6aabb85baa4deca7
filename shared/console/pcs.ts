/** The PCs of a school as the console lists and shows them. */
import { z } from 'zod';
import { languageSchema } from '../lib/language.ts';
import { capabilitySchema } from '../wire/events.ts';
import { cursorSchema, pageSchemaOf } from './paging.ts';

const pcSortSchema = z.enum(['seen', 'name', 'slowest']);

export const pcStateSchema = z.enum(['active', 'waiting', 'expelled']);

/** Days without a word after which an active PC counts as silent. */
export const silentAfterDays = 7;

const pcFilterShape = {
  search: z.string().max(100).optional(),
  /** `silent`: active, and not seen for `silentAfterDays`. */
  state: z.enum([...pcStateSchema.options, 'silent']).optional(),
};

export const pcExportQuerySchema = z.object({ ...pcFilterShape, lang: languageSchema.default('en-GB') });

export const pcQuerySchema = z.object({
  ...pcFilterShape,
  sort: pcSortSchema.default('seen'),
  cursor: cursorSchema.optional(),
});

const pcSchema = z.object({
  agentId: z.string(),
  hostname: z.string(),
  /** A technician's name for the PC; empty for none. */
  label: z.string(),
  account: z.string(),
  os: z.string(),
  agentVersion: z.string(),
  state: pcStateSchema,
  enrolledAt: z.string(),
  lastSeenAt: z.string(),
  /** Events that waited on the PC at its newest heartbeat; absent before the first. */
  queueLength: z.int().optional(),
  /** From the logon to the gate, by the newest heartbeat. */
  secondsToGate: z.number().optional(),
  /** In the last 7 days. */
  faults: z.int(),
  /** Events that the PC numbered and that never arrived. */
  missingEvents: z.int(),
  /** Events with a number that the PC had used for another one. */
  forkedEvents: z.int(),
});
export type Pc = z.infer<typeof pcSchema>;

export const pcPageSchema = pageSchemaOf(pcSchema);

/** The newest so many of each list; the counts of `pcSchema` cover all. */
export const mostShownOfPc = 20;

/** One PC with everything that a technician needs to decide. */
export const pcRecordSchema = pcSchema.extend({
  /** By the newest report; empty before the first. */
  capabilities: z.array(capabilitySchema),
  /** What happened at the newest measured logon. */
  gate: z.enum(['shown', 'open']).optional(),
  /** Newest first. */
  faultList: z.array(
    z.object({ at: z.string(), fault: z.string(), subject: z.string(), reason: z.string() }),
  ),
  gapList: z.array(z.object({ first: z.int(), last: z.int(), noticedAt: z.string() })),
  forkList: z.array(z.object({ sequence: z.int(), type: z.string(), receivedAt: z.string() })),
});
export type PcRecord = z.infer<typeof pcRecordSchema>;

export const pcChangeSchema = z.strictObject({ label: z.string().trim().max(200) });
