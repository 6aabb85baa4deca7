/** Removable media as agents report them and as the school's register names them. */
import { z } from 'zod';
import { approvalSchema } from '../device/approval.ts';
import { arrivalSchema, deviceKindSchema } from '../device/device.ts';
import { serialQualities } from '../device/serial-number.ts';
import { deviceProblemSchema, verdictSchema } from '../device/verdict.ts';
import { languageSchema } from '../lib/language.ts';
import { accountSchema, machineSchema } from './account.ts';

/** Four hexadecimal digits in lower case, as USB descriptors and the public list of USB ids have them. */
export const usbIdSchema = z.string().regex(/^[0-9a-f]{4}$/u, 'must be 4 hexadecimal digits, such as 0951');

/** Of a label and of a serial number in the register. */
export const maxRegisterTextCharacters = 256;

/**
 * What an agent is told of an approved device. Whom it is issued to stays with the school: a PC does not need a name to
 * say whether a stick may be used.
 */
const registerEntrySchema = z.object({
  vendorId: usbIdSchema,
  productId: usbIdSchema,
  /** Absent approves every device of the model. */
  serial: z.string().min(1).max(maxRegisterTextCharacters).optional(),
  label: z.string().max(maxRegisterTextCharacters),
  /** From then on the approval no longer holds. */
  expiresAt: z.iso.datetime().optional(),
});
export type RegisterEntry = z.infer<typeof registerEntrySchema>;

/** Why a serial number does not single a device out; `hidden` where the school has serial numbers left out. */
const serialQualitySchema = z.enum([...serialQualities, 'hidden']);

const mediaDeviceSchema = z.strictObject({
  kind: deviceKindSchema,
  /** How it is attached, in the system's word: `usb`, `uas`, `sd`. */
  bus: z.string().max(32),
  /** Empty where the device has no USB descriptor, as a card in a built-in reader. */
  vendorId: usbIdSchema.or(z.literal('')),
  productId: usbIdSchema.or(z.literal('')),
  /** Empty where there is none and where serial numbers are hidden. */
  serial: z.string().max(256),
  serialQuality: serialQualitySchema,
  /** Maker and model as the device names itself. */
  name: z.string().max(256),
  /** Bytes; 0 where it is not known. */
  sizeBytes: z.int().min(0),
});

/** No label and no folder: people name their sticks after themselves. */
const mediaVolumeSchema = z.strictObject({
  /** Drive letter where the system has such; else empty. */
  drive: z.string().max(8),
  fileSystem: z.string().max(64),
  sizeBytes: z.int().min(0),
  encryption: verdictSchema,
  /** What told so. */
  probe: z.string().max(64),
});

const judgementSchema = z.strictObject({
  /** The worst volume speaks for the device. */
  encryption: verdictSchema,
  approval: approvalSchema,
  problems: z.array(deviceProblemSchema).max(deviceProblemSchema.options.length),
});

export const mediaSeenDataSchema = z.strictObject({
  /** The same in every report about one insertion: a second one says that the verdict has got worse since. */
  insertionId: z.uuid(),
  arrival: arrivalSchema,
  device: mediaDeviceSchema,
  volumes: z.array(mediaVolumeSchema).max(64),
  ...judgementSchema.shape,
  approved: z.boolean(),
  /** A warning was painted on the screen for it. */
  warned: z.boolean(),
  mode: z.enum(['audit', 'warn']),
  seenAt: z.iso.datetime(),
  account: accountSchema,
  machine: machineSchema,
});
export type MediaSeenData = z.infer<typeof mediaSeenDataSchema>;

export const maxReasonCharacters = 500;

export const mediaApprovalRequestedDataSchema = z.strictObject({
  insertionId: z.uuid(),
  device: mediaDeviceSchema,
  ...judgementSchema.shape,
  /** In the person's own words. */
  reason: z.string().max(maxReasonCharacters),
  /** The language in which the person asked, so that they are answered in it. */
  language: languageSchema,
  requestedAt: z.iso.datetime(),
  account: accountSchema,
  machine: machineSchema,
});
export type MediaApprovalRequestedData = z.infer<typeof mediaApprovalRequestedDataSchema>;

/** A request and what the school answered to it, in the words that the person reads. */
export const mediaAnswerSchema = z.object({
  /** Of the request, as its event has them: which of a person's requests is meant. */
  insertionId: z.uuid(),
  requestedAt: z.iso.datetime(),
  device: mediaDeviceSchema.pick({
    kind: true,
    vendorId: true,
    productId: true,
    serial: true,
    name: true,
    sizeBytes: true,
  }),
  decision: z.enum(['approved', 'refused']),
  decidedAt: z.iso.datetime(),
  /** Who answered; empty where that was not said. */
  decidedBy: z.string().max(200),
  /** Why, in that person's own words; may be empty. */
  reason: z.string().max(maxReasonCharacters),
});
export type MediaAnswer = z.infer<typeof mediaAnswerSchema>;

/** With it the answer stays under what an agent reads of one. */
export const maxRegisterEntries = 5000;
export const maxMediaAnswers = 20;

export const mediaRegisterResponseSchema = z.object({
  entries: z.array(registerEntrySchema).max(maxRegisterEntries),
  /** Newest first; only to one who names an account, and absent from a collector that answers no requests. */
  answers: z.array(mediaAnswerSchema).max(maxMediaAnswers).optional(),
});
