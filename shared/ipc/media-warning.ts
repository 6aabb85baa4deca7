/** The media warning's contract: the things that are wrong with what is plugged in, and what can be done about each. */
import { z } from 'zod';
import { approvalSchema } from '../device/approval.ts';
import { deviceKindSchema } from '../device/device.ts';
import { deviceProblemSchema, verdictSchema } from '../device/verdict.ts';
import { maxReasonCharacters, mediaAnswerSchema } from '../wire/media.ts';
import { frameSchema, setLanguageCall } from './common.ts';
import { defineWindow } from './contract.ts';

const warningCardSchema = z.strictObject({
  /** The insertion that it is about. */
  id: z.uuid(),
  kind: deviceKindSchema,
  /** Maker and model as the device names itself; may be empty. */
  name: z.string(),
  /** 0 where it is not known. */
  sizeBytes: z.int().min(0),
  /** Drive letters, else the labels that people gave. */
  places: z.array(z.string()),
  /** Empty where there is none and where the school has numbers hidden. */
  serial: z.string(),
  encryption: verdictSchema,
  approval: approvalSchema,
  /** Empty once everything has come right; the card then says so before it goes. */
  problems: z.array(deviceProblemSchema),
  eject: z.enum(['not-available', 'ready', 'working', 'ejected', 'in-use', 'refused', 'failed']),
  /**
   * `queued`: it is on this PC's disk and goes as soon as the school can be reached. `sent`: the school has it.
   * `not-recorded`: nothing was kept, and the person has to ask in another way.
   */
  request: z.enum(['not-available', 'ready', 'working', 'queued', 'sent', 'not-recorded']),
  /** What the school answered to the last request for this device, while no newer one waits. */
  answer: mediaAnswerSchema
    .pick({ decision: true, decidedBy: true, decidedAt: true, reason: true })
    .nullable(),
  /** `unclear`: something was found, or it could not be looked at. */
  scan: z.enum([
    'not-available',
    'ready',
    'working',
    'nothing-found',
    'something-found',
    'unclear',
    'failed',
  ]),
  /** The anti-virus that looks, as people know it; empty before it began. */
  scanProgram: z.string(),
});
export type WarningCard = z.infer<typeof warningCardSchema>;

const cardCall = { input: z.strictObject({ id: z.uuid() }), output: z.strictObject({}) } as const;

export const mediaWarningContract = defineWindow({
  window: 'media-warning',
  /** Without cards the page waits, unseen, for the verdict on what has just been plugged in. */
  state: frameSchema.extend({ cards: z.array(warningCardSchema) }),
  calls: {
    setLanguage: setLanguageCall,
    eject: cardCall,
    /** Resolves when the request is on disk or is known not to be; the card then says which. */
    askForApproval: {
      input: z.strictObject({ id: z.uuid(), reason: z.string().trim().min(1).max(maxReasonCharacters) }),
      output: z.strictObject({}),
    },
    scan: cardCall,
    close: { input: z.strictObject({}), output: z.strictObject({}) },
    /** These cards stand on the screen: told two animation frames after they were laid out. */
    painted: { input: z.strictObject({ ids: z.array(z.uuid()).max(64) }), output: z.strictObject({}) },
    /** How high the page would like to be; the window follows as far as the display allows. */
    fitHeight: {
      input: z.strictObject({ heightPx: z.number().min(0).max(10_000) }),
      output: z.strictObject({}),
    },
  },
});
export type MediaWarningContract = typeof mediaWarningContract;
