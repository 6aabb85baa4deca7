/** How far each action on a device has come: ejecting it, asking for its approval, scanning it. */
import { z } from 'zod';

/** `refused`: this user may not eject it. `failed`: the system gave another reason, or no answer in time. */
export const ejectStateSchema = z.enum([
  'not-available',
  'ready',
  'working',
  'ejected',
  'in-use',
  'refused',
  'failed',
]);
export type EjectState = z.infer<typeof ejectStateSchema>;

/**
 * `queued`: the request is on this PC's disk, and goes to the collector when it can be reached. `sent`: the collector
 * has it. `not-recorded`: nothing was kept, and the user has to ask in another way.
 */
export const requestStateSchema = z.enum([
  'not-available',
  'ready',
  'working',
  'queued',
  'sent',
  'not-recorded',
]);
export type RequestState = z.infer<typeof requestStateSchema>;

/** `unclear`: the anti-virus found something, or it could not scan; it does not say which. */
export const scanStateSchema = z.enum([
  'not-available',
  'ready',
  'working',
  'nothing-found',
  'something-found',
  'unclear',
  'failed',
]);
export type ScanState = z.infer<typeof scanStateSchema>;

/**
 * A code for approval by telephone. `not-available`: the device has no number of its own, or the school asks for no
 * approval. `not-recorded`: the code is good, and its use could not be kept, so it approves nothing.
 */
export const offlineCodeStateSchema = z.enum([
  'not-available',
  'ready',
  'working',
  'mistyped',
  'clock-back',
  'other-pc',
  'used',
  'other-device',
  'late',
  'not-recorded',
]);
export type OfflineCodeState = z.infer<typeof offlineCodeStateSchema>;
