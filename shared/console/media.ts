/** The device register, requests for approval, and the devices that PCs have seen, as the console shows them. */
import { z } from 'zod';
import { serialQualities } from '../device/serial-number.ts';
import { verdictSchema } from '../device/verdict.ts';
import { maxReasonCharacters, maxRegisterTextCharacters, usbIdSchema } from '../wire/media.ts';
import { cursorSchema, pageSchemaOf } from './paging.ts';

export const mediaEntryStateSchema = z.enum(['approved', 'expired', 'returned', 'lost']);

export const registerQuerySchema = z.object({
  /** A part of a label, a serial number or a person's name. */
  search: z.string().max(100).optional(),
  /** `current`: neither handed back nor lost. */
  state: z.enum(['current', 'ended']).optional(),
  cursor: cursorSchema.optional(),
});

const mediaEntrySchema = z.object({
  entryId: z.string(),
  vendorId: z.string(),
  productId: z.string(),
  /** Absent: the whole model. */
  serial: z.string().optional(),
  label: z.string(),
  issuedTo: z.string(),
  issuedAt: z.string().optional(),
  returnedAt: z.string().optional(),
  expiresAt: z.string().optional(),
  createdAt: z.string(),
  state: mediaEntryStateSchema,
});
export type MediaEntry = z.infer<typeof mediaEntrySchema>;
/** Newest first. */
export const mediaEntryPageSchema = pageSchemaOf(mediaEntrySchema);

/** The last day of an approval, in the school's time zone; null for none. */
const untilSchema = z.iso.date().nullable();
const labelSchema = z.string().trim().max(maxRegisterTextCharacters);
const personSchema = z.string().trim().max(200);

export const newMediaEntrySchema = z.strictObject({
  vendorId: usbIdSchema,
  productId: usbIdSchema,
  /** Empty: the whole model. */
  serial: z.string().trim().max(maxRegisterTextCharacters),
  label: labelSchema.min(1),
  issuedTo: personSchema,
  until: untilSchema,
});

export const endOfEntrySchema = z.strictObject({ how: z.enum(['returned', 'lost']) });

const mediaRequestSchema = z.object({
  eventId: z.string(),
  vendorId: z.string(),
  productId: z.string(),
  serial: z.string(),
  deviceName: z.string(),
  sizeBytes: z.int(),
  encryption: verdictSchema,
  reason: z.string(),
  account: z.string(),
  hostname: z.string(),
  requestedAt: z.string(),
  decision: z.enum(['open', 'approved', 'refused']),
  decidedAt: z.string().optional(),
  decidedBy: z.string(),
  decisionReason: z.string(),
  /** `serial`: this device alone. `model`: its number is no number of its own. `never`: PCs cannot recognise it. */
  approvable: z.enum(['serial', 'model', 'never']),
});
export type MediaRequest = z.infer<typeof mediaRequestSchema>;
/** Newest first, at most `mostRequests`. */
export const mediaRequestListSchema = z.object({ items: z.array(mediaRequestSchema) });

export const requestApprovalSchema = z.strictObject({
  label: labelSchema,
  issuedTo: personSchema,
  until: untilSchema,
  wholeModel: z.boolean(),
  reason: z.string().trim().max(maxReasonCharacters),
});
export const requestRefusalSchema = z.strictObject({ reason: z.string().trim().max(maxReasonCharacters) });

const seenDeviceSchema = z.object({
  vendorId: z.string(),
  productId: z.string(),
  /** Empty where there is none, and where PCs leave serial numbers out. */
  serial: z.string(),
  serialQuality: z.enum([...serialQualities, 'hidden']),
  name: z.string(),
  sizeBytes: z.int(),
  encryption: verdictSchema,
  lastSeenAt: z.string(),
  /** The PCs that saw it, newest first. */
  pcs: z.array(z.object({ agentId: z.string(), hostname: z.string() })),
  isRegistered: z.boolean(),
});
export type SeenDevice = z.infer<typeof seenDeviceSchema>;
/** From the newest sightings, each device once, newest first. */
export const seenDeviceListSchema = z.object({ items: z.array(seenDeviceSchema) });
