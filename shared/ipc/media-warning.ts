/** The media warning's contract: the devices that have a problem, and what the user can do about each. */
import { z } from 'zod';
import { approvalSchema } from '../device/approval.ts';
import { deviceKindSchema } from '../device/device.ts';
import {
  ejectStateSchema,
  offlineCodeStateSchema,
  requestStateSchema,
  scanStateSchema,
} from '../device/device-actions.ts';
import { deviceProblemSchema, verdictSchema } from '../device/verdict.ts';
import { maxReasonCharacters, mediaAnswerSchema } from '../wire/media.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

const warningCardSchema = z.strictObject({
  /** The id of the insertion. */
  id: z.uuid(),
  kind: deviceKindSchema,
  /** Maker and model as the device names itself; may be empty. */
  name: z.string(),
  /** 0 where the size is unknown. */
  sizeBytes: z.int().min(0),
  /** Drive letters, else the volumes' labels. */
  places: z.array(z.string()),
  /** Empty if there is none, or if the school hides serial numbers. */
  serial: z.string(),
  encryption: verdictSchema,
  approval: approvalSchema,
  /** Empty once every problem is solved; the card says so before it goes. */
  problems: z.array(deviceProblemSchema),
  eject: ejectStateSchema,
  request: requestStateSchema,
  /** The school's answer to the last request for this device, while no newer request waits. */
  answer: mediaAnswerSchema
    .pick({ decision: true, decidedBy: true, decidedAt: true, reason: true })
    .nullable(),
  /** What the user reads to the technician for a code; empty where no code can approve the device. */
  deviceNumber: z.string(),
  offlineCode: offlineCodeStateSchema,
  scan: scanStateSchema,
  /** The name of the anti-virus that scans, as users know it; empty before the scan starts. */
  scanProgram: z.string(),
});
export type WarningCard = z.infer<typeof warningCardSchema>;

const cardCall = { input: z.strictObject({ id: z.uuid() }), output: z.strictObject({}) } as const;

export const mediaWarningContract = defineWindow({
  window: 'media-warning',
  /** Without cards the page waits, unseen, for the verdict on a new device. */
  state: frameSchema.extend({ cards: z.array(warningCardSchema) }),
  calls: {
    setLanguage: setLanguageCall,
    eject: cardCall,
    /** Resolves when the request is on disk, or cannot be written; the card says which. */
    askForApproval: {
      input: z.strictObject({ id: z.uuid(), reason: z.string().trim().min(1).max(maxReasonCharacters) }),
      output: z.strictObject({}),
    },
    /** A technician's code; the card says what became of it. */
    takeCode: {
      input: z.strictObject({ id: z.uuid(), code: z.string().trim().min(1).max(80) }),
      output: z.strictObject({}),
    },
    scan: cardCall,
    close: { input: z.strictObject({}), output: z.strictObject({}) },
    /** These cards are on the screen: sent two animation frames after their layout. */
    painted: { input: z.strictObject({ ids: z.array(z.uuid()).max(64) }), output: z.strictObject({}) },
    /** The height that the page needs; the window follows as far as the display allows. */
    fitHeight: {
      input: z.strictObject({ heightPx: z.number().min(0).max(10_000) }),
      output: z.strictObject({}),
    },
  },
});
export type MediaWarningContract = typeof mediaWarningContract;
