/** The PCs of a school as the console lists them. */
import { z } from 'zod';
import { cursorSchema, pageSchemaOf } from './paging.ts';

const pcSortSchema = z.enum(['seen', 'name', 'slowest']);

export const pcQuerySchema = z.object({
  search: z.string().max(100).optional(),
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
  state: z.enum(['active', 'waiting', 'expelled']),
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
