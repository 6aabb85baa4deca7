/** Removable media in agents' reports and in the school's device register. */
import { z } from 'zod';
import { approvalSchema } from '../device/approval.ts';
import { arrivalSchema, deviceKindSchema } from '../device/device.ts';
import { serialQualities } from '../device/serial-number.ts';
import { deviceProblemSchema, verdictSchema } from '../device/verdict.ts';
import { languageSchema } from '../lib/language.ts';
import { accountSchema, machineSchema } from './account.ts';

/** Four hexadecimal digits in lower case, as in USB descriptors and the public list of USB ids. */
export const usbIdSchema = z.string().regex(/^[0-9a-f]{4}$/u, 'must be 4 hexadecimal digits, such as 0951');

/** For a label and for a serial number in the register. */
export const maxRegisterTextCharacters = 256;

/**
 * An approved device, in the form that agents receive. The name of the person to whom it was issued stays at the school: a
 * PC does not need it to evaluate a stick.
 */
const registerEntrySchema = z.object({
  vendorId: usbIdSchema,
  productId: usbIdSchema,
  /** Absent approves every device of the model. */
  serial: z.string().min(1).max(maxRegisterTextCharacters).optional(),
  label: z.string().max(maxRegisterTextCharacters),
  /** The approval ends at this time. */
  expiresAt: z.iso.datetime().optional(),
});
export type RegisterEntry = z.infer<typeof registerEntrySchema>;

/** Why a serial number does not identify a device; `hidden` if the school leaves serial numbers out. */
const serialQualitySchema = z.enum([...serialQualities, 'hidden']);

const mediaDeviceSchema = z.strictObject({
  kind: deviceKindSchema,
  /** The operating system's word for the bus: `usb`, `uas`, `sd`. */
  bus: z.string().max(32),
  /** Empty if the device has no USB descriptor, for example a card in a built-in reader. */
  vendorId: usbIdSchema.or(z.literal('')),
  productId: usbIdSchema.or(z.literal('')),
  /** Empty if there is none or if serial numbers are hidden. */
  serial: z.string().max(256),
  serialQuality: serialQualitySchema,
  /** Maker and model in the device's own words. */
  name: z.string().max(256),
  /** Bytes; 0 if unknown. */
  sizeBytes: z.int().min(0),
});

/** Without label and folder, because people name their sticks after themselves. */
const mediaVolumeSchema = z.strictObject({
  /** Drive letter if the system has them; otherwise empty. */
  drive: z.string().max(8),
  fileSystem: z.string().max(64),
  sizeBytes: z.int().min(0),
  encryption: verdictSchema,
  /** The probe that gave the verdict. */
  probe: z.string().max(64),
});

const judgementSchema = z.strictObject({
  /** The worst volume decides for the device. */
  encryption: verdictSchema,
  approval: approvalSchema,
  problems: z.array(deviceProblemSchema).max(deviceProblemSchema.options.length),
});

export const mediaSeenDataSchema = z.strictObject({
  /** The same in every report of one insertion. A second report says that the verdict has become worse. */
  insertionId: z.uuid(),
  arrival: arrivalSchema,
  device: mediaDeviceSchema,
  volumes: z.array(mediaVolumeSchema).max(64),
  ...judgementSchema.shape,
  approved: z.boolean(),
  /** The agent painted a warning about it. */
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
  /** In the user's own words. */
  reason: z.string().max(maxReasonCharacters),
  /** The language of the request, for the answer. */
  language: languageSchema,
  requestedAt: z.iso.datetime(),
  account: accountSchema,
  machine: machineSchema,
});
export type MediaApprovalRequestedData = z.infer<typeof mediaApprovalRequestedDataSchema>;

/** A request and the school's answer, in the words that the user reads. */
export const mediaAnswerSchema = z.object({
  /** Members of the request's event, which identify the request. */
  insertionId: z.uuid(),
  requestedAt: z.iso.datetime(),
  device: z.object(
    mediaDeviceSchema.pick({
      kind: true,
      vendorId: true,
      productId: true,
      serial: true,
      name: true,
      sizeBytes: true,
    }).shape,
  ),
  decision: z.enum(['approved', 'refused']),
  decidedAt: z.iso.datetime(),
  /** Who answered; empty if not given. */
  decidedBy: z.string().max(200),
  /** The reason, in the words of the person who answered; may be empty. */
  reason: z.string().max(maxReasonCharacters),
});
export type MediaAnswer = z.infer<typeof mediaAnswerSchema>;

/** Keeps the answer below the size that an agent reads. */
export const maxRegisterEntries = 5000;
export const maxMediaAnswers = 20;

const maxOfferedCodes = 64;
export const offeredCodeSchema = z.object({
  slot: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

export const mediaRegisterResponseSchema = z.object({
  entries: z.array(registerEntrySchema).max(maxRegisterEntries),
  /** Newest first. Present only if the request names an account and the collector supports requests. */
  answers: z.array(mediaAnswerSchema).max(maxMediaAnswers).optional(),
  /** Hashes of the secrets that codes for this PC carry, for approval by telephone. */
  offlineCodes: z.array(offeredCodeSchema).max(maxOfferedCodes).optional(),
});
